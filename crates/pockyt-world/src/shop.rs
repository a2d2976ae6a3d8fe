//! A small shop: a client, a listener on SQLite behind a web server, and books.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use axum::Router;
use axum::routing::get;
use pockyt_client::{Client, Credentials, Environment};
use pockyt_ipn::{Handled, Listener, ListenerCounts, Notice};
use pockyt_mock::MockPockyt;
use pockyt_model::{Merchant, Price, Reference, TransactionStatus};
use pockyt_sign::{ApiToken, SigningKey};
use pockyt_store::{SqliteStore, State};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::clockwork::Clockwork;
use crate::folder::Folder;

/// The sandbox account that Pockyt's documentation publishes.
const MERCHANT: (&str, &str) = ("200043", "300014");
const TOKEN: &str = "5cbfb079f15b150122261c8537086d77a";

pub(crate) struct Shop {
    client: Client,
    books: Arc<Books>,
    addr: SocketAddr,
    clockwork: Clockwork,
    server: Mutex<Option<Server>>,
    /// None while the shop's program is not running.
    listener: Mutex<Option<ShopListener>>,
    // Goes last: what is in it is open until then.
    folder: Folder,
}

type ShopListener = Listener<Arc<SqliteStore>>;

struct Server {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Shop {
    /// A socket before there is a shop, so that the mock can be told its address.
    pub(crate) async fn bind() -> anyhow::Result<TcpListener> {
        TcpListener::bind("127.0.0.1:0").await.context("no port for the shop")
    }

    pub(crate) fn open(socket: TcpListener, mock: &Arc<MockPockyt>, seed: u64) -> anyhow::Result<Self> {
        let clockwork = Clockwork(mock.clone());
        let token = ApiToken::new(TOKEN)?;
        let credentials = Credentials::new(Merchant::new(MERCHANT.0, MERCHANT.1)?, &token);
        let client = Client::builder(Environment::at(mock.url())?, credentials)
            .timer(clockwork.clone())
            .jitter_seed(seed)
            .build()?;
        let shop = Self {
            client,
            books: Arc::default(),
            addr: socket.local_addr()?,
            clockwork,
            server: Mutex::default(),
            listener: Mutex::default(),
            folder: Folder::new()?,
        };
        shop.begin(socket)?;
        Ok(shop)
    }

    /// The shop's program starts: it opens its store, whatever is in it, and listens.
    fn begin(&self, socket: TcpListener) -> anyhow::Result<()> {
        let store = SqliteStore::open(self.folder.path().join("inbox.db"))?;
        let listener = Listener::builder(SigningKey::new(&ApiToken::new(TOKEN)?), Arc::new(store))
            .tenant("shop")
            .clock(self.clockwork.clone())
            // Everybody knows this token: a real shop leaves this line out.
            .allow_published_sandbox_key()
            .build()?;
        self.serve(socket, &listener);
        *lock(&self.listener) = Some(listener);
        Ok(())
    }

