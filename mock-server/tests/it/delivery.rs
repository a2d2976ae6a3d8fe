//! Notifications: when they come, how they are judged, and where they may not go.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use http::Response;
use http_body_util::Full;
use pockyt_mock::{
    ClockMode, FailureReason, Millis, MockPockyt, NotificationView, Profile, Schedule, Script, Verdict,
    Wallet,
};
use pockyt_sign::{Received as Judged, Verifier};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::support::{IPN_URL, Listener, SUCCESS, call, key, secure_pay, with_listener};

const TWO_HOURS: Duration = Duration::from_hours(2);

fn only_notification(mock: &MockPockyt, transaction_no: &str) -> NotificationView {
    let notifications = mock.notifications(Some(transaction_no));
    assert_eq!(notifications.len(), 1, "{notifications:?}");
    notifications.into_iter().next().unwrap()
}

fn minutes_after(start: Millis, notification: &NotificationView) -> Vec<u64> {
    notification.attempts.iter().map(|attempt| (attempt.due_at.0 - start.0) / 60_000).collect()
}

#[tokio::test]
async fn a_payment_is_announced_at_once_in_a_signed_form() {
    let listener = Listener::start(|_| SUCCESS).await;
    let mock = with_listener(&listener).await;
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    assert!(listener.received().is_empty());
    mock.approve(&transaction_no).await.unwrap();

    let received = listener.received();
    let [notification] = received.as_slice() else { panic!("{received:?}") };
    assert_eq!(notification.path, "/ipn");
    assert_eq!(notification.host, "shop.example");
    assert_eq!(notification.content_type.split(';').next(), Some("application/x-www-form-urlencoded"));
    let Ok(Judged::Verified(message)) = Verifier::new(key()).form(&notification.body) else {
        panic!("{notification:?}")
    };
    assert_eq!(message.fields().get("transactionNo"), Some(transaction_no.as_str()));
    assert_eq!(message.fields().get("status"), Some("success"));

    let view = only_notification(&mock, &transaction_no);
    assert!(view.acknowledged);
    assert_eq!(view.attempts[0].status, Some(200));
    assert_eq!(view.attempts[0].body.as_deref(), Some("success"));
}

#[tokio::test]
async fn a_listener_that_recovers_is_resent_to_on_schedule_and_then_left_alone() {
    let listener = Listener::start(|count| if count < 3 { (500, "sorry") } else { SUCCESS }).await;
    let mock = with_listener(&listener).await;
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    mock.approve(&transaction_no).await.unwrap();
    let start = mock.now();
    mock.advance(2 * TWO_HOURS).await;

    let view = only_notification(&mock, &transaction_no);
    assert_eq!(minutes_after(start, &view), [0, 15, 30, 45]);
    let verdicts: Vec<_> = view.attempts.iter().map(|attempt| attempt.verdict.unwrap()).collect();
    assert_eq!(verdicts[..3], [Verdict::NotAcknowledged; 3]);
    assert_eq!(verdicts[3], Verdict::Acknowledged);
    assert_eq!(listener.received().len(), 4);
    assert_eq!(mock.now(), start.plus(2 * TWO_HOURS));
}

#[tokio::test]
async fn when_nobody_answers_there_are_nine_attempts_in_two_hours_and_then_silence() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for schedule in Schedule::ALL {
        let mock =
            MockPockyt::builder().schedule(schedule).resolve("shop.example:80", gone).start().await.unwrap();
        let transaction_no = secure_pay(&mock, "web-1", &[]).await;
        mock.approve(&transaction_no).await.unwrap();
        let start = mock.now();
        mock.advance(TWO_HOURS).await;
        assert_eq!(only_notification(&mock, &transaction_no).attempts.len(), 9, "{schedule}");
        mock.advance(Duration::from_hours(48)).await;

        let view = only_notification(&mock, &transaction_no);
        assert_eq!(view.attempts.len(), 9, "{schedule}");
        assert!(view.attempts.iter().all(|a| a.failure == Some(FailureReason::Refused)), "{view:?}");
        assert!(view.attempts[8].due_at <= start.plus(TWO_HOURS));
        assert_eq!(mock.advance_to_next().await, None);
    }
}

