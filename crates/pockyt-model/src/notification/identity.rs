//! When two deliveries are of one notification.

use std::borrow::Cow;
use std::fmt;

use pockyt_sign::{Fields, Verified};
use sha2::{Digest, Sha256};

use super::{Notification, NotificationKind, PaymentNotification};
use crate::FieldError;

/// Says which deliveries are of one notification.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DedupeKey(String);

impl DedupeKey {
    /// The kind, what it is about, and what tells it from others about the same.
    pub(super) fn of(kind: NotificationKind, parts: &[&str]) -> Self {
        let kind = kind.as_str();
        let length = kind.len() + parts.iter().map(|part| part.len() + 1).sum::<usize>();
        let mut key = String::with_capacity(length);
        key.push_str(kind);
        for part in parts {
            key.push('/');
            key.push_str(part);
        }
        Self(key)
    }

    /// A readable text, for records and logs: it holds identifiers, a status or a time, and a hash only, each
    /// of a checked form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same text.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for DedupeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 over what deliveries of one notification must agree on: the required fields of its kind,
/// normalised, so that `13` and `13.00` are the same and another `time` or `note` does not matter. The first
/// part is a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn over<'a>(kind: NotificationKind, parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut text = Vec::with_capacity(256);
        for part in ["pockyt-fingerprint-1", kind.as_str()].into_iter().chain(parts) {
            // Length-prefixed, so that no two lists of parts run together alike; 64 bits on every machine.
            text.extend_from_slice(&(part.len() as u64).to_be_bytes());
            text.extend_from_slice(part.as_bytes());
        }
        Self(Sha256::digest(&text).into())
    }

    /// Over all signed fields by name, for kinds whose required fields no source states.
    pub(super) fn over_all(kind: NotificationKind, fields: &Fields<'_>) -> Self {
        let mut pairs: Vec<(&str, &str)> = fields.iter().collect();
        pairs.sort_unstable();
        Self::over(kind, pairs.into_iter().flat_map(|(name, value)| [name, value]))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 lower-case hex digits.
    pub(super) fn to_hex(self) -> String {
        use fmt::Write as _;
        self.0.iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// A status in small letters, as keys and fingerprints have it.
pub(super) fn lower(status: &str) -> Cow<'_, str> {
    if status.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(status.to_ascii_lowercase())
    } else {
        Cow::Borrowed(status)
    }
}

/// What [`Amount::normalized`](crate::Amount::normalized) makes of an amount without a sign: a part of how it was
/// written.
pub(super) fn normalized(amount: &str) -> &str {
    let shortest =
        if amount.contains('.') { amount.trim_end_matches('0').trim_end_matches('.') } else { amount };
    let without_zeros = shortest.trim_start_matches('0');
    if without_zeros.is_empty() || without_zeros.starts_with('.') {
        // One of the zeros stays, before the point or alone.
        let kept = shortest.len().saturating_sub(without_zeros.len() + 1);
        shortest.get(kept..).unwrap_or(shortest)
    } else {
        without_zeros
    }
}

/// What makes a notification the same as other deliveries of it, and what those must agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationIdentity {
    /// As [`Notification::dedupe_key`].
    pub dedupe_key: DedupeKey,
    /// As [`Notification::fingerprint`].
    pub fingerprint: Fingerprint,
}

impl NotificationIdentity {
    /// That of the notification that [`Notification::read`] makes of this message. Of payments, which are most of
    /// all messages, it is found without making one.
    ///
    /// # Errors
    ///
    /// As [`Notification::read`].
    pub fn read(kind: NotificationKind, message: &Verified<'_>) -> Result<Self, FieldError> {
        match kind {
            NotificationKind::Payment => PaymentNotification::identify(message),
            _ => Notification::read(kind, message).map(|notification| Self::of(&notification)),
        }
    }

