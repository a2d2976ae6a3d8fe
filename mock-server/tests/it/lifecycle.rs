//! Starting and stopping.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pockyt_mock::{ClockMode, MANUAL_START, Millis, MockPockyt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{get, secure_pay};

const BINARY: &str = env!("CARGO_BIN_EXE_pockyt-mock");

fn refuses(addr: SocketAddr) -> bool {
    matches!(TcpStream::connect(addr), Err(error) if error.kind() == ErrorKind::ConnectionRefused)
}

#[tokio::test]
async fn the_port_refuses_as_soon_as_the_mock_is_dropped() {
    let mock = MockPockyt::start().await.unwrap();
    let addr = mock.addr();
    assert!(get(&mock, "/_mock/health").await.status.is_success());
    drop(mock);
    // No await in between: nothing but the drop can have closed it.
    assert!(refuses(addr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_port_refuses_as_soon_as_the_mock_is_dropped_with_more_threads() {
    for _ in 0..20 {
        let mock = MockPockyt::start().await.unwrap();
        let addr = mock.addr();
        drop(mock);
        assert!(refuses(addr));
    }
}

#[test]
fn the_port_refuses_even_while_another_thread_starts_processes() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let is_done = AtomicBool::new(false);
    let all_refused = std::thread::scope(|threads| {
        threads.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                Command::new(BINARY).arg("--version").output().unwrap();
            }
        });
        let all_refused = (0..100).all(|_| {
            let mock = runtime.block_on(MockPockyt::start()).unwrap();
            let addr = mock.addr();
            drop(mock);
            refuses(addr)
        });
        is_done.store(true, Ordering::Relaxed);
        all_refused
    });
    assert!(all_refused);
}

#[tokio::test]
async fn a_mock_that_is_shut_down_refuses_too() {
    let mock = MockPockyt::start().await.unwrap();
    let addr = mock.addr();
    mock.shutdown().await;
    assert!(refuses(addr));
}

#[tokio::test]
async fn shutting_down_does_not_wait_for_idle_connections() {
    let mock = MockPockyt::start().await.unwrap();
    let mut silent = tokio::net::TcpStream::connect(mock.addr()).await.unwrap();
    let mut kept_alive = tokio::net::TcpStream::connect(mock.addr()).await.unwrap();
    kept_alive.write_all(b"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut start = [0; 12];
    kept_alive.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    tokio::time::timeout(Duration::from_secs(4), mock.shutdown()).await.unwrap();
    for stream in [&mut silent, &mut kept_alive] {
        stream.read_to_end(&mut Vec::new()).await.unwrap();
    }
}

#[tokio::test]
async fn several_mocks_live_side_by_side() {
    let (a, b) = (MockPockyt::start().await.unwrap(), MockPockyt::start().await.unwrap());
    assert_ne!(a.url(), b.url());
    secure_pay(&a, "web-1", &[]).await;
    assert_eq!(a.transactions().len(), b.transactions().len() + 1);
    a.advance(Duration::from_secs(1)).await;
    assert_eq!(b.now(), MANUAL_START);
}

#[tokio::test]
async fn a_manual_clock_starts_where_it_is_told_and_only_moves_when_told() {
    let mock = MockPockyt::builder().clock(ClockMode::Manual { start: Millis(5000) }).start().await.unwrap();
    get(&mock, "/_mock/health").await;
    assert_eq!(mock.now(), Millis(5000));
    mock.advance(Duration::from_millis(7)).await;
    assert_eq!(mock.now(), Millis(5007));
}
