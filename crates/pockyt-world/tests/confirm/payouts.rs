//! Payouts: the mock tells of them, and is asked about them by the real client.

use std::sync::Arc;
use std::time::Duration;

use pockyt_ipn::ConfirmPolicy;
use pockyt_mock::{Fault, FaultKind, NotificationFault, Script, Wallet};
use pockyt_model::NotificationKind;
use pockyt_store::State;

use crate::cuts;
use crate::world::{Kept, Told, World, on_each_store};

on_each_store![
    always_asks_about_what_is_final,
    one_in_doubt_is_kept_then_confirmed_and_told_once,
    what_a_payee_writes_does_not_turn_the_question_to_another_payout,
    what_pockyt_knows_goes_before_what_somebody_with_the_token_says,
    while_pockyt_cannot_be_asked_it_is_held,
];

const PLAIN: &str = "/ipn/shop/payout";
const PAYEE: &str = "payee@example.com";
const IN_DOUBT: &str = "payee@example.com&rx=1";
const A_MINUTE: Duration = Duration::from_mins(1);

async fn world<S: Kept>(inbox: Arc<S>, policy: ConfirmPolicy) -> World<S> {
    World::new(inbox, |builder| builder.kind(NotificationKind::Payout).confirm_policy(policy)).await
}

fn told(invoice: &str, number: &str, status: &str) -> Told {
    Told {
        reference: invoice.into(),
        number: number.into(),
        money: "60.00 USD".into(),
        status: status.into(),
        confirmed: true,
    }
}

/// What Pockyt posted last about a payout.
fn posted<S: Kept>(world: &World<S>, number: &str) -> String {
    world.mock.notifications(Some(number)).last().unwrap().body.clone()
}

async fn always_asks_about_what_is_final<S: Kept>(inbox: Arc<S>) {
    let world = world(inbox, ConfirmPolicy::Always).await;
    world.mock.script(Script::new("inv-2", Wallet::DeclineAfter(A_MINUTE))).unwrap();
    world.mock.script(Script::new("inv-3", Wallet::ReturnAfter(A_MINUTE))).unwrap();
    let paid = world.pay_out("inv-1", PAYEE).await;
    let failed = world.pay_out("inv-2", PAYEE).await;
    let returned = world.pay_out("inv-3", PAYEE).await;
    world.mock.settle().await;
    assert_eq!(world.work().await, [told("inv-3", &returned, "success")]);
    world.mock.advance(A_MINUTE).await;
    let mut all = world.work().await;
    all.sort_by(|one, other| (&one.reference, &one.status).cmp(&(&other.reference, &other.status)));
    let expected = [
        told("inv-1", &paid, "success"),
        told("inv-2", &failed, "failed"),
        told("inv-3", &returned, "returned"),
        told("inv-3", &returned, "success"),
    ];
    assert_eq!(all, expected);
    assert_eq!(world.questions(), 4);
    world.mock.advance(Duration::from_hours(3)).await;
    for number in [paid, failed, returned] {
        assert!(world.is_acknowledged(&number));
        world.post(PLAIN, &posted(&world, &number)).await;
    }
    assert_eq!((world.work().await.len(), world.questions()), (4, 4));
}

async fn one_in_doubt_is_kept_then_confirmed_and_told_once<S: Kept>(inbox: Arc<S>) {
    let world = world(inbox, ConfirmPolicy::OnDoubt).await;
    let number = world.pay_out("inv-1", IN_DOUBT).await;
    world.mock.advance(A_MINUTE).await;
    assert!(world.is_acknowledged(&number), "the answer does not wait for anybody");
    let held = world.only(State::Waiting).await;
    assert!(held.to_confirm && held.quarantine.is_some(), "{held:?}");
    assert_eq!(world.work().await, [told("inv-1", &number, "success")]);
    for cut in cuts::all_of(&posted(&world, &number)) {
        assert_eq!(world.post(PLAIN, &cut).await, (200, "success".into()), "{cut}");
    }
    assert_eq!(world.work().await, [told("inv-1", &number, "success")]);
    assert_eq!((world.questions(), world.kept(State::Quarantined).await.len()), (1, 0));
}

/// The payee's address comes after the invoice in the signed text, and holds the name of another.
async fn what_a_payee_writes_does_not_turn_the_question_to_another_payout<S: Kept>(inbox: Arc<S>) {
    let world = world(inbox, ConfirmPolicy::OnDoubt).await;
    let mut all = Vec::new();
    for (row, receiver) in ["x&invoiceId=inv-0", "x&invoiceId=inv-0&transactionNo=1", "x&invoiceId=no-such"]
        .into_iter()
        .enumerate()
    {
        if row == 0 {
            let other = world.pay_out("inv-0", PAYEE).await;
            world.mock.advance(A_MINUTE).await;
            all.push(Told { confirmed: false, ..told("inv-0", &other, "success") });
            assert_eq!(world.work().await, all);
        }
        let invoice = format!("inv-{}", row + 1);
        let number = world.pay_out(&invoice, receiver).await;
        world.mock.advance(A_MINUTE).await;
        all.push(told(&invoice, &number, "success"));
        assert_eq!(world.work().await, all, "{receiver}");
    }
}

async fn what_pockyt_knows_goes_before_what_somebody_with_the_token_says<S: Kept>(inbox: Arc<S>) {
    let world = world(inbox, ConfirmPolicy::Always).await;
    let number = world.pay_out("inv-1", PAYEE).await;
    world.mock.fault(Fault::notification("inv-1", NotificationFault::Drop)).unwrap();
    world.mock.advance(A_MINUTE).await;
    let genuine = posted(&world, &number);
    for (name, value) in
        [("amount", "6000.00"), ("status", "failed"), ("transactionNo", "299999999999999999")]
    {
        assert_eq!(world.post(PLAIN, &cuts::with(&genuine, name, value)).await.0, 200);
    }
    world.mock.advance(Duration::from_mins(30)).await;
    assert!(world.is_acknowledged(&number));
    assert_eq!(world.work().await, [told("inv-1", &number, "success")]);
}

async fn while_pockyt_cannot_be_asked_it_is_held<S: Kept>(inbox: Arc<S>) {
    let world = world(inbox, ConfirmPolicy::Always).await;
    let number = world.pay_out("inv-1", PAYEE).await;
    world.mock.fault(Fault::any(FaultKind::LoseRequest).operation("payouts-inquiry").times(1000)).unwrap();
    world.mock.advance(A_MINUTE).await;
    for _ in 0..20 {
        assert_eq!(world.work().await, []);
        world.mock.advance(Duration::from_mins(6)).await;
    }
    let held = world.only(State::Waiting).await;
    assert_eq!(held.last_reason.as_deref(), Some("Pockyt could not be asked"));
    world.mock.clear_faults();
    assert_eq!(world.work().await, [told("inv-1", &number, "success")]);
}
