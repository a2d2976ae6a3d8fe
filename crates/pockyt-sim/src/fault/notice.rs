//! What a fault makes of the body of a notification.

use form_urlencoded::Serializer;
use pockyt_sign::{SigningKey, VERIFY_SIGN, algorithm};

use super::NotificationFault;
use crate::body::{Encoding, Reading};

/// The body that arrives under this fault, in the same form; the same body when the fault leaves it alone.
pub(crate) fn altered(fault: NotificationFault, is_json: bool, body: &str) -> String {
    let encoding = if is_json { Encoding::Json } else { Encoding::Form };
    let read = Reading::of(encoding, body.as_bytes()).pairs.into_iter();
    let mut fields: Vec<(String, String)> = read.map(|(n, v)| (n.into(), v.into())).collect();
    match fault {
        NotificationFault::Corrupt => return without_its_end(body),
        NotificationFault::Tamper => tamper(&mut fields),
        NotificationFault::Forge => forge(&mut fields),
        NotificationFault::Recut => recut(&mut fields),
        NotificationFault::Drop | NotificationFault::Duplicate | NotificationFault::Reorder => {
            return body.to_owned();
        }
    }
    written(encoding, &fields)
}

fn without_its_end(body: &str) -> String {
    let kept = body.chars().count() * 2 / 3;
    body.chars().take(kept).collect()
}

/// Ten times the money, or more.
fn tamper(fields: &mut [(String, String)]) {
    let amount = |(name, _): &&mut (String, String)| name.to_ascii_lowercase().ends_with("amount");
    if let Some((_, value)) = fields.iter_mut().find(amount) {
        value.insert(0, '9');
    } else if let Some((_, value)) = fields.iter_mut().find(|(name, _)| name != VERIFY_SIGN) {
        value.push('9');
    }
}

/// What somebody would send who knows everything but the token.
fn forge(fields: &mut Vec<(String, String)>) {
    fields.retain(|(name, _)| name != VERIFY_SIGN);
    if let Some((_, status)) = fields.iter_mut().find(|(name, _)| name == "status") {
        "success".clone_into(status);
    }
    let signed: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let signature = algorithm::signature(&signed, &SigningKey::from_any_text("not the token"));
    fields.push((VERIFY_SIGN.to_owned(), signature.to_string()));
}

/// The first two fields as one: the text that is signed stays the same.
fn recut(fields: &mut Vec<(String, String)>) {
    fields.sort_by(|(a, _), (b, _)| (a == VERIFY_SIGN, a).cmp(&(b == VERIFY_SIGN, b)));
    if fields.len() > 2 {
        let (name, value) = fields.remove(1);
        if let Some((_, first)) = fields.first_mut() {
            first.push_str(&format!("&{name}={value}"));
        }
    }
}

fn written(encoding: Encoding, fields: &[(String, String)]) -> String {
    match encoding {
        Encoding::Form => Serializer::new(String::new()).extend_pairs(fields).finish(),
        Encoding::Json => {
            let quoted = |text: &str| serde_json::Value::from(text).to_string();
            let members: Vec<String> =
                fields.iter().map(|(name, value)| format!("{}:{}", quoted(name), quoted(value))).collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

#[cfg(test)]
mod tests {
    use pockyt_sign::{Received, Rejection, Verifier};

    use super::*;

    const FIELDS: [(&str, &str); 4] =
        [("amount", "13.00"), ("currency", "USD"), ("reference", "a é"), ("status", "failed")];

    fn genuine(encoding: Encoding) -> String {
        let signature = algorithm::signature(&FIELDS, &key());
        let mut fields: Vec<(String, String)> =
            FIELDS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        fields.push((VERIFY_SIGN.to_owned(), signature.to_string()));
        written(encoding, &fields)
    }

    fn key() -> SigningKey {
        SigningKey::from_any_text("secret")
    }

    #[test]
    fn altered_notifications_are_wrong_as_named_in_both_forms() {
        for encoding in [Encoding::Form, Encoding::Json] {
            let verifier = Verifier::new(key());
            let judge = |fault| {
                let body = altered(fault, encoding == Encoding::Json, &genuine(encoding));
                let read = Reading::of(encoding, body.as_bytes());
                let verdict = match encoding {
                    Encoding::Form => verifier
                        .form(body.as_bytes())
                        .map(|received| matches!(received, Received::Ambiguous(_))),
                    Encoding::Json => verifier
                        .json(body.as_bytes())
                        .map(|received| matches!(received, Received::Ambiguous(_))),
                };
                (verdict, read.get("amount").map(str::to_owned), read.get("status").map(str::to_owned))
            };
            assert_eq!(judge(NotificationFault::Duplicate).0, Ok(false), "{encoding:?}");
            let (verdict, amount, _) = judge(NotificationFault::Tamper);
            assert_eq!((verdict, amount.as_deref()), (Err(Rejection::SignatureMismatch), Some("913.00")));
            let (verdict, _, status) = judge(NotificationFault::Forge);
            assert_eq!((verdict, status.as_deref()), (Err(Rejection::SignatureMismatch), Some("success")));
            let (verdict, amount, _) = judge(NotificationFault::Recut);
            assert_eq!((verdict, amount.as_deref()), (Ok(true), Some("13.00&currency=USD")), "{encoding:?}");
            assert!(judge(NotificationFault::Corrupt).0.is_err());
        }
    }
}
