//! The handle on a running mock.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use pockyt_sim::{
    ControlError, Fault, Glance, JournalCounts, JournalEntry, Millis, NotificationId, NotificationView,
    Script, TransactionView,
};
use tokio::task::JoinSet;

use crate::builder::Builder;
use crate::server::Server;
use crate::tls::Tls;
use crate::transport::Transport;
use crate::web::{Offer, Site};
use crate::world::World;

/// A Pockyt of one's own, listening on a port of its own.
///
/// Dropping it closes the port before the drop returns; connections and deliveries end soon after.
///
/// # Time
///
/// Under the manual clock (the default) the methods that wait ([`advance`](Self::advance),
/// [`advance_to_next`](Self::advance_to_next), [`settle`](Self::settle), [`approve`](Self::approve),
/// [`decline`](Self::decline), [`expire`](Self::expire), [`resend`](Self::resend)) return when every
/// notification due by then has been delivered and judged, one after another. An API request never
/// waits for a listener: what it makes due is delivered in the background, and [`settle`](Self::settle)
/// waits for it. A run in which every API request that causes a notification is followed by a settle
/// writes the same journal every time.
///
/// Do not wait for these methods inside the listener that a delivery is waiting for.
///
/// # Cancel safety
///
/// Every method may be given up; the deliveries it started go on.
///
/// # Example
///
/// The [crate's documentation](crate) plays an order with a script and a fault.
#[derive(Debug)]
#[must_use = "a mock stops when it is dropped"]
pub struct MockPockyt {
    site: Arc<Site>,
    offer: Offer,
    server: Server,
    pumping: JoinSet<()>,
    url: String,
    addr: SocketAddr,
    tls: Option<Tls>,
    _farewell: Farewell,
}

/// Ends the streams of events when the mock is dropped.
#[derive(Debug)]
struct Farewell(Arc<World>);

impl Drop for Farewell {
    fn drop(&mut self) {
        self.0.end_watch();
    }
}

