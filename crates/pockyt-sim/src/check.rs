//! Checks fields against the catalogue.

use std::borrow::Cow;

use pockyt_sign::Fields;
use smallvec::SmallVec;

use crate::catalogue::{Field, Need, Operation, Rule};
use crate::money::Amount;
use crate::profile::{Profile, Requirements};
use crate::refusal::Refusal;
use crate::words::Key;
use crate::{Millis, time};

/// The fields of a request whose signature is right. An empty optional field counts as absent.
pub(crate) struct Params<'a> {
    all: SmallVec<[Param<'a>; 12]>,
    /// The marks of all names.
    marks: u64,
}

struct Param<'a> {
    key: Key,
    name: &'a str,
    value: &'a str,
}

impl<'a> Params<'a> {
    /// Without any. They are taken in where they stay, since moving them takes as long.
    pub(crate) fn none() -> Self {
        Self { all: SmallVec::new(), marks: 0 }
    }

    pub(crate) fn take(&mut self, fields: &'a Fields<'_>) {
        for (name, value) in fields {
            let key = Key::of(name);
            self.all.push(Param { key, name, value });
            self.marks |= key.mark;
        }
    }

    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.given(name).filter(|value| !value.is_empty())
    }

    /// A field as it was given, empty or not.
    #[inline]
    pub(crate) fn given(&self, name: &str) -> Option<&'a str> {
        self.given_by(Key::of(name), name)
    }

    fn given_by(&self, key: Key, name: &str) -> Option<&'a str> {
        if self.marks & key.mark == 0 {
            return None;
        }
        let is_it = |param: &&Param<'_>| param.key.is(param.name, key, name);
        self.all.iter().find(is_it).map(|param| param.value)
    }

    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// A field that the catalogue requires and that was checked.
    pub(crate) fn required(&self, name: &str) -> String {
        self.owned(name).unwrap_or_default()
    }

    pub(crate) fn amount(&self, name: &'static str) -> Result<Amount, Refusal> {
        Amount::parse(self.get(name).unwrap_or_default()).map_err(|rule| Refusal::bad_value(name, rule))
    }

    /// An amount that may be missing or zero.
    pub(crate) fn amount_or_zero(&self, name: &str) -> Amount {
        self.get(name).and_then(|text| Amount::parse_or_zero(text).ok()).unwrap_or_default()
    }

    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name).is_some_and(|given| given.eq_ignore_ascii_case(value))
    }
}

/// Checks all fields in the order of the catalogue: first what is missing, then what is wrong.
pub(crate) fn fields(
    operation: &Operation,
    profile: &Profile,
    params: &Params<'_>,
    now: Millis,
) -> Result<(), Refusal> {
    // The signature was judged before, and the fields that it covers come without it.
    let fields = operation.fields.iter().filter(|field| !matches!(field.rule, Rule::Signature));
    let mut first_wrong = None;
    for field in fields {
        let given = params.given_by(field.key, field.name);
        if let Some(rule) = missing(field, given, profile, params) {
            return Err(Refusal::missing(field.name, rule));
        }
        if let Some(value) = given.filter(|_| first_wrong.is_none()) {
            first_wrong = wrong(field, value, profile, params).map(|rule| (field.name, rule));
        }
    }
    conditional(operation, profile, params)?;
    if let Some((name, rule)) = first_wrong {
        return Err(Refusal::bad_value(name, rule));
    }
    amounts(operation, profile, params)?;
    timestamp(profile, params, now)
}

