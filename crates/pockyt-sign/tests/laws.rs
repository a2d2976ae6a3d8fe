//! What must hold for every message.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::collections::BTreeSet;

use md5::{Digest, Md5};
use pockyt_sign::{
    Fields, Received, Rejection, SigningKey, VERIFY_SIGN, Verifier, algorithm, is_plain_name, send,
};
use proptest::prelude::*;

fn key() -> SigningKey {
    SigningKey::from_any_text("not-a-real-token")
}

/// Short texts out of the characters that matter to the signed text.
fn dirty() -> impl Strategy<Value = String> {
    "[ab=&1 ]{0,6}"
}

type Pairs = Vec<(String, String)>;

/// Every list of fields whose signed text is exactly this one: each `&` may end a field or belong to a
/// value, each `=` may end a name or belong to it.
fn all_cuts(canonical: &str) -> Vec<Pairs> {
    if canonical.is_empty() {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for (end, _) in canonical.match_indices('&') {
        let (field, rest) = (&canonical[..end], &canonical[end + 1..]);
        for (equals, _) in field.match_indices('=') {
            let pair = (field[..equals].to_owned(), field[equals + 1..].to_owned());
            found.extend(all_cuts(rest).into_iter().map(|mut tail| {
                tail.insert(0, pair.clone());
                tail
            }));
        }
    }
    found
}

fn form(pairs: &Pairs, signature: &str) -> String {
    escaped(pairs) + "&verifySign=" + signature
}

fn escaped(pairs: &Pairs) -> String {
    let escape = |text: &str| text.bytes().map(|b| format!("%{b:02x}")).collect::<String>();
    pairs.iter().map(|(n, v)| format!("{}={}", escape(n), escape(v))).collect::<Vec<_>>().join("&")
}

/// An object of texts that need no escapes, with this between the tokens.
fn object(pairs: &Pairs, blank: &str) -> String {
    let members: Vec<_> = pairs.iter().map(|(n, v)| format!("\"{n}\"{blank}:{blank}\"{v}\"")).collect();
    format!("{{{}}}", members.join(&format!("{blank},")))
}

/// All that a verdict says.
fn said(verdict: Result<Received<'_>, Rejection>) -> Result<(Pairs, bool, Option<String>), Rejection> {
    verdict.map(|received| match received {
        Received::Verified(message) => (owned(message.fields()), message.dropped_empties(), None),
        Received::Ambiguous(message) => {
            let field = message.field().to_owned();
            (owned(message.unconfirmed_fields()), message.dropped_empties(), Some(field))
        }
    })
}

fn owned(fields: &Fields<'_>) -> Pairs {
    fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

proptest! {
    #[test]
    fn the_order_of_the_parameters_does_not_matter(
        map in prop::collection::btree_map("[a-zA-Z_]{1,4}", "[^\u{0}]{1,8}", 0..8), seed in any::<u64>()
    ) {
        let sorted: Pairs = map.into_iter().collect();
        let mut shuffled = sorted.clone();
        let mut state = seed;
        shuffled.sort_by_cached_key(|_| { state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1); state >> 33 });
        let expected = algorithm::signature(&sorted, &key());
        prop_assert!(algorithm::signature(&shuffled, &key()).matches(&expected));
        prop_assert!(send::sign(&shuffled, &key()).unwrap().matches(&expected));
    }

    /// Short and long ones, so that the text is gathered in pieces of every size and place.
    #[test]
    fn fields_in_any_order_are_hashed_as_their_text(
        map in prop::collection::btree_map("[a-zA-Z_]{1,12}", "[a-z0-9]{1,40}|[a-z]{190,300}", 1..14),
        order in any::<[u8; 14]>(), place in any::<prop::sample::Index>()
    ) {
        let sorted: Pairs = map.into_iter().collect();
        let md5 = |text: String| Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let signature = md5(algorithm::canonical_text(&sorted) + &md5("not-a-real-token".into()));
        let signed = algorithm::signature(&sorted, &key());
        prop_assert_eq!(signed.as_str(), signature.as_str());
        let mut places = order.into_iter();
        let mut pieces: Vec<String> = sorted.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pieces.sort_by_cached_key(|_| places.next());
        pieces.insert(place.index(pieces.len() + 1), format!("verifySign={signature}"));
        let body = pieces.join("&");
        prop_assert!(matches!(Verifier::new(key()).form(body.as_bytes()), Ok(Received::Verified(_))), "{body}");
    }

    #[test]
    fn of_all_messages_with_one_signed_text_at_most_one_is_verified(
        map in prop::collection::btree_map("[ab]{1,2}", dirty(), 1..4)
    ) {
        let pairs: Pairs = map.into_iter().collect();
        let canonical = algorithm::canonical_text(&pairs);
        let signature = algorithm::signature(&pairs, &key());
        let mut verified = BTreeSet::new();
        let mut cuts = 0;
        for cut in all_cuts(&canonical) {
            if algorithm::canonical_text(&cut) != canonical {
                continue; // names out of order or repeated: it has another signed text
            }
            cuts += 1;
            let body = form(&cut, signature.as_str());
            if let Ok(Received::Verified(message)) = Verifier::new(key()).form(body.as_bytes()) {
                verified.insert(format!("{:?}", message.fields().iter().collect::<Vec<_>>()));
            }
        }
        prop_assert!(cuts >= 1);
        prop_assert!(verified.len() <= 1, "{canonical:?} is verified as {verified:?}");
    }

    /// A form is decoded, an object is read where it stands or, with blanks, by way of a copy.
    #[test]
    fn a_message_means_the_same_however_it_is_written(
        mut pairs in prop::collection::vec(("[abc_1][ab]{0,2}|[a-d]{7,20}", "[a-d=+{}:,%& ]{0,20}|x{200,300}"), 0..8),
        place in any::<prop::sample::Index>(), signed in 0..4_u8
    ) {
        let filled: Pairs = pairs.iter().filter(|(_, value)| !value.is_empty()).cloned().collect();
        let signature = match signed {
            0 => String::new(),
            1 => algorithm::signature(&filled, &SigningKey::from_any_text("another")).as_str().to_owned(),
            2 => algorithm::signature(&filled, &key()).as_str().to_owned(),
            _ => algorithm::signature(&pairs, &key()).as_str().to_owned(),
        };
        if !signature.is_empty() {
            pairs.insert(place.index(pairs.len() + 1), (VERIFY_SIGN.to_owned(), signature));
        }
        let verifier = Verifier::new(key());
        let as_form = said(verifier.form(escaped(&pairs).as_bytes()));
        prop_assert_eq!(&said(verifier.json(object(&pairs, "").as_bytes())), &as_form);
        prop_assert_eq!(&said(verifier.json(object(&pairs, " ").as_bytes())), &as_form);
    }

    #[test]
    fn a_changed_byte_breaks_the_signature(
        map in prop::collection::btree_map("[a-z]{1,4}", "[a-z0-9 &=]{1,8}", 1..5), at in any::<prop::sample::Index>()
    ) {
        let mut pairs: Pairs = map.into_iter().collect();
        let signature = algorithm::signature(&pairs, &key());
        let chosen = at.index(pairs.len());
        pairs[chosen].1.push('x');
        let body = form(&pairs, signature.as_str());
        prop_assert!(Verifier::new(key()).form(body.as_bytes()).is_err());
    }

    #[test]
    fn nothing_panics(body in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,80}") {
        let verifier = Verifier::new(key());
        let _ = verifier.form(&body);
        let _ = verifier.json(&body);
        let _ = verifier.form(text.as_bytes());
        let _ = verifier.json(text.as_bytes());
    }

    #[test]
    fn plain_names_are_what_the_pattern_says(name in "[a-zA-Z0-9_=& é-]{0,4}") {
        let mut chars = name.chars();
        let first = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        let expected = first && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
        prop_assert_eq!(is_plain_name(&name), expected);
    }
}
