//! Connections that fail before any request.

use std::time::Duration;

use pockyt_mock::{ConnectionFault, Fault, FaultKind, MockPockyt};
use tokio::io::AsyncReadExt;

use super::{End, Raw, add, is_booked, refuses};
use crate::support::get;

#[tokio::test]
async fn the_port_refuses_until_the_mock_s_time_has_passed() {
    let mock = MockPockyt::start().await.unwrap();
    for _ in 0..3 {
        assert!(!refuses(mock.addr()));
        // Nothing is awaited in between: setting it is enough.
        mock.fault(Fault::connection(ConnectionFault::Refuse { ms: 5000 })).unwrap();
        assert!(refuses(mock.addr()) && refuses(mock.addr()));
        mock.advance(Duration::from_secs(4)).await;
        assert!(refuses(mock.addr()));
        mock.advance(Duration::from_secs(1)).await;
        assert!(get(&mock, "/_mock/health").await.status.is_success());
    }
}

#[tokio::test]
async fn an_open_connection_goes_on_while_the_port_refuses() {
    let mock = MockPockyt::start().await.unwrap();
    let mut client = Raw::connect(mock.addr()).await;
    client.send(&add("f-0")).await;
    client.answer().await;
    mock.fault(Fault::connection(ConnectionFault::Refuse { ms: 5000 })).unwrap();
    assert!(refuses(mock.addr()));
    client.send(&add("f-1")).await;
    client.answer().await;
    assert!(is_booked(&mock, "f-1"));
}

#[tokio::test]
async fn a_reset_of_the_mock_and_clearing_its_faults_open_the_port_again() {
    let mock = MockPockyt::start().await.unwrap();
    mock.fault(Fault::connection(ConnectionFault::Refuse { ms: 5000 })).unwrap();
    assert!(refuses(mock.addr()));
    mock.reset();
    assert!(!refuses(mock.addr()));
    mock.fault(Fault::connection(ConnectionFault::Refuse { ms: 5000 })).unwrap();
    let addr = mock.addr();
    drop(mock);
    assert!(refuses(addr));
}

#[tokio::test]
async fn the_next_connections_end_before_a_byte_is_read() {
    for (fault, expected) in [(ConnectionFault::Reset, End::Rst), (ConnectionFault::Close, End::Fin)] {
        let mock = MockPockyt::start().await.unwrap();
        mock.fault(Fault::connection(fault).times(2)).unwrap();
        for _ in 0..2 {
            let mut client = Raw::connect(mock.addr()).await;
            assert_eq!(client.read_all().await, (String::new(), expected_of(&expected)), "{fault:?}");
        }
        let mut third = Raw::connect(mock.addr()).await;
        third.send(&add("f-1")).await;
        assert!(third.answer().await.0.starts_with("HTTP/1.1 200"));
        let used = mock.journal_lines().iter().filter(|line| line.contains("faultUsed")).count();
        assert_eq!(used, 2);
    }
}

fn expected_of(end: &End) -> End {
    match end {
        End::Fin => End::Fin,
        End::Rst => End::Rst,
    }
}

#[tokio::test]
async fn closing_in_order_is_not_a_reset_although_the_client_has_written() {
    let mock = MockPockyt::start().await.unwrap();
    mock.fault(Fault::connection(ConnectionFault::Close)).unwrap();
    let mut client = Raw::connect(mock.addr()).await;
    client.send(&add("f-1")).await;
    assert_eq!(client.read_all().await, (String::new(), End::Fin));
    assert!(!is_booked(&mock, "f-1"));
}

#[tokio::test]
async fn a_silent_connection_stays_open_and_says_nothing() {
    let mock = MockPockyt::start().await.unwrap();
    mock.fault(Fault::connection(ConnectionFault::Silence)).unwrap();
    let mut client = Raw::connect(mock.addr()).await;
    client.send(&add("f-1")).await;
    // Whoever comes later is served, so the silent one has had its turn.
    assert!(get(&mock, "/_mock/health").await.status.is_success());
    let nothing = tokio::time::timeout(Duration::ZERO, client.0.read_u8()).await;
    assert!(nothing.is_err(), "{nothing:?}");
    assert!(!is_booked(&mock, "f-1"));
    assert_eq!(mock.unfired_faults(), []);
    // It ends with the mock.
    mock.shutdown().await;
    let _ = client.read_all().await;
}

#[tokio::test]
async fn a_connection_knows_no_request() {
    let mock = MockPockyt::start().await.unwrap();
    let reset = Fault::connection(ConnectionFault::Reset);
    for senseless in [
        reset.clone().operation("add"),
        reset.clone().path("/x"),
        reset.clone().request(1),
        reset.clone().for_merchant("200043"),
        Fault::new("r", FaultKind::Connection(ConnectionFault::Reset)),
        reset.attempt(1),
    ] {
        assert!(mock.fault(senseless.clone()).is_err(), "{senseless:?}");
    }
}