/// The rule that a field's value breaks.
fn wrong(field: &Field, value: &str, profile: &Profile, params: &Params<'_>) -> Option<Cow<'static, str>> {
    if value.is_empty() {
        return is_needed(field, profile, params).then_some("a required field is not empty".into());
    }
    broken(field.rule, value)
        .or_else(|| too_long(field.rule, value, profile))
        .or_else(|| unlisted(field.rule, value, profile))
}

fn need(field: &Field, profile: &Profile) -> Need {
    match profile.requirements {
        Requirements::Lenient => field.lenient,
        Requirements::Strict => field.strict,
    }
}

/// Whether an empty value is no better than none.
fn is_needed(field: &Field, profile: &Profile, params: &Params<'_>) -> bool {
    match need(field, profile) {
        Need::Required => true,
        Need::OneOf(names) => names.iter().all(|name| params.get(name).is_none()),
        Need::EitherIdentifier | Need::Optional => false,
    }
}

fn missing(
    field: &Field,
    given: Option<&str>,
    profile: &Profile,
    params: &Params<'_>,
) -> Option<Cow<'static, str>> {
    if profile.refuse_empty_values && given == Some("") {
        return Some("an empty value is refused; leave the field out".into());
    }
    match need(field, profile) {
        Need::Required if given.is_none() => Some("this field is required".into()),
        Need::EitherIdentifier
            if params.get("transactionNo").is_none() && params.get("reference").is_none() =>
        {
            Some("transactionNo or reference is required".into())
        }
        Need::OneOf(names) if names.iter().all(|name| params.given(name).is_none()) => {
            Some(format!("one of {} is required", names.join(", ")).into())
        }
        _ => None,
    }
}

/// What only some requests need, and only some sources say.
fn conditional(operation: &Operation, profile: &Profile, params: &Params<'_>) -> Result<(), Refusal> {
    if profile.requirements == Requirements::Lenient {
        return Ok(());
    }
    let lacks = |name: &str| operation.field(name).is_some() && params.get(name).is_none();
    let is_on_a_phone = params.is("terminal", "WAP") || params.is("terminal", "APP");
    if is_on_a_phone && lacks("osType") {
        return Err(Refusal::missing("osType", "it is required with terminal WAP and APP"));
    }
    let of_a_series = ["paymentCount", "frequency"].into_iter().find(|name| lacks(name));
    match of_a_series.filter(|_| params.is("creditType", "recurring")) {
        Some(name) => Err(Refusal::missing(name, "it is required with creditType recurring")),
        None => Ok(()),
    }
}

/// The rule that a value breaks.
fn broken(rule: Rule, value: &str) -> Option<Cow<'static, str>> {
    let digits = || value.bytes().all(|byte| byte.is_ascii_digit());
    let digits_between = |least, most| (least..=most).contains(&value.len()) && digits();
    let is_short = |most| value.len() <= most || value.chars().count() <= most;
    let capitals = |count| value.len() == count && value.bytes().all(|byte| byte.is_ascii_uppercase());
    let number = || value.parse::<u32>().ok().filter(|_| digits_between(1, 9));
    let holds = match rule {
        Rule::Amount => return Amount::parse(value).err().map(Cow::Borrowed),
        Rule::AmountOrZero => return Amount::parse_or_zero(value).err().map(Cow::Borrowed),
        Rule::Barcode => digits_between(10, 32),
        // The vendor's Python SDK writes them with a capital.
        Rule::Boolean => ["true", "false"].iter().any(|word| value.eq_ignore_ascii_case(word)),
        Rule::CardNumber => is_test_card(value),
        Rule::Choice(words) => words.contains(&value),
        Rule::ChoiceInAnyCase(words) => words.iter().any(|word| word.eq_ignore_ascii_case(value)),
        Rule::Country => capitals(2) || digits_between(0, 3),
        Rule::Currency => capitals(3),
        Rule::Date => time::is_date(value),
        Rule::Day => time::is_day(value),
        Rule::Digits => digits_between(0, 32),
        Rule::DigitsBetween(least, most) => digits_between(least, most),
        Rule::Email => is_email(value),
        Rule::Json => serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok(),
        Rule::Minutes => number().is_some_and(|minutes| (1..=525_600).contains(&minutes)),
        Rule::Reference => is_short(MAX_REFERENCE) && (is_plain_word(value) || is_visible(value)),
        Rule::Signature => true,
        Rule::Text(most) => is_short(most),
        Rule::Timestamp => time::parse_utc(value).is_some(),
        Rule::Url => is_url(value),
        Rule::Vendor => {
            value.len() <= 32 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        }
        Rule::WholeNumber => number().is_some(),
    };
    (!holds).then(|| sentence(rule))
}

