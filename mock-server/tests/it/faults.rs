//! Faults as a client sees them: byte for byte on a raw socket, and without a socket as errors.

mod answers;
mod connections;
mod delays;
mod notifications;
mod profiles;
mod selectors;
mod silence;
mod without_socket;

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use pockyt_mock::{Fault, FaultKind, MockPockyt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use crate::support::signed;

pub(crate) const ADD: &str = "/app-instore/v3/add";

/// How a connection ended, and what came before.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The other side closed it in order.
    Fin,
    /// The other side reset it.
    Rst,
}

/// A client that sees everything that comes.
pub(crate) struct Raw(pub(crate) tokio::net::TcpStream);

impl Raw {
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        Self(tokio::net::TcpStream::connect(addr).await.unwrap())
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// What comes, and how it ends. A real time limit, so that a fault that does not fire fails the test.
    pub(crate) async fn read_all(&mut self) -> (String, End) {
        let mut got = Vec::new();
        let reading = self.0.read_to_end(&mut got);
        let end = match tokio::time::timeout(Duration::from_secs(10), reading).await.expect("no end") {
            Ok(_) => End::Fin,
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => End::Rst,
            Err(error) => panic!("{error}"),
        };
        (String::from_utf8_lossy(&got).into_owned(), end)
    }

    pub(crate) async fn answer(&mut self) -> (String, Vec<u8>) {
        next_answer(&mut self.0).await
    }
}

/// The next answer, by its `Content-Length`.
pub(crate) async fn next_answer(stream: &mut (impl AsyncRead + Unpin)) -> (String, Vec<u8>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or_else(|| panic!("no length: {head}"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (head, body)
}

pub(crate) fn add_body(reference: &str) -> String {
    signed(&[("amount", "1.00"), ("currency", "USD"), ("settleCurrency", "USD"), ("reference", reference)])
}

pub(crate) fn head_of(path: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

pub(crate) fn add(reference: &str) -> Vec<u8> {
    let body = add_body(reference);
    format!("{}{body}", head_of(ADD, body.len())).into_bytes()
}

/// A mock with a fault for `f-1`, and a client that has sent an `add` of it.
pub(crate) async fn struck(kind: FaultKind) -> (MockPockyt, Raw) {
    let mock = MockPockyt::start().await.unwrap();
    mock.fault(Fault::new("f-1", kind)).unwrap();
    let mut client = Raw::connect(mock.addr()).await;
    client.send(&add("f-1")).await;
    (mock, client)
}

pub(crate) fn is_booked(mock: &MockPockyt, reference: &str) -> bool {
    mock.transactions().iter().any(|order| order.reference.as_deref() == Some(reference))
}

pub(crate) fn refuses(addr: SocketAddr) -> bool {
    matches!(TcpStream::connect(addr), Err(error) if error.kind() == io::ErrorKind::ConnectionRefused)
}
