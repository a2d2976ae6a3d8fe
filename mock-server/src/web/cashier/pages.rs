//! What the pages say.

use std::time::Duration;

use askama::Template;
use pockyt_sim::magic::{self, Magic};
use pockyt_sim::{Millis, PageView, Status, TransactionView};

#[derive(Template)]
#[template(path = "cashier.html")]
pub(super) struct CashierPage {
    order: TransactionView,
    words: Words,
    is_open: bool,
    notice: Option<String>,
    time_left: Option<String>,
    return_url: Option<String>,
}

struct Words {
    headline: &'static str,
    sentence: &'static str,
    class: &'static str,
}

impl CashierPage {
    pub(super) fn new(
        order: TransactionView,
        return_url: Option<String>,
        notice: Option<String>,
        now: Millis,
    ) -> Self {
        let is_open = order.status == Status::Pending;
        let words = Words::of(&order);
        let time_left = order.expires_at.filter(|_| is_open).map(|end| in_words(end.0.saturating_sub(now.0)));
        let return_url = return_url.filter(|url| leads_to_the_web(url));
        Self { order, words, is_open, notice, time_left, return_url }
    }
}

impl Words {
    fn of(order: &TransactionView) -> Self {
        let words = |headline, sentence, class| Self { headline, sentence, class };
        match order.status {
            Status::Pending if is_by_card(order) => {
                words("3-D Secure: confirm your card payment", "Your bank is waiting for you.", "status")
            }
            Status::Pending => words("Confirm your payment", "Waiting for you.", "status"),
            Status::Success => words("Payment successful", "Paid.", "status good"),
            Status::Failed => words("Payment declined", "Declined. Nothing was paid.", "status bad"),
            Status::Closed => words("Payment closed", "Closed. Nothing can be paid any more.", "status bad"),
            Status::Init => {
                words("Payment", "Not ready: the shop has not asked a wallet for the money yet.", "status")
            }
        }
    }
}

/// Whether the page is the step of the customer's bank.
fn is_by_card(order: &TransactionView) -> bool {
    matches!(order.created_by, "capture" | "creditpay-process" | "express-pay" | "order-process")
}

/// An agreement to sign, or an account to complete.
#[derive(Template)]
#[template(path = "consent.html")]
pub(super) struct ConsentPage {
    page: PageView,
    headline: &'static str,
    sentence: &'static str,
    vendor_word: &'static str,
    be: &'static str,
    approve: &'static str,
    decline: &'static str,
    notice: Option<String>,
    return_url: Option<String>,
}

impl ConsentPage {
    pub(super) fn new(page: PageView, return_url: Option<String>, notice: Option<String>) -> Self {
        let return_url = return_url.filter(|url| leads_to_the_web(url));
        let is_agreement = page.kind == "agreement";
        let sentence = match (is_agreement, page.is_open) {
            (true, true) => "The shop asks to charge you from now on without asking again.",
            (false, true) => "Whoever is paid is to confirm where the money goes.",
            (_, false) => "Nothing is asked any more.",
        };
        let [headline, vendor_word, be, approve, decline] = if is_agreement {
            ["Allow automatic payments", "Payment method", "Be the customer:", "Agree", "Refuse"]
        } else {
            ["Complete your account", "Type of account", "Be the payee:", "Confirm the account", "Refuse"]
        };
        Self { page, headline, sentence, vendor_word, be, approve, decline, notice, return_url }
    }
}

#[derive(Template)]
#[template(path = "no_such_order.html")]
pub(super) struct NoSuchOrderPage {
    pub(super) number: String,
}

#[derive(Template)]
#[template(path = "magic.html")]
pub(super) struct MagicPage {
    table: &'static [Magic],
}

impl MagicPage {
    pub(super) fn new() -> Self {
        Self { table: &magic::TABLE }
    }
}

/// Not `javascript:` and the like.
pub(super) fn leads_to_the_web(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default();
    url.contains("://") && (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}

fn in_words(millis: u64) -> String {
    let seconds = Duration::from_millis(millis).as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_written_for_people() {
        for (millis, text) in [
            (0, "0 s"),
            (59_999, "59 s"),
            (61_000, "1 min 1 s"),
            (7_200_000, "2 h 0 min"),
            (90_061_000, "25 h 1 min"),
        ] {
            assert_eq!(in_words(millis), text);
        }
    }

    #[test]
    fn only_web_addresses_are_linked() {
        assert!(leads_to_the_web("https://shop.example/back"));
        assert!(leads_to_the_web("HTTP://shop.example"));
        for url in ["javascript:alert(1)", "javascript://x", "data:text/html,x", "/relative", "", "http:evil"]
        {
            assert!(!leads_to_the_web(url), "{url}");
        }
    }
}