#[tokio::test]
async fn resending_for_ever_ends_and_keeps_nobody_waiting() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let profile = Profile { resend_for_ever: true, ..Profile::lenient() };
    let mock = MockPockyt::builder().profile(profile).resolve("shop.example:80", gone).start().await.unwrap();
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    mock.approve(&transaction_no).await.unwrap();
    let start = mock.now();
    for _ in 0..3 {
        // Only what is due now is waited for.
        mock.settle().await;
        assert_eq!(mock.now(), start);
    }
    let mut last = start;
    while let Some(next) = mock.advance_to_next().await {
        last = next;
    }
    assert_eq!(last, start.plus(Duration::from_hours(7 * 24)));
    assert_eq!(only_notification(&mock, &transaction_no).attempts.len(), 1 + 7 * 24 * 4);
}

#[tokio::test]
async fn time_goes_from_event_to_event() {
    let listener = Listener::start(|_| (200, "thanks")).await;
    let mock = with_listener(&listener).await;
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    mock.approve(&transaction_no).await.unwrap();
    let start = mock.now();
    for minutes in [15, 30] {
        let reached = mock.advance_to_next().await;
        assert_eq!(reached, Some(start.plus(Duration::from_mins(minutes))));
        assert_eq!(mock.now(), reached.unwrap());
        let judged = only_notification(&mock, &transaction_no).attempts;
        assert!(judged.iter().all(|attempt| attempt.verdict == Some(Verdict::NotAcknowledged)));
    }
    assert_eq!(listener.received().len(), 3);
}

#[tokio::test]
async fn destinations_beyond_loopback_are_refused_unless_allowed() {
    let listener = Listener::start(|_| SUCCESS).await;
    // Longer than a part of a name may be, so that no name server is asked.
    let nameless = format!("http://{}.example/ipn", "x".repeat(64));
    let table = [
        (nameless.as_str(), FailureReason::Unresolved),
        ("http://203.0.113.9/ipn", FailureReason::NotAllowed),
        ("http://169.254.169.254/latest", FailureReason::NotAllowed),
        ("http://far.example/ipn", FailureReason::NotAllowed),
        ("http://[fe80::1]/ipn", FailureReason::NotAllowed),
    ];
    for (url, reason) in table {
        let mock = MockPockyt::builder()
            .resolve("shop.example:80", listener.addr())
            .resolve("far.example:80", "203.0.113.9:80".parse().unwrap())
            .allow_notifications_to("169.254.0.0/16".parse().unwrap())
            .start()
            .await
            .unwrap();
        let transaction_no = secure_pay(&mock, "web-1", &[("ipnUrl", url)]).await;
        mock.approve(&transaction_no).await.unwrap();
        let view = only_notification(&mock, &transaction_no);
        assert_eq!(view.attempts[0].failure, Some(reason), "{url}");
        assert_eq!(view.attempts[0].verdict, Some(Verdict::NotAcknowledged));
    }
    assert!(listener.received().is_empty());
}

#[tokio::test]
async fn an_observer_hears_of_every_verdict_once() {
    let listener = Listener::start(|count| if count == 0 { (500, "sorry") } else { SUCCESS }).await;
    let heard: Arc<Mutex<Vec<_>>> = Arc::default();
    let told = Arc::clone(&heard);
    let mock = MockPockyt::builder()
        .resolve("shop.example:80", listener.addr())
        .on_delivery(move |notification, attempt| {
            let order = notification.transaction_no.clone();
            told.lock().unwrap().push((order, attempt.number, attempt.status, attempt.verdict));
        })
        .start()
        .await
        .unwrap();
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    mock.approve(&transaction_no).await.unwrap();
    mock.advance(TWO_HOURS).await;
    let expected = [
        (transaction_no.clone(), 1, Some(500), Some(Verdict::NotAcknowledged)),
        (transaction_no, 2, Some(200), Some(Verdict::Acknowledged)),
    ];
    assert_eq!(*heard.lock().unwrap(), expected);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Listener::start(|_| SUCCESS).await;
    let location = format!("http://{}/", elsewhere.addr());
    let listener = Listener::responding(move |_| {
        let redirect = Response::builder().status(307).header("location", &location);
        std::future::ready(redirect.body(Full::from("success")).unwrap())
    })
    .await;
    let mock = with_listener(&listener).await;
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    mock.approve(&transaction_no).await.unwrap();
    let view = only_notification(&mock, &transaction_no);
    assert_eq!((view.attempts[0].status, view.acknowledged), (Some(307), false));
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn a_long_answer_is_cut_and_does_not_acknowledge() {
    let padded = |length: usize| format!("{:length$}", "success");
    for (long, acknowledges) in [
        ("success".repeat(100_000), false),
        (padded(50_000), false),
        (padded(1025), false),
        (padded(1024), true),
    ] {
        let length = long.len();
        let listener =
            Listener::responding(move |_| std::future::ready(Response::new(Full::from(long.clone())))).await;
        let mock = with_listener(&listener).await;
        let transaction_no = secure_pay(&mock, "web-1", &[]).await;
        mock.approve(&transaction_no).await.unwrap();
        let view = only_notification(&mock, &transaction_no);
        assert_eq!(view.acknowledged, acknowledges, "{length}");
        assert_eq!(view.attempts[0].body.as_ref().unwrap().len(), 1024, "{length}");
    }
}

/// A listener that speaks no HTTP: says `bytes` to whoever connects, then hangs up or holds on.
async fn raw_listener(bytes: &'static [u8], hold: bool) -> std::net::SocketAddr {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            let (mut stream, _) = socket.accept().await.unwrap();
            stream.write_all(bytes).await.unwrap();
            if hold {
                held.push(stream);
            }
        }
    });
    addr
}

