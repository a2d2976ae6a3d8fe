//! Telling somebody of deliveries as they end.

use std::fmt;

use pockyt_sim::{AttemptId, AttemptView, NotificationView};

/// Hears of each delivery attempt once it is judged.
pub(crate) struct Observer(Box<Hear>);

type Hear = dyn Fn(&NotificationView, &AttemptView) + Send + Sync;

impl Observer {
    pub(crate) fn new(hear: impl Fn(&NotificationView, &AttemptView) + Send + Sync + 'static) -> Self {
        Self(Box::new(hear))
    }

    pub(crate) fn tell(&self, notification: &NotificationView, attempt: AttemptId) {
        if let Some(attempt) = notification.attempts.iter().find(|view| view.id == attempt) {
            (self.0)(notification, attempt);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
