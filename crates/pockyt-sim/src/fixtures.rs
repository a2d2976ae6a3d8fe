//! The documentation's example orders, and what its example requests are answered.
//!
//! Both sandbox accounts with published tokens can be built in, and every published request whose
//! signature recomputes can be sent byte for byte.
//! The pages and samples do not agree with one another on numbers and statuses, so the table below says
//! what is answered: always the number that was asked for, and for the `pay` request of the notifications
//! page the status `pending`, as that page has it.

mod published;
mod records;

use std::sync::Arc;

use crate::Millis;
use crate::money::Amount;
use crate::number::Number;
use crate::order::{Order, Status, Terms};

pub use published::PUBLISHED;
pub(crate) use records::fill;

/// One published request and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// A short name for the sample.
    pub name: &'static str,
    /// The path to which it is sent.
    pub path: &'static str,
    /// Pockyt's number of what it finds or makes: an order, an agreement, or a payee.
    pub transaction_no: &'static str,
    /// The answer on a new or reset simulator, the lenient profile, and a customer who does not answer
    /// at once. `{public_url}` stands for [`crate::Config::public_url`].
    pub answer: &'static str,
    /// What the same bytes are answered when they come again at once.
    pub repeat: Repeat,
}

/// What a repeated request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Code 000023, "Duplicate request error": the reference or refund reference is used up.
    Duplicate,
    /// The same answer.
    Same,
}

/// Whose the documentation's orders are.
pub(crate) const MERCHANT_NO: &str = "200043";
const STORE_NO: &str = "300014";
const PREPAY_NO: &str = "297553636764407286";
const QUERY_NO: &str = "297553638300708562";
const REFUND_NO: &str = "297553638301777927";
const QRCODE_NO: &str = "297553638914321581";
const SECURE_PAY_NO: &str = "297553638298245023";
/// These two requests are published without an answer, so their numbers are ours.
const PAYPAL_QRCODE_NO: &str = "297553638914321582";
const SIGNING_NO: &str = "297553638298245024";

const AUTO_DEBIT_PAY_NO: &str = "297553645779430418";
/// The agreement of the samples, and the one that the published revoke names.
const MANDATE_NO: &str = "298222562856331071";
const REVOKED_MANDATE_NO: &str = "298217806906830305";
const PAYEE_NO: &str = "2000305228303182610217";
const PAYEE_WITH_ACCOUNT_NO: &str = "2000305228289295850180";

/// 2020-10-12 21:38:16 in UTC+8, the `createTime` of the samples.
const CREATED: Millis = Millis(1_602_509_896_000);
/// 22:38:16, the `paymentTime` of the sample that has one.
const PAID: Millis = Millis(1_602_513_496_000);

/// (operation, reference, number): orders that get their published number when they are made.
const NUMBERS: [(&str, &str, &str); 6] = [
    ("auto-debit-pay", "test2021010801", AUTO_DEBIT_PAY_NO),
    ("add", "test20200101206", "297553638241892410"),
    ("create-trans-qrcode", "test2020102023", QRCODE_NO),
    ("create-trans-qrcode", "474ef05badfbaf7f7c6565f87a4e8d1e", PAYPAL_QRCODE_NO),
    ("secure-pay", "test202001011303", SECURE_PAY_NO),
    ("secure-pay", "seq_1525922323", SIGNING_NO),
];

/// The orders that exist before any request.
pub(crate) fn orders() -> impl Iterator<Item = Order> {
    [
        order(PREPAY_NO, "test20200101206", 1300, "USD", Status::Init),
        order(QUERY_NO, "test202001011305", 1000, "CNY", Status::Success),
        order(REFUND_NO, "test20200101306", 1, "USD", Status::Success),
    ]
    .into_iter()
}

/// Whether a new order may take over the reference of this one.
///
/// The sample answer of `prepay` repeats the reference of `add`'s sample, yet both can be sent; and so it is
/// with the agreement that `consult` makes.
pub(crate) fn yields_reference(number: &str) -> bool {
    [PREPAY_NO, MANDATE_NO].contains(&number)
}

/// The published number of an order that is about to be made.
pub(crate) fn number(operation: &str, merchant_no: &str, reference: Option<&str>) -> Option<&'static str> {
    let fits = |candidate: &&(&str, &str, &str)| candidate.0 == operation && Some(candidate.1) == reference;
    NUMBERS.iter().find(fits).filter(|_| merchant_no == MERCHANT_NO).map(|(_, _, number)| *number)
}

/// The published number of a refund that is about to be booked.
pub(crate) fn refund_number(merchant_no: &str, reference: Option<&str>) -> Option<&'static str> {
    (merchant_no == MERCHANT_NO && reference == Some("refund2020101305")).then_some("297553638302358781")
}

/// The published text of an order's QR code.
pub(crate) fn deep_link(transaction_no: &str) -> Option<&'static str> {
    match transaction_no {
        QRCODE_NO => Some("https://qr.alipay.com/bax05773sia4dshxhw7100f3"),
        PAYPAL_QRCODE_NO => Some("https://www.paypal.com/qrcodes/bax05773sia4dshxhw7100f4"),
        _ => None,
    }
}

fn order(number: &str, reference: &str, hundredths: u64, currency: &str, status: Status) -> Order {
    let terms = Arc::new(Terms {
        merchant_no: MERCHANT_NO.into(),
        store_no: STORE_NO.into(),
        created_by: "published",
        currency: currency.into(),
        settle_currency: "USD".into(),
        vendor: None,
        store_admin_no: None,
        ipn_url: None,
        callback_url: None,
        timeout_minutes: 120,
    });
    let number = Number::parse(number).unwrap_or_default();
    let order = Order::new(number, terms, Amount::from_hundredths(hundredths), status, CREATED);
    let changed = if status == Status::Success { PAID } else { CREATED };
    Order { reference: Some(reference.into()), changed, ..order }
}
