//! Nothing secret or personal is ever shown: every operation, every way to fail, everything that is
//! printed, logged or counted.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use pockyt_client::{CallError, Client, Credentials, Environment, Intent, Polling};
use pockyt_model::operation::{Capture, CaptureTerminal, Prepay, Raw};
use pockyt_model::{Card, CardExpiry, CardNumber, Cvv, Merchant, Operation, PaymentBarcode};
use pockyt_sign::ApiToken;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::support::{Reply, json, played, price, reference};

/// In every value of every request and answer, and in the token.
const CANARY: &str = "CANARY";
const TOKEN: &str = "CANARY-token";
/// `printf CANARY-token | md5sum`
const TOKEN_HASH: &str = "04d70ee154d12649814be98071b620d5";
const BARCODE: &str = "286498530672949108";
const CARD: &str = "4111111111111111";
const CVV: &str = "739";

/// Keeps every name and value of every span and event.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<String>>);

impl Log {
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Visit for &Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.lock().unwrap().push_str(&format!("{}={value:?}\n", field.name()));
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.0.lock().unwrap().push_str(&format!("span {}\n", span.metadata().name()));
        span.record(&mut &*self);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut &*self);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

type Ending = fn() -> Reply;

/// Every way in which a call can end.
fn endings() -> Vec<(&'static str, Ending)> {
    fn answer(status: u16, body: &str) -> Reply {
        Reply::Answer(json(status, body))
    }
    vec![
        ("accepted", || {
            answer(
                200,
                r#"{"ret_code":"000100","result":{"email":"CANARY@ann.example","status":"CANARY","amount":"CANARY"},"balance":[],"payor":{}}"#,
            )
        }),
        ("another order", || {
            answer(
                200,
                r#"{"ret_code":"000100","result":{"reference":"CANARY-else","transactionNo":"CANARY-9"}}"#,
            )
        }),
        ("refused", || answer(200, r#"{"ret_code":"000023","ret_msg":"CANARY Ann on 555-0100"}"#)),
        ("refused oddly", || answer(200, r#"{"ret_code":"CANARYxxxx","ret_msg":"CANARY"}"#)),
        ("wrong signature", || {
            answer(400, r#"{"ret_code":"000000","retMsg":"data error : verifySign CANARY"}"#)
        }),
        ("system error", || answer(200, r#"{"ret_code":"000000","ret_msg":"CANARY"}"#)),
        ("page", || answer(200, "<html>CANARY</html>")),
        ("error page", || answer(502, "<html>CANARY</html>")),
        ("redirect", || {
            let mut answer = json(302, "CANARY");
            answer.headers_mut().insert("location", "https://CANARY.example/CANARY".parse().unwrap());
            Reply::Answer(answer)
        }),
        ("odd names", || answer(200, r#"{"ret_code":"000100","CANARY":1,"CANARY":2}"#)),
        ("not JSON", || answer(200, "{\"CANARY\": CANARY}")),
        ("empty", || answer(200, "")),
        ("too large", || answer(200, &"CANARY".repeat(200_000))),
        ("broken", || Reply::Break),
        ("silent", || Reply::Never),
        ("untaken", || Reply::Untaken),
    ]
}

fn errors_of(error: &CallError) -> String {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        shown.push_str(&format!(" {source} {source:?}"));
        next = source.source();
    }
    shown
}

struct Run {
    client: Client,
    requests: crate::support::Requests,
    log: Log,
}

fn run(ending: Ending) -> Run {
    let (service, requests) = played(move |_, _: &http::Request<Bytes>| ending());
    let merchant = Merchant::new("200043", "300014").unwrap();
    let credentials = Credentials::new(merchant, &ApiToken::new(TOKEN).unwrap());
    let builder = Client::builder(Environment::at("http://127.0.0.1:1").unwrap(), credentials)
        .extra_field("merGroupNo", "CANARY-group")
        .jitter_seed(1);
    assert_clean("the builder", &format!("{builder:?}"), &[]);
    let client = builder.build_on(service).unwrap();
    Run { client, requests, log: Log::default() }
}

fn assert_clean(what: &str, shown: &str, signatures: &[String]) {
    let secrets = [CANARY, TOKEN_HASH, BARCODE, CARD, CVV, "verifySign\":"];
    for secret in secrets.into_iter().chain(signatures.iter().map(String::as_str)) {
        assert!(!shown.contains(secret), "{what} shows {secret}: {shown}");
    }
}

impl Run {
    fn signatures(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let bodies = requests.iter().map(|request| String::from_utf8_lossy(request.body()).into_owned());
        bodies.filter_map(|body| Some(body.split_once("verifySign\":\"")?.1.get(..32)?.to_owned())).collect()
    }

    /// Makes a call and looks at everything that can be seen of it but the answer.
    async fn drive<O: Operation + Debug>(&self, what: &str, operation: &O) -> bool {
        let _guard = tracing::subscriber::set_default(self.log.clone());
        let result = self.client.call(operation).await;
        let mut shown = format!("{operation:?} {:?}", self.client);
        if let Err(error) = &result {
            shown.push_str(&errors_of(error));
        }
        shown.push_str(&std::mem::take(&mut *self.log.0.lock().unwrap()));
        assert!(shown.contains("pockyt.operation="), "{what}: nothing was logged");
        let odd_code = "CANARYxxxx";
        // The code is what an operator needs, and it is Pockyt's own; everything else is not shown.
        assert_clean(what, &shown.replace(odd_code, ""), &self.signatures());
        !self.signatures().is_empty()
    }
}

#[tokio::test(start_paused = true)]
async fn no_operation_shows_its_fields_however_it_ends() {
    for (name, ending) in endings() {
        let run = run(ending);
        let mut sent = 0;
        for spec in pockyt_model::operations() {
            let mut call = Raw::new(spec.path).or_else(|_| Raw::new("/no/path/known")).unwrap();
            for field in spec.fields() {
                call = call.field(field.name, format!("{CANARY}-{}", field.name));
            }
            let call = call.effect(spec.effect).settlement(spec.settlement);
            let what = format!("{} {name}", spec.name);
            sent += usize::from(run.drive(&what, &call).await);
        }
        assert!(sent > 20 || name == "untaken", "{name}: {sent} requests carried a signature");
    }
}

#[tokio::test(start_paused = true)]
async fn cards_and_codes_are_shown_nowhere() {
    let barcode = PaymentBarcode::new(BARCODE).unwrap();
    let prepay = Prepay::new(reference("order-1"), barcode);
    let number = CardNumber::new(CARD).unwrap();
    let card = Card::new(number, CardExpiry::new(12, 2030).unwrap(), Cvv::new(CVV).unwrap());
    let capture = Capture::new(price("13.00"), card, CaptureTerminal::Online, reference("order-1"));
    for (name, ending) in endings() {
        let run = run(ending);
        run.drive(name, &prepay).await;
        run.drive(name, &capture).await;
    }
}

#[tokio::test(start_paused = true)]
async fn polling_and_settling_log_no_answers() {
    for (name, ending) in endings() {
        let run = run(ending);
        let _guard = tracing::subscriber::set_default(run.log.clone());
        let order = reference("order-1");
        let polled = run.client.poll(order.clone(), &Polling::at_a_till()).await;
        let intent = Intent::payment(order, price("13.00"));
        let settled = run.client.settle(&intent, std::time::Duration::from_secs(9)).await;
        let mut shown = run.log.text();
        for error in [polled.err(), settled.err()].into_iter().flatten() {
            shown.push_str(&format!("{error} "));
        }
        assert_clean(name, &shown.replace("CANARYxxxx", ""), &run.signatures());
    }
}
