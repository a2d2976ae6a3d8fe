//! Handling a notice in the transaction that says that it is handled.

use std::borrow::Borrow;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use pockyt_store::sqlite::rusqlite::{self, Connection};
use pockyt_store::{Claimed, FinishError, Inbox, Outcome, SqliteStore, StoreError};

use crate::listener::run::Work;
use crate::{Handled, Listener, Notice};

/// On a listener whose inbox is a [`SqliteStore`]: handlers that write the merchant's tables, which lie in the
/// same file, in the very transaction that says that the notice is handled. Whatever crashes when, either both
/// are there or neither: such a handler does its work exactly once.
///
/// `work` runs on the thread that writes the file, in a savepoint of a transaction that it shares with other
/// callers. So it should be quick, must not wait for another call of this store, and may not begin or end
/// transactions. It is not cut off: when it takes longer than its lease, the listener goes on without it, and what it
/// writes is still written together with the word that the notice is done, or not at all; but all that the store is
/// asked meanwhile waits behind it. What it writes by the connection stays when it says [`Handled::Done`]; with
/// anything else, and with an error of SQLite, which counts as [`Handled::Retry`], its writes are undone and what
/// it said is written. What it does elsewhere than in this file may happen more than once.
///
/// ```
/// use std::sync::Arc;
/// use pockyt_ipn::{Handled, Listener, Notice};
/// use pockyt_sign::{ApiToken, SigningKey};
/// use pockyt_store::SqliteStore;
/// use pockyt_store::sqlite::rusqlite::{self, Connection};
///
/// fn book(sql: &Connection, notice: &Notice) -> rusqlite::Result<Handled> {
///     let Some(payment) = notice.payment() else { return Ok(Handled::dead("not a payment")) };
///     let paid = sql.execute("UPDATE orders SET paid = 1 WHERE reference = ?1", [payment.reference().as_str()])?;
///     Ok(if paid == 1 { Handled::Done } else { Handled::deferred("no such order yet") })
/// }
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Arc::new(SqliteStore::open("shop.db")?);
/// let listener = Listener::builder(SigningKey::new(&ApiToken::new("a token")?), store).tenant("shop").build()?;
/// listener.run_in_transaction_until(book, std::future::pending()).await;
/// # Ok(())
/// # }
/// ```
impl<I: Inbox + Borrow<SqliteStore>> Listener<I> {
    /// Handles notices in transactions as they become due, until `stop` ends and the notice in hand is finished.
    ///
    /// # Panics
    ///
    /// When `work` does. Its writes are undone, and the notice is handled again when its lease has run out.
    pub async fn run_in_transaction_until<F>(&self, work: F, stop: impl Future<Output = ()>)
    where
        F: Fn(&Connection, &Notice) -> rusqlite::Result<Handled> + Send + Sync + 'static,
    {
        self.work_until(&InTransaction(Arc::new(work)), stop).await;
    }

    /// Handles in transactions every notice that is due now, and says how many attempts that took.
    ///
    /// # Errors
    ///
    /// The store failed; what `work` wrote for the last notice is undone, or it cannot be known: then the next
    /// attempt tells.
    ///
    /// # Panics
    ///
    /// As [`Self::run_in_transaction_until`].
    pub async fn run_in_transaction_until_idle<F>(&self, work: F) -> Result<usize, StoreError>
    where
        F: Fn(&Connection, &Notice) -> rusqlite::Result<Handled> + Send + Sync + 'static,
    {
        self.work_until_idle(&InTransaction(Arc::new(work))).await
    }
}

struct InTransaction<F>(Arc<F>);

impl<I, F> Work<I> for InTransaction<F>
where
    I: Inbox + Borrow<SqliteStore>,
    F: Fn(&Connection, &Notice) -> rusqlite::Result<Handled> + Send + Sync + 'static,
{
    async fn work(
        &self,
        listener: &Listener<I>,
        claimed: &Claimed,
        notice: Notice,
        _: Duration,
    ) -> Result<Outcome, FinishError> {
        let (work, retries, now) =
            (Arc::clone(&self.0), listener.shared.retries, listener.shared.clock.now());
        let store: &SqliteStore = listener.shared.inbox.borrow();
        let work = move |sql: &Connection, stored: &pockyt_store::StoredNotice| {
            let handled = work(sql, &notice).unwrap_or_else(|error| Handled::retry(error.to_string()));
            retries.outcome(handled, stored, now)
        };
        listener.in_lease_time(store.finish_with(&claimed.lease, now, work)).await
    }
}
