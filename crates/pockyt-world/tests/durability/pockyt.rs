//! The mock: it sends notifications and remembers which were answered `success`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use pockyt_client::{Client, Credentials, Environment};
use pockyt_mock::{Builder, MockPockyt, NotificationId, Verdict};
use pockyt_model::operation::{SecurePay, Terminal};
use pockyt_model::{CallbackUrl, Currency, IpnUrl, Merchant, Price, Reference, Vendor};
use pockyt_sign::{ApiToken, SigningKey};
use tokio::sync::mpsc::UnboundedSender;

/// The token of the sandbox account that Pockyt's documentation publishes.
const TOKEN: &str = "5cbfb079f15b150122261c8537086d77a";

pub(crate) fn key() -> SigningKey {
    SigningKey::new(&ApiToken::new(TOKEN).unwrap())
}

/// What a test waits for.
#[derive(Debug)]
pub(crate) enum Event {
    /// A delivery was answered, or was not.
    Delivered { success: bool },
    /// The listener's process said this.
    Said(String),
    /// The listener's process is gone and will say no more.
    Gone,
}

pub(crate) struct Pockyt {
    pub(crate) mock: MockPockyt,
    client: Client,
    record: Arc<Mutex<Record>>,
    orders: u32,
}

/// The mock's record, by transaction number.
#[derive(Default)]
struct Record {
    acknowledged: BTreeSet<String>,
    unheard: BTreeMap<String, NotificationId>,
}

impl Pockyt {
    /// Sends to `shop`, and tells of each delivery when it has its verdict.
    pub(crate) async fn start(
        builder: Builder,
        shop: SocketAddr,
        events: Option<UnboundedSender<Event>>,
    ) -> Self {
        let record: Arc<Mutex<Record>> = Arc::default();
        let kept = Arc::clone(&record);
        let builder = builder.resolve("shop.example:80", shop).on_delivery(move |notification, attempt| {
            let success = attempt.verdict == Some(Verdict::Acknowledged);
            assert_eq!(success, attempt.body.as_deref() == Some("success"), "{attempt:?}");
            let mut record = kept.lock().unwrap();
            let number = notification.transaction_no.clone();
            if success {
                record.unheard.remove(&number);
                record.acknowledged.insert(number);
            } else {
                record.unheard.insert(number, notification.id);
            }
            drop(record);
            // Nobody listens any more at the end of a test.
            let _ = events.as_ref().map(|events| events.send(Event::Delivered { success }));
        });
        let mock = builder.start().await.unwrap();
        let merchant = Merchant::new("200043", "300014").unwrap();
        let credentials = Credentials::new(merchant, &ApiToken::new(TOKEN).unwrap());
        let environment = Environment::at(mock.url()).unwrap();
        let client = Client::builder(environment, credentials).build_on(mock.transport()).unwrap();
        Self { mock, client, record, orders: 0 }
    }

    /// A customer orders.
    pub(crate) async fn order(&mut self) -> String {
        self.orders += 1;
        let reference = Reference::new(format!("order-{}", self.orders)).unwrap();
        let back = CallbackUrl::new("http://shop.example/thanks").unwrap();
        let price = Price::new("13.00", Currency::USD).unwrap();
        let order = SecurePay::new(price, Vendor::ALIPAY, Terminal::Online, reference, back)
            .ipn_url(IpnUrl::new("http://shop.example/ipn").unwrap());
        let number = self.client.online().secure_pay(&order).await.unwrap().transaction_no().unwrap();
        number.as_str().to_owned()
    }

    /// Customers pay what they ordered. Under a manual clock the first deliveries are made meanwhile.
    pub(crate) async fn pay(&self, numbers: &[String]) {
        for number in numbers {
            self.mock.approve(number).await.unwrap();
        }
    }

    /// Sends what was not answered `success` once more.
    pub(crate) async fn resend(&self) -> usize {
        let unheard = std::mem::take(&mut self.record.lock().unwrap().unheard);
        for notification in unheard.values() {
            self.mock.resend(*notification).await.unwrap();
        }
        unheard.len()
    }

    /// What was answered `success` so far.
    pub(crate) fn acknowledged(&self) -> BTreeSet<String> {
        self.record.lock().unwrap().acknowledged.clone()
    }

    /// How many orders there are.
    pub(crate) fn ordered(&self) -> usize {
        self.orders as usize
    }
}
