//! Handing over.

use std::future::Future;
use std::sync::Arc;

use crate::Notice;

/// What the merchant does about a notification: marks the order paid, ships, sends a mail.
///
/// It may be called more than once for one notice: when it asked for that, when it took too long, or
/// when the process ended before its answer was written down. Doing the same thing twice must be
/// harmless; [`Notice::id`] and the payment's transaction number stay the same.
///
/// Async functions and closures that take the notice by value are handlers too:
///
/// ```
/// use pockyt_ipn::{Handled, Handler, Notice};
///
/// async fn fulfil(notice: Notice) -> Handled {
///     match notice.payment() {
///         Some(payment) if payment.status().is_final() => Handled::Done,
///         Some(_) => Handled::retry("not final yet"),
///         None => Handled::dead("this shop has payments only"),
///     }
/// }
///
/// fn takes_a_handler(_: impl Handler) {}
/// takes_a_handler(fulfil);
/// takes_a_handler(|_notice: Notice| async { Handled::Done });
/// ```
///
/// It cannot be called with anything but a verified notification, since only the listener makes a
/// [`Notice`]. A message that anybody could have written does not fit:
///
/// ```compile_fail,E0308
/// use pockyt_ipn::{Handler, Notice};
/// use pockyt_sign::Ambiguous;
///
/// async fn act_on_a_hint(handler: impl Handler, message: Ambiguous<'static>) {
///     handler.handle(&message).await;
/// }
/// ```
///
/// nor can a notice be put together by hand:
///
/// ```compile_fail,E0451
/// use pockyt_ipn::Notice;
/// use pockyt_model::Notification;
/// use pockyt_store::{NoticeId, Tenant};
///
/// fn forge(id: NoticeId, tenant: Tenant, notification: Notification) -> Notice {
///     Notice { id, tenant, notification, attempt: 1, confirmed: true, released: false }
/// }
/// ```
pub trait Handler: Send + Sync {
    /// Deals with a notice. It is cut off after three quarters of the lease, which counts as a failure.
    ///
    /// A panic goes through to whoever polls the listener. The notice is not lost: its lease runs out,
    /// and then it is handed over again.
    fn handle(&self, notice: &Notice) -> impl Future<Output = Handled> + Send;
}

impl<F, Fut> Handler for F
where
    F: Fn(Notice) -> Fut + Send + Sync,
    Fut: Future<Output = Handled> + Send,
{
    fn handle(&self, notice: &Notice) -> impl Future<Output = Handled> + Send {
        self(notice.clone())
    }
}

impl<H: Handler> Handler for Arc<H> {
    fn handle(&self, notice: &Notice) -> impl Future<Output = Handled> + Send {
        H::handle(self, notice)
    }
}

/// What a handler says it did. Reasons are kept with the notice for people to read, and not logged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Handled {
    /// Give up at once; for people to look at.
    Dead {
        /// Why.
        why: String,
    },
    /// The order is not there yet: ask again later, and do not count it as a failure.
    Deferred {
        /// Why.
        why: String,
    },
    /// It is dealt with, and is not handed over again.
    Done,
    /// It failed: try again later, a limited number of times.
    Retry {
        /// Why.
        why: String,
    },
}

impl Handled {
    /// [`Handled::Dead`] for this reason.
    pub fn dead(why: impl Into<String>) -> Self {
        Self::Dead { why: why.into() }
    }

    /// [`Handled::Deferred`] for this reason.
    pub fn deferred(why: impl Into<String>) -> Self {
        Self::Deferred { why: why.into() }
    }

    /// [`Handled::Retry`] for this reason.
    pub fn retry(why: impl Into<String>) -> Self {
        Self::Retry { why: why.into() }
    }

    /// A stable word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Dead { .. } => "dead",
            Self::Deferred { .. } => "deferred",
            Self::Done => "done",
            Self::Retry { .. } => "retry",
        }
    }
}
