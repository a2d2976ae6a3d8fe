//! No answer at all.

use pockyt_mock::{Fault, FaultKind, MockPockyt};

use super::{ADD, End, Raw, add, add_body, head_of, is_booked, struck};

#[tokio::test]
async fn without_an_answer_the_connection_ends_as_named_and_is_booked_as_named() {
    for (kind, end, booked) in [
        (FaultKind::LoseReply, End::Fin, true),
        (FaultKind::ResetReply, End::Rst, true),
        (FaultKind::LoseRequest, End::Fin, false),
        (FaultKind::ResetBeforeRead, End::Rst, false),
        (FaultKind::ResetDuringRead, End::Rst, false),
    ] {
        let (mock, mut client) = struck(kind).await;
        assert_eq!(client.read_all().await, (String::new(), end), "{kind:?}");
        assert_eq!(is_booked(&mock, "f-1"), booked, "{kind:?}");
        assert!(mock.unfired_faults().is_empty(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_fault_of_a_path_resets_before_the_body_is_sent() {
    let mock = MockPockyt::start().await.unwrap();
    mock.fault(Fault::any(FaultKind::ResetBeforeRead).path(ADD)).unwrap();
    let mut client = Raw::connect(mock.addr()).await;
    client.send(head_of(ADD, 1000).as_bytes()).await;
    assert_eq!(client.read_all().await, (String::new(), End::Rst));
}

#[tokio::test]
async fn a_fault_of_an_operation_resets_when_a_part_of_the_body_is_there() {
    let mock = MockPockyt::start().await.unwrap();
    mock.fault(Fault::any(FaultKind::ResetDuringRead).operation("add")).unwrap();
    let mut client = Raw::connect(mock.addr()).await;
    let body = add_body("f-1");
    let (sent, unsent) = body.split_at(10);
    client.send(format!("{}{sent}", head_of(ADD, body.len())).as_bytes()).await;
    assert_eq!(client.read_all().await, (String::new(), End::Rst));
    assert!(!unsent.is_empty() && !is_booked(&mock, "f-1"));
    let journal = mock.journal_lines().join("\n");
    assert!(journal.contains(r#""event":"faultUsed","reference":null,"operation":"add""#), "{journal}");
}

#[tokio::test]
async fn a_pooled_connection_can_go_stale() {
    let mock = MockPockyt::start().await.unwrap();
    let mut client = Raw::connect(mock.addr()).await;
    client.send(&add("f-0")).await;
    let (head, _) = client.answer().await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    mock.fault(Fault::any(FaultKind::ResetBeforeRead).path(ADD)).unwrap();
    client.send(&add("f-1")).await;
    assert_eq!(client.read_all().await, (String::new(), End::Rst));
    assert!(is_booked(&mock, "f-0") && !is_booked(&mock, "f-1"));
}

#[tokio::test]
async fn closing_after_an_answer_is_not_announced() {
    let (mock, mut client) = struck(FaultKind::CloseAfterAnswer).await;
    let (answer, end) = client.read_all().await;
    assert!(answer.contains("000100"), "{answer}");
    assert!(!answer.to_ascii_lowercase().contains("connection:"), "{answer}");
    assert_eq!(end, End::Fin);
    assert!(is_booked(&mock, "f-1"));
}
