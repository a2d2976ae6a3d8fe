//! Every answer, byte for byte, and what the store holds after it.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderValue, Method, Request};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, StreamBody};
use pockyt_ipn::{IpnRouter, SealKey, SealPolicy, Sealer};
use pockyt_model::NotificationKind;
use pockyt_store::{Inbox, State};
use tower_service::Service;

use crate::support::{
    FORM, JSON, Ledger, TestInbox, builder, fields, form, genuine, json, of_kind, recut, signed,
};

/// What the store holds: all that is kept, what waits to be handed over, and what is in quarantine.
type Kept = (usize, usize, usize);

const NOTHING: Kept = (0, 0, 0);
const WAITS: Kept = (1, 1, 0);
const DOUBTED: Kept = (1, 0, 1);

/// An answer: status, body, and the headers beside the content type.
type Answer = (u16, &'static str, &'static [(&'static str, &'static str)]);

const SUCCESS: Answer = (200, "success", &[]);
const NOT_ACCEPTED: Answer = (401, "not accepted", &[]);
const MALFORMED: Answer = (400, "malformed", &[]);
const TOO_LARGE: Answer = (413, "too large", &[]);
const TOO_MANY: Answer = (400, "too many fields", &[]);
const TYPE: Answer = (415, "form or JSON only", &[]);
const POST_ONLY: Answer = (405, "POST only", &[("allow", "POST")]);
const TOO_SLOW: Answer = (408, "too slow", &[]);
const AGAIN: Answer = (503, "try again later", &[]);

/// A world of its own for each row.
struct World {
    inbox: Arc<TestInbox>,
    router: IpnRouter<Arc<TestInbox>>,
}

impl World {
    fn new(seals: SealPolicy) -> Self {
        let inbox = Arc::default();
        let sealer = Sealer::new("test", SealKey::new([7; 32]));
        let listeners = builder(&inbox).sealer(sealer).seal_policy(seals).build_each(&NotificationKind::ALL);
        Self { router: IpnRouter::default().with_each(listeners.unwrap()), inbox }
    }

    async fn send<B>(&self, request: Request<B>) -> (u16, String, Vec<(String, String)>)
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Send,
    {
        let (mut head, body) = self.router.service().call(request).await.unwrap().into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        assert_eq!(head.headers.remove("content-type").unwrap(), "text/plain");
        let headers = head.headers.iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        (head.status.as_u16(), body, headers.collect())
    }

    async fn check<B>(&self, about: &str, request: Request<B>, (status, text, headers): Answer, kept: Kept)
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Send,
    {
        let expected =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(self.send(request).await, (status, text.to_owned(), expected), "{about}");
        assert_eq!(text.contains("success"), kept != NOTHING, "{about}: success is for what is kept");
        self.inbox.down.store(false, Ordering::SeqCst);
        let counts = self.inbox.counts().await.unwrap();
        let all = State::ALL.map(|state| counts.of(state)).iter().sum();
        assert_eq!((all, counts.waiting, counts.quarantined), kept, "{about}");
    }
}

fn post<B>(path: &str, content_type: Option<&str>, body: B) -> Request<B> {
    let request = Request::post(path);
    let request = match content_type {
        Some(content_type) => request.header("content-type", content_type),
        None => request,
    };
    request.body(body).unwrap()
}

const PAY: &str = "/ipn/shop/pay";

fn payment(status: &str) -> Vec<(String, String)> {
    signed(fields(1, "13.00", status))
}

/// A JSON object of the signed fields, with something before its end.
fn json_with(more: &str) -> String {
    json(&payment("success")).replace('}', more)
}

/// What it is, its content type, its body, its answer, and what is kept.
type Row = (&'static str, Option<&'static str>, Vec<u8>, Answer, Kept);

