//! What connections may cost.

use std::time::Duration;

/// hyper reads heads into a buffer that cannot be smaller.
const SMALLEST_HEAD: usize = 8 * 1024;

/// Upper bounds on connections and requests; those on bodies are [`Limits`](crate::Limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct ServerLimits {
    pub(super) connections: usize,
    pub(super) head_time: Duration,
    pub(super) head_bytes: usize,
    pub(super) request_time: Duration,
    pub(super) stall_time: Duration,
    pub(super) grace: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections: 1024,
            head_time: Duration::from_secs(5),
            head_bytes: 16 * 1024,
            request_time: Duration::from_secs(10),
            stall_time: Duration::from_secs(10),
            grace: Duration::from_secs(12),
        }
    }
}

impl ServerLimits {
    /// The most connections at once; 1024 unless set, 1 at least. Each needs a file handle.
    pub fn connections(self, connections: usize) -> Self {
        Self { connections: connections.max(1), ..self }
    }

    /// The longest time for the head of a request to arrive, from the opening of the connection or the end of
    /// the answer before; 5 seconds unless set. So it is also how long a connection may be idle.
    pub fn head_time(self, head_time: Duration) -> Self {
        Self { head_time, ..self }
    }

    /// The largest head of a request, in bytes; 16 KiB unless set, 8 KiB at least.
    pub fn head_bytes(self, head_bytes: usize) -> Self {
        Self { head_bytes: head_bytes.max(SMALLEST_HEAD), ..self }
    }

    /// The longest time from the head of a request to its answer; 10 seconds unless set. Pockyt sends again
    /// what it hears nothing about, so there is no use in taking longer.
    pub fn request_time(self, request_time: Duration) -> Self {
        Self { request_time, ..self }
    }

    /// The longest time in which a caller takes nothing of what is written to it; 10 seconds unless set.
    pub fn stall_time(self, stall_time: Duration) -> Self {
        Self { stall_time, ..self }
    }

    /// How long requests under way may take when the server stops; 12 seconds unless set, which is more than a
    /// request may take.
    pub fn grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }
}
