//! An HTTP/2 connection that ends or falls silent, over real sockets and TLS. The server is written in frames, so
//! that a test decides which of them come, and when.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use futures_util::FutureExt as _;
use pockyt_client::{CallError, CallOptions, Client, Environment, ErrorKind, Roots, Timer, Tls};
use pockyt_model::Settlement;
use pockyt_model::operation::Raw;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::server::TlsStream;

use crate::mock::credentials;
use crate::support::{add, order};

const PREFACE: usize = 24;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
/// Of headers and data that their stream ends with them, of settings and a ping that they are acknowledged.
const END: u8 = 1;
const END_HEADERS: u8 = 4;
/// `:status: 200`, in HPACK's table.
const STATUS_200: &[u8] = &[0x88];
/// SETTINGS_MAX_CONCURRENT_STREAMS is 1.
const ONE_STREAM_AT_A_TIME: &[u8] = &[0, 3, 0, 0, 0, 1];

/// Serves on a thread of its own: it goes on while the client's runtime does nothing or has its time paused.
struct Server {
    runtime: Runtime,
    accepting: JoinHandle<()>,
    url: String,
    certificate: String,
    heard: mpsc::Receiver<(usize, u32)>,
}

impl Server {
    fn start<F: Future<Output = ()> + Send + 'static>(behave: fn(Peer) -> F) -> Self {
        let rcgen::CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::from_pem_slice(signing_key.serialize_pem().as_bytes()).unwrap();
        let mut config = ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let (tell, heard) = mpsc::channel();
        let accepting = runtime.spawn(async move {
            for connection in 1.. {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, tell) = (acceptor.clone(), tell.clone());
                tokio::spawn(async move {
                    // Of two connections that were begun at once the client closes one.
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    behave(Peer { connection, stream, tell }.greeted().await).await;
                });
            }
        });
        Self { runtime, accepting, url, certificate: cert.pem(), heard }
    }

    fn client(&self) -> (Client, Pauses) {
        self.client_within(Duration::from_secs(60))
    }

    fn client_within(&self, total: Duration) -> (Client, Pauses) {
        let roots = Roots::from_pem(self.certificate.as_bytes()).unwrap();
        let pauses = Pauses::default();
        let builder = Client::builder(Environment::at(&self.url).unwrap(), credentials()).total_budget(total);
        let client = builder.tls(Tls::default().roots(roots)).timer(pauses.clone()).build().unwrap();
        (client, pauses)
    }

    /// The connection and the stream of every request that was read to its end. The client must be gone.
    fn heard_in_all(self) -> Vec<(usize, u32)> {
        self.accepting.abort();
        let heard = self.heard.iter().collect();
        drop(self.runtime);
        heard
    }
}

/// The server's end of one connection.
struct Peer {
    connection: usize,
    stream: TlsStream<TcpStream>,
    tell: mpsc::Sender<(usize, u32)>,
}

impl Peer {
    async fn greeted(mut self) -> Self {
        self.stream.read_exact(&mut [0; PREFACE]).await.unwrap();
        self.send(SETTINGS, 0, 0, ONE_STREAM_AT_A_TIME).await;
        self
    }

    async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
        frame.extend_from_slice(payload);
        self.stream.write_all(&frame).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// The stream of the next request when all of it is there; none when the client has closed the connection.
    async fn request(&mut self) -> Option<u32> {
        loop {
            let mut head = [0; 9];
            self.stream.read_exact(&mut head).await.ok()?;
            let [.., kind, flags, s1, s2, s3, s4] = head;
            let stream = u32::from_be_bytes([s1, s2, s3, s4]);
            let mut payload = vec![0; usize::from(u16::from_be_bytes([head[1], head[2]]))];
            self.stream.read_exact(&mut payload).await.ok()?;
            match kind {
                SETTINGS if flags & END == 0 => self.send(SETTINGS, END, 0, &[]).await,
                PING if flags & END == 0 => self.send(PING, END, 0, &payload).await,
                HEADERS | DATA if flags & END != 0 => {
                    self.tell.send((self.connection, stream)).unwrap();
                    return Some(stream);
                }
                _ => {}
            }
        }
    }

