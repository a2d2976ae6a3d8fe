//! Messages that share one signed text, and messages of who has the token.

use std::collections::BTreeMap;

use pockyt_sign::{VERIFY_SIGN, algorithm};

use crate::world::key;

type Fields = Vec<(String, String)>;

/// The fields of a body, without the signature, in the order in which they are signed.
pub(crate) fn read(body: &str) -> Fields {
    let mut fields: Fields = decoded(body).into_iter().filter(|(name, _)| name != VERIFY_SIGN).collect();
    fields.sort();
    fields
}

fn decoded(body: &str) -> Fields {
    match serde_json::from_str::<BTreeMap<String, String>>(body) {
        Ok(members) => members.into_iter().collect(),
        Err(_) => form_urlencoded::parse(body.as_bytes()).into_owned().collect(),
    }
}

/// The body of these fields, signed with the shop's token.
pub(crate) fn signed(fields: Fields) -> String {
    let signature = algorithm::signature(&fields, &key());
    written(fields, signature.as_str())
}

fn written(fields: Fields, signature: &str) -> String {
    let signature = (VERIFY_SIGN.to_owned(), signature.to_owned());
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).extend_pairs([signature]).finish()
}

fn signature_of(body: &str) -> String {
    decoded(body).into_iter().find(|(name, _)| name == VERIFY_SIGN).unwrap().1
}

/// The same message with another value.
pub(crate) fn with(body: &str, name: &str, value: &str) -> String {
    let mut fields = read(body);
    let field = fields.iter_mut().find(|field| field.0 == name).unwrap();
    value.clone_into(&mut field.1);
    signed(fields)
}

/// Every body with the signed text of this one: at each `&name=` a field may begin, or the one before it goes
/// on. Values hold no other `&`. The last one is that in which all of them begin.
pub(crate) fn all_of(body: &str) -> Vec<String> {
    let text: Vec<String> = read(body).iter().map(|(name, value)| format!("{name}={value}")).collect();
    let text = text.join("&");
    let signature = signature_of(body);
    let pieces: Vec<(&str, &str)> = text.split('&').map(|piece| piece.split_once('=').unwrap()).collect();
    let cut = |begins: u32| {
        let mut fields = Fields::new();
        for (at, (name, value)) in pieces.iter().enumerate() {
            match fields.last_mut().filter(|_| at > 0 && begins & (1 << (at - 1)) == 0) {
                Some(last) => last.1.push_str(&format!("&{name}={value}")),
                None => fields.push(((*name).to_owned(), (*value).to_owned())),
            }
        }
        written(fields, &signature)
    };
    (0..1 << (pieces.len() - 1)).map(cut).collect()
}

/// The clean-looking one among them.
pub(crate) fn clean(body: &str) -> String {
    all_of(body).pop().unwrap()
}

#[test]
fn all_cuts_have_one_signature() {
    let fields = [("a", "1&b=2"), ("c", "3")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let body = signed(fields.to_vec());
    let bodies = all_of(&body);
    assert_eq!(bodies.len(), 4);
    assert!(bodies.contains(&body) && bodies.iter().all(|cut| *cut == signed(read(cut))), "{bodies:?}");
    assert_eq!(read(&clean(&body)).len(), 3);
}