fn forms() -> Vec<Row> {
    let clean = genuine(1);
    let padded = |length: usize| format!("{clean}&padding={}", "x".repeat(length - clean.len() - 9));
    let more =
        |fields: usize| format!("{clean}{}", (7..fields).map(|n| format!("&x{n}=1")).collect::<String>());
    vec![
        ("no content type", None, clean.clone().into(), SUCCESS, WAITS),
        ("an empty content type", Some(""), clean.clone().into(), SUCCESS, WAITS),
        ("a content type that is none", Some("success"), clean.clone().into(), SUCCESS, WAITS),
        ("JSON that says it is a form", FORM, json(&payment("success")).into(), SUCCESS, WAITS),
        ("a picture", Some("image/png"), clean.clone().into(), TYPE, NOTHING),
        ("parts", Some("multipart/form-data; boundary=x"), clean.clone().into(), TYPE, NOTHING),
        ("an empty form", FORM, "".into(), NOT_ACCEPTED, NOTHING),
        ("only separators", FORM, "&&&".into(), NOT_ACCEPTED, NOTHING),
        (
            "only a signature",
            FORM,
            "verifySign=435d01c5d5fa88cfe8168fbfbf732519".into(),
            NOT_ACCEPTED,
            NOTHING,
        ),
        ("only the right signature of nothing", FORM, form(&signed(Vec::new())).into(), SUCCESS, DOUBTED),
        ("64 fields", FORM, more(64).into(), NOT_ACCEPTED, NOTHING),
        ("65 fields", FORM, more(65).into(), TOO_MANY, NOTHING),
        ("64 KiB", FORM, padded(64 * 1024).into(), NOT_ACCEPTED, NOTHING),
        ("64 KiB and a byte", FORM, padded(64 * 1024 + 1).into(), TOO_LARGE, NOTHING),
        ("a field twice", FORM, format!("{clean}&amount=13.00").into(), MALFORMED, NOTHING),
        ("a field twice, once escaped", FORM, format!("{clean}&%61mount=1").into(), MALFORMED, NOTHING),
        ("two signatures", FORM, format!("{clean}&verifySign=0").into(), MALFORMED, NOTHING),
        ("bytes that are no UTF-8", FORM, [clean.as_bytes(), b"&note=\xff"].concat(), MALFORMED, NOTHING),
        ("escaped bytes that are no UTF-8", FORM, format!("{clean}&note=%FF").into(), MALFORMED, NOTHING),
        ("a broken escape", FORM, format!("{clean}&note=%zz").into(), MALFORMED, NOTHING),
        ("an odd name", FORM, format!("{clean}&a-b=1").into(), MALFORMED, NOTHING),
        ("a name of no letters", FORM, format!("{clean}&=1").into(), MALFORMED, NOTHING),
        ("a null byte", FORM, format!("{clean}&note=%00").into(), NOT_ACCEPTED, NOTHING),
        (
            "a signed amount that is no number",
            FORM,
            form(&signed(fields(1, "NaN", "success"))).into(),
            SUCCESS,
            DOUBTED,
        ),
        (
            "a signed amount of nothing",
            FORM,
            form(&signed(fields(1, "0.00", "success"))).into(),
            SUCCESS,
            DOUBTED,
        ),
    ]
}

