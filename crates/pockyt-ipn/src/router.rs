//! Several listeners at addresses of their own.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::join_all;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use pockyt_model::{Clock, NotificationKind, SystemClock};
use pockyt_sign::{KeyRing, SigningKey};
use pockyt_store::{Inbox, StoreError};
use tower_service::Service;

use crate::counts::Counters;
use crate::judge::{check_size, format_of, verify};
use crate::listener::service::{Opened, response};
use crate::{Handler, Limits, Listener, ListenerCounts, Refusal, Reply, ReplyFuture, Verdict};

/// Listeners of several tenants and kinds as one service, at `/ipn/{tenant}/{kind}` and, with a seal,
/// `/ipn/{tenant}/{kind}/{tag}`. The kinds are `pay`, `refund`, `payout`, `mandate`, `payee-account` and
/// `unknown`.
///
/// An address at which nobody listens is answered exactly as a wrong signature is, and takes the same work, so
/// nobody can find out whose notifications are heard here. Give all listeners the same [`Limits`], and those
/// to [`IpnRouter::limits`].
///
/// ```
/// use std::sync::Arc;
/// use pockyt_ipn::{IpnRouter, Listener};
/// use pockyt_model::NotificationKind;
/// use pockyt_sign::{ApiToken, SigningKey};
/// use pockyt_store::MemoryInbox;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let inbox = Arc::new(MemoryInbox::default());
/// let mut router = IpnRouter::default();
/// for (tenant, token) in [("shop", "one token"), ("cafe", "another token")] {
///     let key = SigningKey::new(&ApiToken::new(token)?);
///     let tenant = Listener::builder(key, Arc::clone(&inbox)).tenant(tenant);
///     router = router.with_each(tenant.build_each(&NotificationKind::ALL)?);
/// }
/// // `axum::Router::new().route_service("/ipn/{*rest}", router.service())`, and beside it
/// // `router.run_until(&handler, stop)`.
/// # Ok(())
/// # }
/// ```
pub struct IpnRouter<I> {
    listeners: BTreeMap<(String, NotificationKind), Listener<I>>,
    elsewhere: Arc<Elsewhere>,
}

/// What answers where nobody listens.
struct Elsewhere {
    base: String,
    limits: Limits,
    /// With which nothing verifies that matters: whatever comes out is refused.
    decoy: KeyRing,
    counters: Counters,
}

impl<I> Default for IpnRouter<I> {
    fn default() -> Self {
        let elsewhere = Elsewhere {
            base: "/ipn".into(),
            limits: Limits::default(),
            decoy: KeyRing::from(SigningKey::from_any_text("nobody")),
            counters: Counters::default(),
        };
        Self { listeners: BTreeMap::new(), elsewhere: Arc::new(elsewhere) }
    }
}

impl<I: Inbox> IpnRouter<I> {
    /// Serves under this path in place of `/ipn`. Where something in front takes it off the path, as axum's
    /// `nest_service` does, it is the empty text.
    pub fn base(self, base: &str) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        self.change(|elsewhere| Elsewhere { base, ..elsewhere })
    }

    /// What a request may cost that is for nobody here.
    pub fn limits(self, limits: Limits) -> Self {
        self.change(|elsewhere| Elsewhere { limits, ..elsewhere })
    }

    fn change(self, change: impl FnOnce(Elsewhere) -> Elsewhere) -> Self {
        let Elsewhere { base, limits, decoy, .. } = &*self.elsewhere;
        let (base, decoy, counters) = (base.clone(), decoy.clone(), Counters::default());
        let elsewhere = Arc::new(change(Elsewhere { base, limits: *limits, decoy, counters }));
        Self { elsewhere, ..self }
    }

    /// Adds a listener at the address of its tenant and kind, in place of one that was there.
    pub fn with(mut self, listener: Listener<I>) -> Self {
        let address = (listener.tenant().as_str().to_owned(), listener.kind());
        self.listeners.insert(address, listener);
        self
    }

    /// Adds several.
    pub fn with_each(self, listeners: impl IntoIterator<Item = Listener<I>>) -> Self {
        listeners.into_iter().fold(self, Self::with)
    }

    /// The listeners, by tenant and kind.
    pub fn listeners(&self) -> impl Iterator<Item = &Listener<I>> {
        self.listeners.values()
    }

    /// What was answered at addresses at which nobody listens. Listeners have counts of their own.
    pub fn counts_elsewhere(&self) -> ListenerCounts {
        self.elsewhere.counters.snapshot()
    }

    /// Hands over the notices of all listeners, each listener's one after the other and those of different
    /// listeners side by side, until `stop` ends and the notices in hand are finished; see
    /// [`Listener::run_until`].
    pub async fn run_until<H: Handler>(&self, handler: &H, stop: impl Future<Output = ()>) {
        let stop = stop.shared();
        join_all(self.listeners().map(|listener| listener.run_until(handler, stop.clone()))).await;
    }

    /// Hands over every notice of every listener that is due now, and says how many attempts that took; see
    /// [`Listener::run_until_idle`].
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn run_until_idle<H: Handler>(&self, handler: &H) -> Result<usize, StoreError> {
        let mut attempts = 0;
        for listener in self.listeners() {
            attempts += listener.run_until_idle(handler).await?;
        }
        Ok(attempts)
    }

    /// The listener at this path, and the tag in it.
    fn find<'p>(&self, path: &'p str) -> Option<(&Listener<I>, Option<&'p str>)> {
        let rest = path.strip_prefix(&self.elsewhere.base)?.strip_prefix('/')?;
        let mut segments = rest.split('/');
        let (tenant, kind) = (segments.next()?, NotificationKind::from_word(segments.next()?)?);
        // A slash at the end is no tag.
        let (tag, more) = (segments.next().filter(|tag| !tag.is_empty()), segments.next());
        let listener = self.listeners.get(&(tenant.to_owned(), kind))?;
        more.is_none().then_some((listener, tag))
    }
}

