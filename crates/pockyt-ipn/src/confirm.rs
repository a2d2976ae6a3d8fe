//! Confirming by a query what a message cannot prove by itself.

use std::fmt;

use pockyt_model::{
    Amount, Confirmation, Currency, InvoiceId, Notification, NotificationKind, OrderKey, PaymentDetails,
    PayoutDetails, PayoutStatus, Question, Reference, TransactionNo, TransactionStatus,
};
use pockyt_sign::{Fields, Received, SigningKey, Verifier, algorithm, is_plain_name};

/// Which notices are confirmed by a query before they are handed over, given that there is somebody to ask
/// ([`ListenerBuilder::confirm_with`](crate::ListenerBuilder::confirm_with)).
///
/// Asking comes after the answer to Pockyt, when the notice is about to be handed over. What the handler is
/// given is then what the query said. Only payments and payouts are confirmed: all other kinds are triggers,
/// whose handler asks anyway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfirmPolicy {
    /// Those in doubt, and of the others those of more than this amount of this currency, or of any amount of
    /// another currency.
    Above(Amount, Currency),
    /// All of them.
    Always,
    /// None: what is in doubt lies in quarantine until somebody decides.
    Never,
    /// Those that are ambiguous or unreadable, that came by an address with the wrong seal or none, and those
    /// that are not what was expected.
    #[default]
    OnDoubt,
}

impl ConfirmPolicy {
    /// Whether a message in doubt is asked after.
    pub(crate) fn settles_doubts(&self) -> bool {
        *self != Self::Never
    }

    /// Whether a message is asked after though nothing speaks against it.
    pub(crate) fn wants(&self, notification: &Notification) -> bool {
        let (amount, currency) = match notification {
            Notification::Payment(payment) => (payment.amount(), payment.currency()),
            Notification::Payout(payout) => (payout.amount(), payout.currency()),
            _ => return false,
        };
        match self {
            Self::Above(most, of) => currency != *of || amount > most,
            Self::Always => true,
            Self::Never | Self::OnDoubt => false,
        }
    }
}

/// Whether messages of this kind can be asked after at all.
pub(crate) fn can_be_asked(kind: NotificationKind) -> bool {
    matches!(kind, NotificationKind::Payment | NotificationKind::Payout)
}

/// Whether a message says how a payment or payout ended. What is not final moves no money, and something final
/// follows; asking would only bring that forward under a wrong name.
pub(crate) fn is_final(notification: &Notification) -> bool {
    match notification {
        Notification::Payment(payment) => payment.status().is_final(),
        Notification::Payout(payout) => payout.status().is_final(),
        _ => false,
    }
}

/// What a message that is not believed may be saying: its signed text, cut at every place where it can be cut.
///
/// All cuts of one text are one notice, of which the first one's body is kept, and that may be an attacker's. So
/// nothing here depends on the cut that came: who cuts a message first must not choose what is asked.
pub(crate) struct Hints(Vec<(String, String)>);

impl Hints {
    pub(crate) fn of(fields: &Fields<'_>) -> Self {
        let pairs: Vec<(&str, &str)> = fields.iter().collect();
        let text = algorithm::canonical_text(&pairs);
        let mut hints: Vec<(String, String)> = Vec::new();
        for piece in text.strip_suffix('&').unwrap_or(&text).split('&') {
            match (piece.split_once('=').filter(|(name, _)| is_plain_name(name)), hints.last_mut()) {
                (Some((name, value)), _) => hints.push((name.to_owned(), value.to_owned())),
                (None, Some((_, value))) => {
                    value.push('&');
                    value.push_str(piece);
                }
                (None, None) => {}
            }
        }
        Self(hints)
    }