fn objects() -> Vec<Row> {
    let clean = genuine(1);
    let members = |fields: usize| (7..fields).map(|n| format!(", \"x{n}\": 1")).collect::<String>() + "}";
    // The signature is over the nested values as compact JSON, and none of them is a number or a word.
    let nested = |name: &str, value: &str| {
        let mut message = fields(1, "13.00", "success");
        message.iter_mut().find(|(field, _)| field == name).unwrap().1 = value.into();
        json(&signed(message)).replace(&format!("{value:?}"), value)
    };
    vec![
        ("a form that says it is JSON", JSON, clean.clone().into(), SUCCESS, WAITS),
        ("an empty JSON body", JSON, "".into(), NOT_ACCEPTED, NOTHING),
        ("an empty object", JSON, "{}".into(), NOT_ACCEPTED, NOTHING),
        ("64 members", JSON, json_with(&members(64)).into(), NOT_ACCEPTED, NOTHING),
        ("65 members", JSON, json_with(&members(65)).into(), TOO_MANY, NOTHING),
        ("a member twice", JSON, json_with(", \"amount\": \"13.00\"}").into(), MALFORMED, NOTHING),
        (
            "a member twice, once escaped",
            JSON,
            json_with(", \"\\u0061mount\": 1}").into(),
            MALFORMED,
            NOTHING,
        ),
        ("a nested amount, signed", JSON, nested("amount", "[13]").into(), SUCCESS, DOUBTED),
        ("a nested status, signed", JSON, nested("status", "{\"is\":1}").into(), SUCCESS, DOUBTED),
        (
            "a nested amount, unsigned",
            JSON,
            json(&payment("success")).replace("\"13.00\"", "[13.00]").into(),
            NOT_ACCEPTED,
            NOTHING,
        ),
        (
            "the fields in an object",
            JSON,
            format!("{{\"result\": {}}}", json(&payment("success"))).into(),
            NOT_ACCEPTED,
            NOTHING,
        ),
        ("JSON that is no UTF-8", JSON, b"{\"note\": \"\xff\"}".to_vec(), MALFORMED, NOTHING),
        ("an array", JSON, format!("[{}]", json(&payment("success"))).into(), MALFORMED, NOTHING),
        ("half an object", JSON, json_with("").into(), MALFORMED, NOTHING),
        ("two objects", JSON, format!("{0}{0}", json(&payment("success"))).into(), MALFORMED, NOTHING),
        (
            "a byte order mark",
            JSON,
            format!("\u{feff}{}", json(&payment("success"))).into(),
            MALFORMED,
            NOTHING,
        ),
    ]
}

#[tokio::test]
async fn bad_input_has_its_answer_and_leaves_no_payment() {
    for (about, content_type, body, answer, kept) in [forms(), objects()].concat() {
        let world = World::new(SealPolicy::Off);
        world.check(about, post(PAY, content_type, Full::from(body)), answer, kept).await;
        let ledger = Ledger::default();
        world.router.run_until_idle(&ledger).await.unwrap();
        assert_eq!(ledger.notices().len(), kept.1, "{about}");
    }
}

#[tokio::test]
async fn whatever_is_kept_is_answered_success_and_nothing_else_is() {
    let changed = form(&signed(fields(1, "14.00", "success")));
    // What was there before, what comes, and what is there then.
    let rows: [(&str, Option<String>, String, Answer, Kept); 8] = [
        ("new", None, genuine(1), SUCCESS, WAITS),
        ("a duplicate", Some(genuine(1)), genuine(1), SUCCESS, WAITS),
        ("a duplicate in other words", Some(genuine(1)), json(&payment("SUCCESS")), SUCCESS, WAITS),
        ("another state", Some(genuine(1)), form(&payment("reversed")), SUCCESS, (2, 2, 0)),
        ("a conflict", Some(genuine(1)), changed, SUCCESS, (2, 1, 1)),
        ("an ambiguous cut", None, recut(1), SUCCESS, DOUBTED),
        ("an ambiguous cut again", Some(recut(1)), recut(1), SUCCESS, DOUBTED),
        ("a forged one", None, genuine(1).replace("13%2E00", "1"), NOT_ACCEPTED, NOTHING),
    ];
    for (about, before, body, answer, kept) in rows {
        let world = World::new(SealPolicy::Off);
        if let Some(before) = before {
            world.send(post(PAY, FORM, Full::from(before))).await;
        }
        world.check(about, post(PAY, FORM, Full::from(body)), answer, kept).await;
    }
}

