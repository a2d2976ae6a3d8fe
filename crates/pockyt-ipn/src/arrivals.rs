//! How those who hand notices over hear of new ones.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Wakes one of those who wait for notices, and costs a read while nobody waits.
///
/// Nobody is passed over: whoever is going to wait says so first and then asks the store what is due, and whoever has
/// something says so to the store first and then looks who waits. So one of them sees the other.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    waiting: AtomicUsize,
    signal: Notify,
}

impl Arrivals {
    /// Wakes one who waits, or is about to. The store must have what there is to hand over.
    pub(crate) fn tell(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.signal.notify_one();
        }
    }

    /// To be called before the store is asked what is due.
    pub(crate) fn waiting(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        Waiting(self)
    }
}

/// One who waits until it is dropped.
pub(crate) struct Waiting<'a>(&'a Arrivals);

impl Waiting<'_> {
    /// Ends when something has arrived.
    pub(crate) fn told(&self) -> Notified<'_> {
        self.0.signal.notified()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn whoever_is_about_to_wait_is_told_of_what_comes_from_then_on() {
        let arrivals = Arrivals::default();
        arrivals.tell();
        let waiting = arrivals.waiting();
        assert!(waiting.told().now_or_never().is_none(), "the store has that already");
        arrivals.tell();
        assert!(waiting.told().now_or_never().is_some());
        let (one, other) = (waiting, arrivals.waiting());
        drop(one);
        arrivals.tell();
        assert!(other.told().now_or_never().is_some(), "another one has stopped waiting");
    }
}
