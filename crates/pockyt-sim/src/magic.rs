//! Magic values: how an SDK that knows nothing of the control API chooses what a customer does.
//!
//! A reference that contains `mock-` and one of the words below, in any case and anywhere in it, chooses the
//! behaviour: `till-7-mock-decline`, `MOCK-NEVER-0042`. Shops and SDKs make references unique in many
//! ways and keep the rest of the text, so this survives prefixes and suffixes. The reference is that of
//! the thing itself: `reference`, `invoiceId` of a payout, `autoReference` of an agreement,
//! `outAuthInfoNo` of a hold. A script for the reference goes before it.

use std::time::Duration;

use crate::Wallet;

/// What begins a magic value.
pub const PREFIX: &str = "mock-";

/// One magic value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Magic {
    /// The word after [`PREFIX`].
    pub word: &'static str,
    /// The behaviour that it chooses.
    pub wallet: Wallet,
    /// What happens then, in words for a manual.
    pub effect: &'static str,
}

/// All of them. No word is the beginning of another.
pub static TABLE: [Magic; 11] = [
    Magic {
        word: "3ds",
        wallet: Wallet::Never,
        effect: "a card payment waits for the customer at its authUrl",
    },
    Magic {
        word: "confirm",
        wallet: Wallet::ConfirmAfter(Duration::ZERO),
        effect: "paid before the call is answered",
    },
    Magic {
        word: "decline",
        wallet: Wallet::DeclineAfter(Duration::from_secs(5)),
        effect: "pending, declined after 5 seconds; a payout fails and its money is back in the balance",
    },
    Magic {
        word: "error",
        wallet: Wallet::SystemError,
        effect: "refused with 000000, system error; nothing is booked",
    },
    Magic {
        word: "insufficient",
        wallet: Wallet::Insufficient,
        effect: "failed before the call is answered; a payout is refused with 000040",
    },
    Magic {
        word: "late",
        wallet: Wallet::BookLate(Duration::from_secs(60)),
        effect: "the answer is lost, nothing is to be seen for 60 seconds, then it is paid",
    },
    Magic { word: "never", wallet: Wallet::Never, effect: "pending until its timeout closes it" },
    Magic {
        word: "on-cancel",
        wallet: Wallet::ConfirmOnCancel,
        effect: "confirmed in the instant before a cancel",
    },
    Magic {
        word: "polls",
        wallet: Wallet::ConfirmAfterQueries(3),
        effect: "three queries see pending, the fourth sees success",
    },
    Magic {
        word: "return",
        wallet: Wallet::ReturnAfter(Duration::from_secs(60)),
        effect: "a payout succeeds, and is returned after 60 seconds",
    },
    Magic {
        word: "slow",
        wallet: Wallet::ConfirmAfter(Duration::from_secs(20)),
        effect: "pending, confirmed after 20 seconds",
    },
];

/// The magic value in a reference. Of several, the one that begins first.
///
/// ```
/// use pockyt_sim::magic;
///
/// assert_eq!(magic::find("order-8-Mock-Decline-a7").map(|found| found.word), Some("decline"));
/// assert_eq!(magic::find("mock-up of an order"), None);
/// ```
pub fn find(reference: &str) -> Option<&'static Magic> {
    let lower = reference.to_ascii_lowercase();
    let mut rest = lower.as_str();
    while let Some((_, after)) = rest.split_once(PREFIX) {
        if let Some(found) = TABLE.iter().find(|magic| after.starts_with(magic.word)) {
            return Some(found);
        }
        rest = after;
    }
    None
}
