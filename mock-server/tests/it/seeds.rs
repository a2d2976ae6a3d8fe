//! A hundred seeds, each played twice without a socket and twice over sockets: four journals, byte for byte
//! the same. Everything is in them: calls, faults that strike by themselves, notifications and their verdicts.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use pockyt_mock::{FaultProfile, MockPockyt, Schedule, Script, Wallet};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::support::{IPN_URL, Listener, SUCCESS, signed};

const SEEDS: u64 = 100;
/// Plays one seed alone.
const CHOSEN: &str = "POCKYT_MOCK_SEED";

#[derive(Clone, Copy, Debug)]
enum Line {
    InProcess,
    Sockets,
}

/// Sends a request, whatever becomes of it.
async fn send(mock: &MockPockyt, line: Line, path: &str, fields: &[(&str, &str)]) {
    let body = Full::<Bytes>::from(signed(fields));
    let request = http::Request::post(path)
        .header("host", "pockyt.example")
        .header("content-type", "application/json")
        .body(body)
        .unwrap();
    match line {
        Line::InProcess => {
            if let Ok(answer) = mock.transport().call(request).await {
                let _ = answer.into_body().collect().await;
            }
        }
        Line::Sockets => {
            let stream = TcpStream::connect(mock.addr()).await.unwrap();
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
            let connection = tokio::spawn(connection);
            if let Ok(answer) = sender.send_request(request).await {
                let _ = answer.into_body().collect().await;
            }
            drop(sender);
            let _ = connection.await;
        }
    }
}

async fn play(seed: u64, line: Line) -> String {
    let listener = Listener::start(|count| if count % 3 == 1 { (500, "") } else { SUCCESS }).await;
    let mock = MockPockyt::builder()
        .seed(seed)
        .fault_profile(FaultProfile::CHAOS)
        .schedule(Schedule::ALL[(seed % 5) as usize])
        .public_url("http://pockyt.example")
        .resolve("shop.example:80", listener.addr())
        .start()
        .await
        .unwrap();
    let mut rng = fastrand::Rng::with_seed(seed);
    for number in 0..3 {
        let reference = format!("order-{number}");
        let delay = Duration::from_secs(rng.u64(..120));
        let wallet = if rng.bool() { Wallet::ConfirmAfter(delay) } else { Wallet::DeclineAfter(delay) };
        mock.script(Script::new(&reference, wallet)).unwrap();
        let order = [
            ("amount", "13.00"),
            ("currency", "USD"),
            ("settleCurrency", "USD"),
            ("vendor", "alipay"),
            ("needQrcode", "true"),
            ("ipnUrl", IPN_URL),
            ("reference", &reference),
        ];
        send(&mock, line, "/app-instore/v3/create-trans-qrcode", &order).await;
        mock.settle().await;
        for _ in 0..3 {
            mock.advance(Duration::from_secs(rng.u64(..60))).await;
            send(&mock, line, "/app-data-search/v3/tran-query", &[("reference", &reference)]).await;
            mock.settle().await;
        }
        let back = [
            ("reference", reference.as_str()),
            ("refundAmount", "1.00"),
            ("currency", "USD"),
            ("settleCurrency", "USD"),
        ];
        send(&mock, line, "/app-data-search/v3/refund", &back).await;
        mock.settle().await;
    }
    mock.advance(Duration::from_hours(3)).await;
    mock.journal_lines().join("\n")
}

/// Where two journals part.
fn difference(a: &str, b: &str) -> String {
    let pair = a.lines().zip(b.lines()).enumerate().find(|(_, (a, b))| a != b);
    match pair {
        Some((line, (a, b))) => format!("line {}:\n  {a}\n  {b}", line + 1),
        None => format!("{} lines and {}", a.lines().count(), b.lines().count()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_seed_writes_the_same_journal_again_with_a_socket_and_without() {
    let seeds = match std::env::var(CHOSEN) {
        Ok(seed) => vec![seed.parse().expect("a seed is a number")],
        Err(_) => (0..SEEDS).collect(),
    };
    let mut faults = 0;
    let mut journals = std::collections::BTreeSet::new();
    for seed in &seeds {
        let first = play(*seed, Line::InProcess).await;
        faults += first.matches("faultUsed").count();
        for line in [Line::InProcess, Line::Sockets, Line::Sockets] {
            let again = play(*seed, line).await;
            assert!(
                first == again,
                "seed {seed}, {line:?}: {}\nto replay it: {CHOSEN}={seed} cargo test -p pockyt-mock --test it every_seed",
                difference(&first, &again)
            );
        }
        journals.insert(first);
    }
    assert_eq!(journals.len(), seeds.len(), "each seed is a story of its own");
    assert!(faults >= seeds.len(), "chaos struck {faults} times");
}

#[test]
fn a_difference_is_shown_where_it_begins() {
    assert_eq!(difference("a\nb\nc", "a\nx\ny"), "line 2:\n  b\n  x");
    assert_eq!(difference("a\nb", "a"), "2 lines and 1");
}
