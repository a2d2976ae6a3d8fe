//! A genuine notification that can be read in more than one way, and what can be made of it.

use std::sync::Arc;
use std::time::Duration;

use pockyt_ipn::{ConfirmPolicy, SealKey, Sealer};
use pockyt_mock::{Fault, NotificationFault};
use pockyt_store::State;

use crate::cuts;
use crate::world::{Kept, PLAIN, World, on_each_store, paid};

const NOTE: [(&str, &str); 1] = [("note", "two pots&ox=1")];

on_each_store![
    it_is_kept_then_confirmed_and_told_once,
    all_its_cuts_come_to_one_payment,
    whichever_copy_comes_first_it_is_told_once,
    a_cut_that_looks_like_another_order_is_not_paid,
    what_the_mock_forges_is_never_believed,
];

async fn it_is_kept_then_confirmed_and_told_once<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, |builder| builder).await;
    let number = world.order_of("order-1", &NOTE).await;
    world.pay(&number).await;
    assert!(world.is_acknowledged(&number), "the answer does not wait for anybody");
    assert_eq!(world.listener.counts().quarantined, 1);
    let held = world.only(State::Waiting).await;
    assert!(held.to_confirm && held.quarantine.is_some(), "{held:?}");
    assert_eq!(world.questions(), 0);

    world.was_told_once("order-1", &number).await;
    assert_eq!((world.questions(), world.kept(State::Done).await.len()), (1, 1));
    world.mock.advance(Duration::from_hours(3)).await;
    world.was_told_once("order-1", &number).await;
    assert_eq!(world.questions(), 1);
}

async fn all_its_cuts_come_to_one_payment<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, |builder| builder).await;
    let number = world.order_of("order-1", &NOTE).await;
    let body = world.pay(&number).await;
    let cuts = cuts::all_of(&body);
    assert!(cuts.len() >= 256, "{}", cuts.len());
    for cut in &cuts {
        assert_eq!(world.post(PLAIN, cut).await, (200, "success".into()), "{cut}");
    }
    // The clean one among them says what is true, so its word is enough.
    assert_eq!(world.work().await, [paid("order-1", &number, false)]);
    for cut in &cuts {
        world.post(PLAIN, cut).await;
    }
    assert_eq!(world.work().await, [paid("order-1", &number, false)]);
    assert_eq!((world.kept(State::Waiting).await.len(), world.kept(State::Quarantined).await.len()), (0, 0));
}

async fn whichever_copy_comes_first_it_is_told_once<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, |builder| builder).await;
    for (row, (clean_first, works_between)) in
        [(true, true), (true, false), (false, true), (false, false)].into_iter().enumerate()
    {
        let reference = format!("order-{row}");
        let number = world.order_of(&reference, &[]).await;
        // Dropped, so that the copies come as the row says.
        world.mock.fault(Fault::notification(&reference, NotificationFault::Drop).times(9)).unwrap();
        let genuine = world.pay(&number).await;
        let ambiguous = cuts::all_of(&genuine).swap_remove(0);
        let bodies = if clean_first { [&genuine, &ambiguous] } else { [&ambiguous, &genuine] };
        for body in bodies {
            assert_eq!(world.post(PLAIN, body).await.0, 200);
            if works_between {
                world.work().await;
            }
        }
        let told = world.work().await;
        assert_eq!(told.len(), row + 1, "{reference}: {told:?}");
        assert_eq!(
            (told[row].reference.as_str(), told[row].money.as_str()),
            (reference.as_str(), "13.00 USD")
        );
    }
}

/// A shop whose customers can write into the reference: the signed text about theirs can be cut into one about
/// somebody else's order, and nothing in that looks odd.
async fn a_cut_that_looks_like_another_order_is_not_paid<S: Kept>(inbox: Arc<S>) {
    let sealer = Sealer::new("sandbox", SealKey::new([8; 32]));
    let policies: [(&str, ConfirmPolicy, Option<Sealer>); 3] = [
        ("asked about all", ConfirmPolicy::Always, None),
        ("no seal, none needed", ConfirmPolicy::OnDoubt, Some(sealer)),
        ("above nothing", ConfirmPolicy::Above("0.01".parse().unwrap(), pockyt_model::Currency::USD), None),
    ];
    for (row, (name, policy, sealer)) in policies.into_iter().enumerate() {
        let world = World::new(Arc::clone(&inbox), |builder| {
            let builder = builder.tenant(&format!("shop-{row}")).confirm_policy(policy);
            match sealer {
                Some(sealer) => builder.sealer(sealer),
                None => builder,
            }
        })
        .await;
        let address = format!("http://shop.example/ipn/shop-{row}/pay");
        let victim = world.order_of("order-2", &[("ipnUrl", &address)]).await;
        let mine = world.order_of("order-2&s=1", &[("ipnUrl", &address)]).await;
        let genuine = world.pay(&mine).await;
        let cut = cuts::clean(&genuine);
        assert!(cut.contains("reference=order-2&s=1&"), "{cut}");
        assert_eq!(world.post(&format!("/ipn/shop-{row}/pay"), &cut).await, (200, "success".into()));
        for _ in 0..20 {
            assert_eq!(world.work().await, [], "{name}");
            world.mock.advance(Duration::from_mins(1)).await;
        }
        // Their own payment cannot be told either: its reference is none. It lies there for people.
        let reasons: Vec<_> =
            world.kept(State::Quarantined).await.into_iter().map(|n| n.last_reason).collect();
        assert_eq!(reasons.len(), 2 * (row + 1), "{name}: {reasons:?}");
        assert!(reasons.iter().flatten().all(|why| why.contains("not confirmed")), "{reasons:?}");

        world.pay(&victim).await;
        let told = world.work().await;
        assert_eq!(told, [paid("order-2", &victim, true)], "{name}: the other order can be paid");
    }
}

async fn what_the_mock_forges_is_never_believed<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, |builder| builder).await;
    let rows = [
        (NotificationFault::Forge, 1, 0),
        (NotificationFault::Tamper, 1, 0),
        (NotificationFault::Corrupt, 1, 0),
        (NotificationFault::Recut, 0, 1),
    ];
    for (row, (fault, refused, doubtful)) in rows.into_iter().enumerate() {
        let reference = format!("order-{row}");
        let number = world.order(&reference).await;
        world.mock.fault(Fault::notification(&reference, fault)).unwrap();
        let before = world.listener.counts();
        world.pay(&number).await;
        // What came first, and the genuine one, on schedule at the latest.
        world.mock.advance(Duration::from_mins(30)).await;
        let now = world.listener.counts();
        let count = |counts: &pockyt_ipn::ListenerCounts| counts.refused.values().sum::<u64>();
        assert_eq!(count(&now) - count(&before), refused, "{fault:?}: {now:?}");
        assert_eq!(now.quarantined - before.quarantined, doubtful, "{fault:?}");
        assert!(world.is_acknowledged(&number), "{fault:?}");
        let told = world.work().await;
        let same = |told: &crate::world::Told| told.number == number;
        assert_eq!(told.iter().filter(|told| same(told)).count(), 1, "{fault:?}: {told:?}");
        assert!(told.iter().all(|told| told.money == "13.00 USD"), "{fault:?}: {told:?}");
    }
    assert_eq!(world.work().await.len(), rows.len());
    assert_eq!(world.mock.unfired_faults(), []);
}
