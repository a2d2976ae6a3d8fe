//! Every fault of the mock over TCP: what the client says of it, and that a payment is booked at most once.

use std::sync::Arc;
use std::time::Duration;

use pockyt_client::{Budget, CallError, ErrorKind};
use pockyt_mock::{BadBody, BadHeaders, ConnectionFault, Fault, FaultKind, MockPockyt};
use pockyt_model::operation::Add;

use crate::mock::builder;
use crate::support::{price, reference};

const PATH: &str = "/app-instore/v3/add";

/// What is known after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// It was answered well after all.
    Answered,
    MaybeSent,
    NotHttp,
    NotSent,
    /// An answer came that is none.
    Other,
}

fn known(result: &Result<(), CallError>) -> Known {
    match result.as_ref().map_err(CallError::kind) {
        Ok(()) => Known::Answered,
        Err(ErrorKind::MaybeSent) => Known::MaybeSent,
        Err(ErrorKind::NotHttp) => Known::NotHttp,
        Err(ErrorKind::NotSent) => Known::NotSent,
        Err(_) => Known::Other,
    }
}

async fn charge(client: &pockyt_client::Client, name: &str) -> Result<(), CallError> {
    client.in_store().add(&Add::new(price("13.00"), reference(name))).await.map(drop)
}

fn booked(mock: &MockPockyt, name: &str) -> usize {
    mock.transactions().iter().filter(|order| order.reference.as_deref() == Some(name)).count()
}

#[tokio::test]
async fn each_fault_of_a_request_is_told_as_what_it_is() {
    let hour = 3_600_000;
    let table = [
        (FaultKind::ResetBeforeRead, Known::MaybeSent, 0),
        (FaultKind::ResetDuringRead, Known::MaybeSent, 0),
        (FaultKind::LoseRequest, Known::MaybeSent, 0),
        (FaultKind::LoseReply, Known::MaybeSent, 1),
        (FaultKind::ResetReply, Known::MaybeSent, 1),
        (FaultKind::DelayHandling { ms: hour }, Known::MaybeSent, 0),
        (FaultKind::DelayAnswer { ms: hour }, Known::MaybeSent, 1),
        (FaultKind::ServerError { status: 500, booked: true, retry_after: None }, Known::Other, 1),
        (FaultKind::ServerError { status: 503, booked: false, retry_after: Some(1) }, Known::Other, 0),
        (FaultKind::TruncateBody, Known::MaybeSent, 1),
        (FaultKind::ResetDuringBody, Known::MaybeSent, 1),
        (FaultKind::SlowBody { pieces: 4, every_ms: hour }, Known::MaybeSent, 1),
        (FaultKind::ReplaceBody(BadBody::Html), Known::Other, 1),
        (FaultKind::FloodBody { bytes: 100 << 20 }, Known::Other, 1),
        (FaultKind::WrongHeaders(BadHeaders::Html), Known::Answered, 1),
        (FaultKind::WrongHeaders(BadHeaders::NoType), Known::Answered, 1),
        (FaultKind::WrongHeaders(BadHeaders::Many { count: 10_000 }), Known::NotHttp, 1),
        (FaultKind::WrongAnswer, Known::Other, 1),
        (FaultKind::Redirect { status: 307 }, Known::Other, 0),
        (FaultKind::CloseAfterAnswer, Known::Answered, 1),
        (FaultKind::RejectSignature, Known::Other, 0),
    ];
    for (kind, expected, orders) in table {
        let mock = Arc::new(MockPockyt::start().await.unwrap());
        mock.fault(Fault::any(kind).path(PATH)).unwrap();
        let held = matches!(
            kind,
            FaultKind::DelayHandling { .. } | FaultKind::DelayAnswer { .. } | FaultKind::SlowBody { .. }
        );
        let budget = if held { Duration::from_millis(100) } else { Duration::from_secs(20) };
        let client = builder(&mock).attempt_budget(budget).build().unwrap();
        let result = charge(&client, "till-1").await;
        assert_eq!(known(&result), expected, "{kind:?}: {result:?}");
        assert_eq!(booked(&mock, "till-1"), orders, "{kind:?}");
        if let Err(error) = &result {
            assert_eq!(error.attempts(), 1, "{kind:?}: sent again");
            let certain = kind == FaultKind::RejectSignature;
            assert_eq!(error.may_have_moved_money(), !certain, "{kind:?}");
        }
        assert!(mock.unfired_faults().is_empty(), "{kind:?}");
        // What was held back comes now, and once.
        mock.advance(Duration::from_secs(4 * 60 * 60)).await;
        assert!(booked(&mock, "till-1") <= 1, "{kind:?}");
    }
}

#[tokio::test]
async fn each_fault_of_a_connection_is_not_sent_or_maybe_sent_by_fact() {
    for (fault, expected) in [
        (ConnectionFault::Refuse { ms: 60_000 }, [Known::NotSent, Known::NotSent]),
        // The mock reads nothing; whether the client had written by then is a race that it may lose.
        (ConnectionFault::Reset, [Known::NotSent, Known::MaybeSent]),
        (ConnectionFault::Close, [Known::NotSent, Known::MaybeSent]),
        (ConnectionFault::Silence, [Known::MaybeSent, Known::MaybeSent]),
    ] {
        let mock = Arc::new(MockPockyt::start().await.unwrap());
        let times = if matches!(fault, ConnectionFault::Refuse { .. }) { 1 } else { 3 };
        mock.fault(Fault::connection(fault).times(times)).unwrap();
        let client =
            builder(&mock).randomness(|| 0.0).attempt_budget(Duration::from_millis(100)).build().unwrap();
        let result = charge(&client, "till-1").await;
        assert!(expected.contains(&known(&result)), "{fault:?}: {result:?}");
        assert_eq!(booked(&mock, "till-1"), 0, "{fault:?}");
        if fault == ConnectionFault::Silence {
            assert_eq!(result.unwrap_err().timed_out(), Some(Budget::Attempt));
        }
    }
}

#[tokio::test]
async fn a_stale_connection_is_never_a_second_booking() {
    for kind in [FaultKind::ResetBeforeRead, FaultKind::CloseAfterAnswer] {
        let mock = Arc::new(MockPockyt::start().await.unwrap());
        let client = builder(&mock).build().unwrap();
        for number in 0..10 {
            charge(&client, &format!("good-{number}")).await.unwrap();
            mock.fault(Fault::any(kind).path(PATH)).unwrap();
            let name = format!("stale-{number}");
            let result = charge(&client, &name).await;
            assert_ne!(known(&result), Known::NotSent, "{kind:?}");
            let expected = usize::from(kind == FaultKind::CloseAfterAnswer);
            assert_eq!(booked(&mock, &name), expected, "{kind:?}: {result:?}");
            // The connection is gone; the next call opens another, or finds that this one was closing.
            let after = format!("after-{number}");
            let result = charge(&client, &after).await;
            assert!(matches!(known(&result), Known::Answered | Known::MaybeSent), "{kind:?}: {result:?}");
            assert_eq!(booked(&mock, &after), usize::from(result.is_ok()), "{kind:?}");
        }
    }
}
