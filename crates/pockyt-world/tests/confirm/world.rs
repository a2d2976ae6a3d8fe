//! The shop with its listener, the mock, and somebody who posts what they like.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use pockyt_client::{Client, Credentials, Environment};
use pockyt_ipn::{Handled, IpnRouter, Listener, ListenerBuilder, Notice};
use pockyt_mock::MockPockyt;
use pockyt_model::Merchant;
use pockyt_sign::{ApiToken, SigningKey};
use pockyt_store::{Inbox, InboxAdmin, MemoryInbox, SqliteStore, State, StoreError, StoredNotice};
use pockyt_world::clockwork::Clockwork;
use tower_service::Service as _;

use crate::cuts;
use crate::folder::Folder;

/// The token of the sandbox account that Pockyt's documentation publishes.
const TOKEN: &str = "5cbfb079f15b150122261c8537086d77a";

const MERCHANT: (&str, &str) = ("200043", "300014");

const FORM: &str = "application/x-www-form-urlencoded";

/// The address without a seal.
pub(crate) const PLAIN: &str = "/ipn/shop/pay";

pub(crate) fn key() -> SigningKey {
    SigningKey::new(&ApiToken::new(TOKEN).unwrap())
}

/// A store with what people ask of it.
pub(crate) trait Kept: Inbox + InboxAdmin + 'static {}

impl<S: Inbox + InboxAdmin + 'static> Kept for S {}

/// Plays the cases of a module on each store.
macro_rules! on_each_store {
    ($($case:ident),* $(,)?) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $case() {
                super::$case(crate::world::memory()).await;
            })*
        }
        mod on_sqlite {
            $(#[tokio::test]
            async fn $case() {
                let (store, _folder) = crate::world::sqlite();
                super::$case(store).await;
            })*
        }
    };
}
pub(crate) use on_each_store;

pub(crate) fn memory() -> Arc<MemoryInbox> {
    Arc::default()
}

pub(crate) fn sqlite() -> (Arc<SqliteStore>, Folder) {
    let folder = Folder::new();
    (Arc::new(SqliteStore::open(folder.file("inbox.db")).unwrap()), folder)
}

/// A listener that can ask this mock, whose clock it goes by.
pub(crate) fn builder<I: Inbox>(mock: &Arc<MockPockyt>, inbox: I) -> ListenerBuilder<I> {
    let clock = Clockwork(Arc::clone(mock));
    let merchant = Merchant::new(MERCHANT.0, MERCHANT.1).unwrap();
    let credentials = Credentials::new(merchant, &ApiToken::new(TOKEN).unwrap());
    let client = Client::builder(Environment::at(mock.url()).unwrap(), credentials)
        .timer(clock.clone())
        .clock(clock.clone())
        .jitter_seed(8)
        .build()
        .unwrap();
    let builder = Listener::builder(key(), inbox).tenant("shop").clock(clock);
    builder.allow_published_sandbox_key().confirm_with(client)
}

/// What the shop was told of one payment or payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) reference: String,
    pub(crate) number: String,
    pub(crate) money: String,
    pub(crate) status: String,
    pub(crate) confirmed: bool,
}

impl Told {
    fn of(notice: &Notice) -> Self {
        let (reference, number, amount, currency, status) = match (notice.payment(), notice.payout()) {
            (Some(payment), _) => (
                payment.reference().to_string(),
                payment.transaction_no(),
                payment.amount(),
                payment.currency(),
                payment.status().to_string(),
            ),
            (None, Some(payout)) => (
                payout.invoice_id().to_string(),
                payout.transaction_no(),
                payout.amount(),
                payout.currency(),
                payout.status().to_string(),
            ),
            (None, None) => panic!("{notice:?} is about no money"),
        };
        let (number, money) = (number.to_string(), format!("{amount} {currency}"));
        Self { reference, number, money, status, confirmed: notice.is_confirmed() }
    }
}

pub(crate) struct World<S> {
    pub(crate) mock: Arc<MockPockyt>,
    pub(crate) listener: Listener<Arc<S>>,
    app: Router,
    told: Arc<Mutex<Vec<Told>>>,
}

