//! The state of a payout, as Pockyt words it.

use std::fmt;

/// The state of a payout (Pockyt docs, transaction notification reference and payout pages; the older
/// Yuansfer payout pages have more words).
///
/// Read without regard to case; `completed` is `success`, and `fail` is `failed`. The set is open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PayoutStatus {
    /// Stopped before it was paid out. Not final. Older pages.
    Blocked,
    /// Not paid out. Final.
    Failed,
    /// Held before it is paid out. Not final. Older pages.
    OnHold,
    /// A value this crate does not know. Not final: ask again.
    Other(String),
    /// Taken in; the first answer of every payout. Not final.
    Pending,
    /// Paid out, and given back by the payee. Older pages.
    Refunded,
    /// Paid out, and sent back by the receiving side.
    Returned,
    /// Paid out, and taken back. Older pages.
    Reversed,
    /// Paid out. Final, unless the money comes back later.
    Success,
    /// Waiting for the payee to take it. Not final. Older pages.
    Unclaimed,
}

impl PayoutStatus {
    /// Reads any text.
    pub fn from_wire(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "blocked" => Self::Blocked,
            "completed" | "success" => Self::Success,
            "fail" | "failed" => Self::Failed,
            "onhold" => Self::OnHold,
            "pending" => Self::Pending,
            "refunded" => Self::Refunded,
            "returned" => Self::Returned,
            "reversed" => Self::Reversed,
            "unclaimed" => Self::Unclaimed,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// Pockyt's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Blocked => "blocked",
            Self::Failed => "failed",
            Self::OnHold => "onhold",
            Self::Other(text) => text,
            Self::Pending => "pending",
            Self::Refunded => "refunded",
            Self::Returned => "returned",
            Self::Reversed => "reversed",
            Self::Success => "success",
            Self::Unclaimed => "unclaimed",
        }
    }

    /// Whether polling may stop. Money that was paid out can still come back after that; it is then
    /// notified, and is news rather than an error.
    pub fn is_final(&self) -> bool {
        self.came_back() || matches!(self, Self::Failed | Self::Success)
    }

    /// Whether the money was paid out and is the merchant's again.
    pub fn came_back(&self) -> bool {
        matches!(self, Self::Refunded | Self::Returned | Self::Reversed)
    }
}

impl fmt::Display for PayoutStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
