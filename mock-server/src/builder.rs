//! How a mock is set up.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Body;
use pockyt_sim::{
    Account, AttemptView, Config, FaultProfile, NotificationView, Profile, Schedule, Sim, Wallet,
};
use tower_service::Service;

use crate::clock::{Clock, ClockMode};
use crate::delivery::Courier;
use crate::egress::Allow;
use crate::mock::MockPockyt;
use crate::observer::Observer;
use crate::pump::Pump;
use crate::server::{CONNECTIONS_AT_ONCE, Listener};
use crate::tls::{Tls, TlsSettings};
use crate::web::{Gate, Offer, Site};
use crate::world::World;

/// Settings of a mock; see [`MockPockyt::builder`].
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    config: Config,
    public_url: Option<String>,
    clock: ClockMode,
    /// None: nowhere.
    listen: Option<SocketAddr>,
    control_token: Option<String>,
    courier: Courier,
    observer: Option<Observer>,
    tls: Option<TlsSettings>,
    connections_at_once: usize,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("config", &self.config)
            .field("clock", &self.clock)
            .field("listen", &self.listen)
            .finish_non_exhaustive()
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            config: Config::default(),
            public_url: None,
            clock: ClockMode::manual(),
            listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
            control_token: None,
            courier: Courier::default(),
            observer: None,
            tls: None,
            connections_at_once: CONNECTIONS_AT_ONCE,
        }
    }
}

