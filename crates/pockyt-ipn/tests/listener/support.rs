//! Messages, clocks, handlers and a store that can fail.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pockyt_ipn::{Handled, Listener, ListenerBuilder, Notice};
use pockyt_model::{
    Amount, Clock, Confirm, Confirmation, Confirming, Currency, Notification, NotificationKind, OrderKey,
    PaymentDetails, PayoutDetails, Question, Reference, TransactionNo, TransactionStatus, Unconfirmed,
    UtcMillis,
};
use pockyt_sign::{ApiToken, SigningKey, algorithm};
use pockyt_store::{
    Claimed, Counts, Decided, Decision, FinishError, Finished, Inbox, InboxAdmin, Lease, MemoryInbox, Mode,
    NewNotice, NoticeId, Outcome, OwnerToken, Recorded, Route, State, StoreError, StoreErrorKind,
    StoredNotice, Variant,
};

pub(crate) const TOKEN: &str = "canary-5f1d0c-not-a-real-token";
pub(crate) const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
pub(crate) const JSON: Option<&str> = Some("application/json");

pub(crate) fn key() -> SigningKey {
    SigningKey::new(&ApiToken::new(TOKEN).unwrap())
}

pub(crate) fn fields(payment: u32, amount: &str, status: &str) -> Vec<(String, String)> {
    [
        ("amount", amount),
        ("currency", "USD"),
        ("reference", &format!("order-{payment}")),
        ("status", status),
        ("time", "20221020142817"),
        ("transactionNo", &format!("30568050088{payment:07}")),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// What a notification of this kind says, one of each.
pub(crate) fn of_kind(kind: NotificationKind) -> Vec<(String, String)> {
    let fields: &[(&str, &str)] = match kind {
        NotificationKind::Mandate => &[
            ("autoDebitNo", "303768502875460668"),
            ("autoReference", "agreement-1"),
            ("time", "20221020142817"),
            ("vendor", "alipay"),
        ],
        NotificationKind::PayeeAccount => &[
            ("accountStatus", "APPROVED"),
            ("accountTag", "main"),
            ("accountToken", "2010300192540133960288"),
            ("customerNo", "2000300192540133960288"),
        ],
        NotificationKind::Payment => return fields(1, "13.00", "success"),
        NotificationKind::Payout => &[
            ("amount", "60.00"),
            ("currency", "USD"),
            ("invoiceId", "invoice-1"),
            ("status", "success"),
            ("transactionNo", "318453016214317262"),
        ],
        NotificationKind::Refund => {
            &[("refundTransactionNo", "300"), ("status", "success"), ("transactionNo", "318453016214317262")]
        }
        _ => &[("event", "dispute")],
    };
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Fields with the signature that belongs to them.
pub(crate) fn signed(fields: Vec<(String, String)>) -> Vec<(String, String)> {
    signed_with(&key(), fields)
}

pub(crate) fn signed_with(key: &SigningKey, mut fields: Vec<(String, String)>) -> Vec<(String, String)> {
    let signature = algorithm::signature(&fields, key);
    fields.push(("verifySign".into(), signature.to_string()));
    fields
}

pub(crate) fn form(fields: &[(String, String)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect()
    };
    let pairs: Vec<String> = fields.iter().map(|(n, v)| format!("{n}={}", escape(v))).collect();
    pairs.join("&")
}

pub(crate) fn json(fields: &[(String, String)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(n, v)| format!("{n:?}: {v:?}")).collect();
    format!("{{{}}}", pairs.join(", "))
}

/// A genuine notification of a successful payment.
pub(crate) fn genuine(payment: u32) -> String {
    form(&signed(fields(payment, "13.00", "success")))
}

/// The same signed text, cut so that `status` ends inside the value of `reference`.
pub(crate) fn recut(payment: u32) -> String {
    let mut recut = signed(fields(payment, "13.00", "success"));
    let status = recut.remove(3);
    recut[2].1.push_str(&format!("&{}={}", status.0, status.1));
    form(&recut)
}

/// Every message with the signed text of these fields: between any two of them, by name, the first may
/// end or may swallow the second. The first one of the list has the fields as they are.
pub(crate) fn cuts(mut fields: Vec<(String, String)>) -> Vec<Vec<(String, String)>> {
    fields.sort();
    let cut = |joins: u32| {
        let mut cut: Vec<(String, String)> = Vec::new();
        for (at, (name, value)) in fields.iter().enumerate() {
            match cut.last_mut().filter(|_| at > 0 && joins & (1 << (at - 1)) != 0) {
                Some(last) => last.1.push_str(&format!("&{name}={value}")),
                None => cut.push((name.clone(), value.clone())),
            }
        }
        signed(cut)
    };
    (0..1 << (fields.len() - 1)).map(cut).collect()
}

/// The same form with its fields the other way round.
pub(crate) fn reversed(form: &str) -> String {
    form.split('&').rev().collect::<Vec<_>>().join("&")
}

/// The reference and status that a handler saw.
pub(crate) fn told(notice: &Notice) -> String {
    let payment = notice.payment().unwrap();
    format!("{} {} #{}", payment.reference(), payment.status(), notice.attempt())
}

#[derive(Clone, Default)]
pub(crate) struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// The clock was wrong.
    pub(crate) fn set_back(&self, by: Duration) {
        self.0.fetch_sub(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UtcMillis {
        UtcMillis::new(self.0.load(Ordering::SeqCst))
    }
}

/// Tokio's time, so that pausing it pauses the listener too.
pub(crate) struct TokioClock(tokio::time::Instant);

impl TokioClock {
    pub(crate) fn start() -> Self {
        Self(tokio::time::Instant::now())
    }
}

impl Clock for TokioClock {
    fn now(&self) -> UtcMillis {
        UtcMillis::new(0).plus(self.0.elapsed())
    }
}

pub(crate) fn builder(inbox: &Arc<TestInbox>) -> ListenerBuilder<Arc<TestInbox>> {
    Listener::builder(key(), Arc::clone(inbox)).tenant("shop")
}

pub(crate) type TestListener = Listener<Arc<TestInbox>>;

pub(crate) fn listener() -> (TestListener, ManualClock) {
    let clock = ManualClock::default();
    (builder(&Arc::default()).clock(clock.clone()).build().unwrap(), clock)
}

pub(crate) fn states(counts: Counts) -> [usize; 5] {
    [State::Dead, State::Done, State::Leased, State::Quarantined, State::Waiting]
        .map(|state| counts.of(state))
}

/// Keeps what it is told, and answers from a script.
pub(crate) struct Script {
    pub(crate) told: Mutex<Vec<String>>,
    answers: Mutex<std::vec::IntoIter<Handled>>,
}

impl Script {
    /// These answers, then `Done`.
    pub(crate) fn new(answers: Vec<Handled>) -> Self {
        Self { told: Mutex::default(), answers: Mutex::new(answers.into_iter()) }
    }

    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }
}

impl pockyt_ipn::Handler for Script {
    async fn handle(&self, notice: &Notice) -> Handled {
        self.told.lock().unwrap().push(told(notice));
        self.answers.lock().unwrap().next().unwrap_or(Handled::Done)
    }
}

/// The memory inbox, which can fail and can be tampered with.
#[derive(Default)]
pub(crate) struct TestInbox {
    inner: MemoryInbox,
    pub(crate) down: AtomicBool,
    pub(crate) hangs: AtomicBool,
    pub(crate) body_on_claim: Mutex<Option<String>>,
    /// How long it takes to identify a notice.
    pub(crate) identifying: Mutex<Duration>,
    /// How long it takes to claim and to finish one; what is given up meanwhile was claimed, and is not finished.
    pub(crate) working: Mutex<Duration>,
    /// How long it takes until a message is kept.
    pub(crate) recording: Mutex<Duration>,
    /// What happens the next time between looking what is due and saying so.
    pub(crate) once_looked: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
}

impl TestInbox {
    async fn hang(&self) {
        if self.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
    }

    fn up(&self) -> Result<&MemoryInbox, StoreError> {
        let down = self.down.load(Ordering::SeqCst);
        if down { Err(StoreError::new(StoreErrorKind::Unavailable)) } else { Ok(&self.inner) }
    }
}

impl Inbox for TestInbox {
    async fn record(&self, notice: NewNotice) -> Result<Recorded, StoreError> {
        self.hang().await;
        let recording = *self.recording.lock().unwrap();
        tokio::time::sleep(recording).await;
        self.up()?.record(notice).await
    }

    async fn claim(
        &self,
        route: &Route,
        owner: &OwnerToken,
        now: UtcMillis,
        lease_for: Duration,
    ) -> Result<Option<Claimed>, StoreError> {
        self.hang().await;
        let mut claimed = self.up()?.claim(route, owner, now, lease_for).await?;
        let working = *self.working.lock().unwrap();
        tokio::time::sleep(working).await;
        if let (Some(body), Some(claimed)) = (&*self.body_on_claim.lock().unwrap(), &mut claimed) {
            claimed.notice.body = body.as_bytes().into();
        }
        Ok(claimed)
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, now: UtcMillis) -> Result<(), FinishError> {
        let working = *self.working.lock().unwrap();
        tokio::time::sleep(working).await;
        self.up()?.finish(lease, outcome, now).await
    }

    async fn identify(&self, lease: &Lease, notification: &Notification) -> Result<Recorded, FinishError> {
        let identifying = *self.identifying.lock().unwrap();
        tokio::time::sleep(identifying).await;
        self.up()?.identify(lease, notification).await
    }

    async fn next_due(&self, route: &Route) -> Result<Option<UtcMillis>, StoreError> {
        let due = self.up()?.next_due(route).await;
        let meanwhile = self.once_looked.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
        due
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.up()?.counts().await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.up()?.check().await
    }
}

impl InboxAdmin for TestInbox {
    async fn variants(&self, id: NoticeId) -> Result<Vec<Variant>, StoreError> {
        self.up()?.variants(id).await
    }

    async fn get(&self, id: NoticeId) -> Result<Option<StoredNotice>, StoreError> {
        self.up()?.get(id).await
    }

    async fn list(
        &self,
        state: State,
        after: Option<NoticeId>,
        limit: usize,
    ) -> Result<Vec<StoredNotice>, StoreError> {
        self.up()?.list(state, after, limit).await
    }

    async fn decide(
        &self,
        id: NoticeId,
        decision: Decision,
        now: UtcMillis,
        mode: Mode,
    ) -> Result<Decided, StoreError> {
        self.up()?.decide(id, decision, now, mode).await
    }

    async fn prune(&self, state: Finished, before: UtcMillis, limit: usize) -> Result<usize, StoreError> {
        self.up()?.prune(state, before, limit).await
    }
}

/// Keeps the notices that it is given, and says that they are done.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Vec<Notice>>);

impl Ledger {
    pub(crate) fn notices(&self) -> Vec<Notice> {
        self.0.lock().unwrap().clone()
    }
}

impl pockyt_ipn::Handler for Ledger {
    async fn handle(&self, notice: &Notice) -> Handled {
        self.0.lock().unwrap().push(notice.clone());
        Handled::Done
    }
}

/// Answers from a table of orders, and keeps what it was asked.
#[derive(Default)]
pub(crate) struct Pockyt {
    pub(crate) asked: Mutex<Vec<Question>>,
    pub(crate) orders: Mutex<Vec<PaymentDetails>>,
    pub(crate) payouts: Mutex<Vec<PayoutDetails>>,
    pub(crate) down: AtomicBool,
}

impl Pockyt {
    /// That knows this payment, of payment number `payment`.
    pub(crate) fn with(self, payment: u32, amount: &str, status: &str) -> Self {
        self.set(payment, amount, status);
        self
    }

    /// Changes or adds the payment of this number.
    pub(crate) fn set(&self, payment: u32, amount: &str, status: &str) {
        let order = PaymentDetails {
            transaction_no: TransactionNo::new(format!("30568050088{payment:07}")).unwrap(),
            reference: Reference::new(format!("order-{payment}")).unwrap(),
            amount: Amount::parse(amount).unwrap(),
            currency: Currency::USD,
            status: TransactionStatus::from_wire(status),
        };
        let mut orders = self.orders.lock().unwrap();
        orders.retain(|known| known.reference != order.reference);
        orders.push(order);
    }

    pub(crate) fn questions(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn answer(&self, question: &Question) -> Result<Confirmation, Unconfirmed> {
        self.asked.lock().unwrap().push(question.clone());
        if self.down.load(Ordering::SeqCst) {
            return Err(Unconfirmed::Unreachable("no route".into()));
        }
        match question {
            Question::Payment(key) => {
                let orders = self.orders.lock().unwrap();
                let known = orders.iter().find(|order| match key {
                    OrderKey::Reference(reference) => order.reference == *reference,
                    OrderKey::TransactionNo(number) => order.transaction_no == *number,
                    _ => false,
                });
                known.cloned().map(Confirmation::Payment).ok_or(Unconfirmed::NotFound)
            }
            Question::Payout(invoice) => {
                let payouts = self.payouts.lock().unwrap();
                let known = payouts.iter().find(|payout| payout.invoice_id == *invoice);
                known.cloned().map(Confirmation::Payout).ok_or(Unconfirmed::NotFound)
            }
            _ => Err(Unconfirmed::Other),
        }
    }
}

impl Confirm for Pockyt {
    fn confirm<'a>(&'a self, question: &'a Question) -> Confirming<'a> {
        Box::pin(async move { self.answer(question) })
    }
}
