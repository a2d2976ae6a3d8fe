//! Pockyt cannot be asked.

use std::sync::Arc;
use std::time::Duration;

use pockyt_ipn::ConfirmPolicy;
use pockyt_mock::{Fault, FaultKind};
use pockyt_model::Clock as _;
use pockyt_store::State;
use pockyt_world::clockwork::Clockwork;

use crate::world::{Kept, World, on_each_store};

on_each_store![it_is_held_and_told_once_when_pockyt_is_back, after_a_day_it_is_for_people];

const FOR_LONG: u32 = 100_000;

async fn it_is_held_and_told_once_when_pockyt_is_back<S: Kept>(inbox: Arc<S>) {
    let kinds = [
        FaultKind::LoseRequest,
        FaultKind::LoseReply,
        FaultKind::ServerError { status: 503, booked: false, retry_after: None },
    ];
    let world = World::new(inbox, |builder| builder.confirm_policy(ConfirmPolicy::Always)).await;
    for (row, kind) in kinds.into_iter().enumerate() {
        let reference = format!("order-{row}");
        // One in doubt, and one that is asked about anyway.
        let note: &[(&str, &str)] = if row == 1 { &[] } else { &[("note", "tea&ox=1")] };
        let number = world.order_of(&reference, note).await;
        world.mock.fault(Fault::any(kind).operation("tran-query").times(FOR_LONG)).unwrap();
        world.pay(&number).await;
        assert!(world.is_acknowledged(&number), "{kind:?}");
        let mut tries = 0;
        let begin = world.mock.now();
        while world.mock.now().0 - begin.0 < 3 * 60 * 60 * 1000 {
            assert_eq!(world.work().await.len(), row, "{kind:?}");
            let held = world.only(State::Waiting).await;
            tries += 1;
            assert_eq!((held.deferrals, held.failures), (tries, 0), "{kind:?}: {held:?}");
            assert_eq!(held.last_reason.as_deref(), Some("Pockyt could not be asked"));
            let now = Clockwork(Arc::clone(&world.mock)).now();
            world.mock.advance(held.standing.due_at().unwrap().since(now)).await;
        }
        assert!((10..100).contains(&tries), "{kind:?}: {tries} tries in three hours");
        world.mock.clear_faults();
        let told = world.work().await;
        assert_eq!((told.len(), told[row].number.as_str()), (row + 1, number.as_str()), "{kind:?}");
        assert!(told[row].confirmed);
        world.mock.advance(Duration::from_hours(3)).await;
        assert_eq!(world.work().await.len(), row + 1, "{kind:?}");
    }
}

async fn after_a_day_it_is_for_people<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, |builder| builder).await;
    let number = world.order_of("order-1", &[("note", "tea&ox=1")]).await;
    world.mock.fault(Fault::any(FaultKind::LoseRequest).operation("tran-query").times(FOR_LONG)).unwrap();
    world.pay(&number).await;
    for _ in 0..26 {
        assert_eq!(world.work().await, []);
        world.mock.advance(Duration::from_hours(1)).await;
    }
    let dead = world.only(State::Dead).await;
    world.mock.clear_faults();
    assert!(world.listener.redrive(dead.id, pockyt_store::Mode::Apply).await.unwrap().is_moved());
    world.was_told_once("order-1", &number).await;
}