#[tokio::test]
async fn a_right_signature_at_another_address_is_never_a_payment() {
    let elsewhere = "/ipn/cafe/pay";
    let sealed = format!("{PAY}/{}", "0".repeat(32));
    let rows = [
        ("a payment at an address of nobody", NotificationKind::Payment, elsewhere, NOT_ACCEPTED, NOTHING),
        ("a payment under another seal", NotificationKind::Payment, sealed.as_str(), SUCCESS, DOUBTED),
        ("a payment under no seal at all", NotificationKind::Payment, "/ipn/shop/pay/x", SUCCESS, DOUBTED),
        ("a payout at the payments' address", NotificationKind::Payout, PAY, SUCCESS, DOUBTED),
        ("an agreement at the payments' address", NotificationKind::Mandate, PAY, SUCCESS, DOUBTED),
        ("an account at the payments' address", NotificationKind::PayeeAccount, PAY, SUCCESS, DOUBTED),
        ("a refund at the payments' address", NotificationKind::Refund, PAY, SUCCESS, DOUBTED),
        ("anything at the payments' address", NotificationKind::Unknown, PAY, SUCCESS, DOUBTED),
        (
            "a payment at the payouts' address",
            NotificationKind::Payment,
            "/ipn/shop/payout",
            SUCCESS,
            DOUBTED,
        ),
        ("a payment at the refunds' address", NotificationKind::Payment, "/ipn/shop/refund", SUCCESS, WAITS),
    ];
    for (about, kind, path, answer, kept) in rows {
        let world = World::new(SealPolicy::Preferred);
        let body = Full::from(form(&signed(of_kind(kind))));
        world.check(about, post(path, FORM, body), answer, kept).await;
        let ledger = Ledger::default();
        world.router.run_until_idle(&ledger).await.unwrap();
        assert!(ledger.notices().iter().all(|notice| notice.payment().is_none()), "{about}");
    }
}

#[tokio::test]
async fn other_methods_and_several_content_types_are_refused() {
    let others = [Method::GET, Method::PUT, Method::HEAD, Method::OPTIONS, Method::DELETE, Method::PATCH];
    for method in others {
        let mut request = post(PAY, FORM, Full::<Bytes>::from(genuine(1)));
        *request.method_mut() = method;
        World::new(SealPolicy::Off).check("another method", request, POST_ONLY, NOTHING).await;
    }
    let mut twice = post(PAY, FORM, Full::<Bytes>::from(genuine(1)));
    twice.headers_mut().append("content-type", HeaderValue::from_static("application/json"));
    World::new(SealPolicy::Off).check("two content types", twice, TYPE, NOTHING).await;
}

#[tokio::test(start_paused = true)]
async fn slow_and_broken_bodies_and_stores_are_not_waited_for() {
    let started = tokio::time::Instant::now();
    let seconds = |expected: u64| assert_eq!(started.elapsed().as_secs(), expected);
    let never = StreamBody::new(stream::pending::<Result<Frame<Bytes>, Infallible>>());
    World::new(SealPolicy::Off)
        .check("a body that never comes", post(PAY, FORM, never), TOO_SLOW, NOTHING)
        .await;
    seconds(10);
    let drops = stream::iter(genuine(1).into_bytes()).then(|byte| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok::<_, Infallible>(Frame::data(Bytes::from(vec![byte])))
    });
    let dripping = StreamBody::new(Box::pin(drops));
    World::new(SealPolicy::Off).check("a body in drops", post(PAY, FORM, dripping), TOO_SLOW, NOTHING).await;
    seconds(20);
    let broken = stream::iter([Ok(Frame::data(Bytes::from(genuine(1)))), Err("reset")]);
    let broken = post(PAY, FORM, StreamBody::new(broken));
    World::new(SealPolicy::Off).check("a body that breaks off", broken, MALFORMED, NOTHING).await;

    let body = || Full::<Bytes>::from(genuine(1));
    let down = World::new(SealPolicy::Off);
    down.inbox.down.store(true, Ordering::SeqCst);
    down.check("a store that is down", post(PAY, FORM, body()), AGAIN, NOTHING).await;
    down.check("and then is not", post(PAY, FORM, body()), SUCCESS, WAITS).await;
    seconds(20);
    let hangs = World::new(SealPolicy::Off);
    hangs.inbox.hangs.store(true, Ordering::SeqCst);
    hangs.check("a store that hangs", post(PAY, FORM, body()), AGAIN, NOTHING).await;
    seconds(30);
}
