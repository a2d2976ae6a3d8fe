//! Addresses that say what may be posted to them.

use std::sync::Arc;

use http::Request;
use http_body_util::{BodyExt, Full};
use pockyt_ipn::{BuildError, IpnRouter, SealKey, SealPolicy, SealedTerms, Sealer};
use pockyt_model::operation::PayoutAmount;
use pockyt_model::{
    AutoReference, Currency, CustomerNo, InvoiceId, NotificationKind, Price, Reference, TransactionNo,
};
use pockyt_store::{Doubt, Inbox, InboxAdmin, Quarantine, State, Tenant};
use proptest::prelude::*;
use tower_service::Service;

use crate::support::{
    FORM, Ledger, Pockyt, TestListener, builder, fields, form, genuine, of_kind, signed, states,
};

fn sealer() -> Sealer {
    Sealer::new("test", SealKey::new([7; 32]))
}

fn shop() -> Tenant {
    Tenant::new("shop").unwrap()
}

fn reference(number: u32) -> Reference {
    Reference::new(format!("order-{number}")).unwrap()
}

fn price(amount: &str) -> Price {
    Price::new(amount, Currency::USD).unwrap()
}

fn listener(policy: SealPolicy) -> TestListener {
    builder(&Arc::default()).sealer(sealer()).seal_policy(policy).build().unwrap()
}

async fn accept(listener: &TestListener, body: &str, tag: Option<&str>) -> &'static str {
    let reply = listener.accept_sealed(FORM, body.as_bytes(), tag).await;
    assert_eq!((reply.status.as_u16(), reply.body), (200, "success"), "its signature is right");
    reply.verdict.as_str()
}

#[tokio::test]
async fn each_setting_makes_of_each_address_what_it_says() {
    use SealPolicy::{Off, Preferred, Required};
    let right = sealer().tag(&shop(), &SealedTerms::payment(&reference(1), &price("13")));
    let other = sealer().tag(&shop(), &SealedTerms::payment(&reference(2), &price("13")));
    let upper = right.to_uppercase();
    let (right, other) = (Some(right.as_str()), Some(other.as_str()));
    let rows = [
        (Off, vec![None, right, other, Some("x")], "recorded"),
        (Preferred, vec![None, right], "recorded"),
        (Preferred, vec![other, Some("x"), Some(""), Some(&upper)], "quarantined"),
        (Required, vec![right], "recorded"),
        (Required, vec![None, other, Some("x")], "quarantined"),
    ];
    for (policy, tags, expected) in rows {
        for tag in tags {
            let listener = listener(policy);
            assert_eq!(accept(&listener, &genuine(1), tag).await, expected, "{policy:?} {tag:?}");
            let ledger = Ledger::default();
            listener.run_until_idle(&ledger).await.unwrap();
            assert_eq!(ledger.notices().len(), usize::from(expected == "recorded"), "{policy:?} {tag:?}");
            // The same message by the right address is still the first of its kind.
            assert_ne!(accept(&listener, &genuine(1), right).await, "quarantined");
            let kept = listener.inbox().list(State::Quarantined, None, 9).await.unwrap();
            let doubts = kept.iter().all(|notice| {
                matches!(&notice.quarantine, Some(Quarantine::Doubt(Doubt::Mismatch { problem })) if problem.contains("address"))
            });
            assert!(doubts, "{kept:?}");
        }
    }
}

