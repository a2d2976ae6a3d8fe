//! TLS: the mock's certificate, and deliveries to https listeners.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use pockyt_mock::{FailureReason, Fault, FaultKind, MockPockyt, Verdict};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::faults::{ADD, Raw, add, add_body, is_booked, next_answer};
use crate::support::{order, secure_pay};

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

async fn connect(
    mock: &MockPockyt,
    authority_pem: &str,
    name: &'static str,
    alpn: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority_pem.as_bytes()).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let stream = TcpStream::connect(mock.addr()).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name).unwrap(), stream).await
}

async fn with_tls() -> MockPockyt {
    MockPockyt::builder().tls(["mapi.yuansfer.com"]).start().await.unwrap()
}

#[tokio::test]
async fn one_port_speaks_https_by_every_name_and_http() {
    let mock = with_tls().await;
    let authority = mock.authority_pem().unwrap();
    assert_eq!(mock.https_url().unwrap(), format!("https://localhost:{}", mock.addr().port()));
    for (n, name) in ["localhost", "127.0.0.1", "mapi.yuansfer.com"].into_iter().enumerate() {
        let mut stream = connect(&mock, authority, name, &[]).await.unwrap();
        let reference = format!("t-{n}");
        stream.write_all(&add(&reference)).await.unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 200", "{name}");
        assert!(is_booked(&mock, &reference));
    }
    assert!(connect(&mock, authority, "evil.example", &[]).await.is_err());
    let other = with_tls().await;
    assert!(connect(&mock, other.authority_pem().unwrap(), "localhost", &[]).await.is_err());
    let mut plain = Raw::connect(mock.addr()).await;
    plain.send(&add("plain")).await;
    assert!(plain.answer().await.0.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn http_2_is_agreed_on_by_alpn() {
    let mock = with_tls().await;
    let stream =
        connect(&mock, mock.authority_pem().unwrap(), "localhost", &[b"h2", b"http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::post(format!("https://localhost{ADD}"))
        .header("content-type", "application/json")
        .body(Full::<Bytes>::from(add_body("t-1")))
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert!(answer.status().is_success());
    assert!(answer.into_body().collect().await.unwrap().to_bytes().starts_with(b"{"));
}

#[tokio::test]
async fn a_lost_reply_is_lost_by_tls_and_by_http_2_too() {
    for alpn in [&[][..], &[&b"h2"[..]]] {
        let mock = with_tls().await;
        mock.fault(Fault::new("t-1", FaultKind::ResetReply)).unwrap();
        let mut stream = connect(&mock, mock.authority_pem().unwrap(), "localhost", alpn).await.unwrap();
        if alpn.is_empty() {
            stream.write_all(&add("t-1")).await.unwrap();
            let error = stream.read_to_end(&mut Vec::new()).await.unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        } else {
            let (mut sender, connection) =
                hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                    .await
                    .unwrap();
            let connection = tokio::spawn(connection);
            let request = Request::post(format!("https://localhost{ADD}"))
                .header("content-type", "application/json")
                .body(Full::<Bytes>::from(add_body("t-1")))
                .unwrap();
            sender.send_request(request).await.unwrap_err();
            // The whole connection is gone, not the one stream.
            connection.await.unwrap().unwrap_err();
        }
        assert!(is_booked(&mock, "t-1"));
    }
}

#[tokio::test]
async fn an_authority_that_is_kept_is_the_same_next_time() {
    let folder = std::env::temp_dir().join(format!("pockyt-mock-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("ca.pem");
    let start = || MockPockyt::builder().tls_authority_in(&path).start();
    let first = start().await.unwrap();
    let authority = first.authority_pem().unwrap().to_owned();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), authority);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.join("ca.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
    let second = start().await.unwrap();
    connect(&second, &authority, "localhost", &[]).await.unwrap();
    // Somebody else's certificate is not taken for its own.
    std::fs::write(&path, with_tls().await.authority_pem().unwrap()).unwrap();
    let error = start().await.unwrap_err();
    assert!(error.to_string().contains("another one's"), "{error}");
    std::fs::write(&path, "nothing").unwrap();
    assert!(start().await.is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A listener with a certificate of its own, and the certificate.
async fn https_listener() -> (std::net::SocketAddr, String) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(vec!["shop.example".to_owned()]).unwrap();
    let key = PrivateKeyDer::from_pem_slice(signing_key.serialize_pem().as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = socket.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = socket.accept().await.unwrap();
            // A client that does not trust it gives up here.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = vec![0; 4096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsuccess").await;
            let _ = stream.shutdown().await;
        }
    });
    (addr, cert.pem())
}

#[tokio::test]
async fn https_listeners_are_delivered_to_when_their_authority_is_trusted() {
    let (addr, pem) = https_listener().await;
    for (trusted, host, expected) in [
        (true, "shop.example", None),
        (false, "shop.example", Some(FailureReason::Tls)),
        (true, "other.example", Some(FailureReason::Tls)),
    ] {
        let mut builder = MockPockyt::builder().resolve(&format!("{host}:443"), addr);
        if trusted {
            builder = builder.trust_listeners_of(&pem);
        }
        let mock = builder.start().await.unwrap();
        let url = format!("https://{host}/ipn");
        let number = secure_pay(&mock, "t-1", &[("ipnUrl", &url)]).await;
        mock.approve(&number).await.unwrap();
        assert_eq!(order(&mock, &number).status, pockyt_mock::Status::Success);
        let attempt = mock.notifications(Some(&number))[0].attempts[0].clone();
        assert_eq!(attempt.failure, expected, "{host}");
        assert_eq!(attempt.verdict == Some(Verdict::Acknowledged), expected.is_none(), "{host}");
    }
}

#[tokio::test]
async fn a_handshake_that_does_not_end_holds_nobody_up() {
    let mock = with_tls().await;
    let mut stuck = Vec::new();
    for _ in 0..50 {
        let mut client = Raw::connect(mock.addr()).await;
        client.send(&[22, 3, 1]).await;
        stuck.push(client);
    }
    let connecting = connect(&mock, mock.authority_pem().unwrap(), "localhost", &[]);
    tokio::time::timeout(Duration::from_secs(10), connecting).await.unwrap().unwrap();
}

/// A connection by TLS whose answer is held while the mock's time stands still.
async fn held(mock: &MockPockyt) -> TlsStream<TcpStream> {
    mock.fault(Fault::new("t-1", FaultKind::DelayAnswer { ms: 1000 })).unwrap();
    let mut stream = connect(mock, mock.authority_pem().unwrap(), "localhost", &[]).await.unwrap();
    stream.write_all(&add("t-1")).await.unwrap();
    while !is_booked(mock, "t-1") {
        tokio::task::yield_now().await;
    }
    stream
}

#[tokio::test]
async fn a_client_that_hangs_up_while_its_answer_is_held_makes_room() {
    for says_good_bye in [true, false] {
        let mock =
            MockPockyt::builder().tls(["mapi.yuansfer.com"]).connections_at_once(1).start().await.unwrap();
        let mut impatient = held(&mock).await;
        if says_good_bye {
            impatient.shutdown().await.unwrap();
        }
        drop(impatient);
        let mut next = Raw::connect(mock.addr()).await;
        next.send(&add("t-2")).await;
        let answered = tokio::time::timeout(Duration::from_secs(10), next.answer()).await;
        assert!(answered.expect("no room").0.starts_with("HTTP/1.1 200"), "{says_good_bye}");
    }
}

#[tokio::test]
async fn requests_that_come_before_an_answer_are_answered_in_turn() {
    let mock = with_tls().await;
    let mut stream = held(&mock).await;
    for reference in ["t-2", "t-3"] {
        stream.write_all(&add(reference)).await.unwrap();
        // The mock sees that something comes, and that it is no good-bye.
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
    mock.advance(Duration::from_secs(1)).await;
    for reference in ["t-1", "t-2", "t-3"] {
        let (head, body) = next_answer(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["result"]["reference"], reference, "{body}");
    }
}