impl MockPockyt {
    /// A mock with the default settings: a free port on 127.0.0.1, a manual clock, seed 0 and the two
    /// published sandbox accounts.
    ///
    /// # Errors
    ///
    /// No port can be listened on.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A mock with settings of one's own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn assemble(
        site: Arc<Site>,
        offer: Offer,
        server: Server,
        pumping: JoinSet<()>,
        url: String,
        addr: SocketAddr,
        tls: Option<Tls>,
    ) -> Self {
        let farewell = Farewell(Arc::clone(&site.world));
        Self { site, offer, server, pumping, url, addr, tls, _farewell: farewell }
    }

    /// Where it listens, as `http://127.0.0.1:PORT`; with port 0 when it listens nowhere.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens, as `https://localhost:PORT`; `None` when it does not speak TLS.
    pub fn https_url(&self) -> Option<String> {
        self.tls.as_ref().map(|_| format!("https://localhost:{}", self.addr.port()))
    }

    /// The certificate, in PEM, that a client has to trust; `None` when it does not speak TLS.
    pub fn authority_pem(&self) -> Option<&str> {
        self.tls.as_ref().map(|tls| &*tls.authority_pem)
    }

    /// Where it listens; port 0 when it listens nowhere.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The mock as a tower service, for use without a socket. A connection that breaks is its error.
    pub fn transport(&self) -> Transport {
        Transport::new(self.offer.router(), Arc::clone(&self.site.world))
    }

    /// The bare router, for use inside another server. Where a connection would break, it answers a 502 with
    /// an empty body and a [`crate::Broken`] as an extension; for a lost reply a [`crate::ReplyLost`] as well.
    /// It knows nothing of connections, so their faults do not hit it.
    pub fn router(&self) -> Router {
        self.offer.router()
    }

    /// The mock's present time, in UTC milliseconds since the Unix epoch.
    ///
    /// A listener that waits by a clock of its own (pockyt-ipn's does, for retries) follows the mock's when
    /// that clock answers `UtcMillis::new(mock.now().0)`; the README has the few lines that tie a client's
    /// timer and a listener's clock to the mock.
    pub fn now(&self) -> Millis {
        self.site.world.now()
    }

    /// Lets time pass, event by event, each delivery being made at its own instant. A real or scaled
    /// clock is waited for.
    pub async fn advance(&self, by: Duration) {
        self.site.pump.advance(by).await;
    }

    /// Lets time pass to the next event and says when that was; `None` when nothing is to come. What
    /// is due already is delivered first and does not count.
    pub async fn advance_to_next(&self) -> Option<Millis> {
        self.site.pump.advance_to_next().await
    }

    /// Waits until every delivery due by now has its verdict.
    pub async fn settle(&self) {
        self.site.pump.settle().await;
    }

    /// The customer pays.
    ///
    /// # Errors
    ///
    /// There is no such order, or it does not wait for a customer.
    pub async fn approve(&self, transaction_no: &str) -> Result<(), ControlError> {
        self.site.operate(|sim, now| sim.approve(transaction_no, now)).await
    }

    /// The customer, or the wallet, says no.
    ///
    /// # Errors
    ///
    /// There is no such order, or it does not wait for a customer.
    pub async fn decline(&self, transaction_no: &str) -> Result<(), ControlError> {
        self.site.operate(|sim, now| sim.decline(transaction_no, now)).await
    }

    /// The order's time is over now.
    ///
    /// # Errors
    ///
    /// There is no such order, or it does not wait for a customer.
    pub async fn expire(&self, transaction_no: &str) -> Result<(), ControlError> {
        self.site.operate(|sim, now| sim.expire(transaction_no, now)).await
    }

    /// Sends a notification once more, whatever came of it before.
    ///
    /// # Errors
    ///
    /// There is no such notification.
    pub async fn resend(&self, notification: NotificationId) -> Result<(), ControlError> {
        self.site.operate(|sim, now| sim.resend(notification, now)).await
    }

    /// Says how the customer of one reference behaves, from now on.
    ///
    /// # Errors
    ///
    /// It names a merchant that is not configured.
    pub fn script(&self, script: Script) -> Result<(), ControlError> {
        self.site.world.act(|sim, _| sim.set_script(script))
    }

    /// The scripts that still wait for what they are for: nothing with their reference was made yet. At the end
    /// of a test that means a misspelt reference, or an order that was never placed.
    pub fn waiting_scripts(&self) -> Vec<Script> {
        self.site.world.view(|sim| sim.waiting_scripts().cloned().collect())
    }

    /// Makes something go wrong for what the fault names: requests, connections or notifications.
    ///
    /// # Errors
    ///
    /// It names an operation that the mock does not have, or a merchant that is not configured, or things
    /// that do not go together, and would never hit anything.
    pub fn fault(&self, fault: Fault) -> Result<(), ControlError> {
        self.site.world.act(|sim, _| sim.set_fault(fault))
    }

    /// Forgets the faults, and accepts connections again.
    pub fn clear_faults(&self) {
        self.site.world.act(|sim, _| sim.clear_faults());
    }

    /// The faults that are set and have not hit anything yet. At the end of a test there should be none: a
    /// fault that never fired tested nothing.
    pub fn unfired_faults(&self) -> Vec<Fault> {
        self.site.world.view(|sim| sim.unfired_faults().cloned().collect())
    }

    pub(crate) fn look<T>(&self, look: impl FnOnce(&pockyt_sim::Sim) -> T) -> T {
        self.site.world.view(look)
    }

    pub(crate) fn next_event(&self) -> Option<Millis> {
        self.site.world.next_event()
    }

    pub(crate) fn is_manual(&self) -> bool {
        self.site.world.clock_mode().is_manual()
    }

    /// All orders.
    pub fn transactions(&self) -> Vec<TransactionView> {
        self.site.world.view(pockyt_sim::Sim::transactions)
    }

    /// The newest order with this reference, whoever made it.
    pub(crate) fn newest_order(&self, reference: &str) -> Option<TransactionView> {
        self.site.world.view(|sim| {
            let mut orders = sim.newest_first(None, None).ok()?;
            orders.find(|order| order.reference() == Some(reference)).map(Glance::view)
        })
    }

    /// One order.
    pub fn transaction(&self, transaction_no: &str) -> Option<TransactionView> {
        self.site.world.view(|sim| sim.transaction(transaction_no))
    }

    /// The notifications of one order, or all of them, with their attempts. Of those of which nothing more is to
    /// come the latest 10,000 are kept.
    pub fn notifications(&self, transaction_no: Option<&str>) -> Vec<NotificationView> {
        self.site.world.view(|sim| sim.notifications(transaction_no))
    }

    /// What happened, one line of JSON each, oldest first, as far back as it is kept.
    pub fn journal_lines(&self) -> Vec<String> {
        self.site.world.view(|sim| sim.journal().map(JournalEntry::to_json_line).collect())
    }

    /// The lines that concern one merchant, since its latest reset.
    pub fn journal_lines_of(&self, merchant_no: &str) -> Vec<String> {
        self.site.world.view(|sim| sim.journal_of(merchant_no).map(JournalEntry::to_json_line).collect())
    }

    /// Counters, which go on when the journal drops entries.
    pub fn counts(&self) -> JournalCounts {
        self.site.world.view(pockyt_sim::Sim::journal_counts)
    }

    /// The counters of one merchant since its latest reset; `None` when it is not configured.
    pub fn counts_of(&self, merchant_no: &str) -> Option<JournalCounts> {
        self.site.world.view(|sim| sim.journal_counts_of(merchant_no))
    }

    /// Resets one merchant, so that tests can share a mock and use a merchant each: orders, references,
    /// idempotency keys, notifications, random numbers, its lines of the journal, and the scripts and
    /// faults that name it. The clock and the other merchants go on. A delivery under way is forgotten.
    ///
    /// # Errors
    ///
    /// There is no such merchant.
    pub fn reset_merchant(&self, merchant_no: &str) -> Result<(), ControlError> {
        self.site.world.reset_merchant(merchant_no)
    }

    /// Back to the beginning: orders, scripts, faults, journal, and a manual clock. A delivery under
    /// way is forgotten.
    pub fn reset(&self) {
        self.site.world.reset();
    }

    /// Closes the port, gives requests under way up to five seconds, and ends. Requests that wait for the
    /// mock's time are cut off.
    ///
    /// Returns the faults that never hit anything.
    pub async fn shutdown(self) -> Vec<Fault> {
        let Self { site, server, mut pumping, .. } = self;
        let unfired = site.world.close();
        server.shut_down().await;
        pumping.shutdown().await;
        unfired
    }
}

const _: fn() = || {
    fn shared_between_tasks<T: Send + Sync>() {}
    fn a_clients_transport<T: Clone + Send + Sync + 'static>() {}
    shared_between_tasks::<MockPockyt>();
    a_clients_transport::<Transport>();
};
