//! Faults inside the simulation: what is booked, what waits, what is counted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use pockyt_sim::{
    ApiRequest, ApiResponse, BadBody, BadHeaders, Connection, ConnectionFault, ControlError, Effect, Fault,
    FaultKind, HeadCut, Millis, NotificationFault, Reception, Reply,
};
use proptest::prelude::*;
use support::{MERCHANT, START, TOKEN, World, signed_json, with_account};

const ADD: &str = "/app-instore/v3/add";

fn body(reference: &str) -> String {
    let fields = [("amount", "1"), ("currency", "USD"), ("settleCurrency", "USD"), ("reference", reference)];
    signed_json(&with_account(&fields), TOKEN)
}

fn receive(world: &mut World, reference: &str) -> Reception {
    let body = body(reference);
    let request = ApiRequest {
        method: "POST",
        path: ADD,
        content_type: Some("application/json"),
        request_id: None,
        body: body.as_bytes(),
    };
    world.sim.receive(&request, world.now)
}

fn is_booked(world: &World, reference: &str) -> bool {
    world.sim.transactions().iter().any(|order| order.reference.as_deref() == Some(reference))
}

fn answers(effects: Vec<Effect>) -> Vec<ApiResponse> {
    effects
        .into_iter()
        .filter_map(|effect| if let Effect::Answer { response, .. } = effect { Some(response) } else { None })
        .collect()
}

#[test]
fn what_is_delayed_is_an_event_and_is_carried_out_at_its_instant() {
    let mut world = World::new();
    world.sim.set_fault(Fault::new("a", FaultKind::DelayHandling { ms: 3000 })).unwrap();
    assert!(matches!(receive(&mut world, "a"), Reception::Held(_)));
    assert_eq!(world.sim.next_event(), Some(Millis(START.0 + 3000)));
    assert!(world.sim.advance(Millis(START.0 + 2999)).is_empty());
    assert!(!is_booked(&world, "a"));
    let answered = answers(world.sim.advance(Millis(START.0 + 60_000)));
    assert_eq!(answered.len(), 1);
    assert_eq!((answered[0].status, answered[0].reply), (200, Reply::Send));
    let at = format!("\"at\":{}", START.0 + 3000);
    assert!(world.journal().lines().any(|line| line.contains("statusChanged") && line.contains(&at)));
}

#[test]
fn a_request_that_falls_due_by_another_one_is_not_forgotten() {
    let mut world = World::new();
    world.sim.set_fault(Fault::new("a", FaultKind::DelayHandling { ms: 3000 })).unwrap();
    receive(&mut world, "a");
    world.now = Millis(START.0 + 5000);
    world.add("b", "1");
    // It was carried out before, in its turn, and its answer waits for the caller.
    assert!(is_booked(&world, "a"));
    assert!(world.sim.next_event().is_some_and(|due| due <= world.now));
    assert_eq!(answers(world.sim.advance(world.now)).len(), 1);
    assert!(world.sim.next_event().is_none_or(|next| next > world.now));
}

#[test]
fn pieces_come_one_by_one_and_the_last_says_so() {
    let mut world = World::new();
    world.sim.set_fault(Fault::new("a", FaultKind::SlowBody { pieces: 3, every_ms: 10 })).unwrap();
    let Reception::InPieces(ticket, response) = receive(&mut world, "a") else { panic!("not in pieces") };
    assert_eq!(response.reply, Reply::SendInPieces { pieces: 3 });
    let pieces: Vec<(u64, bool)> = (1..=3)
        .flat_map(|n| world.sim.advance(Millis(START.0 + 10 * n)))
        .filter_map(|effect| match effect {
            Effect::Piece { ticket, is_last } => Some((ticket.0, is_last)),
            _ => None,
        })
        .collect();
    assert_eq!(pieces, [(ticket.0, false), (ticket.0, false), (ticket.0, true)]);
    assert!(
        !world
            .sim
            .advance(Millis(START.0 + 1000))
            .iter()
            .any(|effect| matches!(effect, Effect::Piece { .. }))
    );
}

#[test]
fn who_cannot_wait_is_answered_at_once() {
    let mut world = World::new();
    world.sim.set_fault(Fault::new("a", FaultKind::DelayAnswer { ms: 3000 })).unwrap();
    assert_eq!(world.add("a", "1").response.reply, Reply::Send);
    assert!(world.sim.faults().is_empty());
}

#[test]
fn connections_are_refused_for_a_time_and_struck_one_by_one() {
    let mut world = World::new();
    world.sim.set_fault(Fault::connection(ConnectionFault::Refuse { ms: 1000 })).unwrap();
    assert!(world.sim.refuses_connections());
    assert_eq!(world.sim.next_event(), Some(Millis(START.0 + 1000)));
    assert_eq!(world.sim.connect(Millis(START.0 + 999)), Connection::Refused);
    assert_eq!(world.sim.connect(Millis(START.0 + 1000)), Connection::Served);
    for (fault, expected) in [
        (ConnectionFault::Reset, Connection::Reset),
        (ConnectionFault::Close, Connection::Closed),
        (ConnectionFault::Silence, Connection::Silent),
    ] {
        world.sim.set_fault(Fault::connection(fault)).unwrap();
        assert_eq!(world.sim.connect(world.now), expected);
        assert_eq!(world.sim.connect(world.now), Connection::Served);
    }
}

