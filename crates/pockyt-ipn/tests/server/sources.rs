//! Refusing often.

use pockyt_ipn::server::Server;
use pockyt_ipn::source_limit::{SourceLimit, TrustedProxies};

use crate::support::{Running, forged, genuine, head, listener, post, posted_with, records, statuses};

fn limit(refusals: u32) -> SourceLimit {
    // So slow that nothing comes back during a test.
    SourceLimit::default().refusals(refusals).refill_per_minute(1)
}

#[tokio::test]
async fn a_source_without_refusals_left_is_told_so_and_loses_its_connection() {
    let listener = listener();
    let server = Running::start(Server::default().source_limit(limit(3)), listener.service()).await;
    let forgeries = posted_with("", &forged(1)).repeat(6);
    let answers = server.say(forgeries).await;
    assert_eq!(statuses(&answers), [401, 401, 401, 429]);
    let limited = answers.rsplit("HTTP/1.1 ").next().unwrap();
    assert!(
        limited.contains("\r\nconnection: close\r\n") && limited.contains("\r\nretry-after: "),
        "{limited}"
    );
    assert!(limited.ends_with("\r\n\r\ntoo many refused requests"), "{limited}");

    // Every refusal counts, and none is told apart any more.
    for request in [
        post(&forged(2)),
        post(""),
        post("verifySign=%"),
        format!("{}connection: close\r\ncontent-length: 70000\r\n\r\n", head("")),
        post("").replace("POST", "GET"),
    ] {
        let answer = server.say(request).await;
        let without_date = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.starts_with("date")).map(str::to_owned).collect()
        };
        assert_eq!(without_date(&answer), without_date(&format!("HTTP/1.1 {limited}")));
    }
    assert_eq!(records(&listener).await, 0);
}

#[tokio::test]
async fn a_right_signature_passes_from_a_source_that_is_limited() {
    let listener = listener();
    let server = Running::start(Server::default().source_limit(limit(1)), listener.service()).await;
    for payment in 0..10 {
        let answer = server.say(post(&forged(payment))).await;
        assert_eq!(statuses(&answer), [if payment == 0 { 401 } else { 429 }]);
        assert_eq!(statuses(&server.say(post(&genuine(payment))).await), [200]);
    }
    assert_eq!(records(&listener).await, 10);
}

#[tokio::test]
async fn what_is_kept_or_not_refused_does_not_count() {
    let listener = listener();
    let server = Running::start(Server::default().source_limit(limit(1)), listener.service()).await;
    for request in [post(&genuine(1)), post(&genuine(1)), "GET /healthz HTTP/1.0\r\n\r\n".to_owned()] {
        assert_eq!(statuses(&server.say(request).await), [200]);
    }
    listener.inbox().down.store(true, std::sync::atomic::Ordering::SeqCst);
    for _ in 0..5 {
        assert_eq!(statuses(&server.say(post(&genuine(2))).await), [503]);
    }
    assert_eq!(statuses(&server.say(post(&forged(1))).await), [401]);
}

#[tokio::test]
async fn callers_behind_a_trusted_proxy_count_apart() {
    let proxies = TrustedProxies::none().and("127.0.0.0/8").unwrap();
    let limit = limit(1).trusted_proxies(proxies);
    let server = Running::start(Server::default().source_limit(limit), listener().service()).await;
    let from = async |client: &str| {
        let header = format!("connection: close\r\nx-forwarded-for: {client}\r\n");
        statuses(&server.say(posted_with(&header, &forged(1))).await)
    };
    assert_eq!(from("198.51.100.7").await, [401]);
    assert_eq!(from("198.51.100.8").await, [401]);
    assert_eq!(from("198.51.100.7").await, [429]);
    assert_eq!(from("192.0.2.99, 198.51.100.7").await, [429], "what a caller writes to the left is not read");
    assert_eq!(from("2001:db8::1").await, [401]);
    assert_eq!(from("2001:db8::ffff:1").await, [429], "one network of 64 bits is one source");
}

#[tokio::test]
async fn a_header_from_somebody_else_is_not_believed() {
    let server = Running::start(Server::default().source_limit(limit(1)), listener().service()).await;
    let mut answers = Vec::new();
    for client in 0..3 {
        let header = format!("connection: close\r\nx-forwarded-for: 198.51.100.{client}\r\n");
        answers.extend(statuses(&server.say(posted_with(&header, &forged(1))).await));
    }
    assert_eq!(answers, [401, 429, 429]);
}
