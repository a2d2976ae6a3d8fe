//! Liveness and readiness.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use pockyt_ipn::server::Server;

use crate::support::{Running, listener, statuses};

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_program_that_runs_is_alive_and_ready_only_while_its_store_is() {
    let listener = listener();
    let inbox = Arc::clone(listener.inbox());
    let server = Running::start(Server::default().readiness(Arc::clone(&inbox)), listener.service()).await;
    inbox.down.store(true, Ordering::SeqCst);
    let answer = server.say(get("/readyz")).await;
    assert_eq!(statuses(&answer), [503]);
    assert!(answer.ends_with("\r\n\r\nnot ready"), "{answer}");
    let answer = server.say(get("/healthz")).await;
    assert_eq!(statuses(&answer), [200]);
    assert!(answer.ends_with("\r\n\r\nok"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn the_store_is_asked_once_a_second_at_most_and_given_two() {
    let listener = listener();
    let inbox = Arc::clone(listener.inbox());
    let server = Server::default().readiness(Arc::clone(&inbox));
    let ask = async || {
        let (mut here, there) = tokio::io::duplex(1024);
        let peer = "192.0.2.1:4711".parse().unwrap();
        let say = async {
            tokio::io::AsyncWriteExt::write_all(&mut here, get("/readyz").as_bytes()).await.unwrap();
            statuses(&crate::support::rest(&mut here).await)
        };
        tokio::join!(say, server.connection(there, peer, listener.service())).0
    };
    let (first, second, third) = tokio::join!(ask(), ask(), ask());
    assert_eq!([first, second, third].concat(), [200; 3]);
    assert_eq!(inbox.checks.load(Ordering::SeqCst), 1);

    inbox.down.store(true, Ordering::SeqCst);
    assert_eq!(ask().await, [200], "it still holds");
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    assert_eq!(ask().await, [503]);
    inbox.down.store(false, Ordering::SeqCst);
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    assert_eq!(ask().await, [200]);

    inbox.hangs.store(true, Ordering::SeqCst);
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    let asked_at = tokio::time::Instant::now();
    assert_eq!(ask().await, [503]);
    assert_eq!(asked_at.elapsed().as_secs(), 2);
}

#[tokio::test]
async fn other_paths_and_methods_are_the_services() {
    let server = Running::start(Server::default(), listener().service()).await;
    for (request, expected) in [
        (get("/healthz?x=1"), 200),
        (get("/readyz"), 200),
        (get("/healthz").replace("GET", "HEAD"), 200),
        (get("/healthz/"), 405),
        (get("/"), 405),
        (get("/healthz").replace("GET", "POST"), 401),
    ] {
        assert_eq!(statuses(&server.say(&request).await), [expected], "{request}");
    }
}