impl<S: Kept> World<S> {
    /// A listener that can ask, set up further by `setup`.
    pub(crate) async fn new(
        inbox: Arc<S>,
        setup: impl FnOnce(ListenerBuilder<Arc<S>>) -> ListenerBuilder<Arc<S>>,
    ) -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shop = socket.local_addr().unwrap();
        let mock = MockPockyt::builder().seed(8).resolve("shop.example:80", shop).start().await.unwrap();
        let mock = Arc::new(mock);
        let listener = setup(builder(&mock, inbox)).build().unwrap();
        let app = Router::new().fallback_service(IpnRouter::default().with(listener.clone()).service());
        tokio::spawn(axum::serve(socket, app.clone()).into_future());
        Self { mock, listener, app, told: Arc::default() }
    }

    /// A customer is to pay 13.00 USD, and Pockyt to tell the shop at the plain address.
    pub(crate) async fn order(&self, reference: &str) -> String {
        self.order_of(reference, &[]).await
    }

    /// The same with further parameters, or others.
    pub(crate) async fn order_of(&self, reference: &str, others: &[(&str, &str)]) -> String {
        let address = format!("http://shop.example{PLAIN}");
        let usual = [
            ("amount", "13.00"),
            ("callbackUrl", "http://shop.example/thanks"),
            ("currency", "USD"),
            ("ipnUrl", address.as_str()),
            ("reference", reference),
            ("settleCurrency", "USD"),
            ("terminal", "ONLINE"),
            ("vendor", "alipay"),
        ];
        let usual = usual.into_iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
        let merchant = [("merchantNo", MERCHANT.0), ("storeNo", MERCHANT.1)];
        let fields = usual.chain(others.iter().copied()).chain(merchant);
        self.ask("/online/v3/secure-pay", fields).await;
        self.mock.expect_order(reference).view().transaction_no.clone()
    }

    /// A payee is to have 60.00 USD; Pockyt tells the shop when it is paid, a minute later. Its number.
    pub(crate) async fn pay_out(&self, invoice: &str, receiver: &str) -> String {
        let merchant = [("merchantNo", MERCHANT.0), ("storeNo", MERCHANT.1)];
        let payout = [
            ("amount", "60.00"),
            ("currency", "USD"),
            ("invoiceId", invoice),
            ("ipnUrl", "http://shop.example/ipn/shop/payout"),
            ("receiver", receiver),
        ];
        let answer = self.ask("/v3/payouts/pay", payout.into_iter().chain(merchant)).await;
        let number = answer.split(r#""transactionNo":""#).nth(1).and_then(|rest| rest.split('"').next());
        number.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// A shop without a client of ours, which would refuse to make the notification ambiguous, calls Pockyt.
    async fn ask<'a>(&self, path: &str, fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
        let body = cuts::signed(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
        let request = http::Request::post(path).header("content-type", FORM).body(body).unwrap();
        let answer = self.mock.transport().call(request).await.unwrap();
        assert_eq!(answer.headers().get("pockyt-mock-rule"), None);
        String::from_utf8(to_bytes(answer.into_body(), 4096).await.unwrap().to_vec()).unwrap()
    }

    /// The customer pays, and Pockyt makes its first delivery. What it posted.
    pub(crate) async fn pay(&self, number: &str) -> String {
        self.mock.approve(number).await.unwrap();
        self.mock.settle().await;
        self.mock.notifications(Some(number)).first().unwrap().body.clone()
    }

    /// Whether Pockyt has heard `success` about this order.
    pub(crate) fn is_acknowledged(&self, number: &str) -> bool {
        self.mock.notifications(Some(number)).iter().all(|notification| notification.acknowledged)
    }

    /// Somebody posts this. What is answered.
    pub(crate) async fn post(&self, path: &str, body: &str) -> (u16, String) {
        let request =
            http::Request::post(path).header("content-type", FORM).body(Body::from(body.to_owned())).unwrap();
        let answer = self.app.clone().call(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 1024).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// The shop deals with what is due. All that it was told so far.
    pub(crate) async fn work(&self) -> Vec<Told> {
        self.try_to_work().await.unwrap();
        self.told()
    }

    /// All that it was told so far.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    /// The same with a store that may fail, at which a worker stops.
    pub(crate) async fn try_to_work(&self) -> Result<usize, StoreError> {
        let told = Arc::clone(&self.told);
        let handler = move |notice: Notice| {
            told.lock().unwrap().push(Told::of(&notice));
            async { Handled::Done }
        };
        self.listener.run_until_idle(&handler).await
    }

    /// How often Pockyt was asked about an order or a payout.
    pub(crate) fn questions(&self) -> usize {
        let journal = self.mock.journal();
        journal.requests("tran-query").len() + journal.requests("payouts-inquiry").len()
    }

    /// The notices in this state, with what is known of them.
    pub(crate) async fn kept(&self, state: State) -> Vec<StoredNotice> {
        self.listener.inbox().list(state, None, 600).await.unwrap()
    }

    /// The only notice in this state.
    pub(crate) async fn only(&self, state: State) -> StoredNotice {
        let [kept] = self.kept(state).await.try_into().unwrap_or_else(|kept| panic!("{state:?}: {kept:?}"));
        kept
    }

    /// That the shop was told of nothing but this order of 13.00 USD, once and after asking.
    pub(crate) async fn was_told_once(&self, reference: &str, number: &str) {
        assert_eq!(self.work().await, [paid(reference, number, true)]);
    }
}

pub(crate) fn paid(reference: &str, number: &str, confirmed: bool) -> Told {
    Told {
        reference: reference.into(),
        number: number.into(),
        money: "13.00 USD".into(),
        status: "success".into(),
        confirmed,
    }
}
