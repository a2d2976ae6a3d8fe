//! One query by pockyt-client without a socket, beside the part of it that no client is spared.
//!
//! `work` writes and signs the request and reads the answer. `pockyt` is the whole client with all its stages
//! over a service that answers at once, so that the difference is what the stages cost. The figures over a
//! socket, beside other clients, are made by `benches/peers`.

#![expect(clippy::expect_used, reason = "a benchmark reports by panicking")]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::task::{Context, Poll};

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use http_body::Body as _;
use http_body_util::Full;
use pockyt_benches::TOKEN;
use pockyt_client::{Client, Credentials, Environment, RequestBody};
use pockyt_model::operation::TranQuery;
use pockyt_model::{Merchant, Operation as _, SignedRequest, TransactionNo};
use pockyt_sign::{ApiToken, SigningKey};

/// The answer of Pockyt's documentation (Transaction Query API).
const PAID: &[u8] = br#"{"result":{"amount":"10.00","currency":"CNY","reference":"test202001011305","settleCurrency":"USD","status":"success","transactionNo":"297553638300708562","transactionType":"payment"},"ret_code":"000100","ret_msg":"query success "}"#;

/// Takes the request's body, as a connection would, and answers.
#[derive(Clone, Debug)]
struct AtOnce;

impl tower_service::Service<http::Request<RequestBody>> for AtOnce {
    type Response = http::Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: http::Request<RequestBody>) -> Self::Future {
        let mut waker = Context::from_waker(std::task::Waker::noop());
        assert!(std::pin::Pin::new(request.body_mut()).poll_frame(&mut waker).is_ready());
        ready(Ok(http::Response::new(Full::new(Bytes::from_static(PAID)))))
    }
}

fn query() -> TranQuery {
    TranQuery::by_transaction_no(TransactionNo::new("297553638300708562").expect("it is well formed"))
}

fn calls(criterion: &mut Criterion) {
    let token = ApiToken::new(TOKEN).expect("the published token is well formed");
    let merchant = Merchant::new("200043", "300014").expect("the published numbers are well formed");
    let key = SigningKey::new(&token);
    let here = Environment::at("http://127.0.0.1:8080").expect("it is this machine");
    let client = Client::builder(here, Credentials::new(merchant.clone(), &token)).build_on(AtOnce);
    let client = client.expect("it is not production");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("it needs nothing of the system");

    let mut group = criterion.benchmark_group("client-query");
    group.bench_function("pockyt", |b| {
        b.iter(|| runtime.block_on(client.orders().query(&black_box(query()))).expect("it is accepted"));
    });
    group.bench_function("work", |b| {
        b.iter(|| {
            let query = black_box(query());
            let signed = SignedRequest::new(&query, &merchant, &[], &key).expect("it is signed");
            (signed.to_json(), TranQuery::read_answer(black_box(PAID)).expect("it is an answer"))
        });
    });
    group.finish();
}

criterion_group!(benches, calls);
criterion_main!(benches);
