//! Somebody who has seen one genuine message can cut its signed text in many ways, without the key.

use pockyt_store::Inbox;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use crate::support::{FORM, JSON, cuts, fields, form, json, listener, signed, states};

/// What a notification of payment 1 says, with some optional fields.
fn message() -> impl Strategy<Value = Vec<(String, String)>> {
    let optional = vec![("note", "for Ann & Bob"), ("settleCurrency", "USD"), ("vendorId", "2012=7")];
    let amount = prop_oneof![3 => Just("13.00"), 1 => Just("13,00")];
    (amount, subsequence(optional, 0..=3)).prop_map(|(amount, optional)| {
        let mut message = fields(1, amount, "success");
        message.extend(optional.into_iter().map(|(name, value)| (name.into(), value.into())));
        message
    })
}

async fn deliver(message: Vec<(String, String)>, as_json: bool, genuine_at: Index) {
    let readable = message[0].1 == "13.00";
    let (listener, _) = listener();
    let mut deliveries = cuts(message);
    let genuine = deliveries.remove(0);
    let genuine_at = genuine_at.index(deliveries.len() + 1);
    deliveries.insert(genuine_at, genuine);
    for (at, cut) in deliveries.iter().enumerate() {
        let (content_type, body) = if as_json { (JSON, json(cut)) } else { (FORM, form(cut)) };
        let reply = listener.accept(content_type, body.as_bytes()).await;
        assert_eq!(reply.body, "success", "{body}");
        let recorded = matches!(reply.verdict, pockyt_ipn::Verdict::Recorded(_));
        assert_eq!(recorded, readable && at == genuine_at, "{body}");
    }
    let counts = states(listener.inbox().counts().await.unwrap());
    assert_eq!(counts, [0, 0, 0, 1, usize::from(readable)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn all_cuts_of_one_text_make_one_doubtful_record_and_the_genuine_message_is_still_the_first(
        message in message(),
        as_json: bool,
        genuine_at: Index,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(deliver(message, as_json, genuine_at));
    }
}

#[tokio::test]
async fn different_texts_are_different_doubtful_records() {
    let (listener, _) = listener();
    for (payment, cut) in [(1, 1), (1, 9), (2, 1), (2, 16)] {
        let cut = cuts(fields(payment, "13.00", "success")).remove(cut);
        listener.accept(FORM, form(&cut).as_bytes()).await;
    }
    let unreadable = form(&signed(fields(3, "13,00", "success")));
    listener.accept(FORM, unreadable.as_bytes()).await;
    assert_eq!((listener.counts().quarantined, listener.counts().duplicates), (3, 2));
}
