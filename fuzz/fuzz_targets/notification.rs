//! Notifications of every kind, from messages that the target signs: forms, and JSON objects. They are read
//! exactly when their required fields are of the forms that the documentation of their kind states, and a
//! message says the same in either encoding and in any order.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pockyt_fuzz::{Pairs, form_body, form_pairs, key, members, signature, to_pairs};
use pockyt_model::{Counter, Facts, Notification, NotificationKind, PayoutFacts};
use pockyt_sign::{Received, Verified, Verifier, decode};

fuzz_target!(|body: &[u8]| {
    form(body);
    json(body);
});

/// The pairs with a right signature in place of their own.
fn form(body: &[u8]) {
    let Some(mut pairs) = form_pairs(body) else { return };
    pairs.retain(|(name, _)| name != "verifySign");
    let body = form_body(&pairs, &signature(&pairs));
    if let Ok(Received::Verified(message)) = Verifier::new(key()).form(body.as_bytes()) {
        each_kind(&message);
    }
}

/// The members as they stand, likewise.
fn json(body: &[u8]) {
    let Some(mut members) = std::str::from_utf8(body).ok().and_then(members) else { return };
    let Ok(mut pairs) = decode::json(body) else { return };
    members.retain(|(name, _)| name != "verifySign");
    pairs.retain(|(name, _)| name != "verifySign");
    let name = |name: &str| serde_json::to_string(name).expect("a name can be written");
    let unsigned: Vec<String> =
        members.iter().map(|(field, raw)| format!("{}: {raw}, ", name(field))).collect();
    let signed = format!(r#"{{{}"verifySign":"{}"}}"#, unsigned.concat(), signature(&pairs));
    if let Ok(Received::Verified(message)) = Verifier::new(key()).json(signed.as_bytes()) {
        each_kind(&message);
    }
}

fn each_kind(message: &Verified<'_>) {
    let mut pairs = to_pairs(message.fields());
    pairs.reverse();
    let other = form_body(&pairs, &signature(&pairs));
    let other = Verifier::new(key()).form(other.as_bytes()).expect("sent anew, it is accepted");
    let Received::Verified(other) = other else { panic!("sent anew, it is ambiguous") };
    for kind in NotificationKind::ALL {
        check(kind, message, &other, &pairs);
    }
}

fn check(kind: NotificationKind, message: &Verified<'_>, other: &Verified<'_>, pairs: &Pairs) {
    let read = Notification::read(kind, message);
    let wrong = wrong_field(kind, pairs);
    let notification = match (read, wrong) {
        (Ok(notification), None) => notification,
        (Err(error), Some(_)) => {
            let name = error.path();
            assert!(is_wrong(kind, name, pairs), "{name} is refused: {error}");
            assert_eq!(Notification::read(kind, other).err(), Some(error));
            return;
        }
        (read, wrong) => panic!("{kind}: {read:?}, though {wrong:?} is wrong"),
    };
    assert_eq!(notification.kind(), kind);
    assert_eq!(notification.fields(), message.fields());
    let key = notification.dedupe_key();
    assert!(key.as_str().starts_with(&format!("{kind}/")), "{key}");
    let other = Notification::read(kind, other).expect("sent anew, it is read");
    assert_eq!(other.dedupe_key(), key);
    assert_eq!(other.fingerprint(), notification.fingerprint());
    observe(&notification);
}

/// Hints give what they can; facts are kept as they are, and the same notification adds nothing.
fn observe(notification: &Notification) {
    match notification {
        Notification::Mandate(it) => drop((it.vendor(), it.note(), it.time().to_utc())),
        Notification::PayeeAccount(it) => drop((it.account_status(), it.account_tag())),
        Notification::Payment(it) => {
            drop((it.time().map(|time| time.to_utc()), it.note(), it.customer_no(), it.settle_currency()));
            let mut facts = Facts::default();
            let observed = facts.observe_notification(Counter::new(1), it).is_ok();
            assert!(observed || facts == Facts::default());
            let before = facts.clone();
            assert_eq!(facts.observe_notification(Counter::new(1), it).is_ok(), observed);
            assert_eq!(facts, before);
            facts.view();
            let kept = serde_json::to_string(&facts).expect("facts can be written");
            assert_eq!(serde_json::from_str::<Facts>(&kept).expect("and read"), facts);
        }
        Notification::Payout(it) => {
            drop((it.account_token(), it.payment_time().map(|time| time.to_utc())));
            let number = it.transaction_no().clone();
            let Ok(payout) = pockyt_model::Payment::new(number, it.amount(), it.currency()) else { return };
            let mut facts = PayoutFacts::default();
            facts.observe(Counter::new(1), it.status(), &payout);
            facts.view();
            let kept = serde_json::to_string(&facts).expect("facts can be written");
            assert_eq!(serde_json::from_str::<PayoutFacts>(&kept).expect("and read"), facts);
        }
        Notification::Refund(it) => drop(it.refund_number()),
        _ => {}
    }
}

/// The forms of required fields, written plainly.
#[derive(Clone, Copy, Debug)]
enum Form {
    Amount,
    Currency,
    Digits,
    Ours,
    Pockyts,
    Price,
    Time,
    Word,
}

fn required(kind: NotificationKind) -> &'static [(&'static str, Form)] {
    match kind {
        NotificationKind::Mandate => {
            &[("autoDebitNo", Form::Pockyts), ("autoReference", Form::Ours), ("time", Form::Time)]
        }
        NotificationKind::PayeeAccount => {
            &[("accountToken", Form::Pockyts), ("customerNo", Form::Pockyts), ("accountStatus", Form::Word)]
        }
        NotificationKind::Payment => &[
            ("transactionNo", Form::Digits),
            ("reference", Form::Ours),
            ("amount", Form::Price),
            ("currency", Form::Currency),
            ("status", Form::Word),
        ],
        NotificationKind::Payout => &[
            ("transactionNo", Form::Digits),
            ("invoiceId", Form::Ours),
            ("amount", Form::Amount),
            ("currency", Form::Currency),
            ("status", Form::Word),
        ],
        NotificationKind::Refund => &[("transactionNo", Form::Pockyts)],
        _ => &[],
    }
}