    async fn answer_one(&mut self) {
        let stream = self.request().await.unwrap();
        self.answer(stream).await;
    }

    async fn answer(&mut self, stream: u32) {
        self.send(HEADERS, END_HEADERS, stream, STATUS_200).await;
        self.send(DATA, END, stream, order("pending").as_bytes()).await;
    }

    /// Says that no stream above this one was or will be looked at.
    async fn say_goodbye_after(&mut self, stream: u32) {
        let no_error = 0_u32.to_be_bytes();
        self.send(GOAWAY, 0, 0, &[stream.to_be_bytes(), no_error].concat()).await;
    }

    async fn until_closed(&mut self) {
        while self.stream.read(&mut [0; 256]).await.is_ok_and(|read| read > 0) {}
    }
}

/// Counts the pauses, of which there is one before each call that is made again above the transport.
#[derive(Clone, Default)]
struct Pauses(Arc<AtomicUsize>);

impl Timer for Pauses {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    }
}

/// Runs the client's part to its end, and closes its connections.
fn run<T>(part: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(part)
}

fn assert_maybe_sent(error: &CallError) {
    assert!(matches!(error.kind(), ErrorKind::MaybeSent), "{error:?}");
    assert!(error.may_have_moved_money() && !error.may_retry());
    assert_eq!(error.ask(), Settlement::TranQueryByReference);
    assert_eq!((error.attempts(), error.timed_out()), (1, None), "{error:?}");
}

/// While the first of three calls is under way, the second is about to get a stream and the third is with hyper.
#[test]
fn requests_that_goaway_leaves_unsent_go_over_another_connection_and_each_is_sent_once() {
    let server = Server::start(|mut peer| async move {
        peer.answer_one().await;
        if peer.connection == 1 {
            let stream = peer.request().await.unwrap();
            peer.say_goodbye_after(stream).await;
            peer.answer(stream).await;
        }
        while let Some(stream) = peer.request().await {
            peer.answer(stream).await;
        }
    });
    let pauses = run(async {
        let (client, pauses) = server.client();
        client.in_store().add(&add()).await.unwrap();
        let (till, add) = (client.in_store(), add());
        let answers = tokio::join!(till.add(&add), till.add(&add), till.add(&add));
        assert!(answers.0.is_ok() && answers.1.is_ok() && answers.2.is_ok(), "{answers:?}");
        pauses
    });
    // hyper does not give back the one that had its stream, whose body it had not asked for; the other it does.
    assert_eq!(pauses.0.load(Ordering::SeqCst), 1);
    let heard = server.heard_in_all();
    assert_eq!(heard[..2], [(1, 1), (1, 3)]);
    assert_eq!(
        (heard.len(), heard[2..].iter().any(|(connection, _)| *connection == 1)),
        (4, false),
        "{heard:?}"
    );
}

/// RFC 9113 promises that the server did not act on it, but hyper does not say so of one that it has written.
#[test]
fn a_request_that_was_written_before_goaway_may_have_been_sent_and_is_not_sent_again() {
    let server = Server::start(|mut peer| async move {
        peer.answer_one().await;
        if peer.connection == 1 {
            peer.request().await.unwrap();
            peer.say_goodbye_after(1).await;
        }
        while peer.request().await.is_some() {}
    });
    run(async {
        let (client, _) = server.client();
        client.in_store().add(&add()).await.unwrap();
        assert_maybe_sent(&client.in_store().add(&add()).await.unwrap_err());
        client.in_store().add(&add()).await.unwrap();
    });
    assert_eq!(server.heard_in_all(), [(1, 1), (1, 3), (2, 1)]);
}

#[test]
fn a_connection_that_falls_silent_is_given_up_after_its_ping_and_the_call_on_it_may_have_been_sent() {
    let server = Server::start(|mut peer| async move {
        peer.answer_one().await;
        if peer.connection == 1 {
            peer.request().await.unwrap();
            peer.until_closed().await;
        }
        while peer.request().await.is_some() {}
    });
    run(async {
        let (client, _) = server.client();
        client.in_store().add(&add()).await.unwrap();
        // From here to the end of the call nothing comes from the server, so time cannot run ahead of it.
        tokio::time::pause();
        let start = Instant::now();
        let lost = client.in_store().add(&add()).await.unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(11), "{:?}", start.elapsed());
        assert_maybe_sent(&lost);
        tokio::time::resume();
        client.in_store().add(&add()).await.unwrap();
    });
    assert_eq!(server.heard_in_all(), [(1, 1), (1, 3), (2, 1)]);
}

