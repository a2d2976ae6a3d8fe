//! Polling by paused time, against a service that plays one order.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use pockyt_client::{AtDeadline, Client, Credentials, Environment, PollError, Polling, RequestBody, Settled};
use pockyt_model::{Currency, Merchant, Price, Reference, Standing};
use pockyt_sign::ApiToken;

/// An order that says whose it is and what it costs.
fn order_with(fields: &str) -> Option<String> {
    Some(format!(r#"{{"ret_code":"000100","result":{{"status":"success"{fields}}}}}"#))
}

/// Answers by (seconds since the start, path, cancels so far); `None` is a connection that breaks.
type Play = fn(u64, &str, usize) -> Option<String>;

struct Played {
    client: Client,
    calls: Arc<Mutex<Vec<(u64, String)>>>,
}

fn play(script: Play) -> Played {
    let calls = Arc::new(Mutex::new(Vec::<(u64, String)>::new()));
    let log = calls.clone();
    let start = tokio::time::Instant::now();
    let service = tower::service_fn(move |request: http::Request<RequestBody>| {
        let log = log.clone();
        async move {
            let at = start.elapsed().as_secs();
            let path = request.uri().path().rsplit('/').next().unwrap().to_owned();
            // Taken by the other side, whatever becomes of the answer.
            request.into_body().collect().await.expect("nobody gave it up");
            let mut log = log.lock().unwrap();
            let cancels = log.iter().filter(|(_, path)| path == "cancel").count();
            log.push((at, path.clone()));
            match script(at, &path, cancels) {
                Some(body) => Ok(http::Response::new(Full::<Bytes>::from(body))),
                None => Err(std::io::Error::other("broken")),
            }
        }
    });
    let merchant = Merchant::new("200043", "300014").unwrap();
    let credentials = Credentials::new(merchant, &ApiToken::new("not-a-real-token").unwrap());
    let environment = Environment::at("http://127.0.0.1:1").unwrap();
    let client = Client::builder(environment, credentials).jitter_seed(7).build_on(service).unwrap();
    Played { client, calls }
}

fn order(status: &str) -> Option<String> {
    Some(format!(
        r#"{{"ret_code":"000100","result":{{"transactionNo":"1","reference":"order-1","status":"{status}","amount":"13.00","currency":"USD"}}}}"#
    ))
}

fn refused(code: &str) -> Option<String> {
    Some(format!(r#"{{"ret_code":"{code}","ret_msg":"x"}}"#))
}

fn reference() -> Reference {
    Reference::new("order-1").unwrap()
}

impl Played {
    async fn poll(&self, polling: &Polling) -> Result<Settled, PollError> {
        self.client.poll(reference(), polling).await
    }

    fn paths(&self) -> Vec<String> {
        self.calls.lock().unwrap().iter().map(|(_, path)| path.clone()).collect()
    }
}

fn standing(settled: &Settled) -> Option<Standing> {
    match settled {
        Settled::Final(transaction) => Some(transaction.standing()),
        Settled::Unresolved { .. } => None,
    }
}

#[tokio::test(start_paused = true)]
async fn a_pending_order_is_asked_for_until_it_is_paid() {
    let played = play(|at, _, _| order(if at < 40 { "pending" } else { "success" }));
    let settled = played.poll(&Polling::until(Duration::from_secs(600))).await.unwrap();
    assert_eq!(standing(&settled), Some(Standing::Paid));
    let calls = played.calls.lock().unwrap();
    assert_eq!(calls[0].0, 0, "the first question is asked at once");
    for pair in calls.windows(2) {
        assert!((2..=4).contains(&(pair[1].0 - pair[0].0)), "{pair:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn broken_answers_and_unknown_orders_do_not_end_it() {
    let played = play(|at, _, _| match at {
        0..10 => None,
        10..20 => refused("000021"),
        20..30 => refused("000000"),
        30..40 => Some("<html>".into()),
        40..50 => order("something new"),
        _ => order("success"),
    });
    let settled = played.poll(&Polling::until(Duration::from_secs(600))).await.unwrap();
    assert_eq!(standing(&settled), Some(Standing::Paid));
}

#[tokio::test(start_paused = true)]
async fn at_the_deadline_an_open_order_is_unresolved_not_failed() {
    let played = play(|_, _, _| order("pending"));
    let settled = played.poll(&Polling::until(Duration::from_secs(90))).await.unwrap();
    let Settled::Unresolved { last: Some(last) } = settled else { panic!("{settled:?}") };
    assert_eq!(last.standing(), Standing::Open);
    assert!(!played.paths().contains(&"cancel".to_owned()));
    assert_eq!(played.calls.lock().unwrap().last().unwrap().0, 90, "a last question at the deadline");
}

#[tokio::test(start_paused = true)]
async fn at_a_till_the_order_is_cancelled_and_the_query_after_it_decides() {
    let closed = play(|_, _, cancels| order(if cancels > 0 { "closed" } else { "pending" }));
    assert_eq!(standing(&closed.poll(&Polling::at_a_till()).await.unwrap()), Some(Standing::Unpaid));

    // The cancel's answer is lost: it is not sent again, and the query still decides.
    let lost =
        play(
            |_, path, cancels| {
                if path == "cancel" { None } else { order(if cancels > 0 { "closed" } else { "dealing" }) }
            },
        );
    assert_eq!(standing(&lost.poll(&Polling::at_a_till()).await.unwrap()), Some(Standing::Unpaid));
    assert_eq!(lost.paths().iter().filter(|p| *p == "cancel").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_paid_order_after_a_cancel_that_may_be_carried_out_is_not_final_until_its_refund_shows() {
    const REFUNDED: &str = r#"{"ret_code":"000100","result":{"transactionNo":"1","reference":"order-1","status":"success","amount":"13.00",
        "currency":"USD","refundInfo":[{"refundAmount":"13.00"}]}}"#;
    // Accepted, and lost on the way: the refund shows ten seconds later.
    for cancel in [order("closed"), None] {
        let plays: [Play; 2] = [
            |at, path, cancels| match (path, cancels) {
                ("cancel", _) => order("closed"),
                (_, 0) => order("pending"),
                _ if at < 100 => order("success"),
                _ => Some(REFUNDED.to_owned()),
            },
            |at, path, cancels| match (path, cancels) {
                ("cancel", _) => None,
                (_, 0) => order("pending"),
                _ if at < 100 => order("success"),
                _ => Some(REFUNDED.to_owned()),
            },
        ];
        let settled = play(plays[usize::from(cancel.is_none())]).poll(&Polling::at_a_till()).await.unwrap();
        assert_eq!(standing(&settled), Some(Standing::Refunded));
    }
    // It never shows: nobody can say whether the money stays.
    let never = play(|_, path, cancels| match (path, cancels) {
        ("cancel", _) => None,
        (_, 0) => order("pending"),
        _ => order("success"),
    });
    let settled = never.poll(&Polling::at_a_till()).await.unwrap();
    let Settled::Unresolved { last: Some(last) } = settled else { panic!("{settled:?}") };
    assert_eq!(last.standing(), Standing::Paid);
    // The cancel was refused for a reason that is certain: the order is paid and stays so.
    let refused_cancel = play(|_, path, cancels| match (path, cancels) {
        ("cancel", _) => refused("000030"),
        (_, 0) => order("pending"),
        _ => order("success"),
    });
    let settled = refused_cancel.poll(&Polling::at_a_till()).await.unwrap();
    assert_eq!(standing(&settled), Some(Standing::Paid));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_never_seen_is_not_cancelled() {
    for play_it in [(|_, _, _| refused("000021")) as Play, |_, _, _| None] {
        let played = play(play_it);
        let settled = played.poll(&Polling::at_a_till()).await.unwrap();
        assert!(matches!(settled, Settled::Unresolved { last: None }), "{settled:?}");
        assert!(!played.paths().contains(&"cancel".to_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_proves_nothing_is_not_enough() {
    let expecting =
        || Polling::until(Duration::from_secs(30)).expecting(Price::new("13", Currency::USD).unwrap());
    for fields in ["", r#","amount":"13.00""#, r#","currency":"USD""#, r#","amount":"much","currency":"USD""#]
    {
        let played = play(match fields {
            "" => |_, _, _| order_with(""),
            r#","amount":"13.00""# => |_, _, _| order_with(r#","amount":"13.00""#),
            r#","currency":"USD""# => |_, _, _| order_with(r#","currency":"USD""#),
            _ => |_, _, _| order_with(r#","amount":"much","currency":"USD""#),
        });
        let settled = played.poll(&expecting()).await.unwrap();
        assert!(matches!(settled, Settled::Unresolved { last: None }), "{fields}: {settled:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_another_order_is_not_taken() {
    let another = play(|_, _, _| order_with(r#","reference":"order-2","amount":"13","currency":"USD""#));
    let error = another.poll(&Polling::at_a_till()).await.unwrap_err();
    assert!(matches!(error, PollError::ReferenceTaken(_)), "{error}");
    let another = play(|_, _, _| order_with(r#","transactionNo":"2""#));
    let number = pockyt_model::TransactionNo::new("1").unwrap();
    let error = another.client.poll(number, &Polling::at_a_till()).await.unwrap_err();
    assert!(matches!(error, PollError::ReferenceTaken(_)), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_question_under_way_at_the_deadline_gets_five_seconds_more() {
    let start = tokio::time::Instant::now();
    let service = tower::service_fn(|_: http::Request<RequestBody>| async {
        tokio::time::sleep(Duration::from_secs(19)).await;
        Ok::<_, Infallible>(http::Response::new(Full::<Bytes>::from("{}")))
    });
    let merchant = Merchant::new("200043", "300014").unwrap();
    let credentials = Credentials::new(merchant, &ApiToken::new("not-a-real-token").unwrap());
    let environment = Environment::at("http://127.0.0.1:1").unwrap();
    let client = Client::builder(environment, credentials).jitter_seed(7).build_on(service).unwrap();
    let settled = client.poll(reference(), &Polling::until(Duration::from_secs(10))).await.unwrap();
    assert!(matches!(settled, Settled::Unresolved { last: None }));
    assert!(start.elapsed() <= Duration::from_secs(16), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_refused_signature_ends_it() {
    let played = play(|_, _, _| Some(r#"{"ret_code":"000000","retMsg":"data error : verifySign"}"#.into()));
    let error = played.poll(&Polling::at_a_till()).await.unwrap_err();
    assert!(matches!(error, PollError::Refused(_)), "{error}");
    assert_eq!(played.paths(), ["tran-query"]);
}

#[tokio::test(start_paused = true)]
async fn an_order_with_another_price_is_somebody_elses() {
    for price in ["13.01", "1300"] {
        let played = play(|_, _, _| order("success"));
        let polling = Polling::at_a_till().expecting(Price::new(price, Currency::USD).unwrap());
        let error = played.poll(&polling).await.unwrap_err();
        assert!(matches!(error, PollError::ReferenceTaken(_)), "{error}");
    }
    let played = play(|_, _, _| order("success"));
    let polling = Polling::at_a_till().expecting(Price::new("13", Currency::PHP).unwrap());
    assert!(matches!(played.poll(&polling).await, Err(PollError::ReferenceTaken(_))));
    let played = play(|_, _, _| order("success"));
    let polling = Polling::at_a_till().expecting(Price::new("13", Currency::USD).unwrap());
    assert_eq!(standing(&played.poll(&polling).await.unwrap()), Some(Standing::Paid));
}

#[tokio::test(start_paused = true)]
async fn leaving_at_the_deadline_can_be_asked_for() {
    let played = play(|_, _, _| order("pending"));
    let polling = Polling::at_a_till().at_deadline(AtDeadline::Leave);
    assert!(matches!(played.poll(&polling).await.unwrap(), Settled::Unresolved { last: Some(_) }));
    assert!(!played.paths().contains(&"cancel".to_owned()));
}