#[test]
fn the_head_is_enough_for_a_fault_that_names_nothing_more() {
    let mut world = World::new();
    let fault = Fault::any(FaultKind::ResetDuringRead).operation("add");
    world.sim.set_fault(fault.clone().for_merchant(MERCHANT)).unwrap();
    assert_eq!(world.sim.cut_at_head(ADD, START), None);
    world.sim.set_fault(fault).unwrap();
    assert_eq!(world.sim.cut_at_head("/app-instore/v3/prepay", START), None);
    assert_eq!(world.sim.cut_at_head(ADD, START), Some(HeadCut::DuringBody));
    assert_eq!(world.sim.cut_at_head(ADD, START), None);
    // The other one needs the body.
    let Reception::Answered(answer) = receive(&mut world, "a") else { panic!("not answered") };
    assert_eq!(answer.reply, Reply::Reset);
}

#[test]
fn the_end_writes_down_which_faults_never_hit() {
    let mut world = World::new();
    let long = "r".repeat(20_000);
    world.sim.set_fault(Fault::new(long, FaultKind::LoseReply).for_merchant(MERCHANT)).unwrap();
    world.sim.set_fault(Fault::any(FaultKind::LoseReply).times(2)).unwrap();
    world.add("a", "1");
    world.sim.close(world.now);
    let lines = world.journal();
    let unfired: Vec<&str> = lines.lines().filter(|line| line.contains("faultUnfired")).collect();
    assert_eq!(unfired.len(), 1);
    assert!(unfired[0].contains(MERCHANT) && unfired[0].len() < 1000, "{}", unfired[0]);
}

#[test]
fn a_fault_that_makes_no_sense_is_refused_with_the_reason() {
    let mut world = World::new();
    let refused = world.sim.set_fault(Fault::any(FaultKind::Redirect { status: 200 })).unwrap_err();
    assert!(matches!(refused, ControlError::SenselessFault(_)));
    assert!(refused.to_string().contains("307"), "{refused}");
    assert!(world.sim.faults().is_empty());
}

#[test]
fn a_fault_of_no_times_is_refused_but_for_one_that_is_not_counted() {
    let mut world = World::new();
    let kinds = [
        FaultKind::LoseReply,
        FaultKind::Connection(ConnectionFault::Reset),
        FaultKind::Notification(NotificationFault::Drop),
    ];
    for kind in kinds {
        let refused = world.sim.set_fault(Fault::any(kind).times(0)).unwrap_err();
        assert!(refused.to_string().contains("times is 1 or more"), "{refused}");
    }
    assert!(world.sim.is_undisturbed());
    let refuse = Fault::connection(ConnectionFault::Refuse { ms: 1000 }).times(0);
    world.sim.set_fault(refuse).unwrap();
    assert!(world.sim.refuses_connections());
}

/// Every kind of a call's fault, and whether the request is carried out.
fn kinds() -> Vec<(FaultKind, bool)> {
    vec![
        (FaultKind::ResetBeforeRead, false),
        (FaultKind::ResetDuringRead, false),
        (FaultKind::LoseRequest, false),
        (FaultKind::RejectSignature, false),
        (FaultKind::DelayHandling { ms: 7 }, true),
        (FaultKind::DelayAnswer { ms: 7 }, true),
        (FaultKind::ServerError { status: 500, booked: false, retry_after: None }, false),
        (FaultKind::ServerError { status: 500, booked: true, retry_after: Some(1) }, true),
        (FaultKind::LoseReply, true),
        (FaultKind::ResetReply, true),
        (FaultKind::TruncateBody, true),
        (FaultKind::ResetDuringBody, true),
        (FaultKind::SlowBody { pieces: 2, every_ms: 7 }, true),
        (FaultKind::ReplaceBody(BadBody::Html), true),
        (FaultKind::FloodBody { bytes: 9 }, true),
        (FaultKind::WrongHeaders(BadHeaders::Gzip), true),
        (FaultKind::WrongAnswer, true),
        (FaultKind::Redirect { status: 308 }, false),
        (FaultKind::CloseAfterAnswer, true),
    ]
}

proptest! {
    #[test]
    fn what_is_booked_is_what_the_kind_says_and_two_runs_agree(picked in prop::collection::vec(0usize..19, 1..12)) {
        let play = || {
            let mut world = World::new();
            let kinds = kinds();
            for (n, pick) in picked.iter().enumerate() {
                let reference = format!("r-{n}");
                world.sim.set_fault(Fault::any(kinds[*pick].0).request(n as u64 + 1).for_merchant(MERCHANT)).unwrap();
                receive(&mut world, &reference);
                world.now = Millis(world.now.0 + 20);
                world.sim.advance(world.now);
                assert_eq!(is_booked(&world, &reference), kinds[*pick].1, "{:?}", kinds[*pick]);
            }
            assert_eq!(world.sim.unfired_faults().count(), 0);
            world.journal()
        };
        prop_assert_eq!(play(), play());
    }

    #[test]
    fn no_bytes_and_no_faults_make_it_panic(
        path in prop_oneof![Just(ADD.to_owned()), "/[a-z/]{0,20}"],
        body in prop::collection::vec(any::<u8>(), 0..200),
        pick in 0usize..19,
    ) {
        let mut world = World::new();
        world.sim.set_fault(Fault::any(kinds()[pick].0).times(3)).unwrap();
        for content_type in [None, Some("application/json"), Some("text/plain")] {
            let request =
                ApiRequest { method: "POST", path: &path, content_type, request_id: None, body: &body };
            let _ = world.sim.cut_at_head(&path, world.now);
            let _ = world.sim.receive(&request, world.now);
        }
        world.sim.advance(Millis(START.0 + 1000));
    }
}
