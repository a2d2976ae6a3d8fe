//! The intent of a request: who is asked, by what, and what is taken for the answer.

use std::time::Duration;

use bytes::Bytes;
use pockyt_client::{Intent, Outcome, PollError};
use pockyt_model::operation::{Add, PayPayout, PayoutAmount, Prepay, Raw, RegisterPayor};
use pockyt_model::{
    AccountToken, Clock, Currency, CustomerNo, InvoiceId, Operation, OrderKey, PaymentBarcode, Settlement,
    Standing, TransactionNo, UtcMillis, operations,
};

use crate::support::{Reply, add, cancel, client_of, json, order, price, query, reference, refund};

/// A value that each field takes.
fn plausible(field: &str) -> &'static str {
    match field {
        "amount" | "refundAmount" | "unfreezeAmount" | "rmbAmount" => "13.00",
        "currency" | "settleCurrency" => "USD",
        _ => "1234567",
    }
}

fn of_spec(settlement: Settlement, names: impl Iterator<Item = &'static str>) -> Intent {
    let call = Raw::new("/any/path").unwrap().settlement(settlement);
    Intent::of(&names.fold(call, |call, name| call.field(name, plausible(name))))
}

#[test]
fn each_operation_that_names_somebody_can_be_asked_about_by_its_required_fields() {
    let mut asked = 0;
    for spec in operations() {
        let required = || {
            let groups = spec.fields.iter().filter(|group| group.required);
            groups.flat_map(|group| group.fields).map(|field| field.name)
        };
        let somebody = !matches!(spec.settlement, Settlement::Nobody | Settlement::NotNeeded);
        assert_eq!(of_spec(spec.settlement, required()).can_be_asked(), somebody, "{}", spec.name);
        assert!(!of_spec(spec.settlement, std::iter::empty()).can_be_asked(), "{}", spec.name);
        asked += usize::from(somebody);
    }
    assert!(asked > 20, "{asked}");
}

#[test]
fn what_cannot_be_compared_is_not_asked_about() {
    let by_reference = |fields: &[(&str, &str)]| {
        let call = Raw::new("/x").unwrap().settlement(Settlement::TranQueryByReference);
        Intent::of(&fields.iter().fold(call, |call, (name, value)| call.field(*name, *value))).can_be_asked()
    };
    assert!(by_reference(&[("reference", "a"), ("amount", "1.234"), ("currency", "USD")]));
    assert!(by_reference(&[("transactionNo", "12")]));
    for fields in [
        &[("reference", "a"), ("amount", "1.0.0"), ("currency", "USD")][..],
        &[("reference", "a"), ("amount", "1.00")],
        &[("reference", "a"), ("amount", "1.00"), ("currency", "dollar")],
        &[("reference", "not a reference"), ("amount", "1.00"), ("currency", "USD")],
    ] {
        assert!(!by_reference(fields), "{fields:?}");
    }
}

const SHORT: Duration = Duration::from_secs(20);

/// Settles the intent of a request against one answer; what was asked of whom.
async fn settled(
    intent: Intent,
    answer: String,
) -> (Result<Outcome, PollError>, Option<(String, serde_json::Value)>) {
    let (client, requests) = client_of(|b| b, move |_, _| Reply::Answer(json(200, &answer)));
    let outcome = client.settle(&intent, SHORT).await;
    let requests = requests.lock().unwrap();
    let first = requests.first().map(|request: &http::Request<Bytes>| {
        (request.uri().path().to_owned(), serde_json::from_slice(request.body()).unwrap())
    });
    (outcome, first)
}

fn prepay(order: impl Into<OrderKey>) -> Prepay {
    Prepay::new(order, PaymentBarcode::new("286498530672949108").unwrap())
}

const TRAN_QUERY: &str = "/app-data-search/v3/tran-query";

