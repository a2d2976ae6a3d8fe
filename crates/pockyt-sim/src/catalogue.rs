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

mod instore;
mod online;
mod search;

/// All operations this simulator knows.
pub fn operations() -> &'static [Operation] {
    const ALL: &[Operation] = &[
        instore::ADD,
        instore::PREPAY,
        instore::CREATE_TRANS_QRCODE,
        online::SECURE_PAY,
        search::TRAN_QUERY,
        search::REFUND,
        search::CANCEL,
    ];
    ALL
}

/// The operation that is served at a path, by its own name or an alias.
pub fn at_path(path: &str) -> Option<&'static Operation> {
    operations().iter().find(|operation| operation.path == path || operation.aliases.contains(&path))
}

/// The operation of a name: its own, or the last part of an alias, as in `/app-instore/v3/pay`.
///
/// ```
/// use pockyt_sim::catalogue;
///
/// assert_eq!(catalogue::named("pay"), catalogue::named("prepay"));
/// assert_eq!(catalogue::named("perpay"), None);
/// ```
pub fn named(name: &str) -> Option<&'static Operation> {
    let last_part = |path: &'static str| path.rsplit('/').next();
    operations().iter().find(|operation| {
        operation.name == name || operation.aliases.iter().any(|path| last_part(path) == Some(name))
    })
}

/// One operation of the API. The method is always POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name here: the last part of its path.
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
    /// Digits of a wallet code, 10 to 32.
    Barcode,
    /// `true` or `false`.
    Boolean,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Three capital letters.
    Currency,
    /// Decimal digits, at most 32.
    Digits,
    /// Any JSON value.
    Json,
    /// Minutes, 1 to 525600.
    Minutes,
    /// Visible text with inner blanks, at most 128. The maximum is a choice; no source has one.
    Reference,
    /// 32 lower-case hexadecimal digits; judged before all others.
    Signature,
    /// Any text up to this length.
    Text(usize),
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
    /// The key under which the fields are.
    pub envelope: &'static str,
    /// The fields in the order of the published sample.
    pub fields: &'static [AnswerField],
    /// The text of `ret_msg`, odd blanks included.
    pub message: &'static str,
    /// Whether `ret_msg` stands before `ret_code`, as in some samples.
    pub message_first: bool,
}

/// One field of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerField {
    /// Its name.
    pub name: &'static str,
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
    /// Always `null`.
    Null,
    /// A JSON number.
    Number,
    /// A string.
    Text,
    /// A string, or `null` when there is nothing to say.
    TextOrNull,
}

const MERCHANT_NO: Field = always("merchantNo", Rule::Digits, "reference, all SDKs");
const STORE_NO: Field = always("storeNo", Rule::Digits, "reference, all SDKs");
const VERIFY_SIGN: Field = always("verifySign", Rule::Signature, "reference, all SDKs");
const MER_GROUP_NO: Field = optional("merGroupNo", Rule::Digits, "yuansfer; service providers only");
const STORE_ADMIN_NO: Field =
    optional("storeAdminNo", Rule::Text(64), "yuansfer, SDKs; required in a copy of add");
const TRANSACTION_NO: Field =
    field("transactionNo", Need::EitherIdentifier, Need::EitherIdentifier, Rule::Digits, "book, all SDKs");
const REFERENCE_OF_ORDER: Field =
    field("reference", Need::EitherIdentifier, Need::EitherIdentifier, Rule::Reference, "book, all SDKs");
const CURRENCY: Field = always("currency", Rule::Currency, "reference, all SDKs");
const SETTLE_CURRENCY: Field = field(
    "settleCurrency",
    Need::Optional,
    Need::Required,
    Rule::Currency,
    "reference; absent from the signed bodies of the signing tutorial and of add",
);
const TIMEOUT: Field = optional("timeout", Rule::Minutes, "reference, yuansfer; default 120");

const fn field(name: &'static str, lenient: Need, strict: Need, rule: Rule, source: &'static str) -> Field {
    Field { name, lenient, strict, rule, confidence: Confidence::Current, source }
}

const fn always(name: &'static str, rule: Rule, source: &'static str) -> Field {
    field(name, Need::Required, Need::Required, rule, source)
}

const fn optional(name: &'static str, rule: Rule, source: &'static str) -> Field {
    field(name, Need::Optional, Need::Optional, rule, source)
}

/// Required by some sources only.
const fn disputed(name: &'static str, rule: Rule, source: &'static str) -> Field {
    field(name, Need::Optional, Need::Required, rule, source)
}

const fn sdk_only(name: &'static str, rule: Rule, source: &'static str) -> Field {
    Field { confidence: Confidence::SdkOnly, ..optional(name, rule, source) }
}

const fn older(field: Field) -> Field {
    Field { confidence: Confidence::Older, ..field }
}

const fn text(name: &'static str) -> AnswerField {
    AnswerField { name, form: Form::Text, optional: false }
}

const fn nullable(name: &'static str) -> AnswerField {
    AnswerField { name, form: Form::TextOrNull, optional: false }
}

const fn left_out(field: AnswerField) -> AnswerField {
    AnswerField { optional: true, ..field }
}
