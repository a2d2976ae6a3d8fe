//! Delays, which are events of the mock's clock.

use std::time::Duration;

use pockyt_mock::{ClockMode, Fault, FaultKind, MockPockyt};
use tokio::io::AsyncReadExt;

use super::{End, Raw, add, is_booked, struck};
use crate::support::call;

/// Waits, without time passing, until the mock has seen the request.
async fn arrived(mock: &MockPockyt) {
    while !mock.journal_lines().iter().any(|line| line.contains("faultUsed")) {
        tokio::task::yield_now().await;
    }
}

async fn nothing_comes(client: &mut Raw) {
    let nothing = tokio::time::timeout(Duration::ZERO, client.0.read_u8()).await;
    assert!(nothing.is_err(), "{nothing:?}");
}

#[tokio::test]
async fn a_request_is_carried_out_when_its_delay_is_over() {
    let (mock, mut client) = struck(FaultKind::DelayHandling { ms: 3000 }).await;
    arrived(&mock).await;
    let began = mock.now();
    mock.advance(Duration::from_millis(2999)).await;
    nothing_comes(&mut client).await;
    assert!(!is_booked(&mock, "f-1"));
    assert_eq!(mock.advance_to_next().await, Some(began.plus(Duration::from_secs(3))));
    assert!(is_booked(&mock, "f-1"));
    assert!(client.answer().await.0.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_delayed_request_is_booked_although_its_client_has_gone() {
    let (mock, client) = struck(FaultKind::DelayHandling { ms: 3000 }).await;
    arrived(&mock).await;
    drop(client);
    assert!(!is_booked(&mock, "f-1"));
    // Time goes far beyond, and it is still carried out at its own instant.
    let due = mock.now().plus(Duration::from_secs(3));
    mock.advance(Duration::from_mins(1)).await;
    assert!(is_booked(&mock, "f-1"));
    let made = mock.journal_lines().into_iter().find(|line| line.contains("statusChanged")).unwrap();
    assert!(made.contains(&format!("\"at\":{}", due.0)), "{made}");
}

#[tokio::test]
async fn an_answer_is_given_when_its_delay_is_over() {
    let (mock, mut client) = struck(FaultKind::DelayAnswer { ms: 3000 }).await;
    arrived(&mock).await;
    assert!(is_booked(&mock, "f-1"));
    nothing_comes(&mut client).await;
    // Others are served meanwhile.
    call(&mock, "/app-data-search/v3/tran-query", &[("reference", "f-1")]).await;
    mock.advance(Duration::from_secs(3)).await;
    assert!(client.answer().await.0.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_slow_body_comes_in_pieces_as_time_passes() {
    let (mock, mut client) = struck(FaultKind::SlowBody { pieces: 4, every_ms: 1000 }).await;
    arrived(&mock).await;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.0.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let whole: usize =
        head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    let mut body = Vec::new();
    let mut came = Vec::new();
    for _ in 0..4 {
        nothing_comes(&mut client).await;
        mock.advance(Duration::from_secs(1)).await;
        let mut piece = vec![0; whole];
        let size = client.0.read(&mut piece).await.unwrap();
        body.extend_from_slice(&piece[..size]);
        came.push(size);
    }
    assert_eq!(body.len(), whole, "{came:?}");
    assert!(came.iter().all(|size| size.abs_diff(whole / 4) <= 3), "{came:?}");
    assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
    // The connection is whole again.
    client.send(&add("f-2")).await;
    client.answer().await;
}

#[tokio::test]
async fn under_a_running_clock_a_delay_ends_by_itself() {
    let mock = MockPockyt::builder().clock(ClockMode::Scaled(1000)).start().await.unwrap();
    for kind in [FaultKind::DelayHandling { ms: 5000 }, FaultKind::SlowBody { pieces: 3, every_ms: 2000 }] {
        mock.fault(Fault::any(kind).operation("add")).unwrap();
        let began = mock.now();
        let mut client = Raw::connect(mock.addr()).await;
        client.send(&add(&format!("{kind:?}").replace(' ', ""))).await;
        assert!(client.answer().await.0.starts_with("HTTP/1.1 200"));
        assert!(mock.now() >= began.plus(Duration::from_secs(5)));
    }
}

#[tokio::test]
async fn a_reset_ends_what_waits() {
    for one_merchant in [false, true] {
        let (mock, mut client) = struck(FaultKind::DelayHandling { ms: 3000 }).await;
        arrived(&mock).await;
        if one_merchant {
            mock.reset_merchant("200043").unwrap();
        } else {
            mock.reset();
        }
        assert_eq!(client.read_all().await, (String::new(), End::Fin));
        mock.advance(Duration::from_secs(10)).await;
        assert!(!is_booked(&mock, "f-1"));
    }
}

#[tokio::test]
async fn shutting_down_does_not_wait_for_a_delay() {
    let (mock, mut client) = struck(FaultKind::DelayAnswer { ms: 3000 }).await;
    arrived(&mock).await;
    tokio::time::timeout(Duration::from_secs(4), mock.shutdown()).await.unwrap();
    assert_eq!(client.read_all().await, (String::new(), End::Fin));
}