#[tokio::test]
async fn broken_and_silent_listeners_are_told_apart() {
    let table: [(&[u8], bool, FailureReason); 4] = [
        (b"", false, FailureReason::Reset),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsucc", false, FailureReason::Reset),
        (b"", true, FailureReason::TimedOut),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsucc", true, FailureReason::TimedOut),
    ];
    for (bytes, hold, reason) in table {
        let addr = raw_listener(bytes, hold).await;
        let limit = if hold { Duration::from_millis(50) } else { Duration::from_secs(10) };
        let mock = MockPockyt::builder()
            .resolve("shop.example:80", addr)
            .delivery_limits(limit, limit)
            .start()
            .await
            .unwrap();
        let transaction_no = secure_pay(&mock, "web-1", &[]).await;
        mock.approve(&transaction_no).await.unwrap();
        let view = only_notification(&mock, &transaction_no);
        assert_eq!(view.attempts[0].failure, Some(reason), "{bytes:?} {hold}");
    }
}

/// A listener that tells of an arrival and acknowledges only when it is released.
async fn held_listener() -> (Listener, Arc<Notify>, Arc<Notify>) {
    let (arrived, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let listener = Listener::responding({
        let (arrived, release) = (Arc::clone(&arrived), Arc::clone(&release));
        move |_| {
            let (arrived, release) = (Arc::clone(&arrived), Arc::clone(&release));
            async move {
                arrived.notify_one();
                release.notified().await;
                Response::new(Full::from("success"))
            }
        }
    })
    .await;
    (listener, arrived, release)
}

#[tokio::test]
async fn an_api_answer_does_not_wait_for_the_listener() {
    let (listener, arrived, release) = held_listener().await;
    let mock = with_listener(&listener).await;
    // A till order that is paid by the query itself, so that an API request causes the notification.
    mock.script(Script::new("till-1", Wallet::ConfirmAfterQueries(0))).unwrap();
    let transaction_no = secure_pay(&mock, "till-1", &[]).await;
    let query = [("transactionNo", transaction_no.as_str())];
    let first = call(&mock, "/app-data-search/v3/tran-query", &query).await;
    assert_eq!(first["result"]["status"], "success");
    arrived.notified().await;
    // The listener is being waited for now, and the API answers all the same.
    call(&mock, "/app-data-search/v3/tran-query", &query).await;
    assert_eq!(only_notification(&mock, &transaction_no).attempts[0].verdict, None);
    release.notify_one();
    mock.settle().await;
    assert!(only_notification(&mock, &transaction_no).acknowledged);
}

#[tokio::test]
async fn a_listener_may_ask_the_api_before_it_acknowledges() {
    let mock: Arc<OnceLock<MockPockyt>> = Arc::default();
    let listener = Listener::responding({
        let mock = Arc::clone(&mock);
        move |_| {
            let mock = Arc::clone(&mock);
            async move {
                let query = [("reference", "web-1")];
                let found = call(mock.get().unwrap(), "/app-data-search/v3/tran-query", &query).await;
                let is_paid = found["result"]["status"] == "success";
                Response::new(Full::from(if is_paid { "success" } else { "not paid" }))
            }
        }
    })
    .await;
    mock.set(with_listener(&listener).await).unwrap();
    let mock = mock.get().unwrap();
    let transaction_no = secure_pay(mock, "web-1", &[]).await;
    mock.approve(&transaction_no).await.unwrap();
    assert!(only_notification(mock, &transaction_no).acknowledged);
}

#[tokio::test]
async fn giving_up_on_a_wait_does_not_lose_the_delivery() {
    let (listener, arrived, release) = held_listener().await;
    let mock = with_listener(&listener).await;
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    tokio::select! {
        approved = mock.approve(&transaction_no) => panic!("{approved:?}"),
        () = arrived.notified() => {}
    }
    release.notify_one();
    mock.settle().await;
    assert!(only_notification(&mock, &transaction_no).acknowledged);
}

#[tokio::test]
async fn a_scaled_clock_resends_by_itself() {
    let listener = Listener::start(|count| if count < 8 { (503, "") } else { SUCCESS }).await;
    let mock = MockPockyt::builder()
        .clock(ClockMode::Scaled(100_000))
        .schedule(Schedule::Burst)
        .resolve("shop.example:80", listener.addr())
        .start()
        .await
        .unwrap();
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    mock.approve(&transaction_no).await.unwrap();
    mock.advance(Duration::from_hours(1)).await;
    let attempts = only_notification(&mock, &transaction_no).attempts;
    assert_eq!(attempts.len(), 9);
    assert!(attempts.iter().all(|attempt| attempt.verdict.is_some()));
    assert_eq!(listener.received().len(), 9);
}

#[tokio::test]
async fn an_acknowledged_notification_can_be_sent_again_by_hand() {
    let listener = Listener::start(|_| SUCCESS).await;
    let mock = with_listener(&listener).await;
    let transaction_no = secure_pay(&mock, "web-1", &[("ipnUrl", IPN_URL)]).await;
    mock.approve(&transaction_no).await.unwrap();
    mock.resend(only_notification(&mock, &transaction_no).id).await.unwrap();
    let received = listener.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].body, received[1].body);
}

