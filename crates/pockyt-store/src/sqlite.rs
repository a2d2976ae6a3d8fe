//! The embedded store: a SQLite file, for all programs of one machine.
//!
//! ```
//! use pockyt_store::{Inbox, SqliteStore};
//!
//! # let folder = std::env::temp_dir().join(format!("pockyt-store-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("inbox.db");
//! # let mut future = std::pin::pin!(async {
//! let store = SqliteStore::open(&path)?;
//! store.check().await?;
//! assert_eq!(store.counts().await?.waiting, 0);
//! store.close();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # });
//! # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! # loop {
//! #     if let std::task::Poll::Ready(done) = future.as_mut().poll(&mut context) { done.unwrap(); break; }
//! # }
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What it promises
//!
//! A call that writes returns `Ok` after the commit has returned that holds it, and a commit returns after
//! the write-ahead log was synced: `journal_mode` is `WAL` and `synchronous` is `FULL`, both read back on
//! opening, and a database that does not take them is refused. On opening, whatever an earlier process wrote
//! and did not live to sync is synced before anything is said about it.
//!
//! # Threads
//!
//! One plain thread writes. It takes what waits, up to [`SqliteOptions::batch`] calls, and commits it as one
//! transaction, so callers share the price of a sync; when fewer wait than last time, it gives the others a
//! fifth of a millisecond to come. Two plain threads read beside it. Callers wait as
//! futures of any runtime; nothing here knows one, and waiting does not move a paused clock on. When the
//! queue is full, callers wait for room. [`SqliteStore::close`] and dropping the store finish what was
//! queued and wait for the threads.
//!
//! A call whose future is dropped before its turn is not done at all; afterwards it is done all the same. A
//! claim that nobody waited for any more ends with its lease.
//!
//! When one call of a batch hits an error of the disk or the database, the batch is rolled back and all its
//! callers are told; asking again is safe.
//!
//! # The file
//!
//! It belongs on a local disk: network file systems cannot keep these promises. It is made with permissions
//! for its owner only, since bodies hold personal data. Two more files lie beside it, `-wal` and `-shm`;
//! they are part of it. Several programs may have it open. When it is deleted or moved under a running
//! program, writing fails from then on.
//!
//! A merchant's own tables may live in the same file, and then a handler can write them in the transaction
//! that says that a notice is handled: [`SqliteStore::finish_with`]. All our names begin with `pockyt_`.
//! Tables and the queries that people need are in this crate's README.
//!
//! Versions of the tables are brought up to date on opening, one after the other. A file with a newer
//! version than [`SCHEMA_VERSION`] is refused.

mod error;
mod handling;
mod open;
mod queue;
mod reading;
mod record;
mod rows;
mod schema;
mod work;
mod worker;

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use pockyt_model::{Notification, UtcMillis};
pub use rusqlite;
use rusqlite::Connection;

pub use self::open::OpenError;
pub use self::schema::SCHEMA_VERSION;
use self::work::{Fence, Worked};
use self::worker::Workers;
use crate::{Claimed, Counts, Decided, Decision, FinishError, Finished, Identity, Inbox, InboxAdmin, Lease};
use crate::{
    Mode, NewNotice, NoticeId, Outcome, OwnerToken, Recorded, Route, State, StoreError, StoreErrorKind,
};
use crate::{StoredNotice, Variant};

/// How many connections read beside the writer.
const READERS: usize = 2;

/// How to open a [`SqliteStore`].
#[derive(Clone, Debug)]
#[must_use]
pub struct SqliteOptions {
    path: PathBuf,
    busy_timeout: Duration,
    queue: usize,
    batch: usize,
}

impl SqliteOptions {
    /// The file to open; it is made when it is not there. Its folder must be there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), busy_timeout: Duration::from_secs(5), queue: 1024, batch: 64 }
    }

    /// How long to wait for another program that is writing; 5 seconds unless set.
    pub fn busy_timeout(self, busy_timeout: Duration) -> Self {
        Self { busy_timeout, ..self }
    }

    /// How many calls may wait for a thread before further ones wait for room; 1024 unless set.
    pub fn queue(self, queue: usize) -> Self {
        Self { queue, ..self }
    }

    /// How many calls share one commit at most; 64 unless set. With 1 there is a commit for
    /// each call.
    pub fn batch(self, batch: usize) -> Self {
        Self { batch, ..self }
    }

    /// Opens the file, brings its tables up to date and starts the threads. It blocks.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub fn open(self) -> Result<SqliteStore, OpenError> {
        let Self { path, busy_timeout, queue, batch } = self;
        let unavailable = |error| StoreError::with_source(StoreErrorKind::Unavailable, error);
        // To SQLite some relative paths are no files: `:memory:`, and what begins with `file:`.
        let path = std::path::absolute(path).map_err(unavailable)?;
        let mut conn = open::writer(&path, busy_timeout)?;
        let fence = Fence::default();
        fence.install(&mut conn)?;
        let readers = (0..READERS).map(|_| open::reader(&path, busy_timeout)).collect::<Result<_, _>>()?;
        Ok(SqliteStore {
            readers: Workers::readers(readers, queue).map_err(unavailable)?,
            writer: Workers::writer(&path, conn, queue, batch).map_err(unavailable)?,
            fence,
        })
    }
}

