//! One suite over three mounts: the mock without a socket, hyper over a pipe with paused time, and TCP.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use pockyt_client::{
    BodyForm, Client, ClientBuilder, ErrorKind, Intent, Outcome, Polling, RequestBody, Settled,
};
use pockyt_mock::{BadBody, Fault, FaultKind, MockPockyt, Script, Transport, Wallet};
use pockyt_model::operation::{Add, Cancel, CreateTransQrcode, Prepay, Raw, Refund, TranQuery};
use pockyt_model::{Effect, PaymentBarcode, Reference, Settlement, Standing};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

use crate::mock::builder;
use crate::support::{price, reference};

const MINUTE: Duration = Duration::from_secs(60);

/// A client of a mock, by whatever way its requests travel.
struct Mount {
    mock: Arc<MockPockyt>,
    client: Client,
}

async fn mounted(mount: fn(&MockPockyt, ClientBuilder) -> Client, form: BodyForm) -> Mount {
    let mock = Arc::new(MockPockyt::start().await.unwrap());
    let client = mount(&mock, builder(&mock).body_form(form));
    Mount { mock, client }
}

fn without_a_socket(mock: &MockPockyt, builder: ClientBuilder) -> Client {
    builder.build_on(mock.transport()).unwrap()
}

fn over_tcp(_: &MockPockyt, builder: ClientBuilder) -> Client {
    builder.build().unwrap()
}

fn over_a_pipe(mock: &MockPockyt, builder: ClientBuilder) -> Client {
    let mut pool = hyper_util::client::legacy::Client::builder(TokioExecutor::new());
    let pipes = Pipes { mock: mock.transport(), http2: false };
    let client = pool.retry_canceled_requests(false).build::<_, RequestBody>(pipes);
    builder.build_on(client).unwrap()
}

fn over_a_pipe_in_http2(mock: &MockPockyt, builder: ClientBuilder) -> Client {
    let mut pool = hyper_util::client::legacy::Client::builder(TokioExecutor::new());
    let pipes = Pipes { mock: mock.transport(), http2: true };
    let client = pool.http2_only(true).retry_canceled_requests(false).build::<_, RequestBody>(pipes);
    builder.build_on(client).unwrap()
}

/// Connects to the mock by a pipe in memory, with hyper on both ends.
#[derive(Clone)]
struct Pipes {
    mock: Transport,
    http2: bool,
}

impl tower_service::Service<Uri> for Pipes {
    type Response = TokioIo<Pipe>;
    type Error = std::io::Error;
    type Future = std::future::Ready<Result<TokioIo<Pipe>, std::io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), std::io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let (ours, theirs) = tokio::io::duplex(16 * 1024);
        let mock = TowerToHyperService::new(self.mock.clone());
        let http2 = self.http2;
        tokio::spawn(async move {
            let ours = TokioIo::new(theirs);
            // A reply that the mock loses ends the connection, or in HTTP/2 the stream, with an error.
            let _ = if http2 {
                hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .serve_connection(ours, mock)
                    .await
            } else {
                hyper::server::conn::http1::Builder::new().serve_connection(ours, mock).await
            };
        });
        std::future::ready(Ok(TokioIo::new(Pipe(ours))))
    }
}

struct Pipe(DuplexStream);

impl Connection for Pipe {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl Mount {
    fn script(&self, reference: &str, wallet: Wallet) {
        self.mock.script(Script::new(reference, wallet)).unwrap();
    }

    fn fault(&self, reference: &str, operation: &str, kind: FaultKind) {
        self.mock.fault(Fault::new(reference, kind).operation(operation)).unwrap();
    }

    async fn ordered(&self, name: &str) -> Reference {
        let reference = reference(name);
        self.client.in_store().add(&Add::new(price("13.00"), reference.clone())).await.unwrap();
        reference
    }

    fn prepay(reference: &Reference) -> Prepay {
        Prepay::new(reference.clone(), PaymentBarcode::new("286498530672949108").unwrap())
    }

    async fn standing(&self, reference: &Reference) -> Standing {
        self.client.orders().query(&TranQuery::by_reference(reference.clone())).await.unwrap().standing()
    }