/// What a rule demands.
fn sentence(rule: Rule) -> Cow<'static, str> {
    match rule {
        Rule::Amount | Rule::AmountOrZero => "an amount is a number".into(),
        Rule::Barcode => "a wallet code is 10 to 32 digits".into(),
        Rule::Boolean => "it is true or false".into(),
        Rule::CardNumber => "only published test numbers of cards are taken".into(),
        Rule::Choice(words) | Rule::ChoiceInAnyCase(words) => {
            format!("it is one of {}", words.join(", ")).into()
        }
        Rule::Country => "a country is two capital letters".into(),
        Rule::Currency => "a currency is three capital letters".into(),
        Rule::Date => "it is a day, yyyy-MM-dd".into(),
        Rule::Day => "it is a day, yyyyMMdd".into(),
        Rule::Digits => "it is at most 32 digits".into(),
        Rule::DigitsBetween(least, most) => format!("it is {least} to {most} digits").into(),
        Rule::Email => "it is an address with one @, at most 254 characters".into(),
        Rule::Json => "it is JSON".into(),
        Rule::Minutes => "it is minutes, 1 to 525600".into(),
        Rule::Reference => "a reference is visible characters without blanks around them".into(),
        Rule::Signature => "it is 32 lower-case hexadecimal digits".into(),
        Rule::Text(most) => format!("it is at most {most} characters").into(),
        Rule::Timestamp => "it is a moment in UTC, yyyy-MM-ddTHH:mm:ssZ".into(),
        Rule::Url => "it is an absolute http or https URL of at most 2048 characters".into(),
        Rule::Vendor => "a vendor is at most 32 letters, digits and _".into(),
        Rule::WholeNumber => "it is a whole number of at most 9 digits".into(),
    }
}

fn too_long(rule: Rule, value: &str, profile: &Profile) -> Option<Cow<'static, str>> {
    let most = usize::try_from(profile.max_reference_length).unwrap_or(usize::MAX);
    (value.len() > most && rule == Rule::Reference && value.chars().count() > most)
        .then(|| format!("a reference is at most {most} characters").into())
}

