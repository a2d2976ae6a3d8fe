//! What became of a call whose answer was lost.

use std::time::Duration;

use bytes::Bytes;
use pockyt_client::{Client, Intent, Outcome, PollError};
use pockyt_model::operation::PayoutAmount;
use pockyt_model::{Clock, Currency, InvoiceId, Standing, TransactionNo, UtcMillis};

use crate::support::{Reply, client_of, json, order, price, reference};

const MINUTE: Duration = Duration::from_secs(60);

fn always(body: &'static str) -> Client {
    client_of(|b| b, move |_, _| Reply::Answer(json(200, body))).0
}

fn payment() -> Intent {
    Intent::payment(reference("order-1"), price("13.00"))
}

fn refund() -> Intent {
    Intent::refund(reference("order-1"), price("5.00"), reference("refund-1"))
}

fn sale(refunds: &str) -> String {
    format!(
        r#"{{"ret_code":"000100","result":{{"transactionNo":"1","reference":"order-1","status":"success","amount":"13.00","currency":"USD","refundInfo":[{refunds}]}}}}"#
    )
}

fn replies(body: String) -> Client {
    client_of(|b| b, move |_, _| Reply::Answer(json(200, &body))).0
}

#[tokio::test(start_paused = true)]
async fn a_payment_ends_as_the_order_says() {
    for (status, standing) in
        [("success", Standing::Paid), ("failed", Standing::Unpaid), ("closed", Standing::Unpaid)]
    {
        let outcome = replies(order(status)).settle(&payment(), MINUTE).await.unwrap();
        assert!(matches!(&outcome, Outcome::Final(order) if order.standing() == standing), "{outcome:?}");
    }
    let open = replies(order("pending")).settle(&payment(), MINUTE).await.unwrap();
    assert!(matches!(open, Outcome::Unresolved { last: Some(_) }), "{open:?}");
}

#[tokio::test(start_paused = true)]
async fn another_order_under_the_reference_is_not_taken() {
    let other = Intent::payment(reference("order-1"), price("13.01"));
    let numbered = payment().known_as(TransactionNo::new("2").unwrap());
    for intent in [other, numbered] {
        let error = replies(order("success")).settle(&intent, MINUTE).await.unwrap_err();
        assert!(matches!(error, PollError::ReferenceTaken(_)), "{error}");
    }
    let error = replies(order("success"))
        .settle(&Intent::cancel(reference("order-1")).of_price(price("1")), MINUTE)
        .await;
    assert!(matches!(error, Err(PollError::ReferenceTaken(_))));
}

#[derive(Clone, Copy)]
struct At(u64);

impl Clock for At {
    fn now(&self) -> UtcMillis {
        UtcMillis::new(self.0)
    }
}

