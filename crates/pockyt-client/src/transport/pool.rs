//! The default transport: connections to one origin, kept between calls.
//!
//! hyper speaks HTTP and its companions connect; what is here is only which connection a call gets. hyper-util
//! has a pool of its own, which runs each connection in a task of its own, and wakes two tasks for every answer:
//! docs/performance.md says what a call may take. Here an HTTP/1.1 connection is run by
//! the call that has it, and by nobody between two calls. That the server has closed it is seen when it is next
//! taken, before anything is written, unless the end comes in that very moment; nothing is ever sent again by the
//! transport.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either, select};
use http::header::HOST;
use http::{HeaderValue, Request, Response, Uri};
use hyper::rt::Executor as _;
#[cfg(feature = "http2")]
use hyper_util::client::legacy::connect::Connection as _;
use hyper_util::rt::TokioExecutor;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tower_service::Service;

use super::Connector;
use super::http1::{AnswerBody, Broken, Line};
use super::http2::Shared;
use crate::error::BoxError;
use crate::layers::RequestBody;

/// No connection is used again that was idle for longer: that is shorter than the limit of usual servers, so that
/// one is rarely found closed.
const IDLE: Duration = Duration::from_secs(10);
/// How often old ones are looked for.
const LOOK: Duration = Duration::from_secs(5);
/// After this the runtime is asked for news of a connection before it is written to. A runtime that did nothing
/// meanwhile, since nobody was in it, does not know yet that the server has closed it.
const RESTED: Duration = Duration::from_millis(1);

/// A service of HTTP requests to one origin. Clones share the connections.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Origin>);

/// Where the requests of a pool go, and what it has of connections.
pub(super) struct Origin {
    connector: Connector,
    base: Uri,
    host: Option<HeaderValue>,
    most_idle: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// The newest last, which is taken first: the others can then grow old.
    #[expect(clippy::vec_box, reason = "a connection is large, and is handed on")]
    idle: Vec<Box<Line>>,
    /// Calls that connect because nothing was idle. Whoever brings a connection back meanwhile gives it to them;
    /// and they are let go when there is one for all.
    waiting: VecDeque<oneshot::Sender<Box<Line>>>,
    shared: Option<Shared>,
    /// One for each connection that there is or is being made.
    open: Arc<()>,
    /// Held by the task that looks for old ones, as long as there is one.
    sweeper: Weak<()>,
}

type Exchanging = BoxFuture<'static, Result<Response<AnswerBody>, BoxError>>;

/// What a call goes over.
enum Way {
    Http1(Box<Line>),
    Http2(Shared),
}

impl Pool {
    /// `most_idle` is how many requests may be under way: fewer would be closed after a burst, and made anew for
    /// the next.
    pub(super) fn new(connector: Connector, base_url: &str, most_idle: usize) -> Self {
        // An environment's URL always is one, and has a host.
        let base = base_url.parse().unwrap_or_default();
        let (host, most_idle) = (host_header(&base), most_idle.max(1));
        Self(Arc::new(Origin { connector, base, host, most_idle, kept: Mutex::default() }))
    }
}

/// The host, and the port unless it is the scheme's own.
fn host_header(base: &Uri) -> Option<HeaderValue> {
    let host = base.host()?;
    let usual = if base.scheme_str() == Some("https") { 443 } else { 80 };
    match base.port_u16().filter(|port| *port != usual) {
        Some(port) => format!("{host}:{port}").try_into().ok(),
        None => HeaderValue::from_str(host).ok(),
    }
}

impl Service<Request<RequestBody>> for Pool {
    type Response = Response<AnswerBody>;
    type Error = BoxError;
    type Future = Exchanging;

    /// Always ready: how many requests are under way is limited above.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    /// The time is read here and not when the future is first polled, which would cost a box more. The stage
    /// above makes one and polls it in one go.
    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        self.0.clone().exchange(request)
    }
}

