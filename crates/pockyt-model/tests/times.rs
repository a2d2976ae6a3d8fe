//! Pockyt's times, and the dates of requests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use pockyt_model::operation::TranQuery;
use pockyt_model::operation::older::CreditpayProcess;
use pockyt_model::{Answer, Operation, Timestamp, UtcMillis};
use proptest::prelude::*;

/// Reads a text as Pockyt's time.
fn seconds(text: &str) -> Option<u64> {
    let body = format!(
        r#"{{"ret_code":"000100","result":{{"paymentTime":{}}}}}"#,
        serde_json::to_string(text).unwrap()
    );
    let Answer::Accepted(view) = CreditpayProcess::read_answer(body.as_bytes()).unwrap() else {
        panic!("refused")
    };
    view.payment_time().unwrap().unwrap().to_utc().map(|utc| utc.get() / 1000)
}

#[test]
fn each_form_of_time_is_read_in_its_zone() {
    let table = [
        ("2020-10-12 21:38:16", Some(1_602_509_896)),
        ("20201012213816", Some(1_602_509_896)),
        ("2020-10-12T13:38:16Z", Some(1_602_509_896)),
        ("2020-10-12T21:38:16+08:00", Some(1_602_509_896)),
        ("2020-10-12T13:38:16.250Z", Some(1_602_509_896)),
        ("2020-10-12T08:08:16-05:30", Some(1_602_509_896)),
        ("1970-01-01T00:00:00Z", Some(0)),
        ("2016-12-31T23:59:60Z", Some(1_483_228_800)),
        ("2024-02-29 00:00:00", Some(1_709_136_000)),
        ("1969-12-31T23:59:59Z", None),
        ("2023-02-29 00:00:00", None),
        ("2020-13-01 00:00:00", None),
        ("2020-10-12 24:00:00", None),
        ("2020-10-12 21:60:00", None),
        ("2020-10-12T13:38:16", None),
        ("2020-10-12 13:38:16Z", None),
        ("2020-10-12T13:38:16+8", None),
        ("2020-10-12T13:38:16.Z", None),
        ("2020-10-12T13:38:16Z ", None),
        ("2020-1-12 13:38:16", None),
        ("+020-10-12 13:38:16", None),
        ("202010122138160", None),
        ("2020101221381", None),
        ("２０２０1012213816", None),
        ("", None),
    ];
    for (text, expected) in table {
        assert_eq!(seconds(text), expected, "{text:?}");
    }
    // Whatever a time says, the answer is read.
    assert!(TranQuery::read_answer(br#"{"ret_code":"000100","result":{"time":"x"}}"#).is_ok());
}

proptest! {
    #[test]
    fn a_timestamp_is_read_as_the_moment_it_was_made_from(second in 0_u64..253_402_300_800) {
        let timestamp = Timestamp::at(UtcMillis::new(second * 1000 + 999));
        prop_assert_eq!(seconds(timestamp.as_str()), Some(second));
        prop_assert_eq!(timestamp.as_str().len(), 20);
    }

    #[test]
    fn one_moment_in_two_zones_is_one(second in 28_800_u64..4_000_000_000) {
        let there = Timestamp::at(UtcMillis::new(second * 1000 + 28_800_000));
        let blank = there.as_str().replace('T', " ").replace('Z', "");
        prop_assert_eq!(seconds(&blank), Some(second));
        let digits: String = blank.chars().filter(char::is_ascii_digit).collect();
        prop_assert_eq!(seconds(&digits), Some(second));
    }

    #[test]
    fn no_text_panics(text in "[0-9TZ:+. -]{0,28}") {
        let _ = seconds(&text);
    }
}

#[test]
fn timestamps_end_with_the_year_9999() {
    assert_eq!(Timestamp::at(UtcMillis::new(u64::MAX)).as_str(), "9999-12-31T23:59:59Z");
    assert_eq!(Timestamp::at(UtcMillis::new(0)).as_str(), "1970-01-01T00:00:00Z");
}
