//! How much an answer must show before a poll or a settlement ends on it.

use std::time::Duration;

use pockyt_client::{Client, Intent, Outcome, PollError, Polling, Settled, Ticket};
use pockyt_model::operation::PayoutAmount;
use pockyt_model::operation::sdk_only::{AcquireCreate, AcquirePrice, AlipayUserId};
use pockyt_model::{
    Amount, Clock, Currency, InvoiceId, OrderKey, Price, Standing, TransactionNo, UtcMillis, Vendor,
};

use crate::support::{Reply, Requests, client_of, json, price, reference};

const MINUTE: Duration = Duration::from_secs(60);
const OURS: &str = r#""reference":"order-1","amount":"13.00","currency":"USD""#;

fn answering(fields: &str) -> (Client, Requests) {
    let body = format!(r#"{{"ret_code":"000100","result":{{{fields}}}}}"#);
    client_of(|b| b, move |_, _| Reply::Answer(json(200, &body)))
}

fn payment() -> Intent {
    Intent::payment(reference("order-1"), price("13.00"))
}

fn number(text: &str) -> TransactionNo {
    TransactionNo::new(text).unwrap()
}

async fn settled(intent: &Intent, fields: &str) -> Result<Outcome, PollError> {
    answering(fields).0.settle(intent, MINUTE).await
}

#[tokio::test(start_paused = true)]
async fn the_record_of_a_refund_is_not_the_payment() {
    for kind in ["refund", "REFUND", "void"] {
        let fields = format!(r#""transactionNo":"9","transactionType":"{kind}","status":"success",{OURS}"#);
        let error = settled(&payment(), &fields).await;
        assert!(matches!(error, Err(PollError::ReferenceTaken(_))), "{kind}: {error:?}");
        let polling = Polling::until(MINUTE);
        for polling in [polling.clone(), polling.expecting(price("13.00"))] {
            let error = answering(&fields).0.poll(reference("order-1"), &polling).await;
            assert!(matches!(error, Err(PollError::ReferenceTaken(_))), "{kind}: {error:?}");
        }
    }
    let fields = format!(r#""transactionNo":"9","transactionType":"payment","status":"success",{OURS}"#);
    assert!(matches!(settled(&payment(), &fields).await, Ok(Outcome::Final(_))));
}

#[tokio::test(start_paused = true)]
async fn a_refund_is_given_back_when_either_of_its_states_says_so_and_none_says_otherwise() {
    let refund = Intent::refund(reference("order-1"), price("5.00"), reference("refund-1"));
    for (states, done) in [
        ("", true),
        (r#","status":"success""#, true),
        (r#","refundStatus":"SUCCESS""#, true),
        (r#","status":"failed""#, false),
        (r#","status":"pending""#, false),
        (r#","status":"success","refundStatus":"failed""#, false),
        (r#","status":7"#, false),
    ] {
        let list =
            format!(r#""refundInfo":[{{"refundReference":"refund-1","refundAmount":"5.00"{states}}}]"#);
        let outcome = settled(&refund, &format!(r#""status":"success",{list},{OURS}"#)).await.unwrap();
        assert_eq!(matches!(outcome, Outcome::Refunded { .. }), done, "{states}: {outcome:?}");
        // A cancel is through when all of it is given back.
        let whole = list.replace("5.00", "13.00");
        let cancel = Intent::cancel(reference("order-1"));
        let outcome = settled(&cancel, &format!(r#""status":"success",{whole},{OURS}"#)).await.unwrap();
        assert_eq!(matches!(outcome, Outcome::Final(_)), done, "{states}: {outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_refunds_cannot_be_read_is_not_final() {
    for list in [r#""soon""#, r#"[{"refundAmount":"much"}]"#, "7"] {
        let fields = format!(r#""transactionNo":"9","status":"success","refundInfo":{list},{OURS}"#);
        let outcome = settled(&payment(), &fields).await.unwrap();
        let Outcome::Unresolved { last: Some(last) } = outcome else { panic!("{list}: {outcome:?}") };
        assert_eq!(last.standing(), Standing::Unknown);
        let (client, requests) = answering(&fields);
        let settled = client.poll(reference("order-1"), &Polling::at_a_till()).await.unwrap();
        assert!(matches!(settled, Settled::Unresolved { last: Some(_) }), "{list}: {settled:?}");
        // It is paid as far as anybody can see: a cancel would give the money back.
        let requests = requests.lock().unwrap();
        assert!(requests.iter().all(|request| !request.uri().path().ends_with("cancel")), "{list}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_name_the_order_proves_nothing() {
    let nameless = r#""transactionNo":"999","status":"success","amount":"13.00","currency":"USD""#;
    let outcome = settled(&payment(), nameless).await.unwrap();
    assert!(matches!(outcome, Outcome::Unresolved { last: None }), "{outcome:?}");
    // The number that an earlier answer gave names it too.
    let outcome = settled(&payment().known_as(number("999")), nameless).await.unwrap();
    assert!(matches!(outcome, Outcome::Final(_)), "{outcome:?}");
    let polling = || Polling::until(MINUTE).expecting(price("13.00"));
    let settled = answering(nameless).0.poll(reference("order-1"), &polling()).await.unwrap();
    assert!(matches!(settled, Settled::Unresolved { last: None }), "{settled:?}");
    let settled = answering(nameless).0.poll(number("999"), &polling()).await.unwrap();
    assert!(matches!(settled, Settled::Final(_)), "{settled:?}");
    let numberless = format!(r#""status":"success",{OURS}"#);
    let settled = answering(&numberless).0.poll(number("999"), &polling()).await.unwrap();
    assert!(matches!(settled, Settled::Unresolved { last: None }), "{settled:?}");
}

#[derive(Clone, Copy)]
struct LongAfter;

impl Clock for LongAfter {
    fn now(&self) -> UtcMillis {
        UtcMillis::new(24 * 60 * 60 * 1000)
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_with_a_known_number_exists_whoever_does_not_find_it() {
    let unknown =
        || client_of(|b| b.clock(LongAfter), |_, _| Reply::Answer(json(200, r#"{"ret_code":"000021"}"#))).0;
    let sent = |intent: Intent| intent.sent_at(UtcMillis::new(0));
    let outcome = unknown().settle(&sent(payment()), MINUTE).await.unwrap();
    assert!(matches!(outcome, Outcome::ProvisionallyUnpaid), "{outcome:?}");
    let prepay = pockyt_model::operation::Prepay::new(
        OrderKey::from(number("501")),
        pockyt_model::PaymentBarcode::new("286498530672949108").unwrap(),
    );
    for intent in [payment().known_as(number("501")), Intent::of(&prepay)] {
        let outcome = unknown().settle(&sent(intent), MINUTE).await.unwrap();
        assert!(matches!(outcome, Outcome::Unresolved { last: None }), "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_price_in_chinese_money_is_compared_as_one() {
    let asked = AcquireCreate::new(
        AcquirePrice::RmbAmount(price("70")),
        reference("order-1"),
        Vendor::ALIPAY,
        AlipayUserId::new("2088123412341234").unwrap(),
    );
    let shown = |amount, currency| {
        format!(
            r#""transactionNo":"1","status":"success","reference":"order-1","amount":"{amount}","currency":"{currency}""#
        )
    };
    let outcome = settled(&Intent::of(&asked), &shown("70.00", "CNY")).await;
    assert!(matches!(outcome, Ok(Outcome::Final(_))), "{outcome:?}");
    for other in [shown("0.01", "USD"), shown("70.00", "USD"), shown("0.01", "CNY")] {
        let outcome = settled(&Intent::of(&asked), &other).await;
        assert!(matches!(outcome, Err(PollError::ReferenceTaken(_))), "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_payout_under_another_invoice_is_not_ours() {
    let amount = PayoutAmount::new("7", Currency::USD).unwrap();
    let intent = Intent::payout(InvoiceId::new("inv-1").unwrap(), amount);
    let shown = |invoice: &str| {
        format!(r#""transactionNo":"1","amount":"7.00","currency":"USD","status":"success"{invoice}"#)
    };
    let ours = settled(&intent, &shown(r#","invoiceId":"inv-1""#)).await;
    assert!(matches!(ours, Ok(Outcome::Payout(_))), "{ours:?}");
    let (client, requests) = answering(&shown(r#","invoiceId":"inv-2""#));
    let other = client.settle(&intent, MINUTE).await;
    assert!(matches!(other, Err(PollError::InvoiceTaken(_))), "{other:?}");
    assert_eq!(requests.lock().unwrap().len(), 1);
    let nameless = settled(&intent, &shown("")).await;
    assert!(matches!(nameless, Ok(Outcome::Unresolved { last: None })), "{nameless:?}");
}

#[test]
fn a_ticket_with_any_price_can_be_read_back() {
    let odd =
        Price::with_any_decimals(Amount::parse("1.234").unwrap(), Currency::new("KWD").unwrap()).unwrap();
    let (client, _) = answering(OURS);
    let poller = client.poller(reference("order-1"), &Polling::at_a_till().expecting(odd));
    let written = serde_json::to_string(poller.ticket()).unwrap();
    let read: Ticket = serde_json::from_str(&written).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), written);
}
