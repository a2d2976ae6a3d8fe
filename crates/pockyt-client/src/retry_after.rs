//! `Retry-After` (RFC 9110 §10.2.3).

use std::time::Duration;

use http::header::RETRY_AFTER;

/// How long the other side asks to wait, when it says so in seconds. The form with a date is not used:
/// it would compare two clocks, and a wrong one could ask for years.
pub(crate) fn of<B>(answer: &http::Response<B>) -> Option<Duration> {
    let text = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // A number that is too large for the type is still a very long time.
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::from(u32::MAX))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_and_nothing_else() {
        for (text, read) in [
            ("7", Some(7)),
            (" 120 ", Some(120)),
            ("0", Some(0)),
            ("99999999999999999999999", Some(u64::from(u32::MAX))),
            ("-1", None),
            ("1.5", None),
            ("", None),
            ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ] {
            let answer = http::Response::builder().header(RETRY_AFTER, text).body(()).unwrap();
            assert_eq!(of(&answer), read.map(Duration::from_secs), "{text:?}");
        }
    }
}
