//! Explanations of form bodies: a known habit is found, and neither token, key nor card number is shown.
//!
//! The first two bytes choose how the rest is signed; the fuzzer cannot invert MD5.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pockyt_fuzz::{Pairs, are_acceptable, can_be_cut, documented, form_body, form_pairs, md5_hex};
use pockyt_sign::explain::{Explanation, Suspect};

/// Its characters stay one piece in whatever is made of a body, and no body holds it by chance.
const TOKEN: &str = "CANARY-of-the-token";
const CARD: &str = "CANARYofTheCard";

fuzz_target!(|input: &[u8]| {
    let [habit, secret, body @ ..] = input else { return };
    let Some(mut pairs) = form_pairs(body) else {
        assert!(Suspect::of_form(body).is_err());
        return;
    };
    // What a body says outside of card fields may be shown.
    let says =
        |word: &str| pairs.iter().any(|(n, v)| (n.clone() + "=" + v).to_ascii_lowercase().contains(word));
    if says("canary") || says(&md5_hex(TOKEN)[..8]) {
        return;
    }
    let is_signed = pairs.iter().any(|(name, _)| name == "verifySign");
    if is_signed {
        shows_no_secret(&Suspect::of_form(body).expect("what can be decoded can be explained"));
        return;
    }
    pairs.extend(card(&pairs));
    let signature = md5_hex(text(*habit, &pairs) + &appended(*secret));
    let body = form_body(&pairs, &signature);
    let suspect = Suspect::of_form(body.as_bytes()).expect("what can be decoded can be explained");
    let explanation = shows_no_secret(&suspect.token("ours", TOKEN).older("before", pairs.clone()));
    // Odd keys are tried with the likely texts only, and much only with messages of an ordinary size.
    let is_known = matches!(habit % 8, 0 | 1 | 7) || matches!(secret % 8, 0 | 6 | 7);
    if is_known && are_acceptable(&pairs) && pairs.len() < 60 {
        let recognised = explanation.fits() || !explanation.findings().is_empty();
        assert!(recognised, "habit {habit} with key {secret} is not recognised");
    }
    let is_documented = habit % 8 == 0 && secret % 8 == 0;
    assert!(!is_documented || !are_acceptable(&pairs) || explanation.fits());
});

/// A card field whose value begins as the fuzzer likes. What follows an `&name=` in it counts as another
/// field, and is shown.
fn card(pairs: &Pairs) -> Option<(String, String)> {
    let begin = pairs.first().map_or("", |(_, value)| value);
    let is_free = pairs.iter().all(|(name, _)| name != "cardNumber");
    (is_free && !can_be_cut(begin)).then(|| ("cardNumber".to_owned(), format!("{begin}{CARD} ")))
}

/// What is signed before the key.
fn text(habit: u8, pairs: &Pairs) -> String {
    let with = |change: &dyn Fn(&str) -> String| {
        let changed = pairs.iter().map(|(name, value)| (name.clone(), change(value)));
        documented(&changed.collect())
    };
    match habit % 8 {
        1 => documented(&pairs.iter().filter(|(_, value)| !value.is_empty()).cloned().collect()),
        2 => with(&|value| value.trim().to_owned()),
        3 => pairs.iter().flat_map(|(name, value)| [name, "=", value, "&"]).collect(),
        4 => documented(pairs).strip_suffix('&').unwrap_or_default().to_owned(),
        5 => documented(&pairs.iter().skip(1).cloned().collect()),
        6 => documented(&pairs.iter().filter(|(_, value)| value != "null").cloned().collect()),
        _ => documented(pairs),
    }
}

/// What is signed after it.
fn appended(secret: u8) -> String {
    match secret % 8 {
        1 => md5_hex(format!("{TOKEN}\n")),
        2 => TOKEN.to_owned(),
        3 => md5_hex(TOKEN).to_ascii_uppercase(),
        4 => md5_hex(md5_hex(TOKEN)),
        5 => String::new(),
        _ => md5_hex(TOKEN),
    }
}

fn shows_no_secret(suspect: &Suspect) -> Explanation {
    let explanation = suspect.explain();
    let mut shown = format!("{suspect:?} {explanation:?} {}", explanation.canonical());
    for finding in explanation.findings() {
        shown.push_str(&finding.sentence());
        shown.push_str(finding.key());
        if let Some(difference) = finding.difference() {
            shown.push_str(difference.documented());
            shown.push_str(difference.signed());
        }
    }
    let shown = shown.to_ascii_lowercase();
    for secret in [TOKEN.to_ascii_lowercase(), md5_hex(TOKEN), CARD.to_ascii_lowercase()] {
        assert!(!shown.contains(&secret), "{secret} is shown in {shown}");
    }
    explanation
}