impl Origin {
    fn exchange(self: Arc<Self>, request: Request<RequestBody>) -> Exchanging {
        let now = Instant::now();
        let (idle, is_alone) = {
            let mut kept = self.kept();
            (kept.idle_way(now), kept.in_use() <= 1)
        };
        match idle {
            Some(way) => self.exchange_over(way, request, now, is_alone),
            None => async move {
                let way = self.next_way().await?;
                self.exchange_over(way, request, Instant::now(), is_alone).await
            }
            .boxed(),
        }
    }

    fn exchange_over(
        self: Arc<Self>,
        way: Way,
        mut request: Request<RequestBody>,
        now: Instant,
        is_alone: bool,
    ) -> Exchanging {
        let line = match way {
            Way::Http1(line) => line,
            Way::Http2(_) => return self.exchange_by(way, request),
        };
        self.as_http1(&mut request);
        let is_in_line = !is_alone && line.is_on_one_thread();
        let idle_since = line.idle_since();
        let exchange = line.exchange(request, self.clone());
        async move {
            let mut now = now;
            if is_in_line {
                let_others_go().await;
                now = Instant::now();
            }
            if now.saturating_duration_since(idle_since) > RESTED {
                tokio::task::yield_now().await;
            }
            match exchange.await {
                Err(Broken { unsent: Some(unsent), was_idle: true, .. }) => self.exchange_again(unsent).await,
                answer => answer.map_err(|broken| broken.error.into()),
            }
        }
        .boxed()
    }

    /// The server had closed the connection. Nothing of the request was written, so it is as if that connection
    /// had not been there, nor any of the others that are found closed.
    fn exchange_again(self: Arc<Self>, request: Request<RequestBody>) -> Exchanging {
        async move {
            let way = self.next_way().await?;
            self.exchange_by(way, request).await
        }
        .boxed()
    }

    fn exchange_by(self: Arc<Self>, mut way: Way, mut request: Request<RequestBody>) -> Exchanging {
        async move {
            loop {
                let answer = match way {
                    Way::Http1(line) => {
                        self.as_http1(&mut request);
                        line.exchange(request, self.clone()).await
                    }
                    Way::Http2(mut shared) => {
                        self.as_http2(&mut request);
                        let answer = shared.exchange(request).await;
                        if answer.as_ref().is_err_and(|broken| broken.unsent.is_some()) {
                            // It takes no more requests; one that was opened beside it may.
                            self.kept().shared.take_if(|kept| kept.is_same_as(&shared));
                        }
                        answer
                    }
                };
                match answer {
                    Err(Broken { unsent: Some(unsent), was_idle: true, .. }) => request = unsent,
                    answer => return answer.map_err(|broken| broken.error.into()),
                }
                way = self.next_way().await?;
            }
        }
        .boxed()
    }

    /// HTTP/1.1 names the host in a header, and HTTP/2 in the address.
    fn as_http1<B>(&self, request: &mut Request<B>) {
        let address = std::mem::take(request.uri_mut()).into_parts();
        *request.uri_mut() = address.path_and_query.map(Uri::from).unwrap_or_default();
        if let Some(host) = &self.host {
            request.headers_mut().insert(HOST, host.clone());
        }
    }

    fn as_http2<B>(&self, request: &mut Request<B>) {
        request.headers_mut().remove(HOST);
        let mut parts = self.base.clone().into_parts();
        parts.path_and_query = request.uri().path_and_query().cloned();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }

    /// One that is idle, or whichever is there first: a new one, or one that another call brings back.
    async fn next_way(self: &Arc<Self>) -> Result<Way, BoxError> {
        let idle = self.kept().idle_or_returned();
        let returned = match idle {
            Ok(way) => return Ok(way),
            Err(returned) => returned,
        };
        match select(returned, self.clone().connect().boxed()).await {
            Either::Left((Ok(line), connecting)) => {
                self.keep_later(connecting);
                Ok(Way::Http1(line))
            }
            // Another call has made a connection that carries all.
            Either::Left((Err(_), connecting)) => {
                let idle = self.kept().idle_way(Instant::now());
                match idle {
                    Some(way) => Ok(way),
                    None => connecting.await,
                }
            }
            Either::Right((connected, _)) => connected,
        }
    }