/// Most references are such words.
fn is_plain_word(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_visible(value: &str) -> bool {
    value.trim() == value && !value.chars().any(char::is_control)
}

fn is_url(value: &str) -> bool {
    let after_scheme = value
        .split_once(':')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"));
    let host = after_scheme.and_then(|(_, rest)| rest.strip_prefix("//")?.bytes().next());
    let is_blank = |byte: u8| byte <= b' ' || byte == 0x7f;
    host.is_some_and(|first| !matches!(first, b'/' | b'?' | b'#'))
        && if value.is_ascii() {
            value.len() <= 2048 && !value.bytes().any(is_blank)
        } else {
            value.chars().count() <= 2048 && !value.chars().any(|c| c.is_whitespace() || c.is_control())
        }
}

/// More than any profile allows; what is longer would not fit into notifications and pages.
const MAX_REFERENCE: usize = 1024;

fn is_email(value: &str) -> bool {
    let halves = value.split_once('@');
    halves.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
        && value.chars().count() <= 254
        && !value.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Numbers that card networks and Pockyt's pages publish for tests. No other card is ever taken, so that
/// nobody's real card gets into a test.
const TEST_CARDS: [&str; 12] = [
    "378282246310005",
    "4000000000003220",
    "4012888888881881",
    "4111111111111111",
    "4242424242424242",
    "5105105105105100",
    "5425233430109903",
    "5555555555554444",
    "6011111111111117",
    "6226388000000095",
    "30569309025904",
    "3530111333300000",
];

fn is_test_card(value: &str) -> bool {
    TEST_CARDS.contains(&value)
}

/// The vendors that some source names.
const VENDORS: [&str; 20] = [
    "alipay",
    "alipay_cn",
    "alipay_hk",
    "wechatpay",
    "wechat",
    "unionpay",
    "creditcard",
    "paypal",
    "venmo",
    "applepay",
    "googlepay",
    "cashapppay",
    "gcash",
    "dana",
    "kakaopay",
    "truemoney",
    "tng",
    "bkash",
    "easypaisa",
    "paypay",
];

fn unlisted(rule: Rule, value: &str, profile: &Profile) -> Option<Cow<'static, str>> {
    let named = |vendor: &&str| vendor.eq_ignore_ascii_case(value);
    (profile.refuse_unlisted_values && matches!(rule, Rule::Vendor) && !VENDORS.iter().any(named))
        .then_some(Cow::Borrowed("no source names this vendor"))
}

/// (vendor, the currencies that some source pairs it with, those that the vendor's PHP SDK lets through).
///
/// Vendors of the whole world, such as cards, take the list below; a vendor that is not here takes any.
const CURRENCIES: [(&str, &[&str], &[&str]); 17] = [
    ("alipay", &["CNY", "USD", "GBP", "HKD"], &["USD", "CNY", "GBP"]),
    ("alipay_cn", &["CNY", "USD", "GBP", "HKD"], &["USD", "CNY", "GBP", "HKD"]),
    ("alipay_hk", &["HKD", "USD"], &["HKD"]),
    ("wechatpay", &["CNY", "USD"], &["USD", "CNY"]),
    ("wechat", &["CNY", "USD"], &["USD", "CNY"]),
    ("unionpay", &["CNY", "USD"], &["USD", "CNY"]),
    ("creditcard", WORLD, &["USD"]),
    ("paypal", WORLD, &["USD"]),
    ("venmo", &["USD"], &["USD"]),
    ("cashapppay", &["USD"], &["USD"]),
    ("gcash", &["PHP", "USD"], &["PHP"]),
    ("dana", &["IDR", "USD"], &["IDR"]),
    ("kakaopay", &["KRW", "USD"], &["KRW"]),
    ("truemoney", &["THB", "USD"], &["THB"]),
    ("tng", &["MYR", "USD"], &["MYR"]),
    ("bkash", &["BDT", "USD"], &["BDT"]),
    ("easypaisa", &["PKR", "USD"], &["PKR"]),
];
const WORLD: &[&str] = &[
    "AUD", "BRL", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "JPY", "MXN", "NOK", "NZD",
    "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD",
];

/// Whether the vendor takes the currency. An operation asks this after its fields have been checked.
pub(crate) fn vendor_takes(profile: &Profile, vendor: Option<&str>, currency: &str) -> Result<(), Refusal> {
    let Some(vendor) = vendor.filter(|_| profile.refuse_foreign_currencies) else { return Ok(()) };
    let known = CURRENCIES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(vendor));
    let Some((_, any, php)) = known else { return Ok(()) };
    let taken = if profile.refuse_unlisted_values { php } else { any };
    if taken.contains(&currency) {
        return Ok(());
    }
    Err(Refusal::mismatch("currency", format!("this vendor takes {}", taken.join(", "))))
}

/// What depends on amount and currency together.
fn amounts(operation: &Operation, profile: &Profile, params: &Params<'_>) -> Result<(), Refusal> {
    let Some(currency) = params.get("currency") else { return Ok(()) };
    let is_amount = |field: &&Field| matches!(field.rule, Rule::Amount | Rule::AmountOrZero);
    for field in operation.fields.iter().filter(is_amount) {
        if params.get(field.name).is_none() {
            continue;
        }
        let amount = params.amount_or_zero(field.name);
        if profile.refuse_fractions && !amount.fits(currency) {
            return Err(Refusal::bad_value(field.name, "this currency has no smaller unit"));
        }
        if profile.max_amount.is_some_and(|most| amount > Amount::from_units(most)) {
            return Err(Refusal::bad_value(field.name, "above the greatest amount of the profile"));
        }
        let is_payment = field.name == "amount";
        if profile.refuse_unlisted_values && is_payment && amount.is_below_minimum(currency) {
            return Err(Refusal::bad_value(field.name, "below the least amount of this currency"));
        }
    }
    Ok(())
}

fn timestamp(profile: &Profile, params: &Params<'_>, now: Millis) -> Result<(), Refusal> {
    let Some(minutes) = profile.timestamp_tolerance_minutes else { return Ok(()) };
    let Some(given) = params.get("timestamp").and_then(time::parse_utc) else { return Ok(()) };
    if given.0.abs_diff(now.0) > u64::from(minutes) * 60_000 {
        return Err(Refusal::bad_value("timestamp", format!("it is more than {minutes} minutes from now")));
    }
    Ok(())
}