impl Builder {
    /// The seed of everything that looks random. Default 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.config.seed = seed;
        self
    }

    /// How time passes. Default: a manual clock from [`crate::MANUAL_START`].
    pub fn clock(mut self, clock: ClockMode) -> Self {
        self.clock = clock;
        self
    }

    /// The choices where Pockyt's sources differ. Default: lenient.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.config.profile = profile;
        self
    }

    /// One more account, beside the two published sandbox accounts.
    pub fn account(mut self, account: Account) -> Self {
        self.config.accounts.push(account);
        self
    }

    /// When notifications are resent. Default: every 15 minutes.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.config.schedule = schedule;
        self
    }

    /// How a customer who shows a barcode behaves without a script. Default: confirms after 5 s.
    pub fn wallet(mut self, wallet: Wallet) -> Self {
        self.config.wallet = wallet;
        self
    }

    /// Faults that strike by themselves. Default: none.
    pub fn fault_profile(mut self, faults: FaultProfile) -> Self {
        self.config.fault_profile = faults;
        self
    }

    /// How many journal entries are kept; older ones are dropped and counted. Default 10 000.
    pub fn journal_capacity(mut self, entries: usize) -> Self {
        self.config.journal_capacity = entries;
        self
    }

    /// Makes `host:port` in a notification URL mean `address`, as curl's `--resolve` does, so that
    /// URLs stay the same from run to run. What is allowed is judged by the address.
    pub fn resolve(mut self, host_and_port: &str, address: SocketAddr) -> Self {
        self.courier.egress.resolve(host_and_port, address);
        self
    }

    /// Makes `host:port` in a notification URL mean this service, whether the URL is http or https: a listener
    /// in the same process, such as an axum router or pockyt-ipn's. It gets the request that it would get over a
    /// socket. An error, a panic, and a body that breaks off count as a connection that was reset; the time limit
    /// of a delivery holds, and what takes longer is dropped. The port must be named: `shop.example:80` for
    /// `http://shop.example/ipn`. A service that keeps the mock's [`crate::Transport`] keeps the mock's memory as
    /// well, also when the mock has ended.
    pub fn listener<S, B>(mut self, host_and_port: &str, service: S) -> Self
    where
        S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Send,
        S::Future: Send,
        B: Body<Data = Bytes> + Send + 'static,
    {
        self.courier.listen_in_process(host_and_port, service);
        self
    }

    /// Lets notifications go to one more destination beyond loopback.
    pub fn allow_notifications_to(mut self, destination: Allow) -> Self {
        self.courier.egress.allow(destination);
        self
    }

    /// Time limits of one delivery, in real time whatever the clock: for connecting, and for all of
    /// it. Defaults 5 s and 10 s.
    pub fn delivery_limits(mut self, connect: Duration, total: Duration) -> Self {
        self.courier.limits.connect = connect;
        self.courier.limits.total = total;
        self
    }

    /// Hears of each delivery attempt when it has its verdict, in the order of the verdicts. A second one
    /// replaces the first.
    ///
    /// It is called by the task that makes the deliveries, which waits for it: let it be short, let it not
    /// panic, and do not wait for the mock in it.
    ///
    /// ```
    /// # async fn example() -> std::io::Result<()> {
    /// use pockyt_mock::{MockPockyt, Verdict};
    ///
    /// let mock = MockPockyt::builder()
    ///     .on_delivery(|notification, attempt| {
    ///         if attempt.verdict == Some(Verdict::NotAcknowledged) {
    ///             eprintln!("{}: {:?} {:?}", notification.transaction_no, attempt.status, attempt.failure);
    ///         }
    ///     })
    ///     .start()
    ///     .await?;
    /// # drop(mock);
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub fn on_delivery(
        mut self,
        observer: impl Fn(&NotificationView, &AttemptView) + Send + Sync + 'static,
    ) -> Self {
        self.observer = Some(Observer::new(observer));
        self
    }

    /// The base of the URLs in answers, without a slash at its end. Default: the mock's own address, or
    /// `localhost` when it listens on all of them.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Where to listen. Default 127.0.0.1 and a free port.
    pub fn listen(mut self, addr: SocketAddr) -> Self {
        self.listen = Some(addr);
        self
    }

    /// Listens nowhere: the mock is reached by [`MockPockyt::transport`] and [`MockPockyt::router`] only, and
    /// [`MockPockyt::addr`] has port 0. What was said of TLS and of connections at once has no effect. With
    /// [`Builder::listener`] a test needs no socket at all:
    ///
    /// ```
    /// use axum::{Router, routing::post};
    /// use pockyt_mock::MockPockyt;
    /// use pockyt_sign::{ApiToken, SigningKey, send};
    /// use tower_service::Service;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let shop = Router::new().route("/ipn", post(|| async { "success" }));
    /// let mock = MockPockyt::builder().without_socket().listener("shop.example:80", shop).start().await?;
    ///
    /// let token = ApiToken::new("5cbfb079f15b150122261c8537086d77a")?; // the published sandbox account's
    /// let fields = [
    ///     ("merchantNo", "200043"), ("storeNo", "300014"), ("reference", "web-1"), ("amount", "12.50"),
    ///     ("currency", "USD"), ("settleCurrency", "USD"), ("vendor", "alipay"), ("terminal", "ONLINE"),
    ///     ("ipnUrl", "http://shop.example/ipn"), ("callbackUrl", "http://shop.example/back"),
    /// ];
    /// let signature = send::sign(&fields, &SigningKey::new(&token))?;
    /// let mut body = form_urlencoded::Serializer::new(String::new());
    /// body.extend_pairs(fields).append_pair("verifySign", signature.as_str());
    /// let request = http::Request::post("/online/v3/secure-pay").body(body.finish())?;
    /// mock.transport().call(request).await?;
    ///
    /// let order = mock.expect_order("web-1").view().transaction_no.clone();
    /// mock.approve(&order).await?;
    /// mock.expect_notification("web-1").status("success").attempts(1).acknowledged();
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub fn without_socket(mut self) -> Self {
        self.listen = None;
        self
    }

    /// How many connections may be open at once; when one more comes, those end that were idle longest.
    /// Default 16 384. They also end when the process has no file handles left.
    pub fn connections_at_once(mut self, connections: usize) -> Self {
        self.connections_at_once = connections.max(1);
        self
    }

    /// The token that the control API wants. Off loopback the control API is closed without one.
    pub fn control_token(mut self, token: impl Into<String>) -> Self {
        self.control_token = Some(token.into());
        self
    }

    /// Speaks TLS as well as plain HTTP, on the same port, for `localhost`, its own address, and these names.
    ///
    /// A client trusts it by [`MockPockyt::authority_pem`] and reaches it by [`MockPockyt::https_url`], or by
    /// one of the names if that is made to resolve to this machine.
    pub fn tls(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let settings = self.tls.get_or_insert_default();
        settings.hosts.extend(hosts.into_iter().map(Into::into));
        self
    }

    /// Keeps the certificate of the authority in this PEM file, and its key beside it in one that ends in
    /// `.key`; makes them when there are none. Without it each mock has an authority of its own. Speaks TLS
    /// as [`Builder::tls`].
    pub fn tls_authority_in(mut self, path: impl Into<PathBuf>) -> Self {
        self.tls.get_or_insert_default().kept_in = Some(path.into());
        self
    }

    /// Delivers notifications to https listeners whose certificates come from these authorities (PEM), beside
    /// those of the web.
    pub fn trust_listeners_of(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.courier.trust.add(pem.as_ref());
        self
    }

    /// Binds the socket, if there is to be one, and starts to answer, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or there is no certificate for the names that were given.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    #[expect(clippy::unused_async, reason = "it needs a runtime, and may come to wait for something")]
    pub async fn start(self) -> io::Result<MockPockyt> {
        let Self {
            mut config,
            public_url,
            clock,
            listen,
            control_token,
            mut courier,
            observer,
            tls,
            connections_at_once,
        } = self;
        let listener = listen.map_or_else(|| Ok(Listener::nowhere()), Listener::bind)?;
        let addr = listener.addr();
        courier.egress.refuse_own(addr);
        let tls = tls.filter(|_| listen.is_some()).map(|settings| Tls::new(&settings, addr.ip()));
        let tls = tls.transpose().map_err(io::Error::other)?;
        let url = format!("http://{addr}");
        config.public_url = public_url.unwrap_or_else(|| reachable(addr));
        let gate = Gate::new(addr.ip(), &config.public_url, control_token);

        let clock = Clock::start(clock);
        let sim = Sim::new(config, clock.now());
        let world = Arc::new(World::new(sim, clock, courier, observer, listener.door()));
        let (pump, pumping) = Pump::start(Arc::clone(&world));
        let site = Arc::new(Site { world, pump, gate });
        let offer = Offer::new(Arc::clone(&site));
        let server = listener.serve(offer.clone(), tls.clone(), connections_at_once);
        Ok(MockPockyt::assemble(site, offer, server, pumping, url, addr, tls))
    }
}

/// Nobody can open the address that stands for all addresses.
fn reachable(addr: SocketAddr) -> String {
    if addr.ip().is_unspecified() {
        format!("http://localhost:{}", addr.port())
    } else {
        format!("http://{addr}")
    }
}
