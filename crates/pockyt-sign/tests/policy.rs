//! The sending and receiving policies, rule by rule.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use pockyt_sign::send::RefusalKind;
use pockyt_sign::{ApiToken, Received, Rejection, SigningKey, TokenError, Verifier, algorithm, send};

const TOKEN: &str = "not-a-real-token";

fn key() -> SigningKey {
    SigningKey::new(&ApiToken::new(TOKEN).unwrap())
}

/// A body that carries a right signature over these pairs, whatever they are.
fn signed_form(pairs: &[(&str, &str)]) -> String {
    let signature = algorithm::signature(pairs, &key());
    let mut body = String::new();
    for (name, value) in pairs {
        body.push_str(&format!("{}={}&", escape(name), escape(value)));
    }
    body + "verifySign=" + signature.as_str()
}

fn escape(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

#[test]
fn rejections() {
    let right = signed_form(&[("a", "1"), ("b", "2")]);
    let table: &[(&[u8], Rejection)] = &[
        (b"", Rejection::SignatureMissing),
        (b"a=1&b=2", Rejection::SignatureMissing),
        (b"a=1&verifySign=", Rejection::SignatureEmpty),
        (b"a=1&verifySign=abc", Rejection::SignatureMalformed),
        (b"a=1&verifySign=ABCDEFABCDEFABCDEFABCDEFABCDEFAB", Rejection::SignatureMalformed),
        (b"a=1&verifySign=00000000000000000000000000000000", Rejection::SignatureMismatch),
        (b"a=1&a=1&verifySign=00000000000000000000000000000000", Rejection::DuplicateName),
        (b"a%20=1&verifySign=00000000000000000000000000000000", Rejection::NameNotAllowed),
        (b"=1&verifySign=00000000000000000000000000000000", Rejection::NameNotAllowed),
        (b"1a=1&verifySign=00000000000000000000000000000000", Rejection::NameNotAllowed),
        (b"a=%4", Rejection::InvalidEscape),
        (b"a=%zz", Rejection::InvalidEscape),
        (b"a=%ff", Rejection::InvalidUtf8),
        (b"a=\xff", Rejection::InvalidUtf8),
    ];
    let verifier = Verifier::new(key());
    assert!(verifier.form(right.as_bytes()).is_ok());
    for (body, expected) in table {
        let got = verifier.form(body).map(|_| ());
        assert_eq!(got, Err(*expected), "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn a_character_may_be_escaped_in_part() {
    let signature = algorithm::signature(&[("a", "é")], &key());
    for value in [&b"%C3%A9"[..], b"%C3\xa9", b"\xc3%a9", b"\xc3\xa9"] {
        let body = [b"a=", value, b"&verifySign=", signature.as_str().as_bytes()].concat();
        let verifier = Verifier::new(key());
        let Ok(Received::Verified(message)) = verifier.form(&body) else { panic!("{value:?}") };
        assert_eq!(message.fields().into_iter().next_back(), Some(("a", "é")));
    }
}

#[test]
fn json_numbers_keep_their_literal_and_nested_values_are_compact() {
    let pairs = [
        ("amount", "499000.00"),
        ("big", "1e999"),
        ("goodsInfo", r#"[{"goods_name":"a b\"\\","q":1.50}]"#),
        ("note", "é/"),
        ("nothing", "null"),
        ("yes", "true"),
    ];
    let signature = algorithm::signature(&pairs, &key());
    let body = format!(
        r#" {{ "yes": true, "goodsInfo": [ {{ "goods_name": "a b\"\\", "q": 1.50 }} ],
            "amount": 499000.00, "note": "\u00e9\/", "big": 1e999, "nothing": null,
            "verifySign": "{signature}" }} "#
    );
    let Received::Verified(message) = Verifier::new(key()).json(body.as_bytes()).unwrap() else {
        panic!("ambiguous")
    };
    for (name, value) in pairs {
        assert_eq!(message.fields().get(name), Some(value));
    }
    assert_eq!(message.fields().iter().next(), Some(("yes", "true")), "order is kept");
    assert_eq!(message.fields().len(), 6);
    assert_eq!(message.fields().iter().len(), 6);
    assert_eq!(message.fields().iter().skip(2).size_hint(), (4, Some(4)));
}

#[test]
fn json_that_is_not_one_object_is_refused() {
    let verifier = Verifier::new(key());
    let deep = "[".repeat(10_000);
    let deep_member = format!(r#"{{"a":{}}}"#, "[".repeat(10_000));
    for body in ["", "[]", "1", r#""a""#, "{", r#"{"a":1} x"#, r#"{"a":"\ud800"}"#, &deep, &deep_member] {
        assert_eq!(verifier.json(body.as_bytes()).map(|_| ()), Err(Rejection::InvalidJson), "{body:.40}");
    }
    assert_eq!(verifier.json(b"{\"a\":\"\xff\"}").map(|_| ()), Err(Rejection::InvalidUtf8));
    let twice = br#"{"a":"1","a":"1","verifySign":"00000000000000000000000000000000"}"#;
    assert_eq!(verifier.json(twice).map(|_| ()), Err(Rejection::DuplicateName));
}

#[test]
fn empty_fields_that_nobody_signed_are_not_handed_over() {
    let signature = algorithm::signature(&[("a", "1")], &key());
    let body = format!("a=1&b=&verifySign={signature}");
    let Received::Verified(message) = Verifier::new(key()).form(body.as_bytes()).unwrap() else {
        panic!("ambiguous")
    };
    assert_eq!(message.fields().iter().collect::<Vec<_>>(), [("a", "1")]);
    assert!(message.dropped_empties());

    let body = signed_form(&[("a", "1"), ("b", "")]);
    let Received::Verified(message) = Verifier::new(key()).form(body.as_bytes()).unwrap() else {
        panic!("ambiguous")
    };
    assert_eq!(message.fields().get("b"), Some(""), "signed as empty, so it stays");
    assert!(!message.dropped_empties());
}

#[test]
fn a_value_that_reads_as_another_field_is_ambiguous() {
    let table = [
        ("Tom & Ann", false),
        ("AT&T", false),
        ("a=b", false),
        ("&", false),
        ("&=", false),
        ("&1=2", false),
        ("& b=2", false),
        ("x&b=2", true),
        ("&b=", true),
        ("&_=", true),
        ("&&b=2", true),
        ("https://shop.example/?a=1&b=2", true),
    ];
    for (value, expected) in table {
        let body = signed_form(&[("a", value)]);
        let received = Verifier::new(key()).form(body.as_bytes()).unwrap();
        match received {
            Received::Ambiguous(message) => {
                assert!(expected, "{value:?}");
                assert_eq!(message.field(), "a");
            }
            Received::Verified(_) => assert!(!expected, "{value:?}"),
        }
    }
}

#[test]
fn sending_refuses_what_others_might_read_differently() {
    let refused = |params: &[(&str, &str)]| send::sign(params, &key()).map(|_| ()).map_err(|r| r.kind());
    assert_eq!(refused(&[("a", "1"), ("b", "")]), Err(RefusalKind::EmptyValue));
    assert_eq!(refused(&[("a", "1"), ("a", "1")]), Err(RefusalKind::DuplicateName));
    assert_eq!(refused(&[("a-b", "1")]), Err(RefusalKind::NameNotAllowed));
    assert_eq!(refused(&[("verifySign", "1")]), Err(RefusalKind::AlreadySigned));
    assert_eq!(refused(&[("b", "1"), ("a", "2")]), Ok(()));
    assert_eq!(send::sign(&[("a", "1"), ("b", "")], &key()).unwrap_err().position(), 1);
}

#[test]
fn secrets_do_not_show() {
    let token = ApiToken::new(TOKEN).unwrap();
    let shown = format!("{token:?} {:?} {:?}", SigningKey::new(&token), Verifier::new(key()));
    assert_eq!(shown, "ApiToken(redacted) SigningKey(redacted) Verifier { key: SigningKey(redacted) }");
    assert_eq!(ApiToken::new("").unwrap_err(), TokenError::Empty);
    assert_eq!(ApiToken::new("a ").unwrap_err(), TokenError::Padded);
    for unseen in ["\u{feff}abc", "a\u{200b}bc", "a\nb", "a\u{202e}b"] {
        assert_eq!(ApiToken::new(unseen).unwrap_err(), TokenError::Invisible, "{unseen:?}");
    }
    assert!(ApiToken::new("5cbfb079f15b150122261c8537086d77a").unwrap().is_published_sandbox());
    assert!(!token.is_published_sandbox());
    assert!(SigningKey::from_any_text("17cfc0170ef1c017b4a929d233d6e65e").is_published_sandbox());
    assert!(!key().is_published_sandbox());
}