    /// What stands under a name, in the order of the text, which is that of the names.
    fn named(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.0.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// What to ask; `None` when nothing is named that can be asked after.
    ///
    /// Free text, in which somebody could write another field, comes before the number and the reference of a
    /// payment, since its names do, so the last of them count. The receiver of a payout comes after its invoice:
    /// there the first counts. Its description would come before; with that somebody can have another payout
    /// asked after, whose answer then is not [about](Self::are_about) this one.
    pub(crate) fn question(&self, kind: NotificationKind) -> Option<Question> {
        match kind {
            NotificationKind::Payment => {
                let mut references =
                    self.named("reference").rev().filter_map(|text| Reference::new(text).ok());
                let order = self.numbers().next().map(OrderKey::from);
                order.or_else(|| references.next().map(OrderKey::from)).map(Question::Payment)
            }
            NotificationKind::Payout => {
                let mut invoices = self.named("invoiceId").filter_map(|text| InvoiceId::new(text).ok());
                invoices.next().map(Question::Payout)
            }
            _ => None,
        }
    }

    /// Pockyt's numbers, the last first.
    fn numbers(&self) -> impl Iterator<Item = TransactionNo> {
        self.named("transactionNo").rev().filter_map(|text| TransactionNo::new(text).ok())
    }

    /// Whether an answer has the number that the text names last, if it names one: what was asked after may be
    /// somebody's invention, and then the answer is about something else.
    pub(crate) fn are_about(&self, answer: &Notification) -> bool {
        let number = match answer {
            Notification::Payment(payment) => payment.transaction_no(),
            Notification::Payout(payout) => payout.transaction_no(),
            _ => return false,
        };
        self.numbers().next().is_none_or(|named| named == *number)
    }

    /// What it says of the state, normalised; `None` when it says nothing.
    pub(crate) fn status(&self, kind: NotificationKind) -> Option<String> {
        let word = self.named("status").next_back()?;
        Some(match kind {
            NotificationKind::Payout => PayoutStatus::from_wire(word).as_str().to_owned(),
            _ => TransactionStatus::from_wire(word).as_str().to_owned(),
        })
    }
}

/// What can follow a success; everything else comes before it or instead of it.
const AFTER_SUCCESS: [&str; 3] = ["refunded", "returned", "reversed"];

/// Whether a message that says one state is settled by an answer that says another. Success settles what came
/// before it. Every repetition of a message is its duplicate, so it must not end as anything else: what follows
/// a success may not have reached the query yet.
pub(crate) fn settles(said: Option<&str>, answered: &str) -> bool {
    said == Some(answered)
        || (answered == "success" && said.is_none_or(|said| !AFTER_SUCCESS.contains(&said)))
}

/// Whether both are about one payment or payout.
pub(crate) fn are_about_one(message: &Notification, answer: &Notification) -> bool {
    match (message, answer) {
        (Notification::Payment(message), Notification::Payment(answer)) => {
            message.transaction_no() == answer.transaction_no()
        }
        (Notification::Payout(message), Notification::Payout(answer)) => {
            message.invoice_id() == answer.invoice_id()
        }
        _ => false,
    }
}

/// The state that an answer gives; `None` when it is not final.
pub(crate) fn final_status(confirmation: &Confirmation) -> Option<&str> {
    match confirmation {
        Confirmation::Payment(payment) => payment.status.is_final().then(|| payment.status.as_str()),
        Confirmation::Payout(payout) => payout.status.is_final().then(|| payout.status.as_str()),
        _ => None,
    }
}

/// An answer in the form of the notification that says the same, read by the very rules for notifications; so
/// key, fingerprint and forms have one definition.
pub(crate) fn as_notification(confirmation: &Confirmation) -> Result<Notification, NotLikeANotification> {
    let (kind, fields) = match confirmation {
        Confirmation::Payment(payment) => (NotificationKind::Payment, of_payment(payment)),
        Confirmation::Payout(payout) => (NotificationKind::Payout, of_payout(payout)),
        _ => return Err(NotLikeANotification),
    };
    // Everybody may know this key: the message never leaves this function.
    let key = SigningKey::from_any_text("");
    let signature = algorithm::signature(&fields, &key);
    // The alphabets of all five values need no escapes.
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}&")).collect();
    let body = format!("{}verifySign={signature}", pairs.concat());
    match Verifier::new(key).form(body.as_bytes()) {
        Ok(Received::Verified(message)) => {
            Notification::read(kind, &message).map_err(|_| NotLikeANotification)
        }
        _ => Err(NotLikeANotification),
    }
}

fn of_payment(payment: &PaymentDetails) -> [(&'static str, &str); 5] {
    [
        ("amount", payment.amount.as_str()),
        ("currency", payment.currency.as_str()),
        ("reference", payment.reference.as_str()),
        ("status", payment.status.as_str()),
        ("transactionNo", payment.transaction_no.as_str()),
    ]
}

fn of_payout(payout: &PayoutDetails) -> [(&'static str, &str); 5] {
    [
        ("amount", payout.amount.as_str()),
        ("currency", payout.currency.as_str()),
        ("invoiceId", payout.invoice_id.as_str()),
        ("status", payout.status.as_str()),
        ("transactionNo", payout.transaction_no.as_str()),
    ]
}

/// An answer that breaks the rules that notifications keep, such as a number that is not of digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotLikeANotification;

impl fmt::Display for NotLikeANotification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pockyt's answer breaks a rule that its notifications keep")
    }
}