/// Pieces of nothing cost the server no window, and there is always one more of them to read.
#[test]
fn a_server_that_never_stops_sending_empty_pieces_or_hints_does_not_keep_a_call_beyond_its_time() {
    async fn without_end(mut peer: Peer, kind: u8, flags: u8, payload: &[u8]) {
        let stream = peer.request().await.unwrap();
        if kind == DATA {
            peer.send(HEADERS, END_HEADERS, stream, STATUS_200).await;
        }
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let frame = [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat();
        let frames = frame.repeat(4096);
        while peer.stream.write_all(&frames).await.is_ok() {}
    }
    let servers = [
        Server::start(|peer| without_end(peer, DATA, 0, b"")),
        // `:status: 103`, written out.
        Server::start(|peer| without_end(peer, HEADERS, END_HEADERS, &[0x08, 3, b'1', b'0', b'3'])),
    ];
    for server in &servers {
        for runtime in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let (tell, told) = mpsc::channel();
            let (client, _) = server.client_within(Duration::from_millis(300));
            std::thread::spawn(move || {
                let runtime = { runtime }.enable_all().build().unwrap();
                tell.send(runtime.block_on(async { client.in_store().add(&add()).await.map(drop) })).unwrap();
            });
            let ended = told.recv_timeout(Duration::from_secs(20)).expect("the call ends").unwrap_err();
            assert!(ended.may_have_moved_money(), "{ended:?}");
        }
    }
}

/// Here the first request is larger than what the server lets a connection send, of which it never lets it send more.
#[test]
fn a_connection_on_which_a_call_was_given_up_takes_no_others() {
    let server = Server::start(|mut peer| async move {
        while let Some(stream) = peer.request().await {
            peer.answer(stream).await;
        }
    });
    run(async {
        let (client, _) = server.client();
        client.in_store().add(&add()).await.unwrap();
        let large = Raw::new("/v3/new").unwrap().field("note", "x".repeat(70_000));
        let within = |millis| CallOptions::default().within(Duration::from_millis(millis));
        let lost = client.call_with(&large, within(200)).await.unwrap_err();
        assert!(matches!(lost.kind(), ErrorKind::MaybeSent), "{lost:?}");
        client.call_with(&add(), within(5000)).await.unwrap();
    });
    assert_eq!(server.heard_in_all(), [(1, 1), (2, 1)]);
}

/// The first connection has one call on its way and two that wait behind it when another is given up; the next call
/// opens another connection. What waited goes there when the first one ends.
#[test]
fn when_a_doubted_connection_ends_the_one_beside_it_is_used() {
    static BESIDE: Notify = Notify::const_new();
    let server = Server::start(|mut peer| async move {
        peer.answer_one().await;
        if peer.connection == 1 {
            let stream = peer.request().await.unwrap();
            BESIDE.notified().await;
            peer.say_goodbye_after(stream).await;
            peer.answer(stream).await;
        } else {
            BESIDE.notify_one();
        }
        while let Some(stream) = peer.request().await {
            peer.answer(stream).await;
        }
    });
    run(async {
        let (client, _) = server.client();
        client.in_store().add(&add()).await.unwrap();
        let (till, add) = (client.in_store(), add());
        let beside = async {
            assert!(till.add(&add).now_or_never().is_none(), "it is given up while it waits");
            till.add(&add).await
        };
        let answers = tokio::join!(till.add(&add), till.add(&add), till.add(&add), beside);
        let (first, second, third, beside) = &answers;
        assert!([first, second, third, beside].iter().all(|answer| answer.is_ok()), "{answers:?}");
    });
    let heard = server.heard_in_all();
    let by = |wanted: usize| heard.iter().filter(|(connection, _)| *connection == wanted).count();
    assert_eq!((by(1), by(2), heard.len()), (2, 3, 5), "{heard:?}");
}