/// What a payment has not: it would be about another subject.
const OF_ANOTHER: [&str; 7] = [
    "refundAmount",
    "refundReference",
    "refundStatus",
    "refundTransactionId",
    "refundTransactionNo",
    "refundYuansferId",
    "transactionType",
];

fn wrong_field(kind: NotificationKind, pairs: &Pairs) -> Option<&'static str> {
    let names = required(kind).iter().map(|(name, _)| *name).chain(OF_ANOTHER);
    names.into_iter().find(|name| is_wrong(kind, name, pairs))
}

fn is_wrong(kind: NotificationKind, name: &str, pairs: &Pairs) -> bool {
    let form = required(kind).iter().find(|(required, _)| *required == name);
    let value = pairs.iter().find(|(field, _)| field == name);
    if kind == NotificationKind::Payment && OF_ANOTHER.contains(&name) {
        let is_harmless = |value: &str| name == "transactionType" && value.eq_ignore_ascii_case("payment");
        return value.is_some_and(|(_, value)| !value.is_empty() && !is_harmless(value));
    }
    form.is_some_and(|(_, form)| !value.is_some_and(|(_, value)| form.allows(value)))
}

impl Form {
    fn allows(self, value: &str) -> bool {
        let made_of = |longest: usize, others: &str| {
            let is_one = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
            (1..=longest).contains(&value.len()) && value.chars().all(is_one)
        };
        let all_digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        match self {
            Self::Amount => {
                let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
                let is_whole = fraction.is_empty() && !value.contains('.');
                all_digits(whole) && (is_whole || all_digits(fraction)) && is_exact(whole, fraction)
            }
            Self::Price => Self::Amount.allows(value) && value.contains(|c: char| ('1'..='9').contains(&c)),
            Self::Digits => made_of(64, "") && all_digits(value),
            Self::Currency => value.len() == 3 && value.chars().all(|c| c.is_ascii_uppercase()),
            Self::Ours => made_of(64, "._-:/"),
            Self::Pockyts => made_of(64, "_-"),
            Self::Time => value.len() == 14 && all_digits(value),
            Self::Word => made_of(32, "") && !value.contains(|c: char| c.is_ascii_digit()),
        }
    }
}

/// Whether the digits fit into 96 bits, and at most 28 stand after the point.
fn is_exact(whole: &str, fraction: &str) -> bool {
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let number: Option<u128> = if digits.is_empty() { Some(0) } else { digits.parse().ok() };
    fraction.len() <= 28 && number.is_some_and(|number| number < 1 << 96)
}