    fn orders(&self, name: &str) -> usize {
        self.mock.transactions().iter().filter(|order| order.reference.as_deref() == Some(name)).count()
    }
}

/// What every mount must do alike.
async fn suite(mount: Mount) {
    a_customer_who_takes_twenty_seconds_pays(&mount).await;
    a_customer_who_never_pays_is_given_up(&mount).await;
    a_lost_answer_is_asked_about(&mount).await;
    a_lost_refund_is_found_by_its_reference(&mount).await;
    broken_answers_are_no_answers(&mount).await;
    the_rest_of_the_orders_life(&mount).await;
}

async fn a_customer_who_takes_twenty_seconds_pays(mount: &Mount) {
    mount.script("slow", Wallet::ConfirmAfter(Duration::from_secs(20)));
    let reference = mount.ordered("slow").await;
    mount.client.in_store().prepay(&Mount::prepay(&reference)).await.unwrap();
    let polling = Polling::at_a_till().expecting(price("13"));
    let Settled::Final(order) = mount.client.poll(reference, &polling).await.unwrap() else { panic!() };
    assert_eq!(order.standing(), Standing::Paid);
}

async fn a_customer_who_never_pays_is_given_up(mount: &Mount) {
    mount.script("never", Wallet::Never);
    let reference = mount.ordered("never").await;
    mount.client.in_store().prepay(&Mount::prepay(&reference)).await.unwrap();
    let began = mount.mock.now();
    let Settled::Final(order) = mount.client.poll(reference, &Polling::at_a_till()).await.unwrap() else {
        panic!()
    };
    assert_eq!(order.standing(), Standing::Unpaid);
    assert!(mount.mock.now() >= began.plus(Duration::from_secs(90)));
}

async fn a_lost_answer_is_asked_about(mount: &Mount) {
    for (name, kind) in [
        ("lost-1", FaultKind::LoseReply),
        ("lost-2", FaultKind::TruncateBody),
        ("lost-3", FaultKind::ServerError { status: 500, booked: true, retry_after: None }),
        ("lost-4", FaultKind::ReplaceBody(BadBody::Html)),
        ("lost-5", FaultKind::ResetReply),
        ("lost-6", FaultKind::WrongAnswer),
    ] {
        mount.script(name, Wallet::ConfirmAfter(Duration::from_secs(5)));
        let reference = mount.ordered(name).await;
        mount.fault(name, "prepay", kind);
        let error = mount.client.in_store().prepay(&Mount::prepay(&reference)).await.unwrap_err();
        assert!(error.may_have_moved_money() && !error.may_retry(), "{name}: {error:?}");
        assert_eq!(error.ask(), Settlement::TranQueryByReference, "{name}");
        let intent = Intent::payment(reference, price("13.00"));
        let outcome = mount.client.settle(&intent, MINUTE).await.unwrap();
        assert!(
            matches!(&outcome, Outcome::Final(order) if order.standing() == Standing::Paid),
            "{outcome:?}"
        );
        assert_eq!(mount.orders(name), 1, "{name}");
    }
    // The request itself was lost: nobody knows the order, which proves nothing yet.
    mount.fault("gone", "add", FaultKind::LoseRequest);
    let add = Add::new(price("13.00"), reference("gone"));
    let error = mount.client.in_store().add(&add).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MaybeSent), "{error:?}");
    let sent = pockyt_model::UtcMillis::new(mount.mock.now().0);
    let intent = Intent::payment(reference("gone"), price("13.00")).sent_at(sent);
    let outcome = mount.client.settle(&intent, MINUTE).await.unwrap();
    assert!(matches!(outcome, Outcome::Unresolved { last: None }), "{outcome:?}");
    mount.mock.advance(Duration::from_secs(131 * 60)).await;
    let outcome = mount.client.settle(&intent, MINUTE).await.unwrap();
    assert!(matches!(outcome, Outcome::ProvisionallyUnpaid), "{outcome:?}");
}

async fn a_lost_refund_is_found_by_its_reference(mount: &Mount) {
    mount.script("back", Wallet::ConfirmAfter(Duration::ZERO));
    let sale = mount.ordered("back").await;
    mount.client.in_store().prepay(&Mount::prepay(&sale)).await.unwrap();
    mount.fault("back", "refund", FaultKind::LoseReply);
    let refund = Refund::new(sale.clone(), price("5.00"), reference("back-1"));
    let error = mount.client.orders().refund(&refund).await.unwrap_err();
    assert_eq!(error.ask(), Settlement::RefundInfoOfSale);
    let intent = Intent::refund(sale.clone(), price("5.00"), reference("back-1"));
    let outcome = mount.client.settle(&intent, MINUTE).await.unwrap();
    assert!(matches!(outcome, Outcome::Refunded { .. }), "{outcome:?}");
    assert_eq!(mount.standing(&sale).await, Standing::PartRefunded);
    // Too much is refused, and moves nothing.
    let more = Refund::new(sale.clone(), price("9.00"), reference("back-2"));
    assert!(mount.client.orders().refund(&more).await.unwrap_err().refusal().is_some());
    let rest = Refund::new(sale.clone(), price("8.00"), reference("back-3"));
    mount.client.orders().refund(&rest).await.unwrap();
    assert_eq!(mount.standing(&sale).await, Standing::Refunded);
}

