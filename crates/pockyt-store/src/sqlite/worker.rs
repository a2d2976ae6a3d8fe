//! The threads that own the connections.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use futures_channel::oneshot;
use rusqlite::{Connection, TransactionBehavior};

use super::error::{closed, kind_of};
use super::queue::Queue;
use crate::{StoreError, StoreErrorKind};

/// How long the thread that writes waits for as many calls as there were last time. Callers that were just
/// answered call again a moment later; without this wait the first of them would get a sync to itself, and
/// all others would wait for it.
const PATIENCE: Duration = Duration::from_micros(200);

/// Threads with a queue of work before them.
pub(super) struct Workers {
    queue: Arc<Queue<Box<dyn Job>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What a caller wants done, and where to tell how it went.
trait Job: Send {
    fn run(&mut self, conn: &Connection) -> rusqlite::Result<()>;

    fn reply(self: Box<Self>, committed: &Result<(), Failure>);
}

/// Why a whole batch failed, to be told to each of its callers.
struct Failure {
    kind: StoreErrorKind,
    text: String,
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self { kind: kind_of(&error), text: error.to_string() }
    }
}

impl Failure {
    fn to_error(&self) -> StoreError {
        StoreError::with_source(self.kind, self.text.clone())
    }
}

struct Call<F, T> {
    work: Option<F>,
    result: Option<T>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Job for Call<F, T>
where
    F: FnOnce(&Connection) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn run(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        // Nobody would hear of it: then it is not done at all.
        if let Some(work) = self.work.take().filter(|_| !self.caller.is_canceled()) {
            self.result = Some(work(conn)?);
        }
        Ok(())
    }

    fn reply(self: Box<Self>, committed: &Result<(), Failure>) {
        let told = match (committed, self.result) {
            (Err(failure), _) => Err(failure.to_error()),
            (Ok(()), Some(result)) => Ok(result),
            (Ok(()), None) => return,
        };
        // A caller that has gone meanwhile asks again or never; both are fine.
        let _ = self.caller.send(told);
    }
}

impl Workers {
    /// The thread that writes: what waits, up to `batch`, goes into one transaction, and callers hear of it
    /// when its commit has returned.
    pub(super) fn writer(path: &Path, conn: Connection, queue: usize, batch: usize) -> std::io::Result<Self> {
        let file = FileIdentity::of(path)?;
        Self::spawn("pockyt-store-writer", queue, vec![conn], move |jobs, conn| {
            let mut last = 1;
            while let Some(mut calls) = jobs.take_hoping(batch.max(1), last, PATIENCE) {
                last = calls.len();
                let committed = commit(conn, &file, &mut calls);
                for call in calls {
                    call.reply(&committed);
                }
            }
        })
    }

    /// Threads that read, one a connection.
    pub(super) fn readers(conns: Vec<Connection>, queue: usize) -> std::io::Result<Self> {
        Self::spawn("pockyt-store-reader", queue, conns, |jobs, conn| {
            while let Some(batch) = jobs.take(1) {
                for mut call in batch {
                    let read = call.run(conn).map_err(Failure::from);
                    call.reply(&read);
                }
            }
        })
    }

    fn spawn(
        name: &str,
        capacity: usize,
        conns: Vec<Connection>,
        work: impl Fn(&Queue<Box<dyn Job>>, &mut Connection) + Clone + Send + 'static,
    ) -> std::io::Result<Self> {
        let workers = Self { queue: Arc::new(Queue::new(capacity)), threads: Mutex::default() };
        for mut conn in conns {
            let (work, jobs) = (work.clone(), AbandonedWithItsThread(Arc::clone(&workers.queue)));
            let body = move || work(&jobs.0, &mut conn);
            let thread = thread::Builder::new().name(name.to_owned()).spawn(body)?;
            workers.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        }
        Ok(workers)
    }

    /// Has it done by a thread and waits for the answer.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (caller, answer) = oneshot::channel();
        let job = Box::new(Call { work: Some(work), result: None, caller });
        self.queue.push(job).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Takes no more work, and blocks until what was queued is done.
    pub(super) fn close(&self) {
        self.queue.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // Work that holds the store may be what drops it last, on the very thread.
            if thread.thread().id() != thread::current().id() {
                // A thread that panicked has told so on standard error, and its callers have been told.
                let _ = thread.join();
            }
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers").finish_non_exhaustive()
    }
}

/// So that nobody waits for a thread that panicked.
struct AbandonedWithItsThread(Arc<Queue<Box<dyn Job>>>);

impl Drop for AbandonedWithItsThread {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

fn commit(conn: &mut Connection, file: &FileIdentity, batch: &mut [Box<dyn Job>]) -> Result<(), Failure> {
    if !conn.is_autocommit() {
        // The last rollback failed too; without this one, no transaction could begin any more.
        conn.execute_batch("ROLLBACK")?;
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for job in batch {
        job.run(&tx)?;
    }
    file.check()?;
    tx.commit().map_err(Failure::from)
}

/// Which file a path led to. SQLite would go on writing into one that was deleted or moved away, and its
/// records would be lost with the process.
#[derive(Clone)]
struct FileIdentity {
    #[cfg(unix)]
    path: PathBuf,
    #[cfg(unix)]
    device_and_inode: (u64, u64),
}

impl FileIdentity {
    #[cfg(unix)]
    fn of(path: &Path) -> std::io::Result<Self> {
        // The working directory may change later, and a link may be turned elsewhere.
        let path = path.canonicalize()?;
        Ok(Self { device_and_inode: Self::look(&path)?, path })
    }

    #[cfg(unix)]
    fn look(path: &Path) -> std::io::Result<(u64, u64)> {
        use std::os::unix::fs::MetadataExt;
        path.metadata().map(|file| (file.dev(), file.ino()))
    }

    #[cfg(unix)]
    fn check(&self) -> Result<(), Failure> {
        if Self::look(&self.path).is_ok_and(|now| now == self.device_and_inode) {
            return Ok(());
        }
        let text = String::from("the database file was deleted or moved");
        Err(Failure { kind: StoreErrorKind::Unavailable, text })
    }

    #[cfg(not(unix))]
    fn of(_path: &Path) -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    fn check(&self) -> Result<(), Failure> {
        Ok(())
    }
}