#[tokio::test(start_paused = true)]
async fn not_found_is_never_not_booked_until_timeout_and_grace_are_over() {
    const SENT: u64 = 1_767_225_600_000;
    let minutes = |minutes: u64| SENT + minutes * 60_000;
    for (now, timeout, provisional) in
        [(SENT, 120, false), (minutes(129), 120, false), (minutes(130), 120, true), (minutes(41), 30, true)]
    {
        let unknown = |_, _: &http::Request<Bytes>| Reply::Answer(json(200, r#"{"ret_code":"000021"}"#));
        let (client, requests) = client_of(|b| b.clock(At(now)), unknown);
        let intent = payment().sent_at(UtcMillis::new(SENT)).order_timeout(Duration::from_secs(timeout * 60));
        let outcome = client.settle(&intent, MINUTE).await.unwrap();
        assert_eq!(matches!(outcome, Outcome::ProvisionallyUnpaid), provisional, "{outcome:?}");
        assert_eq!(requests.lock().unwrap().len() == 1, provisional, "else it is asked for a minute");
        // Without a time, and for refunds and cancels, it stays unresolved for ever.
        for intent in [payment(), refund().sent_at(UtcMillis::new(SENT))] {
            let outcome = client.settle(&intent, Duration::ZERO).await.unwrap();
            assert!(matches!(outcome, Outcome::Unresolved { last: None }), "{outcome:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_unresolved_whatever_the_time() {
    let (client, _) = client_of(|b| b.clock(At(u64::MAX)), |_, _| Reply::Break);
    let intent = payment().sent_at(UtcMillis::new(0));
    let outcome = client.settle(&intent, MINUTE).await.unwrap();
    assert!(matches!(outcome, Outcome::Unresolved { last: None }), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refund_is_matched_by_its_reference_and_amount() {
    let ours = r#"{"refundReference":"refund-1","refundAmount":"5.00","currency":"USD"}"#;
    let another = r#"{"refundReference":"refund-2","refundAmount":"5.00"}"#;
    let nameless = r#"{"refundAmount":"5.00"}"#;
    let done =
        replies(sale(&format!("{another},{nameless},{ours}"))).settle(&refund(), MINUTE).await.unwrap();
    let Outcome::Refunded { refund: found, .. } = done else { panic!("{done:?}") };
    assert_eq!(found.refund_reference().unwrap().as_deref(), Some("refund-1"));
    // A list without it, or with one that has no name, does not say that it was not carried out.
    for list in
        ["", another, nameless, r#"{"refundReference":"refund-1","refundAmount":"5.00","status":"pending"}"#]
    {
        let outcome = replies(sale(list)).settle(&refund(), MINUTE).await.unwrap();
        assert!(matches!(outcome, Outcome::Unresolved { last: Some(_) }), "{list}: {outcome:?}");
    }
    for taken in [
        r#"{"refundReference":"refund-1","refundAmount":"5.01"}"#,
        r#"{"refundReference":"refund-1","refundAmount":"5.00","currency":"PHP"}"#,
    ] {
        let error = replies(sale(taken)).settle(&refund(), MINUTE).await.unwrap_err();
        assert!(matches!(error, PollError::ReferenceTaken(_)), "{taken}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_is_settled_by_what_it_leaves_behind() {
    let cancel = Intent::cancel(reference("order-1")).of_price(price("13"));
    let whole = r#"{"refundAmount":"13.00"}"#;
    for body in [order("closed"), order("reversed"), sale(whole)] {
        let outcome = replies(body).settle(&cancel, MINUTE).await.unwrap();
        assert!(matches!(outcome, Outcome::Final(_)), "{outcome:?}");
    }
    // Still paid, or still open: the cancel may be on its way.
    for body in [order("success"), order("pending"), sale(r#"{"refundAmount":"3.00"}"#)] {
        let outcome = replies(body).settle(&cancel, MINUTE).await.unwrap();
        assert!(matches!(outcome, Outcome::Unresolved { last: Some(_) }), "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_query_is_an_error_not_an_outcome() {
    let error = always(r#"{"ret_code":"000030"}"#).settle(&payment(), MINUTE).await.unwrap_err();
    assert!(matches!(error, PollError::Refused(_)), "{error}");
}

fn payout(fields: &str) -> Client {
    replies(format!(
        r#"{{"ret_code":"000100","result":{{"transactionNo":"1","amount":"7.00","currency":"USD"{fields}}}}}"#
    ))
}

#[tokio::test(start_paused = true)]
async fn a_payout_is_matched_by_its_invoice_and_amount() {
    let intent = |amount| {
        Intent::payout(InvoiceId::new("inv-1").unwrap(), PayoutAmount::new(amount, Currency::USD).unwrap())
    };
    for status in ["success", "failed", "returned"] {
        let client = payout(&format!(r#","invoiceId":"inv-1","status":"{status}""#));
        let outcome = client.settle(&intent("7"), MINUTE).await.unwrap();
        assert!(matches!(outcome, Outcome::Payout(_)), "{status}: {outcome:?}");
    }
    for open in [r#","status":"pending""#, r#","status":"onhold""#, ""] {
        let outcome = payout(open).settle(&intent("7"), MINUTE).await.unwrap();
        assert!(matches!(outcome, Outcome::Unresolved { .. }), "{open}: {outcome:?}");
    }
    let error = payout(r#","status":"success""#).settle(&intent("8"), MINUTE).await.unwrap_err();
    assert!(matches!(error, PollError::InvoiceTaken(_)), "{error}");
}
