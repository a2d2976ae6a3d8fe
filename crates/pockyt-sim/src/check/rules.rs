//! What the value of a field must look like.

use std::borrow::Cow;

use crate::catalogue::Rule;
use crate::money::Amount;
use crate::time;
use crate::words::{are_digits, is_visible_ascii};

/// What a value should have been, if it is not.
pub(super) fn broken(rule: Rule, value: &str) -> Option<Cow<'static, str>> {
    (!holds(rule, value)).then(|| sentence(rule, value))
}

pub(super) fn holds(rule: Rule, value: &str) -> bool {
    let digits_between = |least, most| (least..=most).contains(&value.len()) && are_digits(value);
    let is_short = |most| value.len() <= most || value.chars().count() <= most;
    let capitals = |count| value.len() == count && value.bytes().all(|byte| byte.is_ascii_uppercase());
    let number = || value.parse::<u32>().ok().filter(|_| digits_between(1, 9));
    match rule {
        Rule::Amount => Amount::parse(value).is_ok(),
        Rule::AmountOrZero => Amount::parse_or_zero(value).is_ok(),
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
        Rule::Reference => is_short(MAX_REFERENCE) && (is_visible_ascii(value) || is_visible(value)),
        Rule::Signature => true,
        Rule::Text(most) => is_short(most),
        Rule::Timestamp => time::parse_utc(value).is_some(),
        Rule::Url => is_url(value),
        Rule::Vendor => {
            value.len() <= 32 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        }
        Rule::WholeNumber => number().is_some(),
    }
}

/// What a rule demands of a value that breaks it.
fn sentence(rule: Rule, value: &str) -> Cow<'static, str> {
    match rule {
        Rule::Amount => Amount::parse(value).err().unwrap_or_default().into(),
        Rule::AmountOrZero => Amount::parse_or_zero(value).err().unwrap_or_default().into(),
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