async fn broken_answers_are_no_answers(mount: &Mount) {
    for (number, bad) in
        [BadBody::Empty, BadBody::Html, BadBody::InvalidUtf8, BadBody::NoResult, BadBody::NotJson]
            .into_iter()
            .enumerate()
    {
        let name = format!("bad-{number}");
        mount.fault(&name, "add", FaultKind::ReplaceBody(bad));
        let error =
            mount.client.in_store().add(&Add::new(price("13.00"), reference(&name))).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{bad:?}: {error:?}");
        assert!(error.may_have_moved_money() && error.body().is_some());
    }
    mount.fault("big", "add", FaultKind::FloodBody { bytes: 100 * 1024 * 1024 });
    let error = mount.client.in_store().add(&Add::new(price("13.00"), reference("big"))).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge), "{error:?}");
    mount.fault("moved", "add", FaultKind::Redirect { status: 307 });
    let before = mount.mock.counts().requests;
    let error = mount.client.in_store().add(&Add::new(price("13.00"), reference("moved"))).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Http(307)), "{error:?}");
    assert_eq!(mount.mock.counts().requests, before, "a redirect was followed");
    // A query is asked again by itself.
    let sale = mount.ordered("asked").await;
    mount.fault(
        "asked",
        "tran-query",
        FaultKind::ServerError { status: 503, booked: false, retry_after: Some(1) },
    );
    assert_eq!(mount.standing(&sale).await, Standing::Open);
}

async fn the_rest_of_the_orders_life(mount: &Mount) {
    let twice = mount.ordered("twice").await;
    let error = mount.client.in_store().add(&Add::new(price("13.00"), twice.clone())).await.unwrap_err();
    assert!(error.refusal().is_some_and(pockyt_model::Refusal::is_duplicate), "{error}");
    assert!(error.may_have_moved_money(), "the first one may be paid");
    mount.client.orders().cancel(&Cancel::new(twice.clone())).await.unwrap();
    assert_eq!(mount.standing(&twice).await, Standing::Unpaid);

    let code = CreateTransQrcode::new(price("13.00"), pockyt_model::Vendor::ALIPAY, reference("code"));
    mount.client.in_store().create_trans_qrcode(&code).await.unwrap();
    assert_eq!(mount.standing(&reference("code")).await, Standing::Open);

    let raw =
        Raw::new("/app-data-search/v3/tran-query").unwrap().field("reference", "code").effect(Effect::Read);
    let answer = mount.client.call(&raw).await.unwrap();
    assert_eq!(answer.result().text("reference").as_deref(), Some("code"));
    let unknown = TranQuery::by_reference(reference("nobody"));
    let error = mount.client.orders().query(&unknown).await.unwrap_err();
    assert!(error.refusal().is_some_and(pockyt_model::Refusal::is_not_found), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_suite_holds_without_a_socket() {
    suite(mounted(without_a_socket, BodyForm::Json).await).await;
}

#[tokio::test(start_paused = true)]
async fn the_suite_holds_over_a_pipe_in_paused_time() {
    suite(mounted(over_a_pipe, BodyForm::Json).await).await;
}

#[tokio::test(start_paused = true)]
async fn the_suite_holds_over_http2_in_paused_time() {
    suite(mounted(over_a_pipe_in_http2, BodyForm::Json).await).await;
}

#[tokio::test]
async fn the_suite_holds_over_tcp() {
    suite(mounted(over_tcp, BodyForm::Json).await).await;
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn the_suite_holds_over_tls() {
    let mock = Arc::new(MockPockyt::builder().tls(["localhost"]).start().await.unwrap());
    let roots = pockyt_client::Roots::from_pem(mock.authority_pem().unwrap().as_bytes()).unwrap();
    let environment = pockyt_client::Environment::at(&mock.https_url().unwrap()).unwrap();
    let clock = crate::mock::MockClock(mock.clone());
    let client = Client::builder(environment, crate::mock::credentials())
        .timer(clock.clone())
        .clock(clock)
        .tls(pockyt_client::Tls::default().roots(roots))
        .build()
        .unwrap();
    suite(Mount { mock, client }).await;
}

#[tokio::test]
async fn the_suite_holds_over_tcp_with_form_bodies() {
    suite(mounted(over_tcp, BodyForm::Form).await).await;
}
