//! The state of a transaction, as Pockyt words it.

use std::fmt;

/// The state of a payment (Pockyt docs, transaction status notes; `transactionStatus` in the answers of
/// add and prepay, `status` everywhere else).
///
/// Read without regard to case; `fail` is `failed`. The set is open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransactionStatus {
    /// Set up, but the customer never finished, or the merchant cancelled: no longer payable. Final.
    Closed,
    /// Being processed. Not final.
    Dealing,
    /// The payment failed. Final.
    Failed,
    /// Created, not yet sent to a wallet. Not final.
    Init,
    /// A value this crate does not know. Not final: ask again.
    Other(String),
    /// Waiting for the customer. Not final.
    Pending,
    /// Cancelled after it was paid. Final.
    Reversed,
    /// Paid. Final, unless it is refunded or reversed later.
    Success,
}

impl TransactionStatus {
    /// Reads any text.
    pub fn from_wire(text: &str) -> Self {
        Self::of_word(text)
            .or_else(|| Self::of_word(&text.to_ascii_lowercase()))
            .unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "closed" => Self::Closed,
            "dealing" => Self::Dealing,
            "fail" | "failed" => Self::Failed,
            "init" => Self::Init,
            "pending" => Self::Pending,
            "reversed" => Self::Reversed,
            "success" => Self::Success,
            _ => return None,
        })
    }

    /// Pockyt's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Closed => "closed",
            Self::Dealing => "dealing",
            Self::Failed => "failed",
            Self::Init => "init",
            Self::Other(text) => text,
            Self::Pending => "pending",
            Self::Reversed => "reversed",
            Self::Success => "success",
        }
    }

    /// Whether polling may stop.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Closed | Self::Failed | Self::Reversed | Self::Success)
    }
}

impl fmt::Display for TransactionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
