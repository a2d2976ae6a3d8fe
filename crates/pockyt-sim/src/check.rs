//! Checks fields against the catalogue.

mod outline;
mod rules;

use std::borrow::Cow;

use pockyt_sign::Fields;
use smallvec::SmallVec;

use crate::catalogue::{Field, Need, Operation, Rule};
use crate::money::{self, Amount};
use crate::profile::{Profile, Requirements};
use crate::refusal::Refusal;
use crate::words::Key;
use crate::{Millis, time};

pub(crate) use outline::{Outline, outlines};

/// The fields of a request whose signature is right. An empty optional field counts as absent.
#[derive(Clone, Copy)]
pub(crate) struct Params<'a> {
    all: &'a [Param<'a>],
    /// The marks of all names.
    marks: u64,
}

/// One of them.
pub(crate) struct Param<'a> {
    key: Key,
    name: &'a str,
    value: &'a str,
}

/// The fields of a request, made to be looked for. They are gathered where they stay, since moving them takes as
/// long.
pub(crate) type Given<'a> = SmallVec<[Param<'a>; 12]>;

impl<'a> Param<'a> {
    pub(crate) fn all(fields: &'a Fields<'_>) -> impl Iterator<Item = Self> {
        fields.iter().map(|(name, value)| Self { key: Key::of(name), name, value })
    }
}

impl<'a> Params<'a> {
    pub(crate) fn of(all: &'a [Param<'a>]) -> Self {
        Self { all, marks: all.iter().fold(0, |marks, param| marks | param.key.mark) }
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
    (operation, outline): (&Operation, &Outline),
    profile: &Profile,
    params: &Params<'_>,
    now: Millis,
) -> Result<(), Refusal> {
    let first_wrong = if outline.is_plainly_filled(operation, profile, params) {
        None
    } else {
        first_wrong(operation, profile, params)?
    };
    conditional(operation, profile, params)?;
    if let Some((name, rule)) = first_wrong {
        return Err(Refusal::bad_value(name, rule));
    }
    amounts(operation, profile, params)?;
    timestamp(profile, params, now)
}

/// The first field whose value is wrong, and what is wrong with it.
///
/// # Errors
///
/// The first field that is missing.
fn first_wrong(
    operation: &Operation,
    profile: &Profile,
    params: &Params<'_>,
) -> Result<Option<(&'static str, Cow<'static, str>)>, Refusal> {
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
    Ok(first_wrong)
}

/// The rule that a field's value breaks.
fn wrong(field: &Field, value: &str, profile: &Profile, params: &Params<'_>) -> Option<Cow<'static, str>> {
    if value.is_empty() {
        return is_needed(field, profile, params).then_some("a required field is not empty".into());
    }
    wrong_by_itself(field.rule, value, profile)
}

/// The same, of a value that is there, whatever else is.
fn wrong_by_itself(rule: Rule, value: &str, profile: &Profile) -> Option<Cow<'static, str>> {
    rules::broken(rule, value).or_else(|| match rule {
        Rule::Reference if is_too_long(value, profile) => {
            Some(format!("a reference is at most {} characters", profile.max_reference_length).into())
        }
        Rule::Vendor if is_unlisted(value, profile) => Some("no source names this vendor".into()),
        _ => None,
    })
}

/// Whether there is nothing wrong with it.
fn is_right_by_itself(rule: Rule, value: &str, profile: &Profile) -> bool {
    rules::holds(rule, value)
        && match rule {
            Rule::Reference => !is_too_long(value, profile),
            Rule::Vendor => !is_unlisted(value, profile),
            _ => true,
        }
}

fn need(field: &Field, requirements: Requirements) -> Need {
    match requirements {
        Requirements::Lenient => field.lenient,
        Requirements::Strict => field.strict,
    }
}

/// Whether an empty value is no better than none.
fn is_needed(field: &Field, profile: &Profile, params: &Params<'_>) -> bool {
    match need(field, profile.requirements) {
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
    match need(field, profile.requirements) {
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

fn is_too_long(reference: &str, profile: &Profile) -> bool {
    let most = usize::try_from(profile.max_reference_length).unwrap_or(usize::MAX);
    reference.len() > most && reference.chars().count() > most
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

fn is_unlisted(vendor: &str, profile: &Profile) -> bool {
    profile.refuse_unlisted_values && !VENDORS.iter().any(|known| known.eq_ignore_ascii_case(vendor))
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
    let refuses_fractions = profile.refuse_fractions && money::has_no_fractions(currency);
    if !refuses_fractions && !profile.refuse_unlisted_values && profile.max_amount.is_none() {
        return Ok(());
    }
    let is_amount = |field: &&Field| matches!(field.rule, Rule::Amount | Rule::AmountOrZero);
    for field in operation.fields.iter().filter(is_amount) {
        if params.get(field.name).is_none() {
            continue;
        }
        let amount = params.amount_or_zero(field.name);
        if refuses_fractions && !amount.is_whole() {
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