    /// A new connection.
    async fn connect(self: Arc<Self>) -> Result<Way, BoxError> {
        let open = self.open();
        let io = self.connector.clone().call(self.base.clone()).await?;
        #[cfg(feature = "http2")]
        if io.connected().is_negotiated_h2() {
            let made = Shared::over(io, open).await?;
            let mut kept = self.kept();
            // Several may have connected at once: one connection is enough for all.
            kept.waiting.clear();
            let shared = kept.shared.as_mut().and_then(Shared::in_use);
            return Ok(Way::Http2(shared.unwrap_or_else(|| kept.shared.insert(made).clone())));
        }
        Ok(Way::Http1(Line::over(io, open).await?))
    }

    /// Lets a connection that is being made come to its end for the calls to come, unless there are enough.
    fn keep_later(self: &Arc<Self>, connecting: BoxFuture<'static, Result<Way, BoxError>>) {
        if self.kept().open_count() > self.most_idle {
            return;
        }
        let origin = self.clone();
        TokioExecutor::new().execute(async move {
            if let Ok(Way::Http1(line)) = connecting.await {
                origin.keep(line);
            }
        });
    }

    /// Takes a connection back on which another request can be made.
    pub(super) fn keep(&self, mut line: Box<Line>) {
        line.begin_to_rest();
        loop {
            let waiting = {
                let mut kept = self.kept();
                let Some(waiting) = kept.waiting.pop_front() else {
                    if kept.idle.len() < self.most_idle {
                        kept.idle.push(line);
                    }
                    return;
                };
                waiting
            };
            // Not under the lock: this wakes somebody.
            match waiting.send(line) {
                Ok(()) => return,
                Err(back) => line = back,
            }
        }
    }

    /// Counts a connection, and sees to it that somebody looks for old ones.
    fn open(self: &Arc<Self>) -> Arc<()> {
        let mut kept = self.kept();
        if kept.sweeper.strong_count() == 0 {
            let sweeper = Arc::new(());
            kept.sweeper = Arc::downgrade(&sweeper);
            TokioExecutor::new().execute(sweep(Arc::downgrade(self), sweeper));
        }
        kept.open.clone()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // What is kept is whole at every moment at which something could panic.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn idle_way(&mut self, now: Instant) -> Option<Way> {
        if let Some(shared) = self.shared.as_mut().and_then(Shared::in_use) {
            return Some(Way::Http2(shared));
        }
        // When the newest is too old, all are.
        let line = self.idle.pop().filter(|line| now.saturating_duration_since(line.idle_since()) < IDLE);
        if line.is_none() {
            self.idle.clear();
        }
        line.map(Way::Http1)
    }

    /// One that is idle, or else the next that is brought back.
    fn idle_or_returned(&mut self) -> Result<Way, oneshot::Receiver<Box<Line>>> {
        self.idle_way(Instant::now()).ok_or_else(|| {
            let (give, returned) = oneshot::channel();
            self.waiting.retain(|waiting| !waiting.is_closed());
            self.waiting.push_back(give);
            returned
        })
    }

    fn open_count(&self) -> usize {
        Arc::strong_count(&self.open) - 1
    }

    /// How many are with a call or being made.
    fn in_use(&self) -> usize {
        self.open_count().saturating_sub(self.idle.len())
    }
}

/// Closes what nobody has used for long, until nothing is open.
async fn sweep(origin: Weak<Origin>, sweeper: Arc<()>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(origin) = origin.upgrade() else { return };
        let mut kept = origin.kept();
        let now = Instant::now();
        kept.idle.retain(|line| now.saturating_duration_since(line.idle_since()) < IDLE);
        kept.shared.take_if(|shared| shared.idle_for() >= IDLE);
        if kept.open_count() == 0 {
            // Before anybody can count another connection.
            drop(sweeper);
            return;
        }
    }
}

