//! What Pockyt's operations look like: one table per operation, as data.
//!
//! The simulator validates, refuses and answers from these tables and from nothing else. They were read
//! from the vendor's documents and SDKs independently of any client, so that a check can set both side
//! by side. Sources are named by short keys:
//!
//! | Key | Document |
//! | --- | --- |
//! | `reference` | Pockyt docs, API reference (current) |
//! | `guide` | Pockyt docs, guides (current) |
//! | `v1.1` | Pockyt docs, versioned copies of the reference |
//! | `gitbook` | Pockyt docs, older GitBook |
//! | `yuansfer` | docs.yuansfer.com, API reference v3 |
//! | `book` | source of the older Yuansfer documentation, 2021 |
//! | `java`, `php`, `python`, `go`, `csharp`, `js` | the vendor's SDKs |

use std::sync::LazyLock;

mod auth_hold;
mod auto_debit;
mod cards;
mod common;
mod customers;
mod instore;
mod instore_older;
mod member;
mod micropay;
mod mixed;
mod of_order;
mod online;
mod payees;
mod payouts;
mod reports;
mod search;

use crate::words::Key;

pub(crate) use member::Member;
pub(crate) use of_order::{Composed, OfOrder};

/// All operations this simulator knows.
pub const fn operations() -> &'static [Operation] {
    const ALL: &[Operation] = &[
        instore::ADD,
        instore::PREPAY,
        instore::CREATE_TRANS_QRCODE,
        mixed::GENERATE_MIXED_CODE,
        mixed::MIXED_QUERY,
        mixed::MIXED_CANCEL,
        instore_older::CASHIER_ADD,
        instore_older::REVERSE,
        instore_older::IN_STORE_AUTH_CAPTURE,
        instore_older::IN_STORE_AUTH_UNFREEZE,
        instore_older::ACQUIRE_CREATE,
        search::TRAN_QUERY,
        search::REFUND,
        search::CANCEL,
        reports::NOTES_ADD,
        reports::TRANSACTION_LIST,
        reports::TRANS_LIST,
        reports::SETTLE_LIST,
        reports::WITHDRAWAL_LIST,
        reports::DATA_STATUS,
        reports::EXCHANGE_RATE,
        online::SECURE_PAY,
        online::SECURE_PAY_V4,
        online::CREDITPAY_PROCESS,
        cards::CAPTURE,
        cards::ORDER_PROCESS,
        micropay::MICROPAY_PREPAY,
        cards::EXPRESS_PAY,
        cards::UPDATE_RECURRING,
        cards::CREATE_PLAN,
        auto_debit::CONSULT,
        auto_debit::APPLY_TOKEN,
        auto_debit::PAY,
        auto_debit::REVOKE,
        auth_hold::VOUCHER_CREATE,
        auth_hold::AUTH_FREEZE,
        auth_hold::AUTH_UNFREEZE,
        auth_hold::AUTH_CAPTURE,
        auth_hold::AUTH_DETAIL_QUERY,
        customers::CREATE,
        customers::RETRIEVE,
        customers::UPDATE,
        payees::REGISTER,
        payees::RETRIEVE,
        payees::UPDATE,
        payees::PAYOUT_ACCOUNTS,
        payees::ACCOUNT_CONFIGURATIONS,
        payees::CREATE_BANK_ACCOUNT,
        payees::CREATE_CRYPTO_ACCOUNT,
        payouts::PAY,
        payouts::INQUIRY,
        payouts::BALANCE,
        payouts::PAYOR_REGISTER,
        payouts::PAYOR_UPLOAD,
        payees::ACCOUNT_CREATE,
        payees::ACCOUNT_RETRIEVE,
    ];
    ALL
}

/// The operation that is served at a path, by its own name or an alias. A part of a documented path in
/// braces, as in `/v1/payor/upload/{payorNo}`, stands for any one part.
pub fn at_path(path: &str) -> Option<&'static Operation> {
    operations().get(place_at(path)?)
}

