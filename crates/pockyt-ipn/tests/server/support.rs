//! A listener behind the server, and the other end of a connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use pockyt_ipn::Listener;
use pockyt_ipn::server::Server;
use pockyt_model::{Notification, UtcMillis};
use pockyt_sign::{ApiToken, SigningKey, algorithm};
use pockyt_store::{
    Claimed, Counts, FinishError, Inbox, Lease, MemoryInbox, NewNotice, Outcome, OwnerToken, Recorded, Route,
    State, StoreError, StoreErrorKind,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) type TestListener = Listener<Arc<TestInbox>>;

pub(crate) fn key() -> SigningKey {
    SigningKey::new(&ApiToken::new("canary-91b2-not-a-real-token").unwrap())
}

pub(crate) fn listener() -> TestListener {
    Listener::builder(key(), Arc::<TestInbox>::default()).tenant("shop").build().unwrap()
}

/// The form body of a genuine notification of a successful payment.
pub(crate) fn genuine(payment: u32) -> String {
    let mut fields = [
        ("amount", "13.00"),
        ("currency", "USD"),
        ("reference", &format!("order-{payment}")),
        ("status", "success"),
        ("time", "20221020142817"),
        ("transactionNo", &format!("30568050088{payment:07}")),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    let signature = algorithm::signature(&fields, &key()).to_string();
    fields.push(("verifySign".into(), signature));
    fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// The same with another signature.
pub(crate) fn forged(payment: u32) -> String {
    let genuine = genuine(payment);
    let (text, _) = genuine.rsplit_once('=').unwrap();
    format!("{text}={}", "0".repeat(32))
}

/// A whole request with this body, after which the connection is to be closed.
pub(crate) fn post(body: &str) -> String {
    posted_with("connection: close\r\n", body)
}

/// A whole request with these header lines.
pub(crate) fn posted_with(headers: &str, body: &str) -> String {
    format!("{}content-length: {}\r\n\r\n{body}", head(headers), body.len())
}

/// The head of a request without its end.
pub(crate) fn head(headers: &str) -> String {
    format!(
        "POST /ipn HTTP/1.1\r\nhost: shop\r\ncontent-type: application/x-www-form-urlencoded\r\n{headers}"
    )
}

/// How many records there are, of whatever state.
pub(crate) async fn records(listener: &TestListener) -> usize {
    let counts = listener.inbox().counts().await.unwrap();
    State::ALL.into_iter().map(|state| counts.of(state)).sum()
}

/// A server on a socket of its own.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    pub(crate) served: JoinHandle<usize>,
}

impl Running {
    pub(crate) async fn start<S, B>(server: Server, service: S) -> Self
    where
        S: tower_service::Service<
                http::Request<pockyt_ipn::server::RequestBody>,
                Response = http::Response<B>,
                Error = std::convert::Infallible,
                Future: Send,
            > + Clone
            + Send
            + 'static,
        B: http_body::Body<Data = bytes::Bytes, Error = std::convert::Infallible> + Send + 'static,
    {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        #[expect(clippy::disallowed_methods, reason = "the caller's task, as a program has it")]
        let served =
            tokio::spawn(async move { server.serve(socket, service, async { drop(stopped.await) }).await });
        Self { address, stop, served }
    }

    /// Tells it to stop.
    pub(crate) fn stop(self) -> JoinHandle<usize> {
        self.stop.send(()).unwrap();
        self.served
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends these bytes and returns all that comes back until the connection is closed.
    pub(crate) async fn say(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        // A server that has heard enough may close before it has all.
        let _ = stream.write_all(bytes.as_ref()).await;
        rest(&mut stream).await
    }
}

/// What comes until the connection is closed.
pub(crate) async fn rest(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut answer = Vec::new();
    // A server that has answered may reset what it did not read; the answer is what counts.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// One answer whose body ends with this, from a connection that may stay open.
pub(crate) async fn answer(stream: &mut (impl AsyncReadExt + Unpin), end: &str) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(end.as_bytes()) {
        match stream.read_u8().await {
            Ok(byte) => answer.push(byte),
            Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&answer)),
        }
    }
    String::from_utf8(answer).unwrap()
}

/// The statuses of all answers in a text.
pub(crate) fn statuses(answers: &str) -> Vec<u16> {
    answers.split("HTTP/1.").skip(1).map(|answer| answer[2..5].parse().unwrap()).collect()
}

/// The memory inbox, which can be down, and counts how often it is checked.
#[derive(Default)]
pub(crate) struct TestInbox {
    inner: MemoryInbox,
    pub(crate) down: AtomicBool,
    pub(crate) hangs: AtomicBool,
    pub(crate) checks: AtomicUsize,
}

impl TestInbox {
    async fn up(&self) -> Result<&MemoryInbox, StoreError> {
        if self.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let down = self.down.load(Ordering::SeqCst);
        if down { Err(StoreError::new(StoreErrorKind::Unavailable)) } else { Ok(&self.inner) }
    }
}

impl Inbox for TestInbox {
    async fn record(&self, notice: NewNotice) -> Result<Recorded, StoreError> {
        self.up().await?.record(notice).await
    }

    async fn claim(
        &self,
        route: &Route,
        owner: &OwnerToken,
        now: UtcMillis,
        lease_for: Duration,
    ) -> Result<Option<Claimed>, StoreError> {
        self.up().await?.claim(route, owner, now, lease_for).await
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, now: UtcMillis) -> Result<(), FinishError> {
        self.up().await?.finish(lease, outcome, now).await
    }

    async fn identify(&self, lease: &Lease, notification: &Notification) -> Result<Recorded, FinishError> {
        self.up().await?.identify(lease, notification).await
    }

    async fn next_due(&self, route: &Route) -> Result<Option<UtcMillis>, StoreError> {
        self.up().await?.next_due(route).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.inner.counts().await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.checks.fetch_add(1, Ordering::SeqCst);
        self.up().await?.check().await
    }
}
