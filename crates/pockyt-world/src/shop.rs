//! A small shop: a client, a listener behind a web server, and books.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum::Router;
use axum::routing::get;
use pockyt_client::{Client, Credentials, Environment};
use pockyt_ipn::{Handled, Listener, ListenerCounts, Notice};
use pockyt_mock::MockPockyt;
use pockyt_model::{Merchant, Price, Reference, TransactionStatus};
use pockyt_sign::{ApiToken, SigningKey};
use pockyt_store::{MemoryInbox, State};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::clockwork::Clockwork;

/// The sandbox account that Pockyt's documentation publishes.
const MERCHANT: (&str, &str) = ("200043", "300014");
const TOKEN: &str = "5cbfb079f15b150122261c8537086d77a";

pub(crate) struct Shop {
    client: Client,
    listener: Listener<Arc<MemoryInbox>>,
    books: Arc<Books>,
    addr: SocketAddr,
    server: Mutex<Option<Server>>,
}

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
        let listener = Listener::builder(SigningKey::new(&token), Arc::new(MemoryInbox::default()))
            .tenant("shop")
            .clock(clockwork)
            // Everybody knows this token: a real shop leaves this line out.
            .allow_published_sandbox_key()
            .build()?;
        let addr = socket.local_addr()?;
        let shop = Self { client, listener, books: Arc::default(), addr, server: Mutex::new(None) };
        shop.serve(socket);
        Ok(shop)
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

    pub(crate) fn counts(&self) -> ListenerCounts {
        self.listener.counts()
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
            log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            async { Handled::Done }
        };
        self.listener.run_until_idle(&handler).await?;
        let lines = std::mem::take(&mut *done.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(lines)
    }

    /// Which messages wait for a person, and why.
    pub(crate) async fn quarantined(&self) -> anyhow::Result<Vec<String>> {
        use pockyt_store::InboxAdmin as _;
        let notices = self.listener.inbox().list(State::Quarantined, None, 100).await?;
        Ok(notices.iter().map(|notice| format!("{}", notice.id)).collect())
    }

    /// The server goes down: the port refuses connections when this returns.
    pub(crate) async fn close(&self) {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Server { stop, task }) = server {
            // The server is gone already when nobody hears this.
            let _ = stop.send(());
            let _ = task.await;
        }
    }

    /// The server is back on the same port.
    pub(crate) async fn reopen(&self) -> anyhow::Result<()> {
        let socket = TcpListener::bind(self.addr).await.context("the shop's port is taken")?;
        self.serve(socket);
        Ok(())
    }

    fn serve(&self, socket: TcpListener) {
        let app = Router::new()
            .route_service("/ipn", self.listener.service())
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
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(Server { stop, task });
    }
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
        let payment = notice.payment();
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
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        work(orders.entry(reference.to_string()).or_default())
    }
}