/// Which of all operations [`at_path`] finds.
pub(crate) fn place_at(path: &str) -> Option<usize> {
    // By length, which tells nearly all of them apart.
    static PLAIN: LazyLock<Vec<Vec<(&str, usize)>>> = LazyLock::new(|| {
        let all = operations().iter().enumerate();
        let all = all.flat_map(|(place, operation)| operation.paths().map(move |path| (path, place)));
        let mut plain: Vec<Vec<_>> = Vec::new();
        for (path, place) in all.filter(|(path, _)| !path.contains('{')) {
            if plain.len() <= path.len() {
                plain.resize(path.len() + 1, Vec::new());
            }
            if let Some(of_length) = plain.get_mut(path.len()) {
                of_length.push((path, place));
            }
        }
        plain
    });
    let fits = |known: &str| {
        let before = known.split_once('{').map(|(before, _)| before);
        let rest = before.and_then(|before| path.strip_prefix(before));
        rest.is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
    };
    let mut of_length = PLAIN.get(path.len()).into_iter().flatten();
    let plain = of_length.find(|(known, _)| *known == path).map(|(_, place)| *place);
    plain.or_else(|| operations().iter().position(|operation| operation.paths().any(fits)))
}

/// The operation of a name: its own, else the last part of an alias, as in `/app-instore/v3/pay`.
///
/// ```
/// use pockyt_sim::catalogue;
///
/// assert_eq!(catalogue::named("pay"), catalogue::named("prepay"));
/// assert_eq!(catalogue::named("perpay"), None);
/// ```
pub fn named(name: &str) -> Option<&'static Operation> {
    let last_part = |path: &'static str| path.rsplit('/').next();
    let own = operations().iter().find(|operation| operation.name == name);
    own.or_else(|| {
        let mut all = operations().iter();
        all.find(|operation| operation.aliases.iter().any(|path| last_part(path) == Some(name)))
    })
}

/// The known paths that are most like a path, the nearest first: at most three.
///
/// ```
/// use pockyt_sim::catalogue;
///
/// assert_eq!(catalogue::near("/app-instore/v3/ad")[0], "/app-instore/v3/add");
/// ```
pub fn near(path: &str) -> Vec<&'static str> {
    // A distance takes the product of the lengths; no known path is half as long.
    const MAX_PATH: usize = 128;
    let asked: Vec<char> = path.to_ascii_lowercase().chars().take(MAX_PATH).collect();
    let mut known: Vec<(usize, &'static str)> = operations()
        .iter()
        .flat_map(Operation::paths)
        .map(|path| {
            let fixed = path.split('{').next().unwrap_or(path);
            (distance(&asked, &fixed.to_ascii_lowercase()), path)
        })
        .collect();
    known.sort_unstable();
    known.into_iter().take(3).map(|(_, path)| path).collect()
}

/// How many characters have to be changed, added or left out.
fn distance(asked: &[char], known: &str) -> usize {
    let mut row: Vec<usize> = (0..=asked.len()).collect();
    for (before, letter) in known.chars().enumerate() {
        let mut diagonal = before;
        let mut left = before + 1;
        let mut next = vec![left];
        for (above, other) in row.iter().skip(1).zip(asked) {
            left = (left + 1).min(above + 1).min(diagonal + usize::from(*other != letter));
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// One operation of the API. The method is always POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name here, in kebab case: the last part of its path, with the part before it where that alone
    /// would be ambiguous.
    pub name: &'static str,
    /// The documented path.
    pub path: &'static str,
    /// Other paths under which some source calls it.
    pub aliases: &'static [&'static str],
    /// How sure it is that it exists like this.
    pub confidence: Confidence,
    /// Where it is described.
    pub source: &'static str,
    /// Whether it changes anything, so that `Pockyt-Request-ID` matters.
    pub changes: bool,
    /// What no source shows and the simulator therefore chose; empty where the sources suffice. It is sent
    /// with every success, in the header [`crate::NOTE_HEADER`].
    pub note: &'static str,
    /// The request's fields, in the order in which they are checked.
    pub fields: &'static [Field],
    /// The answers: the ordinary one first.
    pub answers: &'static [Answer],
}

impl Operation {
    /// A field of the request.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The documented path and its aliases.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.path).chain(self.aliases.iter().copied())
    }
}

/// How sure a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// The current documentation says so.
    Current,
    /// Only older documentation says so.
    Older,
    /// Only SDKs know it.
    SdkOnly,
}