#[tokio::test]
async fn a_seal_stops_another_order_amount_tenant_environment_kind_and_key() {
    let terms = SealedTerms::payment(&reference(1), &price("13.00"));
    let tag =
        |sealer: &Sealer, tenant: &str, terms: &SealedTerms| sealer.tag(&Tenant::new(tenant).unwrap(), terms);
    let other_key = Sealer::new("test", SealKey::new([8; 32]));
    let wrong = [
        tag(&sealer(), "shop", &SealedTerms::payment(&reference(2), &price("13.00"))),
        tag(&sealer(), "shop", &SealedTerms::payment(&reference(1), &price("13.01"))),
        tag(
            &sealer(),
            "shop",
            &SealedTerms::payment(&reference(1), &Price::new("13", Currency::PHP).unwrap()),
        ),
        tag(&sealer(), "shop", &SealedTerms::payment_with_tip(&reference(1), Currency::PHP)),
        tag(&sealer(), "cafe", &terms),
        tag(&Sealer::new("production", SealKey::new([7; 32])), "shop", &terms),
        tag(&other_key, "shop", &terms),
        tag(
            &sealer(),
            "shop",
            &SealedTerms::payout(
                &InvoiceId::new("order-1").unwrap(),
                &PayoutAmount::new("13", Currency::USD).unwrap(),
            ),
        ),
    ];
    for tag in wrong {
        assert_eq!(
            accept(&listener(SealPolicy::Required), &genuine(1), Some(&tag)).await,
            "quarantined",
            "{tag}"
        );
    }
    let rotated = Sealer::new("test", SealKey::new([9; 32])).with_retired(SealKey::new([7; 32]));
    let listener = builder(&Arc::default()).sealer(rotated.clone()).build().unwrap();
    let old = tag(&sealer(), "shop", &terms);
    assert_ne!(rotated.tag(&shop(), &terms), old);
    assert_eq!(accept(&listener, &genuine(1), Some(&old)).await, "recorded");
}

#[tokio::test]
async fn with_tips_allowed_any_amount_fits_and_no_other_order() {
    let open = sealer().tag(&shop(), &SealedTerms::payment_with_tip(&reference(1), Currency::USD));
    for amount in ["13.00", "15.50"] {
        let body = form(&signed(fields(1, amount, "success")));
        assert_eq!(accept(&listener(SealPolicy::Required), &body, Some(&open)).await, "recorded");
    }
    assert_eq!(accept(&listener(SealPolicy::Required), &genuine(2), Some(&open)).await, "quarantined");
}

#[tokio::test]
async fn every_kind_can_be_sealed_and_the_router_takes_the_tag_from_the_path() {
    let terms = [
        SealedTerms::mandate(&AutoReference::new("agreement-1").unwrap()),
        SealedTerms::payee_account(&CustomerNo::new("2000300192540133960288").unwrap()),
        SealedTerms::payment(&reference(1), &price("13")),
        SealedTerms::payout(
            &InvoiceId::new("invoice-1").unwrap(),
            &PayoutAmount::new("60", Currency::USD).unwrap(),
        ),
        SealedTerms::refund(&TransactionNo::new("318453016214317262").unwrap()),
        SealedTerms::unknown(),
    ];
    let inbox = Arc::default();
    let listeners = builder(&inbox).sealer(sealer()).seal_policy(SealPolicy::Required);
    let router = IpnRouter::default().with_each(listeners.build_each(&NotificationKind::ALL).unwrap());
    let post = async |path: &str, kind: NotificationKind| {
        let body = Full::<bytes::Bytes>::from(form(&signed(of_kind(kind))));
        let answer = router.service().call(Request::post(path).body(body).unwrap()).await.unwrap();
        assert_eq!(&answer.into_body().collect().await.unwrap().to_bytes()[..], b"success");
    };
    for terms in &terms {
        let url = sealer().url("https://shop.example/ipn/", &shop(), terms).unwrap();
        let path = url.as_str().strip_prefix("https://shop.example").unwrap();
        post(path, terms.kind()).await;
    }
    assert_eq!(states(inbox.counts().await.unwrap()), [0, 0, 0, 0, 6]);
    for terms in &terms {
        // The seal of one kind is worth nothing at the address of another.
        let tag = sealer().tag(&shop(), terms);
        for kind in NotificationKind::ALL.into_iter().filter(|kind| *kind != terms.kind()) {
            post(&format!("/ipn/shop/{kind}/{tag}"), kind).await;
        }
    }
    let kept = inbox.counts().await.unwrap();
    assert_eq!((kept.waiting, kept.quarantined), (6, 6), "each message once more, apart");
    assert!(sealer().url("shop.example", &shop(), &terms[0]).is_err());
}

