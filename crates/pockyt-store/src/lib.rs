//! What must survive of Pockyt's notifications.
//!
//! Pockyt resends a notification up to eight times until it hears `success`, so whoever answers
//! `success` promises to have kept it. An [`Inbox`] keeps that promise:
//!
//! * **Recording** tells first deliveries from duplicates for ever, and from *conflicts*: another
//!   message about the same thing. What cannot be believed is kept in quarantine for people to look
//!   at, under a name of its own, so that it can neither block a clean message nor pass for one. All
//!   ways to cut one signed text into fields share one record, so nobody can fill the quarantine from
//!   one message. Each record says which key matched.
//! * **Claiming** hands a notice to one worker at a time, on a lease. A worker that dies loses its
//!   lease to the next one, and a worker that comes back too late cannot overwrite what happened
//!   meanwhile. Nothing can be suppressed for ever: leases and delays have upper bounds.
//!
//! * **Looking and deciding** is for people and their tools ([`InboxAdmin`]): lists, one notice with its
//!   variants, redriving what is dead, releasing or dismissing what is in quarantine (each also as a dry
//!   run), and pruning by age, which lets nothing in again.
//!
//! The crate has no clock: time is an argument, and waiting for it is the caller's business.
//! [`MemoryInbox`] is for tests and for programs that may forget. `SqliteStore` (feature `sqlite`, off by
//! default) keeps everything in a file, in which there is room for a
//! merchant's own tables; this crate's README has its tables and the queries that people need. Others can
//! be checked with the suite in `conformance` (a feature of this name).
//!
//! ```
//! use std::time::Duration;
//! use pockyt_model::{Notification, NotificationKind, UtcMillis};
//! use pockyt_sign::{ApiToken, Received, SigningKey, Verifier};
//! use pockyt_store::{Arrival, BodyFormat, Inbox, MemoryInbox, NewNotice, Outcome, OwnerToken, Recorded};
//! use pockyt_store::{Route, Tenant};
//!
//! # let mut future = std::pin::pin!(async {
//! let body = b"amount=0.01&currency=USD&reference=test1666247277861&settleCurrency=USD&status=success\
//!     &time=20221020142817&transactionNo=305680500880311923&verifySign=435d01c5d5fa88cfe8168fbfbf732519";
//! let key = SigningKey::new(&ApiToken::new("5cbfb079f15b150122261c8537086d77a")?);
//! let Received::Verified(message) = Verifier::new(key).form(body)? else { panic!("ambiguous") };
//! let payment = Notification::read(NotificationKind::Payment, &message)?;
//!
//! let route = Route::new(Tenant::new("shop")?, NotificationKind::Payment);
//! let arrival = Arrival {
//!     route: route.clone(),
//!     format: BodyFormat::Form,
//!     body,
//!     received_at: UtcMillis::new(0),
//!     key_label: "2026",
//! };
//! let notice = NewNotice::clean(arrival, &payment);
//! let inbox = MemoryInbox::default();
//! let Recorded::First(id) = inbox.record(notice.clone()).await? else { panic!("seen before") };
//! assert_eq!(inbox.record(notice).await?, Recorded::Duplicate(id));
//!
//! let (owner, now) = (OwnerToken::new("worker-1"), UtcMillis::new(5));
//! let claimed = inbox.claim(&route, &owner, now, Duration::from_secs(60)).await?.expect("one is waiting");
//! inbox.finish(&claimed.lease, Outcome::Done, now).await?;
//! assert_eq!(inbox.next_due(&route).await?, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # });
//! # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! # let std::task::Poll::Ready(done) = future.as_mut().poll(&mut context) else { panic!("never waits") };
//! # done.unwrap();
//! ```

#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;

mod admin;
#[cfg(feature = "conformance")]
pub mod conformance;
mod digest;
mod error;
mod inbox;
mod lease;
mod memory;
mod notice;
mod route;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod stored;
mod transition;

pub use admin::{Decided, Decision, InboxAdmin, Mode};
pub use digest::ContentDigest;
pub use error::{FinishError, StoreError, StoreErrorKind};
pub use inbox::{Inbox, MAX_VARIANTS, Recorded};
pub use lease::{CLOCK_SLACK, Claimed, Lease, MAX_DELAY, MAX_LEASE, MAX_REASON, Outcome, OwnerToken};
pub use memory::MemoryInbox;
pub use notice::{Arrival, BodyFormat, Doubt, Identity, NewNotice, NoticeId};
pub use route::{InvalidTenant, Route, Tenant};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
pub use stored::{Counts, Finished, Quarantine, Standing, State, StoredNotice, Variant};