/// An [`Inbox`] in a SQLite file. See the [module](self) for what it promises; share it as an
/// [`Arc`].
#[derive(Debug)]
pub struct SqliteStore {
    // The writer goes last, so that the last connection to close is one that may tidy up the log.
    readers: Workers,
    writer: Workers,
    fence: Fence,
}

impl SqliteStore {
    /// Opens the file with the settings of [`SqliteOptions::new`]. It blocks.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        SqliteOptions::new(path.as_ref()).open()
    }

    /// Does what was queued and ends the threads. It blocks; dropping the store does the same. Later calls
    /// find the store unavailable.
    pub fn close(&self) {
        self.readers.close();
        self.writer.close();
    }

    /// Handles a claimed notice in the very transaction that says that it is handled.
    ///
    /// `work` runs on the thread that writes, in a savepoint of the transaction that it shares with other
    /// calls, so it should be quick and must not wait for another call of this store. What it writes by the
    /// connection stays exactly when it returns [`Outcome::Done`] and this returns `Ok`: then the notice is
    /// done and will not be claimed again, whatever crashes when. With any other outcome its writes are
    /// undone and the outcome is written, as by [`Inbox::finish`]. It may not begin or end transactions,
    /// change settings or attach files.
    ///
    /// # Errors
    ///
    /// The lease is over, and `work` was not called; or the store failed, and what `work` wrote is undone,
    /// or it cannot be known: then claiming tells.
    ///
    /// # Panics
    ///
    /// When `work` does. Its writes are undone and the lease goes on.
    pub async fn finish_with<F>(&self, lease: &Lease, now: UtcMillis, work: F) -> Result<Outcome, FinishError>
    where
        F: FnOnce(&Connection, &StoredNotice) -> Outcome + Send + 'static,
    {
        let (fence, lease) = (self.fence.clone(), lease.clone());
        match self.writer.call(move |conn| work::work_in(conn, &fence, &lease, now, work)).await? {
            Worked::Finished(outcome) => Ok(outcome),
            Worked::LeaseLost => Err(FinishError::LeaseLost),
            Worked::Panicked(panic) => resume_unwind(panic),
        }
    }
}

impl Inbox for SqliteStore {
    async fn record(&self, notice: NewNotice) -> Result<Recorded, StoreError> {
        // Here, and not on the one thread that writes.
        notice.content();
        self.writer.call(move |conn| record::record(conn, &notice)).await
    }

    async fn claim(
        &self,
        route: &Route,
        owner: &OwnerToken,
        now: UtcMillis,
        lease_for: Duration,
    ) -> Result<Option<Claimed>, StoreError> {
        let (route, owner) = (route.clone(), owner.clone());
        let claimed =
            self.writer.call(move |conn| match handling::claim(conn, &route, &owner, now, lease_for) {
                // It is no reason to undo what others wrote in the same transaction.
                Err(error) if error::is_of_a_row(&error) => Ok(Err(error::store_error(error))),
                claimed => claimed.map(Ok),
            });
        claimed.await?
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, now: UtcMillis) -> Result<(), FinishError> {
        let lease = lease.clone();
        let held = self.writer.call(move |conn| handling::finish(conn, &lease, outcome, now)).await?;
        if held { Ok(()) } else { Err(FinishError::LeaseLost) }
    }

    async fn identify(&self, lease: &Lease, notification: &Notification) -> Result<Recorded, FinishError> {
        let (lease, identity) = (lease.clone(), Identity::of(notification));
        let found = self.writer.call(move |conn| record::identify(conn, &lease, &identity)).await?;
        found.ok_or(FinishError::LeaseLost)
    }

    async fn next_due(&self, route: &Route) -> Result<Option<UtcMillis>, StoreError> {
        let route = route.clone();
        self.readers.call(move |conn| reading::next_due(conn, &route)).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.readers.call(reading::counts).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.writer.call(|conn| conn.prepare_cached(open::BEAT)?.execute([])).await.map(drop)
    }
}

impl InboxAdmin for SqliteStore {
    async fn get(&self, id: NoticeId) -> Result<Option<StoredNotice>, StoreError> {
        self.readers.call(move |conn| reading::get(conn, id)).await
    }

    async fn variants(&self, id: NoticeId) -> Result<Vec<Variant>, StoreError> {
        self.readers.call(move |conn| reading::variants(conn, id)).await
    }

    async fn list(
        &self,
        state: State,
        after: Option<NoticeId>,
        limit: usize,
    ) -> Result<Vec<StoredNotice>, StoreError> {
        self.readers.call(move |conn| reading::list(conn, state, after, limit)).await
    }

    async fn decide(
        &self,
        id: NoticeId,
        decision: Decision,
        now: UtcMillis,
        mode: Mode,
    ) -> Result<Decided, StoreError> {
        self.writer.call(move |conn| handling::decide(conn, id, &decision, now, mode)).await
    }

    async fn prune(&self, state: Finished, before: UtcMillis, limit: usize) -> Result<usize, StoreError> {
        self.writer.call(move |conn| handling::prune(conn, state, before, limit)).await
    }
}

const _: fn() = || {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<SqliteStore>();
    shared::<Arc<SqliteStore>>();
};