#[tokio::test]
async fn what_is_due_at_one_instant_is_delivered_one_after_another() {
    let (listener, arrived, release) = held_listener().await;
    let mock = with_listener(&listener).await;
    for reference in ["web-1", "web-2"] {
        let wallet = Wallet::ConfirmAfter(Duration::from_secs(5));
        mock.script(Script::new(reference, wallet)).unwrap();
        secure_pay(&mock, reference, &[]).await;
    }
    let play = async {
        for count in 1..=2 {
            arrived.notified().await;
            assert_eq!(listener.received().len(), count);
            release.notify_one();
        }
    };
    tokio::join!(mock.advance(Duration::from_secs(5)), play);
    let attempts: Vec<_> = mock.notifications(None).into_iter().map(|n| n.attempts[0].clone()).collect();
    assert_eq!(attempts.iter().map(|attempt| attempt.id.0).collect::<Vec<_>>(), [1, 2]);
    assert!(attempts.iter().all(|attempt| attempt.verdict == Some(Verdict::Acknowledged)));
    let references: Vec<_> =
        listener.received().iter().map(|n| String::from_utf8_lossy(&n.body).contains("web-1")).collect();
    assert_eq!(references, [true, false]);
}

#[tokio::test]
async fn a_delivery_from_before_a_reset_judges_nothing_after_it() {
    let (listener, arrived, release) = held_listener().await;
    let mock = with_listener(&listener).await;
    let before = secure_pay(&mock, "web-1", &[]).await;
    tokio::select! {
        approved = mock.approve(&before) => panic!("{approved:?}"),
        () = arrived.notified() => mock.reset(),
    }
    let after = secure_pay(&mock, "web-1", &[]).await;
    assert_eq!(before, after, "a reset begins the numbers again");
    tokio::select! {
        approved = mock.approve(&after) => panic!("{approved:?}"),
        () = async {
            release.notify_one();
            arrived.notified().await;
        } => {}
    }
    assert_eq!(only_notification(&mock, &after).attempts[0].verdict, None);
    release.notify_one();
    mock.settle().await;
    assert!(only_notification(&mock, &after).acknowledged);
}
