//! What is compared asks the same and understands the same.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use pockyt_peers::contender::Contender;
use pockyt_peers::query::{PAID, PENDING};
use pockyt_peers::server::{Seen, Server};
use serde_json::Value;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn asked(server: &Server, contender: &Contender) -> Seen {
    runtime().block_on(contender.ask()).unwrap();
    server.seen().unwrap()
}

#[test]
fn bare_hyper_sends_what_the_client_sends_to_the_byte() {
    let server = Server::recording(PAID).unwrap();
    let [pockyt, bare, _] = Contender::all(&server.url()).unwrap();
    let (pockyt, bare) = (asked(&server, &pockyt), asked(&server, &bare));
    assert_eq!(pockyt.method(), bare.method());
    assert_eq!(pockyt.uri(), bare.uri());
    assert_eq!(pockyt.headers(), bare.headers());
    assert_eq!(pockyt.body(), bare.body());
}

#[test]
fn reqwest_asks_for_the_same_with_the_same_signature() {
    let server = Server::recording(PAID).unwrap();
    let [pockyt, _, reqwest] = Contender::all(&server.url()).unwrap();
    let (pockyt, reqwest) = (asked(&server, &pockyt), asked(&server, &reqwest));
    assert_eq!(pockyt.uri(), reqwest.uri());
    let [ours, theirs] = [pockyt, reqwest].map(|seen| serde_json::from_slice::<Value>(seen.body()).unwrap());
    assert_eq!(ours, theirs);
}

#[test]
fn another_answer_is_noticed() {
    let server = Server::answering(PENDING).unwrap();
    let [pockyt, _, reqwest] = Contender::all(&server.url()).unwrap();
    for contender in [pockyt, reqwest] {
        assert!(runtime().block_on(contender.ask()).is_err(), "{}", contender.name());
    }
    let server = Server::answering("{}").unwrap();
    for contender in Contender::all(&server.url()).unwrap() {
        assert!(runtime().block_on(contender.ask()).is_err(), "{}", contender.name());
    }
}
