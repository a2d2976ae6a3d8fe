//! Genuine by its signature and not what the shop expects: somebody has the token, or the order is another.

use std::sync::Arc;
use std::time::Duration;

use pockyt_ipn::{Expectation, ListenerBuilder, LookupError, OrderName};
use pockyt_mock::{Fault, NotificationFault};
use pockyt_model::{Amount, Currency};
use pockyt_store::{Doubt, Quarantine, State};

use crate::cuts;
use crate::world::{Kept, PLAIN, World, on_each_store, paid};

on_each_store![
    the_query_overrules_a_forged_amount,
    an_order_that_was_made_for_less_is_not_paid,
    one_that_pockyt_does_not_know_is_not_paid,
];

/// Every order is one of 13.00 USD.
fn thirteen<S: Kept>(builder: ListenerBuilder<Arc<S>>) -> ListenerBuilder<Arc<S>> {
    builder.expect(|_: OrderName| async {
        let expected = Expectation::exactly(Amount::parse("13")?, Currency::USD);
        Ok::<_, LookupError>(Some(expected))
    })
}

async fn the_query_overrules_a_forged_amount<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, thirteen).await;
    let number = world.order("order-1").await;
    world.mock.fault(Fault::notification("order-1", NotificationFault::Drop)).unwrap();
    let genuine = world.pay(&number).await;
    // Before Pockyt's own comes, by who has the token.
    let forged = cuts::with(&genuine, "amount", "0.01");
    assert_eq!(world.post(PLAIN, &forged).await, (200, "success".into()));
    world.was_told_once("order-1", &number).await;
    assert_eq!(world.questions(), 1);
    // What is true is a duplicate by now, and what is not is in conflict with it.
    assert!(!world.is_acknowledged(&number));
    world.mock.advance(Duration::from_mins(15)).await;
    assert!(world.is_acknowledged(&number));
    assert_eq!(world.listener.counts().duplicates, 1);
    world.post(PLAIN, &cuts::with(&genuine, "amount", "9999.00")).await;
    world.was_told_once("order-1", &number).await;
    assert_eq!(world.kept(State::Quarantined).await.len(), 1);
}

async fn an_order_that_was_made_for_less_is_not_paid<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, thirteen).await;
    let number = world.order_of("order-1", &[("amount", "0.13")]).await;
    world.pay(&number).await;
    assert!(world.is_acknowledged(&number));
    assert_eq!(world.work().await, []);
    let kept = world.only(State::Quarantined).await;
    let Some(Quarantine::Doubt(Doubt::Mismatch { problem })) = &kept.quarantine else { panic!("{kept:?}") };
    assert!(problem.contains("0.13") && problem.contains("13"), "{problem}");
    assert_eq!(kept.last_reason.as_deref(), Some("Pockyt confirmed it as it is"));
    // The order that was meant is told all the same.
    let other = world.order("order-2").await;
    world.pay(&other).await;
    assert_eq!(world.work().await, [paid("order-2", &other, false)]);
}

async fn one_that_pockyt_does_not_know_is_not_paid<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, thirteen).await;
    let number = world.order("order-1").await;
    let genuine = world.pay(&number).await;
    world.work().await;
    let invented = cuts::with(&genuine, "transactionNo", "299999999999999999");
    let invented = cuts::with(&cuts::with(&invented, "amount", "1.00"), "reference", "order-2");
    assert_eq!(world.post(PLAIN, &invented).await, (200, "success".into()));
    for _ in 0..20 {
        assert_eq!(world.work().await, [paid("order-1", &number, false)]);
        world.mock.advance(Duration::from_mins(1)).await;
    }
    let kept = world.only(State::Quarantined).await;
    assert!(kept.last_reason.as_deref().unwrap_or_default().contains("Pockyt knows nothing"), "{kept:?}");
}