    fn listener(&self) -> anyhow::Result<ShopListener> {
        lock(&self.listener).clone().context("the shop's program is not running")
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn books(&self) -> &Books {
        &self.books
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What the listener counted since the shop's program started.
    pub(crate) fn counts(&self) -> ListenerCounts {
        self.listener().map(|listener| listener.counts()).unwrap_or_default()
    }

    /// What the listener made of the one message that came since then: a word of its counts.
    pub(crate) fn verdict_since(&self, before: &ListenerCounts) -> &'static str {
        let now = self.counts();
        let refused = now.refused.iter().find(|(reason, times)| before.refused.get(*reason) != Some(*times));
        match refused {
            Some((reason, _)) => reason,
            None if now.quarantined > before.quarantined => "quarantined",
            None if now.duplicates > before.duplicates => "duplicate",
            None if now.recorded > before.recorded => "recorded",
            None => "nothing",
        }
    }

    /// Handles what has been recorded and is due. Says what was done.
    pub(crate) async fn work(&self) -> anyhow::Result<Vec<String>> {
        let done: Arc<Mutex<Vec<String>>> = Arc::default();
        let books = self.books.clone();
        let log = done.clone();
        let handler = move |notice: Notice| {
            let line = books.hear(&notice);
            lock(&log).push(line);
            async { Handled::Done }
        };
        self.listener()?.run_until_idle(&handler).await?;
        Ok(std::mem::take(&mut *lock(&done)))
    }

    /// Which messages wait for a person, and why.
    pub(crate) async fn quarantined(&self) -> anyhow::Result<Vec<String>> {
        use pockyt_store::InboxAdmin as _;
        let notices = self.listener()?.inbox().list(State::Quarantined, None, 100).await?;
        Ok(notices.iter().map(|notice| format!("{}", notice.id)).collect())
    }

    /// The server goes down: the port refuses connections when this returns.
    pub(crate) async fn close(&self) {
        let server = lock(&self.server).take();
        if let Some(Server { stop, task }) = server {
            // The server is gone already when nobody hears this.
            let _ = stop.send(());
            let _ = task.await;
        }
    }

    /// The server is back on the same port.
    pub(crate) async fn reopen(&self) -> anyhow::Result<()> {
        let socket = TcpListener::bind(self.addr).await.context("the shop's port is taken")?;
        self.serve(socket, &self.listener()?);
        Ok(())
    }

    /// The shop's program ends where it stands: port and listener are gone when this returns, and with them the
    /// open store. The file and the shop's books stay.
    pub(crate) async fn crash(&self) {
        let server = lock(&self.server).take();
        if let Some(Server { task, .. }) = server {
            task.abort();
            // It was aborted, which is what this says.
            let _ = task.await;
        }
        lock(&self.listener).take();
    }

    /// The same, with the first notification that is due in hand: it was begun, and nothing came of it.
    pub(crate) async fn crash_at_work(&self) -> anyhow::Result<()> {
        let begun = Arc::new(Notify::new());
        let told = begun.clone();
        let handler = move |_: Notice| {
            told.notify_one();
            std::future::pending()
        };
        let listener = self.listener()?;
        tokio::select! {
            worked = listener.run_until_idle(&handler) => anyhow::bail!("there was nothing to do: {worked:?}"),
            () = begun.notified() => {}
        }
        drop(listener);
        self.crash().await;
        Ok(())
    }

    /// The shop's program starts again on the same port and the same file.
    pub(crate) async fn restart(&self) -> anyhow::Result<()> {
        self.begin(TcpListener::bind(self.addr).await.context("the shop's port is taken")?)
    }

    fn serve(&self, socket: TcpListener, listener: &ShopListener) {
        let app = Router::new()
            .route_service("/ipn", listener.service())
            // The browser's return proves nothing, so the page promises nothing.
            .route("/return", get(|| async { "Thank you. We are waiting for the confirmation." }));
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let serving = axum::serve(socket, app).with_graceful_shutdown(async {
                let _ = stopped.await;
            });
            // A server that fails leaves the port closed, which the stories notice.
            let _ = serving.await;
        });
        *lock(&self.server) = Some(Server { stop, task });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the shop has sold. An order is shipped once, however often and by whatever way its payment is
/// heard of.
#[derive(Default)]
pub(crate) struct Books {
    orders: Mutex<BTreeMap<String, Order>>,
}

#[derive(Default)]
struct Order {
    expected: Option<Price>,
    shipped: u32,
    heard: u32,
}

impl Books {
    /// Notes what an order costs.
    pub(crate) fn expect(&self, reference: &Reference, price: &Price) {
        self.with(reference, |order| order.expected = Some(price.clone()));
    }

    /// Ships what was paid for, unless that was done. `true` when it is done now.
    pub(crate) fn ship(&self, reference: &Reference) -> bool {
        self.with(reference, |order| {
            let first = order.shipped == 0;
            order.shipped = 1;
            first
        })
    }

    /// Whether an order was shipped.
    pub(crate) fn shipped(&self, reference: &Reference) -> bool {
        self.with(reference, |order| order.shipped > 0)
    }

    /// How often the listener handed a payment of this order to the shop. The books would bear it twice;
    /// the stories look at this number, so that a listener that hands over twice is found out.
    pub(crate) fn heard(&self, reference: &Reference) -> u32 {
        self.with(reference, |order| order.heard)
    }

    /// Acts on a notification.
    fn hear(&self, notice: &Notice) -> String {
        let Some(payment) = notice.payment() else {
            return format!("notification: {}; nothing to ship", notice.kind());
        };
        let reference = payment.reference();
        let told = format!(
            "notification: {reference} is {}, {} {}; ",
            payment.status(),
            payment.amount(),
            payment.currency()
        );
        if payment.status() != &TransactionStatus::Success {
            return told + "nothing to ship";
        }
        self.with(reference, |order| order.heard += 1);
        let as_expected = self.with(reference, |order| {
            order.expected.as_ref().is_some_and(|price| {
                price.amount() == payment.amount() && price.currency() == payment.currency()
            })
        });
        if !as_expected {
            return told + "that is not what was asked for, so a person looks at it";
        }
        told + if self.ship(reference) { "the shop ships the goods" } else { "shipped before" }
    }

    fn with<T>(&self, reference: &Reference, work: impl FnOnce(&mut Order) -> T) -> T {
        work(lock(&self.orders).entry(reference.to_string()).or_default())
    }
}
