//! What a request may cost.

use std::time::Duration;

/// Upper bounds on a request. The defaults are far above any notification that Pockyt documents.
///
/// The time for the head of a request and the number of connections belong to the HTTP server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) body_bytes: usize,
    pub(crate) fields: usize,
    pub(crate) body_time: Duration,
    pub(crate) store_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let (body_time, store_time) = (Duration::from_secs(10), Duration::from_secs(10));
        Self { body_bytes: 64 * 1024, fields: 64, body_time, store_time }
    }
}

impl Limits {
    /// The largest body, in bytes; 64 KiB unless set.
    pub fn body_bytes(self, body_bytes: usize) -> Self {
        Self { body_bytes, ..self }
    }

    /// The most fields, the signature among them; 64 unless set.
    pub fn fields(self, fields: usize) -> Self {
        Self { fields, ..self }
    }

    /// The longest time for the whole body to arrive; 10 seconds unless set.
    pub fn body_time(self, body_time: Duration) -> Self {
        Self { body_time, ..self }
    }

    /// The longest time for the store to keep a message before the service answers 503, and for each of its
    /// answers while notices are handed over, but that taking or ending a lease may take as long as the lease;
    /// 10 seconds unless set.
    pub fn store_time(self, store_time: Duration) -> Self {
        Self { store_time, ..self }
    }
}