#[tokio::test]
async fn a_service_of_one_listener_finds_the_tag_at_the_end_of_its_path() {
    let tag = sealer().tag(&shop(), &SealedTerms::payment(&reference(1), &price("13")));
    for (path, expected) in [(format!("/anywhere/{tag}"), 1), ("/anywhere".into(), 0), ("/".into(), 0)] {
        let listener = listener(SealPolicy::Required);
        let request = Request::post(path).body(Full::<bytes::Bytes>::from(genuine(1))).unwrap();
        listener.service().call(request).await.unwrap();
        assert_eq!(listener.counts().recorded, expected);
    }
}

#[tokio::test]
async fn where_there_is_somebody_to_ask_a_message_without_the_right_seal_is_confirmed() {
    let wrong = "0".repeat(32);
    for (policy, tag) in [
        (SealPolicy::Preferred, None),
        (SealPolicy::Preferred, Some(wrong.as_str())),
        (SealPolicy::Required, None),
        (SealPolicy::Off, None),
    ] {
        let pockyt = Arc::new(Pockyt::default().with(1, "13", "success"));
        let listener = builder(&Arc::default()).sealer(sealer()).seal_policy(policy);
        let listener = listener.confirm_with(Arc::clone(&pockyt)).build().unwrap();
        for body in [genuine(1), genuine(2)] {
            accept(&listener, &body, tag).await;
        }
        let ledger = Ledger::default();
        listener.run_until_idle(&ledger).await.unwrap();
        let told: Vec<(String, bool)> = ledger
            .notices()
            .iter()
            .map(|notice| (notice.payment().unwrap().reference().to_string(), notice.is_confirmed()))
            .collect();
        let expected = match policy {
            SealPolicy::Off => vec![("order-1".into(), false), ("order-2".into(), false)],
            _ => vec![("order-1".into(), true)],
        };
        assert_eq!(told, expected, "{policy:?} {tag:?}");
    }
}

#[tokio::test]
async fn what_is_not_final_is_not_asked_about_for_want_of_a_seal() {
    let pockyt = Arc::new(Pockyt::default().with(1, "13", "success"));
    let listener =
        builder(&Arc::default()).sealer(sealer()).confirm_with(Arc::clone(&pockyt)).build().unwrap();
    accept(&listener, &form(&signed(fields(1, "13", "pending"))), None).await;
    accept(&listener, &genuine(1), None).await;
    let ledger = Ledger::default();
    listener.run_until_idle(&ledger).await.unwrap();
    let told: Vec<(String, bool)> = ledger
        .notices()
        .iter()
        .map(|notice| (notice.payment().unwrap().status().to_string(), notice.is_confirmed()))
        .collect();
    assert_eq!(told, [("pending".into(), false), ("success".into(), true)]);
}

#[test]
fn seals_cannot_be_required_without_a_sealer() {
    let built = builder(&Arc::default()).seal_policy(SealPolicy::Required).build();
    assert_eq!(built.unwrap_err(), BuildError::NoSealer);
}

/// Terms of a payment with what is around them: tenant, environment, reference, amount in cents, currency.
type Sealed = (String, String, String, u32, &'static str);

fn sealed() -> impl Strategy<Value = Sealed> {
    let currency = proptest::sample::select(vec!["USD", "PHP", "CNY"]);
    ("[ab]{1,2}", "[ab]{0,2}", "[ab]{1,2}", 1..300_u32, currency)
}

fn tag_of((tenant, environment, reference, cents, currency): &Sealed, padded: bool) -> String {
    let zeros = if padded && cents % 10 == 0 { 1 } else { 2 };
    let amount = format!("{:.zeros$}", f64::from(*cents) / 100.0);
    let price = Price::new(&amount, Currency::new(currency).unwrap()).unwrap();
    let terms = SealedTerms::payment(&Reference::new(reference.as_str()).unwrap(), &price);
    Sealer::new(environment.as_str(), SealKey::new([7; 32])).tag(&Tenant::new(tenant).unwrap(), &terms)
}

proptest! {
    #[test]
    fn two_tags_are_the_same_exactly_when_all_that_is_sealed_is(one in sealed(), other in sealed()) {
        prop_assert_eq!(tag_of(&one, false) == tag_of(&other, true), one == other);
        prop_assert_eq!(tag_of(&one, false), tag_of(&one, true));
    }
}