    /// That of this notification.
    pub fn of(notification: &Notification) -> Self {
        Self { dedupe_key: notification.dedupe_key(), fingerprint: notification.fingerprint() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

    use pockyt_sign::{Received, SigningKey, Verifier, algorithm};
    use proptest::prelude::*;

    use super::*;
    use crate::Amount;

    /// Signs these fields, none of which has an escape, and hands over what is verified.
    fn verified<T>(fields: &str, look: impl FnOnce(&Verified<'_>) -> T) -> T {
        let key = SigningKey::from_any_text("not-a-real-token");
        let pairs: Vec<(&str, &str)> = fields.split('&').filter_map(|field| field.split_once('=')).collect();
        let body = format!("{fields}&verifySign={}", algorithm::signature(&pairs, &key).as_str());
        let Ok(Received::Verified(message)) = Verifier::new(key).form(body.as_bytes()) else {
            unreachable!("it is signed, and clean")
        };
        look(&message)
    }

    /// Stores hold these for ever. They were computed by another program.
    #[test]
    fn fingerprints_and_keys_are_what_they_always_were() {
        for (kind, fields, fingerprint, key) in [
            (
                NotificationKind::Payment,
                "transactionNo=297553636764407286&reference=order-1&amount=13.00&currency=USD&status=Success",
                "8a3cdd19053fe31c90f37ad7b41386c95325fa676680695fe51eaf7056abb0d6",
                "pay/297553636764407286/success",
            ),
            (
                NotificationKind::Payment,
                "transactionNo=297553636764407286&reference=order-1&amount=13&currency=USD&status=success",
                "8a3cdd19053fe31c90f37ad7b41386c95325fa676680695fe51eaf7056abb0d6",
                "pay/297553636764407286/success",
            ),
            (
                NotificationKind::Payout,
                "transactionNo=318453016214317262&invoiceId=inv-1&amount=060.0&currency=USD&status=success",
                "facee2369604529144c7488aeab1c6efe89c98f4209172a4cc55102cdb991b4f",
                "payout/inv-1/success",
            ),
            (
                NotificationKind::Refund,
                "transactionNo=297553638301777927&refundTransactionNo=297553638302358781&status=SUCCESS",
                "f6eb64fc8a380621ba91e498bece881de75857c151ebdf37b6441fe64817db07",
                "refund/297553638301777927/297553638302358781/success",
            ),
            (
                NotificationKind::Refund,
                "transactionNo=297553638301777927&status=success",
                "80fac9b85b7e6f29d2e178f2047fd17e491a3027961c16863c70517219cf6e09",
                "refund/297553638301777927/\
                 80fac9b85b7e6f29d2e178f2047fd17e491a3027961c16863c70517219cf6e09/success",
            ),
            (
                NotificationKind::Mandate,
                "autoDebitNo=298222562856331071&autoReference=agreement-1&time=20210108103000",
                "e73d1f0ec8686a3a719e3747c61cb1556f6ece221b74c12e03ce85ddf20f88ab",
                "mandate/298222562856331071/20210108103000",
            ),
            (
                NotificationKind::PayeeAccount,
                "accountToken=2010305228249079846486&customerNo=2000305228249079101184&accountStatus=Activated",
                "2d7e3055778402e926326ccedb5a0f5b88695e0d0fb086e8b713230aa3e2a27f",
                "payee-account/2010305228249079846486/activated",
            ),
            (
                NotificationKind::Unknown,
                "z=1&b=2",
                "101e0a971cf5e28574c2d7046e327d14a1dbc92b60b68e4f3d8bead7ae5085f5",
                "unknown/101e0a971cf5e28574c2d7046e327d14a1dbc92b60b68e4f3d8bead7ae5085f5",
            ),
        ] {
            let notification = verified(fields, |message| Notification::read(kind, message)).unwrap();
            assert_eq!(notification.fingerprint().to_hex(), fingerprint, "{fields}");
            assert_eq!(notification.dedupe_key().as_str(), key, "{fields}");
        }
    }

    proptest! {
        /// Whatever is refused is refused for the same reason.
        #[test]
        fn a_message_has_the_identity_of_its_notification(
            amount in r"(&amount=(13\.00|0*|[0-9]{0,3}\.?[0-9]{0,3}|0{0,20}[0-9]{26,30}|0\.0{24,30}[01]|-0|-1|1e3))?",
            currency in "(&currency=(USD|usd|USDC))?",
            reference in "(&reference=([a-c:]{0,3}|[a-c]{63,65}))?",
            status in "(&status=(success|Fail|New|o_o|[a-z]{0,2}|[a-z]{31,33}))?",
            number in "(&transactionNo=([0-9]{1,3}|[0-9]{63,65}|12a|))?",
            other in "(&refundStatus=x?|&transactionType=(payment|refund)|&time=20221020142817)?",
        ) {
            let fields = format!("note=1{amount}{currency}{reference}{status}{number}{other}");
            verified(&fields, |message| {
                for kind in NotificationKind::ALL {
                    let read = Notification::read(kind, message).map(|read| NotificationIdentity::of(&read));
                    prop_assert_eq!(NotificationIdentity::read(kind, message), read);
                }
                Ok(())
            })?;
        }

        /// Short ones and those at the limits of what a value holds.
        #[test]
        fn an_amount_is_normalised_as_its_value_is(
            text in prop_oneof![
                r"[0-2]{1,4}(\.[0-2]{1,4})?",
                r"0{0,30}[0-9]{0,30}(\.0{0,29}[0-9]{0,30}0{0,29})?",
            ],
        ) {
            if let Ok(amount) = Amount::parse(&text) {
                prop_assert_eq!(normalized(&text), amount.normalized());
            }
        }
    }
}
