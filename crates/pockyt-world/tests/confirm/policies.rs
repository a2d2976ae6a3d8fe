//! Which notices Pockyt is asked about.

use std::sync::Arc;

use pockyt_ipn::ConfirmPolicy;
use pockyt_model::{Amount, Currency};
use pockyt_store::State;

use crate::world::{Kept, PLAIN, World, on_each_store};

on_each_store![always_asks_about_all, above_asks_about_much_and_other_money, never_asks_about_none];

async fn always_asks_about_all<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, |builder| builder.confirm_policy(ConfirmPolicy::Always)).await;
    for (row, note) in ["tea", "tea&ox=1"].into_iter().enumerate() {
        let number = world.order_of(&format!("order-{row}"), &[("note", note)]).await;
        let body = world.pay(&number).await;
        let told = world.work().await;
        assert_eq!((told.len(), world.questions()), (row + 1, row + 1));
        assert!(told[row].confirmed && told[row].number == number, "{told:?}");
        assert_eq!(world.post(PLAIN, &body).await, (200, "success".into()));
        assert_eq!((world.work().await.len(), world.questions()), (row + 1, row + 1));
    }
}

async fn above_asks_about_much_and_other_money<S: Kept>(inbox: Arc<S>) {
    let policy = ConfirmPolicy::Above(Amount::parse("10.00").unwrap(), Currency::USD);
    let world = World::new(inbox, |builder| builder.confirm_policy(policy)).await;
    let rows = [
        ("9.99", "USD", "tea", false),
        ("10.00", "USD", "tea", false),
        ("10.01", "USD", "tea", true),
        ("0.01", "USD", "tea&ox=1", true),
        ("1.00", "GBP", "tea", true),
    ];
    for (row, (amount, currency, note, is_asked)) in rows.into_iter().enumerate() {
        let others = [("amount", amount), ("currency", currency), ("note", note)];
        let number = world.order_of(&format!("order-{row}"), &others).await;
        let before = world.questions();
        world.pay(&number).await;
        let told = world.work().await;
        assert_eq!(told.len(), row + 1);
        assert_eq!(told[row].money, format!("{amount} {currency}"));
        assert_eq!((told[row].confirmed, world.questions() - before), (is_asked, usize::from(is_asked)));
    }
}

async fn never_asks_about_none<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, |builder| builder.confirm_policy(ConfirmPolicy::Never)).await;
    let number = world.order_of("order-1", &[("note", "tea&ox=1")]).await;
    world.pay(&number).await;
    assert!(world.is_acknowledged(&number));
    assert_eq!(world.work().await, []);
    let kept = world.only(State::Quarantined).await;
    assert_eq!(world.questions(), 0);
    // Released by a person it is asked about, or goes back: nobody believes it by its word.
    assert!(
        world
            .listener
            .release(kept.id, "the customer called", pockyt_store::Mode::Apply)
            .await
            .unwrap()
            .is_moved()
    );
    world.was_told_once("order-1", &number).await;
}