#[tokio::test(start_paused = true)]
async fn a_payment_is_asked_about_by_its_reference_and_compared_by_its_price() {
    let (outcome, asked) = settled(Intent::of(&add()), order("success")).await;
    assert!(matches!(outcome, Ok(Outcome::Final(order)) if order.standing() == Standing::Paid));
    let (path, body) = asked.unwrap();
    assert_eq!((path.as_str(), &body["reference"]), (TRAN_QUERY, &"order-1".into()));
    let other = Add::new(price("13.01"), reference("order-1"));
    let (outcome, _) = settled(Intent::of(&other), order("success")).await;
    assert!(matches!(outcome, Err(PollError::ReferenceTaken(_))), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_prepay_has_no_price_until_it_is_told() {
    let intent = || Intent::of(&prepay(reference("order-1")));
    let (outcome, _) = settled(intent(), order("success")).await;
    assert!(matches!(outcome, Ok(Outcome::Final(_))), "{outcome:?}");
    let (outcome, _) = settled(intent().of_price(price("14")), order("success")).await;
    assert!(matches!(outcome, Err(PollError::ReferenceTaken(_))), "{outcome:?}");
    let number = |number: &str| Intent::of(&prepay(TransactionNo::new(number).unwrap()));
    let (outcome, asked) = settled(number("1"), order("success")).await;
    assert!(matches!(outcome, Ok(Outcome::Final(_))), "{outcome:?}");
    assert_eq!(asked.unwrap().1["transactionNo"], "1");
    let (outcome, _) = settled(number("2"), order("success")).await;
    assert!(matches!(outcome, Err(PollError::ReferenceTaken(_))), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn refunds_and_cancels_are_looked_for_in_the_sale() {
    let listed = order("success").replace(
        r#""amount""#,
        r#""refundInfo":[{"refundReference":"refund-1","refundAmount":"5.00","currency":"USD"}],"amount""#,
    );
    let (outcome, asked) = settled(Intent::of(&refund()), listed.clone()).await;
    assert!(matches!(outcome, Ok(Outcome::Refunded { .. })), "{outcome:?}");
    let (path, body) = asked.unwrap();
    assert_eq!((path.as_str(), &body["reference"]), (TRAN_QUERY, &"order-1".into()));
    let (outcome, _) = settled(Intent::of(&refund()), order("success")).await;
    assert!(matches!(outcome, Ok(Outcome::Unresolved { last: Some(_) })), "{outcome:?}");
    for (status, done) in [("closed", true), ("reversed", true), ("success", false)] {
        let (outcome, _) = settled(Intent::of(&cancel()), order(status)).await;
        assert_eq!(matches!(outcome, Ok(Outcome::Final(_))), done, "{status}: {outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_payout_is_asked_about_by_its_invoice() {
    let payout = PayPayout::new(
        CustomerNo::new("2000305228303182610217").unwrap(),
        AccountToken::new("token-1").unwrap(),
        InvoiceId::new("invoice-1").unwrap(),
        PayoutAmount::new("7.50", Currency::USD).unwrap(),
    );
    let answer = |amount: &str| {
        format!(
            r#"{{"ret_code":"000100","result":{{"transactionNo":"9","invoiceId":"invoice-1","amount":"{amount}","currency":"USD","status":"success"}}}}"#
        )
    };
    let (outcome, asked) = settled(Intent::of(&payout), answer("7.5")).await;
    assert!(matches!(outcome, Ok(Outcome::Payout(_))), "{outcome:?}");
    let (path, body) = asked.unwrap();
    assert_eq!((path.as_str(), &body["invoiceId"]), ("/v3/payouts/inquiry", &"invoice-1".into()));
    let (outcome, _) = settled(Intent::of(&payout), answer("7.51")).await;
    assert!(matches!(outcome, Err(PollError::InvoiceTaken(_))), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn where_nobody_can_be_asked_nobody_is_and_it_stays_unresolved() {
    async fn nobody<O: Operation>(operation: &O) {
        let (outcome, asked) = settled(Intent::of(operation), order("success")).await;
        assert!(matches!(outcome, Ok(Outcome::Unresolved { last: None })), "{outcome:?}");
        assert_eq!(asked, None);
    }
    nobody(&RegisterPayor::new()).await;
    nobody(&query()).await;
    nobody(&Raw::new("/v3/something/new").unwrap().field("reference", "order-1")).await;
}

#[derive(Clone, Copy)]
struct At(u64);

impl Clock for At {
    fn now(&self) -> UtcMillis {
        UtcMillis::new(self.0)
    }
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_the_request_counts() {
    // A raw call can have a timeout that is none.
    for (minutes, now, provisional) in [("30", 39, false), ("30", 40, true), ("0", 40, false)] {
        let unknown = |_, _: &http::Request<Bytes>| Reply::Answer(json(200, r#"{"ret_code":"000021"}"#));
        let (client, _) = client_of(|b| b.clock(At(now * 60_000)), unknown);
        let raw = [("reference", "order-1"), ("timeout", minutes)]
            .into_iter()
            .fold(Raw::new("/v3/new").unwrap(), |raw, (name, value)| raw.field(name, value))
            .settlement(Settlement::TranQueryByReference);
        let intent = Intent::of(&raw).sent_at(UtcMillis::new(0));
        let outcome = client.settle(&intent, SHORT).await.unwrap();
        assert_eq!(matches!(outcome, Outcome::ProvisionallyUnpaid), provisional, "{minutes}: {outcome:?}");
    }
}
