//! People who send what they should not.

use pockyt_sign::{SigningKey, algorithm};

/// A message as its fields, in order.
pub(crate) type Message = Vec<(String, String)>;

/// Reads a body that the mock sent, as somebody who listens on the wire could.
pub(crate) fn read(body: &str) -> Message {
    form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

pub(crate) fn write(message: &Message) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(message).finish()
}

/// Signs with a key that the sender made up.
pub(crate) fn forge(mut message: Message) -> Message {
    message.retain(|(name, _)| name != "verifySign");
    let signature = algorithm::signature(&message, &SigningKey::from_any_text("a guess"));
    message.push(("verifySign".into(), signature.as_str().into()));
    message
}

/// Changes one value and leaves the signature.
pub(crate) fn tamper(mut message: Message, name: &str, value: &str) -> Message {
    for field in message.iter_mut().filter(|(candidate, _)| candidate == name) {
        value.clone_into(&mut field.1);
    }
    message
}

/// Cuts the signed text of a genuine message in other places: the field that follows `name` in the
/// signed order becomes a part of its value. The signature still fits.
pub(crate) fn recut(message: Message, name: &str) -> Message {
    let mut sorted = message;
    sorted.sort();
    let mut cut: Message = Vec::new();
    let mut swallowing = false;
    for (field, value) in sorted {
        match cut.last_mut() {
            Some((_, into)) if swallowing && field != "verifySign" => {
                into.push_str(&format!("&{field}={value}"));
                swallowing = false;
            }
            _ => {
                swallowing = field == name;
                cut.push((field, value));
            }
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use pockyt_sign::{Received, Rejection, Verifier};

    fn genuine() -> Message {
        let fields = [("amount", "13.00"), ("currency", "USD"), ("note", "Tom & Ann"), ("status", "success")];
        let mut message: Message = fields.map(|(n, v)| (n.to_owned(), v.to_owned())).into();
        let signature = algorithm::signature(&message, &SigningKey::from_any_text("the token"));
        message.push(("verifySign".into(), signature.as_str().into()));
        message
    }

    fn verdict(message: &Message) -> Result<bool, Rejection> {
        let body = write(message);
        let received = Verifier::new(SigningKey::from_any_text("the token")).form(body.as_bytes())?;
        Ok(matches!(received, Received::Verified(_)))
    }

    #[test]
    fn each_attack_does_what_it_says() {
        assert_eq!(verdict(&genuine()), Ok(true));
        assert_eq!(verdict(&read(&write(&genuine()))), Ok(true));
        assert_eq!(verdict(&forge(genuine())), Err(Rejection::SignatureMismatch));
        assert_eq!(verdict(&tamper(genuine(), "amount", "0.01")), Err(Rejection::SignatureMismatch));
        assert_eq!(
            verdict(&recut(genuine(), "amount")),
            Ok(false),
            "the signature fits, the reading does not"
        );
    }
}
