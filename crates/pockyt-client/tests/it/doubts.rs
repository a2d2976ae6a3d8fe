//! What is still in doubt after a refusal: an earlier attempt, or an earlier call, may have been booked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use pockyt_client::{CallOptions, ClientBuilder, ErrorKind, PollError, Polling, Settled};
use pockyt_model::operation::sdk_only::InStoreAuthUnfreeze;
use pockyt_model::operation::{Capture, CaptureTerminal, Raw};
use pockyt_model::{Card, CardExpiry, CardNumber, Cvv, Operation, Settlement, Standing};

use crate::support::{Reply, add, cancel, client_of, json, order, price, query, reference, refund};

const WRONG_SIGNATURE: &str = r#"{"ret_code":"000000","retMsg":"data error : verifySign"}"#;

fn honoured(builder: ClientBuilder) -> ClientBuilder {
    builder.server_honours_request_ids(true)
}

fn refusals() -> Vec<String> {
    let codes = ["000010", "000020", "000021", "000022", "000023", "000030", "000040"];
    let body = |code| format!(r#"{{"ret_code":"{code}","ret_msg":"x"}}"#);
    codes.into_iter().map(body).chain([WRONG_SIGNATURE.to_owned()]).collect()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_attempt_says_nothing_of_that_attempt() {
    for busy in [false, true] {
        for body in refusals() {
            let answer = body.clone();
            let (client, requests) = client_of(honoured, move |number, _| match number {
                0 if busy => Reply::Answer(json(503, "busy")),
                0 => Reply::Break,
                _ => Reply::Answer(json(200, &answer)),
            });
            let error = client.orders().refund(&refund()).await.unwrap_err();
            assert_eq!((error.attempts(), requests.lock().unwrap().len()), (2, 2));
            assert!(matches!(error.kind(), ErrorKind::Api(_)), "{error:?}");
            assert!(error.may_have_moved_money() && !error.may_retry(), "{busy} {body}");
            assert_eq!(error.ask(), Settlement::RefundInfoOfSale, "{busy} {body}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_an_attempt_that_was_not_sent_counts_as_it_stands() {
    for (code, moved) in [("000020", false), ("000030", false), ("000040", true)] {
        let play = move |number, _: &http::Request<Bytes>| match number {
            0 => Reply::Untaken,
            _ => Reply::Answer(json(200, &format!(r#"{{"ret_code":"{code}"}}"#))),
        };
        let (client, requests) = client_of(honoured, play);
        let error = client.orders().refund(&refund()).await.unwrap_err();
        assert_eq!(error.attempts(), 2);
        assert_eq!(requests.lock().unwrap().len(), 1);
        assert_eq!(error.may_have_moved_money(), moved, "{code}");
        let ask = if moved { Settlement::RefundInfoOfSale } else { Settlement::NotNeeded };
        assert_eq!(error.ask(), ask, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_is_refused_after_a_lost_attempt_may_still_give_the_money_back() {
    let cancelled = Arc::new(AtomicUsize::new(0));
    let (client, requests) = client_of(honoured, move |_, request| {
        let seen = cancelled.load(Ordering::SeqCst);
        if request.uri().path().ends_with("cancel") {
            // Each request is played twice: before its body is taken, and after.
            if !request.body().is_empty() {
                cancelled.fetch_add(1, Ordering::SeqCst);
            }
            return if seen == 0 {
                Reply::Break
            } else {
                Reply::Answer(json(200, r#"{"ret_code":"000022","ret_msg":"x"}"#))
            };
        }
        Reply::Answer(json(200, &order(if seen == 0 { "pending" } else { "success" })))
    });
    let settled = client.poll(reference("order-1"), &Polling::at_a_till()).await.unwrap();
    let cancels = requests.lock().unwrap().iter().filter(|r| r.uri().path().ends_with("cancel")).count();
    assert_eq!(cancels, 2);
    let Settled::Unresolved { last: Some(last) } = settled else { panic!("{settled:?}") };
    assert_eq!(last.standing(), Standing::Paid);
}

fn capture() -> Capture {
    let number = CardNumber::new("4111111111111111").unwrap();
    let card = Card::new(number, CardExpiry::new(12, 2030).unwrap(), Cvv::new("123").unwrap());
    Capture::new(price("13.00"), card, CaptureTerminal::Online, reference("order-1"))
}

#[tokio::test(start_paused = true)]
async fn a_card_number_that_may_have_been_sent_is_not_sent_again_whatever_the_server_promises() {
    async fn once<O: Operation<Answer: std::fmt::Debug>>(operation: &O, options: CallOptions) {
        let plays: [fn(usize, &http::Request<Bytes>) -> Reply; 3] =
            [|_, _| Reply::Break, |_, _| Reply::Never, |_, _| Reply::Answer(json(503, "busy"))];
        for play in plays {
            let (client, requests) = client_of(honoured, play);
            let error = client.call_with(operation, options.clone()).await.unwrap_err();
            assert_eq!(requests.lock().unwrap().len(), 1, "{error:?}");
            assert!(error.may_have_moved_money() && !error.may_retry());
        }
        // What no connection took holds no card that anybody has.
        let (client, _) = client_of(honoured, |_, _| Reply::Untaken);
        let error = client.call_with(operation, options).await.unwrap_err();
        assert_eq!(error.attempts(), 3);
        assert!(!error.may_have_moved_money());
    }
    once(&capture(), CallOptions::default()).await;
    let raw = Raw::new("/x/y").unwrap();
    once(&raw.clone().field("cardNumber", "4111111111111111"), CallOptions::default()).await;
    once(&raw, CallOptions::default().field("cardNumber", "4111111111111111")).await;
}

#[tokio::test(start_paused = true)]
async fn codes_under_which_a_duplicate_may_come_are_doubtful_where_somebody_can_be_asked() {
    for code in ["000022", "000023"] {
        let body = format!(r#"{{"ret_code":"{code}","ret_msg":"x"}}"#);
        let (client, _) = client_of(|b| b, move |_, _| Reply::Answer(json(200, &body)));
        let added = client.in_store().add(&add()).await.unwrap_err();
        let refunded = client.orders().refund(&refund()).await.unwrap_err();
        let cancelled = client.orders().cancel(&cancel()).await.unwrap_err();
        for error in [added, refunded, cancelled] {
            assert!(error.may_have_moved_money() && !error.may_retry(), "{code}: {error}");
            assert_ne!(error.ask(), Settlement::NotNeeded, "{code}: {error}");
        }
        let asked = client.orders().query(&query()).await.unwrap_err();
        assert!(!asked.may_have_moved_money() && asked.ask() == Settlement::NotNeeded);
        // Nobody can be asked about it, so the doubt would last for ever.
        assert_eq!(InStoreAuthUnfreeze::SPEC.settlement, Settlement::Nobody);
        let raw = client.call(&Raw::new("/x/y").unwrap()).await.unwrap_err();
        assert!(!raw.may_have_moved_money());
    }
}

#[tokio::test(start_paused = true)]
async fn a_base_url_that_redirects_is_refused_and_not_asked_for_ever() {
    for status in [301, 302, 307, 308] {
        let (client, requests) = client_of(|b| b, move |_, _| Reply::Answer(json(status, "<html>")));
        let error = client.poll(reference("order-1"), &Polling::at_a_till()).await.unwrap_err();
        let PollError::Refused(error) = error else { panic!("{error}") };
        assert!(matches!(error.kind(), ErrorKind::Http(seen) if *seen == status), "{error:?}");
        assert!(!error.may_retry());
        assert_eq!(requests.lock().unwrap().len(), 1);
        // Something answered, so what was to be changed stays in doubt.
        assert!(client.in_store().add(&add()).await.unwrap_err().may_have_moved_money());
    }
}

#[tokio::test(start_paused = true)]
async fn extra_fields_are_judged_by_the_operation_they_go_with() {
    let (client, requests) = client_of(|b| b, |_, _| Reply::Answer(json(200, &order("success"))));
    let with = |name, value| CallOptions::default().field(name, value);
    // Its own setters check these, whether they were used or not.
    for (name, value) in
        [("ipnUrl", "https://shop.example/ipn"), ("refundAmount", "500"), ("transactionNo", "1")]
    {
        let error = client.call_with(&refund(), with(name, value)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Build), "{name}: {error:?}");
    }
    let error = client.call_with(&refund(), with("remark", "x&amount=1")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Build), "{error:?}");
    assert!(requests.lock().unwrap().is_empty());
    // A field of another operation is one that this one does not know.
    let raw = Raw::new("/x/y").unwrap().field("customerNo", "1");
    client.call_with(&raw, with("transactionNo", "1")).await.unwrap();
    let sent: serde_json::Value = serde_json::from_slice(requests.lock().unwrap()[0].body()).unwrap();
    assert_eq!(sent["transactionNo"], "1");
}