/// One field of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// By what it is looked for.
    pub(crate) key: Key,
    /// Whether it is required where all sources agree.
    pub lenient: Need,
    /// Whether it is required when any official source says so.
    pub strict: Need,
    /// What its value must look like.
    pub rule: Rule,
    /// How sure it is that it exists.
    pub confidence: Confidence,
    /// Where it is described; after a semicolon, who parts from that.
    pub source: &'static str,
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// At least one of `transactionNo` and `reference` must be there.
    EitherIdentifier,
    /// At least one of these must be there.
    OneOf(&'static [&'static str]),
    /// It may be missing.
    Optional,
    /// It must be there.
    Required,
}

/// What a value must look like. Lengths count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Major units: at most 10 digits without superfluous zeros, at most two decimals, above zero. No
    /// fraction in currencies that have none.
    Amount,
    /// As [`Rule::Amount`], but zero is allowed.
    AmountOrZero,
    /// Digits of a wallet code, 10 to 32.
    Barcode,
    /// `true` or `false`, in any case.
    Boolean,
    /// A published network test number; no other card is ever taken.
    CardNumber,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One of these words in any case.
    ChoiceInAnyCase(&'static [&'static str]),
    /// A country: two capital letters, or digits as in a tutorial.
    Country,
    /// Three capital letters.
    Currency,
    /// A day of the calendar as `yyyy-MM-dd`.
    Date,
    /// A day of the calendar as `yyyyMMdd`.
    Day,
    /// Decimal digits, at most 32.
    Digits,
    /// So many decimal digits: at least, at most.
    DigitsBetween(usize, usize),
    /// An address with one `@`, at most 254 characters.
    Email,
    /// Any JSON value.
    Json,
    /// Minutes, 1 to 525600.
    Minutes,
    /// Visible text with inner blanks, as long as the profile allows.
    Reference,
    /// 32 lower-case hexadecimal digits; judged before all others.
    Signature,
    /// Any text up to this length.
    Text(usize),
    /// A moment in UTC as `yyyy-MM-ddTHH:mm:ssZ`.
    Timestamp,
    /// An absolute `http` or `https` URL, at most 2048. `{macros}` may stand in it.
    Url,
    /// A payment method: letters, digits and `_`, at most 32, in any case.
    Vendor,
    /// A whole number from 0, at most 9 digits.
    WholeNumber,
}

/// One shape of a successful answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// When it is given; empty for the ordinary one.
    pub when: &'static str,
    /// The key under which the fields are; empty when they stand beside `ret_code`.
    pub envelope: &'static str,
    /// The same as it is written.
    pub(crate) envelope_member: Member,
    /// Whether the envelope holds one object or a list of them.
    pub holds: Holds,
    /// The fields in the order of the published sample, where there is one.
    pub fields: &'static [AnswerField],
    /// Further members beside the envelope.
    pub beside: &'static [AnswerField],
    /// The text of `ret_msg`, odd blanks included.
    pub message: &'static str,
    /// How the members are ordered.
    pub layout: Layout,
}

/// What an envelope holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A list of objects with the answer's fields.
    List,
    /// One object with the answer's fields.
    Object,
}

/// The order of the members of an answer, as in its sample. It means nothing in JSON, but a mock that is
/// compared byte for byte has to choose one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Envelope, members beside it, `ret_code`, `ret_msg`.
    CodeMessage,
    /// Envelope, `ret_msg`, members beside it, `ret_code`.
    MessageCode,
    /// `ret_msg`, `ret_code`, envelope.
    MessageCodeFirst,
}

/// One field of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerField {
    /// Its name.
    pub name: &'static str,
    /// The same as it is written.
    pub(crate) member: Member,
    pub(crate) of_order: OfOrder,
    /// Its JSON form.
    pub form: Form,
    /// Whether it is left out when there is nothing to say.
    pub optional: bool,
}

/// The JSON form of a field of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An array of objects with these fields.
    List(&'static [AnswerField]),
    /// An object with these fields.
    Object(&'static [AnswerField]),
    /// Always `null`.
    Null,
    /// A JSON number.
    Number,
    /// A string.
    Text,
    /// A string, or `null` when there is nothing to say.
    TextOrNull,
}