impl<I: Inbox + 'static> IpnRouter<I> {
    /// All listeners as one service; see [`Listener::service`].
    pub fn service(&self) -> IpnRouterService<I> {
        IpnRouterService { router: self.clone() }
    }
}

impl Elsewhere {
    /// Does what a listener would do up to its store, and refuses.
    async fn serve<B: Body<Data = Bytes>>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        let body = match Opened::of(request) {
            Ok(opened) => opened.read(&self.limits).await,
            Err(refusal) => Err(refusal),
        };
        let refusal = body.map_or_else(|refusal| refusal, |body| self.weigh(&body));
        let verdict = Verdict::Refused(refusal);
        self.counters.delivery(verdict);
        // Anybody can cause these, so they must not be able to fill a log.
        tracing::debug!(reason = refusal.as_str(), "ipn refused");
        response(Reply::from(verdict))
    }

    fn weigh(&self, body: &[u8]) -> Refusal {
        let format = format_of(body);
        let judged = check_size(format, body, &self.limits).and_then(|()| {
            verify(&self.decoy, format, body, SystemClock.now()).map(drop).map_err(Refusal::of)
        });
        match judged {
            Ok(()) | Err(Refusal::Unsigned(_)) => Refusal::UnknownRoute,
            Err(refusal) => refusal,
        }
    }
}

impl<I> Clone for IpnRouter<I> {
    fn clone(&self) -> Self {
        Self { listeners: self.listeners.clone(), elsewhere: Arc::clone(&self.elsewhere) }
    }
}

impl<I> fmt::Debug for IpnRouter<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IpnRouter")
            .field("base", &self.elsewhere.base)
            .field("listeners", &self.listeners.values())
            .finish_non_exhaustive()
    }
}

/// An [`IpnRouter`] as a [`Service`] of HTTP requests; see [`IpnRouter::service`].
///
/// Always ready, never fails, and cheap to clone.
pub struct IpnRouterService<I> {
    router: IpnRouter<I>,
}

impl<I, B> Service<Request<B>> for IpnRouterService<I>
where
    I: Inbox + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ReplyFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ReplyFuture {
        if let Some((listener, tag)) = self.router.find(request.uri().path()) {
            let (listener, tag) = (listener.clone(), tag.map(str::to_owned));
            return ReplyFuture::new(async move { listener.serve_sealed(request, tag.as_deref()).await });
        }
        let elsewhere = Arc::clone(&self.router.elsewhere);
        ReplyFuture::new(async move { elsewhere.serve(request).await })
    }
}

impl<I> Clone for IpnRouterService<I> {
    fn clone(&self) -> Self {
        Self { router: self.router.clone() }
    }
}

impl<I> fmt::Debug for IpnRouterService<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IpnRouterService").field(&self.router).finish()
    }
}
