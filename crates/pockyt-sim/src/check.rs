//! Checks fields against the catalogue.

use std::borrow::Cow;

use pockyt_sign::Fields;

use crate::catalogue::{Field, Need, Operation, Rule};
use crate::money::Amount;
use crate::profile::{Profile, Requirements};
use crate::refusal::Refusal;

/// The fields of a request whose signature is right. An empty optional field counts as absent.
pub(crate) struct Params<'a>(pub(crate) &'a Fields<'a>);

impl Params<'_> {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).filter(|value| !value.is_empty())
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

    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name).is_some_and(|given| given.eq_ignore_ascii_case(value))
    }
}

/// Checks all fields in the order of the catalogue: first what is missing, then what is wrong.
pub(crate) fn fields(operation: &Operation, profile: &Profile, params: &Params<'_>) -> Result<(), Refusal> {
    // The signature was judged before, and the fields that it covers come without it.
    let fields = || operation.fields.iter().filter(|field| field.rule != Rule::Signature);
    for field in fields() {
        if let Some(rule) = missing(field, profile, params) {
            return Err(Refusal::missing(field.name, rule));
        }
    }
    for field in fields() {
        match params.0.get(field.name) {
            Some("") if need(field, profile) == Need::Required => {
                return Err(Refusal::bad_value(field.name, "a required field is not empty"));
            }
            None | Some("") => {}
            Some(value) => broken(field.rule, value)
                .or_else(|| unlisted(field.rule, value).filter(|_| profile.refuse_unlisted_values))
                .map_or(Ok(()), |rule| Err(Refusal::bad_value(field.name, rule)))?,
        }
    }
    amounts(operation, profile, params)
}

fn need(field: &Field, profile: &Profile) -> Need {
    match profile.requirements {
        Requirements::Lenient => field.lenient,
        Requirements::Strict => field.strict,
    }
}

fn missing(field: &Field, profile: &Profile, params: &Params<'_>) -> Option<&'static str> {
    if profile.refuse_empty_values && params.0.get(field.name) == Some("") {
        return Some("an empty value is refused; leave the field out");
    }
    match need(field, profile) {
        Need::Required if params.0.get(field.name).is_none() => Some("this field is required"),
        Need::EitherIdentifier
            if params.get("transactionNo").is_none() && params.get("reference").is_none() =>
        {
            Some("transactionNo or reference is required")
        }
        _ => None,
    }
}

/// The rule that a value breaks.
fn broken(rule: Rule, value: &str) -> Option<Cow<'static, str>> {
    let length = value.chars().count();
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = || value.parse::<u32>().ok().filter(|_| digits && value.len() <= 9);
    let (holds, text): (bool, Cow<'static, str>) = match rule {
        Rule::Amount => return Amount::parse(value).err().map(Cow::Borrowed),
        Rule::Barcode => (digits && (10..=32).contains(&length), "a wallet code is 10 to 32 digits".into()),
        Rule::Boolean => (matches!(value, "true" | "false"), "it is true or false".into()),
        Rule::Choice(words) => (words.contains(&value), format!("it is one of {}", words.join(", ")).into()),
        Rule::Currency => (
            value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_uppercase()),
            "a currency is three capital letters".into(),
        ),
        Rule::Digits => (digits && length <= 32, "it is at most 32 digits".into()),
        Rule::Json => (serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok(), "it is JSON".into()),
        Rule::Minutes => (
            number().is_some_and(|minutes| (1..=525_600).contains(&minutes)),
            "it is minutes, 1 to 525600".into(),
        ),
        Rule::Reference => (
            length <= 128 && value.trim() == value && !value.chars().any(char::is_control),
            "a reference is at most 128 visible characters".into(),
        ),
        Rule::Signature => return None,
        Rule::Text(most) => (length <= most, format!("it is at most {most} characters").into()),
        Rule::Url => (is_url(value), "it is an absolute http or https URL of at most 2048 characters".into()),
        Rule::Vendor => (
            length <= 32 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
            "a vendor is at most 32 letters, digits and _".into(),
        ),
        Rule::WholeNumber => (number().is_some(), "it is a whole number of at most 9 digits".into()),
    };
    (!holds).then_some(text)
}

fn is_url(value: &str) -> bool {
    let after_scheme = value
        .split_once("://")
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"));
    let host = after_scheme.and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    value.chars().count() <= 2048
        && host.is_some_and(|host| !host.is_empty())
        && !value.chars().any(|c| c.is_whitespace() || c.is_control())
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

fn unlisted(rule: Rule, value: &str) -> Option<Cow<'static, str>> {
    let named = |vendor: &&str| vendor.eq_ignore_ascii_case(value);
    (rule == Rule::Vendor && !VENDORS.iter().any(named))
        .then_some(Cow::Borrowed("no source names this vendor"))
}

/// What depends on amount and currency together.
fn amounts(operation: &Operation, profile: &Profile, params: &Params<'_>) -> Result<(), Refusal> {
    let Some(currency) = params.get("currency") else { return Ok(()) };
    for field in operation.fields.iter().filter(|field| field.rule == Rule::Amount) {
        let amount = params.amount(field.name)?;
        if !amount.fits(currency) {
            return Err(Refusal::bad_value(field.name, "this currency has no smaller unit"));
        }
        let is_payment = field.name == "amount";
        if profile.refuse_unlisted_values && is_payment && amount.is_below_minimum(currency) {
            return Err(Refusal::bad_value(field.name, "below the least amount of this currency"));
        }
    }
    Ok(())
}
