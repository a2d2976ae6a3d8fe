//! Notifications that do not arrive as they should.

use std::collections::BTreeMap;
use std::time::Duration;

use pockyt_mock::{AttemptView, FailureReason, Fault, MockPockyt, NotificationFault, Verdict};
use pockyt_sign::{Received, Rejection, Verifier};

use crate::support::{IPN_URL, Listener, SUCCESS, key, secure_pay, with_listener};

/// A paid order whose notification is struck once, its listener, which answers always alike, and the mock.
async fn struck(fault: NotificationFault, answer: (u16, &'static str)) -> (MockPockyt, Listener, String) {
    let listener = Listener::start(move |_| answer).await;
    let mock = with_listener(&listener).await;
    mock.fault(Fault::notification("n-1", fault)).unwrap();
    let number = secure_pay(&mock, "n-1", &[]).await;
    mock.approve(&number).await.unwrap();
    (mock, listener, number)
}

fn attempts(mock: &MockPockyt, number: &str) -> Vec<AttemptView> {
    mock.notifications(Some(number))[0].attempts.clone()
}

fn fields(body: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(body).into_owned().collect()
}

#[tokio::test]
async fn a_dropped_notification_is_never_sent_and_is_resent_on_schedule() {
    let (mock, listener, number) = struck(NotificationFault::Drop, SUCCESS).await;
    assert!(listener.received().is_empty());
    let first = &attempts(&mock, &number)[0];
    assert_eq!(
        (first.failure, first.verdict),
        (Some(FailureReason::Dropped), Some(Verdict::NotAcknowledged))
    );
    mock.advance_to_next().await.unwrap();
    assert_eq!(listener.received().len(), 1);
    assert!(mock.notifications(Some(&number))[0].acknowledged);
}

#[tokio::test]
async fn a_duplicate_is_the_same_bytes_twice() {
    let (mock, listener, number) = struck(NotificationFault::Duplicate, SUCCESS).await;
    let received = listener.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(attempts(&mock, &number).len(), 2);
    assert_eq!(mock.notifications(Some(&number))[0].next_due_at, None);
}

#[tokio::test]
async fn a_reordered_notification_comes_after_the_next_one() {
    let (mock, listener, _) = struck(NotificationFault::Reorder, SUCCESS).await;
    assert!(listener.received().is_empty());
    let second = secure_pay(&mock, "n-2", &[]).await;
    mock.approve(&second).await.unwrap();
    let order: Vec<String> =
        listener.received().iter().map(|got| fields(&got.body)["reference"].clone()).collect();
    assert_eq!(order, ["n-2", "n-1"]);
}

#[tokio::test]
async fn without_another_one_a_reordered_notification_comes_after_its_own_resend() {
    let (mock, listener, number) = struck(NotificationFault::Reorder, SUCCESS).await;
    mock.advance(Duration::from_hours(3)).await;
    assert_eq!(listener.received().len(), 2);
    assert_eq!(mock.notifications(Some(&number))[0].next_due_at, None);
}

#[tokio::test]
async fn a_corrupt_notification_lost_its_end() {
    let (mock, listener, number) = struck(NotificationFault::Corrupt, (400, "")).await;
    let sent = listener.received()[0].body.clone();
    let genuine = mock.notifications(Some(&number))[0].body.clone();
    assert!(sent.len() < genuine.len() && genuine.as_bytes().starts_with(&sent));
    mock.advance_to_next().await.unwrap();
    assert_eq!(listener.received()[1].body, genuine.as_bytes());
}

#[tokio::test]
async fn a_foreign_notification_comes_first_and_its_answer_is_not_pockyt_s() {
    for fault in [NotificationFault::Tamper, NotificationFault::Forge, NotificationFault::Recut] {
        let (mock, listener, number) = struck(fault, SUCCESS).await;
        let received = listener.received();
        assert_eq!(received.len(), 2, "{fault:?}");
        let (foreign, genuine) = (&received[0].body, &received[1].body);
        let verifier = Verifier::new(key());
        assert!(matches!(verifier.form(genuine), Ok(Received::Verified(_))), "{fault:?}");
        match (fault, verifier.form(foreign)) {
            (NotificationFault::Recut, Ok(Received::Ambiguous(_))) => {}
            (NotificationFault::Recut, other) => panic!("{other:?}"),
            (_, Err(Rejection::SignatureMismatch)) => {}
            (_, other) => panic!("{fault:?}: {other:?}"),
        }
        assert_ne!(fields(foreign), fields(genuine), "{fault:?}");
        assert_eq!(attempts(&mock, &number).len(), 2);
    }
}

#[tokio::test]
async fn who_takes_a_forged_notification_for_pockyt_s_still_gets_the_genuine_one() {
    // Success to the forged, an error to the first genuine one.
    let listener = Listener::start(|count| if count == 1 { (500, "") } else { SUCCESS }).await;
    let mock = with_listener(&listener).await;
    mock.fault(Fault::notification("n-1", NotificationFault::Forge)).unwrap();
    let number = secure_pay(&mock, "n-1", &[]).await;
    mock.approve(&number).await.unwrap();
    assert_eq!(listener.received().len(), 2);
    assert!(!mock.notifications(Some(&number))[0].acknowledged);
    mock.advance_to_next().await.unwrap();
    assert_eq!(listener.received().len(), 3);
    assert!(mock.notifications(Some(&number))[0].acknowledged);
}

#[tokio::test]
async fn a_fault_may_wait_for_an_attempt_and_is_in_the_journal() {
    let listener = Listener::start(|_| (500, "")).await;
    let mock = with_listener(&listener).await;
    let fault = Fault::notification("n-1", NotificationFault::Drop).attempt(2).for_merchant("200043");
    mock.fault(fault).unwrap();
    let number = secure_pay(&mock, "n-1", &[("ipnUrl", IPN_URL)]).await;
    mock.approve(&number).await.unwrap();
    mock.advance(Duration::from_hours(3)).await;
    let attempts = attempts(&mock, &number);
    let dropped: Vec<u32> = attempts
        .iter()
        .filter(|attempt| attempt.failure == Some(FailureReason::Dropped))
        .map(|attempt| attempt.number)
        .collect();
    assert_eq!((dropped, attempts.len(), listener.received().len()), (vec![2], 9, 8));
    let used = mock.journal_lines_of("200043").into_iter().find(|line| line.contains("faultUsed")).unwrap();
    assert!(
        used.contains(r#""kind":{"notification":"drop"}"#) && used.contains(r#""notification":1"#),
        "{used}"
    );
}
