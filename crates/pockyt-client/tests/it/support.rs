//! Clients, requests and servers that the tests share.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use pockyt_client::{Client, ClientBuilder, Credentials, Environment, RequestBody};
use pockyt_model::operation::{Add, Cancel, Refund, TranQuery};
use pockyt_model::{Currency, Merchant, Price, Reference};
use pockyt_sign::ApiToken;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};

pub(crate) const TOKEN: &str = "not-a-real-token";

pub(crate) fn builder(base: &str) -> ClientBuilder {
    let merchant = Merchant::new("200043", "300014").unwrap();
    let credentials = Credentials::new(merchant, &ApiToken::new(TOKEN).unwrap());
    Client::builder(Environment::at(base).unwrap(), credentials).jitter_seed(1)
}

pub(crate) fn price(amount: &str) -> Price {
    Price::new(amount, Currency::USD).unwrap()
}

pub(crate) fn reference(text: &str) -> Reference {
    Reference::new(text).unwrap()
}

pub(crate) fn add() -> Add {
    Add::new(price("13.00"), reference("order-1"))
}

pub(crate) fn query() -> TranQuery {
    TranQuery::by_reference(reference("order-1"))
}

pub(crate) fn refund() -> Refund {
    Refund::new(reference("order-1"), price("5.00"), reference("refund-1"))
}

pub(crate) fn cancel() -> Cancel {
    Cancel::new(reference("order-1"))
}

pub(crate) fn json(status: u16, body: &str) -> http::Response<Full<Bytes>> {
    http::Response::builder().status(status).body(Full::from(body.to_owned())).unwrap()
}

/// An order as `tran-query` answers it.
pub(crate) fn order(status: &str) -> String {
    format!(
        r#"{{"ret_code":"000100","result":{{"transactionNo":"1","reference":"order-1","status":"{status}","amount":"13.00","currency":"USD"}}}}"#
    )
}

/// What a played server does with one request that it has taken.
pub(crate) enum Reply {
    Answer(http::Response<Full<Bytes>>),
    Break,
    Never,
    /// The request is refused before any of it is taken.
    Untaken,
}

pub(crate) type Requests = Arc<std::sync::Mutex<Vec<http::Request<Bytes>>>>;

type Answering = Pin<Box<dyn Future<Output = Result<http::Response<Full<Bytes>>, std::io::Error>> + Send>>;

/// A service of the tests.
pub(crate) trait Played:
    tower_service::Service<
        http::Request<RequestBody>,
        Response = http::Response<Full<Bytes>>,
        Error = std::io::Error,
        Future = Answering,
    > + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> Played for S where
    S: tower_service::Service<
            http::Request<RequestBody>,
            Response = http::Response<Full<Bytes>>,
            Error = std::io::Error,
            Future = Answering,
        > + Clone
        + Send
        + Sync
        + 'static
{
}

/// A service that answers by a function of the request and of how many came before it.
pub(crate) fn played(
    play: impl Fn(usize, &http::Request<Bytes>) -> Reply + Clone + Send + Sync + 'static,
) -> (impl Played, Requests) {
    let requests = Requests::default();
    let log = requests.clone();
    let seen = Arc::new(AtomicUsize::new(0));
    let service = tower::service_fn(move |request: http::Request<RequestBody>| {
        let (play, log, seen) = (play.clone(), log.clone(), seen.clone());
        let future: Answering = Box::pin(async move {
            let (head, body) = request.into_parts();
            let number = seen.fetch_add(1, Ordering::SeqCst);
            let untaken = http::Request::from_parts(head, Bytes::new());
            if matches!(play(number, &untaken), Reply::Untaken) {
                return Err(std::io::Error::other("refused"));
            }
            let (head, _) = untaken.into_parts();
            let body = body.collect().await.expect("nobody gave it up").to_bytes();
            let request = http::Request::from_parts(head, body);
            let reply = play(number, &request);
            log.lock().unwrap().push(request);
            match reply {
                Reply::Answer(answer) => Ok(answer),
                Reply::Break | Reply::Untaken => Err(std::io::Error::other("broken")),
                Reply::Never => std::future::pending().await,
            }
        });
        future
    });
    (service, requests)
}

/// A client whose requests are answered by a function, and what it asked.
pub(crate) fn client_of(
    setup: impl FnOnce(ClientBuilder) -> ClientBuilder,
    play: impl Fn(usize, &http::Request<Bytes>) -> Reply + Clone + Send + Sync + 'static,
) -> (Client, Requests) {
    let (service, requests) = played(play);
    (setup(builder("http://127.0.0.1:1")).build_on(service).unwrap(), requests)
}

/// How a server of raw bytes treats one connection.
pub(crate) type Behaviour = fn(TcpStream) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// Serves connections one after another; returns the address and how many there were.
pub(crate) async fn raw_server(behaviour: Behaviour) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            behaviour(stream).await;
        }
    });
    (url, seen)
}

/// Reads one JSON request to its end.
pub(crate) async fn read_request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        let mut piece = [0; 1024];
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "the client closed early");
        request.extend_from_slice(&piece[..read]);
    }
}

/// Reads until the other side has closed.
pub(crate) async fn until_closed(stream: &mut TcpStream) {
    let mut rest = [0; 256];
    while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
}