/// Lets the tasks go first that are ready. Among calls on one thread those that have their answer read it then,
/// and requests are written one right after the other: the other side is woken once for all of them.
/// ([`tokio::task::yield_now`] asks the system for news besides, which nobody waits for here.) With several threads
/// this is no gain: a task that is put back is offered to the others, and one of them is woken for it.
async fn let_others_go() {
    let mut is_first = true;
    poll_fn(|cx| {
        if std::mem::take(&mut is_first) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::pooled;

    /// The system accepts as many connections as are made here; nobody needs to answer.
    fn origin(most_idle: usize) -> (std::net::TcpListener, Arc<Origin>) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connect = Duration::from_secs(5);
        #[cfg(feature = "__tls")]
        let pool = pooled(&url, connect, most_idle, crate::Tls::default().config(false).unwrap());
        #[cfg(not(feature = "__tls"))]
        let pool = pooled(&url, connect, most_idle);
        (listener, pool.0)
    }

    async fn line(origin: &Arc<Origin>) -> Box<Line> {
        match origin.clone().connect().await.unwrap() {
            Way::Http1(line) => line,
            Way::Http2(_) => panic!("without TLS nobody offers it"),
        }
    }

    fn waiting(origin: &Origin) -> oneshot::Receiver<Box<Line>> {
        origin.kept().idle_or_returned().err().unwrap()
    }

    #[tokio::test]
    async fn who_waits_longest_gets_what_comes_back_unless_it_has_gone() {
        let (_listener, origin) = origin(10);
        let [gone, first, second] = [(); 3].map(|()| waiting(&origin));
        drop(gone);
        origin.keep(line(&origin).await);
        let (mut first, mut second) = (first, second);
        assert!(first.try_recv().is_ok() && second.try_recv().is_err());
        origin.keep(line(&origin).await);
        assert!(second.try_recv().is_ok());
        origin.keep(line(&origin).await);
        assert!(matches!(origin.kept().idle_way(Instant::now()), Some(Way::Http1(_))));
    }

    #[tokio::test]
    async fn those_that_have_gone_are_not_collected() {
        let (_listener, origin) = origin(10);
        for _ in 0..100 {
            drop(waiting(&origin));
        }
        assert!(origin.kept().waiting.len() <= 1);
    }

    #[tokio::test]
    async fn no_more_are_kept_than_may_be_in_use() {
        let (_listener, origin) = origin(2);
        for _ in 0..3 {
            origin.keep(line(&origin).await);
        }
        assert_eq!(origin.kept().idle.len(), 2);
        assert_eq!(Arc::strong_count(&origin.kept().open), 3, "those two and the count itself");
    }

    #[test]
    fn a_request_is_written_for_the_version_that_it_goes_over() {
        let (listener, origin) = origin(1);
        let host = listener.local_addr().unwrap().to_string();
        let url = format!("http://{host}/v3/prepay?x=1");
        let mut request = Request::get(&url).body(()).unwrap();
        origin.as_http1(&mut request);
        assert_eq!(request.uri(), "/v3/prepay?x=1");
        assert_eq!(request.headers()[HOST], host);
        origin.as_http2(&mut request);
        assert_eq!(request.uri(), &*url);
        assert!(request.headers().is_empty());
    }

    #[test]
    fn the_port_is_named_unless_it_is_the_usual_one() {
        for (base, host) in [
            ("https://mapi.yuansfer.com", "mapi.yuansfer.com"),
            ("https://a.example:443/v", "a.example"),
            ("https://a.example:80", "a.example:80"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://[::1]:80", "[::1]"),
        ] {
            assert_eq!(host_header(&base.parse().unwrap()).unwrap(), host);
        }
    }
}
