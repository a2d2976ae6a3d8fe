//! Each stage by itself, and what the stages together put on the wire.

use std::time::Duration;

use bytes::Bytes;
use pockyt_client::layers::{
    DeadlineLayer, LimitLayer, RequestIdLayer, RetryLayer, RetryPolicy, SendLayer, SignLayer, TraceLayer,
};
use pockyt_client::{
    BodyForm, Budget, CallOptions, Cause, Credentials, Environment, ErrorKind, TokioTimer, Unsigned,
};
use pockyt_model::Merchant;
use pockyt_sign::ApiToken;
use tower::{ServiceBuilder, ServiceExt as _};

use crate::support::{Reply, TOKEN, add, client_of, json, order, played, query};

fn ground(reply: fn() -> Reply) -> (impl pockyt_client::layers::Stage, crate::support::Requests) {
    let (service, requests) = played(move |_, _| reply());
    (ServiceBuilder::new().layer(SendLayer::new(Duration::from_secs(20))).service(service), requests)
}

fn accepted() -> Reply {
    Reply::Answer(json(200, &order("success")))
}

#[tokio::test(start_paused = true)]
async fn each_stage_works_alone() {
    let credentials =
        Credentials::new(Merchant::new("200043", "300014").unwrap(), &ApiToken::new(TOKEN).unwrap());
    let environment = Environment::at("http://127.0.0.1:1/base").unwrap();

    let (service, requests) = ground(accepted);
    let signing = ServiceBuilder::new().layer(SignLayer::new(environment, credentials)).service(service);
    signing.oneshot(Unsigned::new(&query())).await.unwrap();
    assert_eq!(requests.lock().unwrap()[0].uri(), "http://127.0.0.1:1/base/app-data-search/v3/tran-query");

    let request = || http::Request::new(Bytes::from_static(b"{}"));
    let (service, requests) = ground(accepted);
    ServiceBuilder::new().layer(RequestIdLayer).service(service).oneshot(request()).await.unwrap();
    assert!(requests.lock().unwrap()[0].headers().contains_key("pockyt-request-id"));

    let (service, _) = ground(|| Reply::Never);
    let failure = ServiceBuilder::new()
        .layer(DeadlineLayer::new(Duration::from_secs(7)))
        .service(service)
        .oneshot(request())
        .await
        .unwrap_err();
    assert_eq!(failure.cause(), Cause::TimedOut(Budget::Total));
    assert!(failure.may_be_sent(), "nobody can say that it was not");

    let (service, requests) = ground(|| Reply::Break);
    let policy = RetryPolicy::new(std::sync::Arc::new(TokioTimer::default()), std::sync::Arc::new(|| 0.5));
    let retrying = ServiceBuilder::new().layer(RetryLayer::new(policy)).service(service);
    retrying.oneshot(request()).await.unwrap_err();
    assert_eq!(requests.lock().unwrap().len(), 1, "nobody said that it may be repeated");

    let (service, _) = ground(accepted);
    let rest = ServiceBuilder::new().layer(LimitLayer::new(0)).layer(TraceLayer).service(service);
    rest.oneshot(request()).await.unwrap();
}

#[tokio::test]
async fn paths_forms_and_fields_can_be_set() {
    let setup = |b: pockyt_client::ClientBuilder| {
        b.path_of("add", "/app-instore/v2/add")
            .body_form_of("tran-query", BodyForm::Form)
            .extra_field("merGroupNo", "100001")
    };
    let (client, requests) = client_of(setup, |_, _| accepted());
    let options = CallOptions::default().field("preAuth", "false");
    client.call_with(&add(), options).await.unwrap();
    client.orders().query(&query()).await.unwrap();
    let requests = requests.lock().unwrap();
    assert_eq!(requests[0].uri().path(), "/app-instore/v2/add");
    let body = String::from_utf8_lossy(requests[0].body());
    assert!(body.contains(r#""merGroupNo":"100001""#) && body.contains(r#""preAuth":"false""#), "{body}");
    assert_eq!(requests[1].uri().path(), "/app-data-search/v3/tran-query");
    assert_eq!(requests[1].headers()["content-type"], "application/x-www-form-urlencoded");
    assert!(requests[1].body().starts_with(b"merGroupNo=100001&merchantNo=200043"));
    assert!(requests[1].headers()["user-agent"].to_str().unwrap().starts_with("pockyt-client/"));
}

#[tokio::test]
async fn a_wrong_path_is_never_sent() {
    for path in ["", "app-instore/v3/add", "@evil.example/", "/x?y=1", "/x#y"] {
        let (client, requests) = client_of(|b| b.path_of("add", path), |_, _| accepted());
        let error = client.in_store().add(&add()).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Build), "{path:?}: {error}");
        assert!(requests.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_field_that_reads_as_another_is_never_sent() {
    let (client, requests) = client_of(|b| b, |_, _| accepted());
    for (name, value) in [("reference", "twice"), ("verifySign", "x"), ("note", ""), ("a b", "x")] {
        let options = CallOptions::default().field(name, value);
        let error = client.call_with(&add(), options).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Build) && !error.may_retry(), "{name}: {error}");
    }
    assert!(requests.lock().unwrap().is_empty());
}

#[test]
fn an_attempt_is_begun_wherever_it_is_polled_later() {
    let (service, _) = ground(|| Reply::Never);
    let attempt =
        tower_service::Service::call(&mut service.clone(), http::Request::new(Bytes::from_static(b"{}")));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let failure = runtime.block_on(attempt).unwrap_err();
    assert_eq!((failure.cause(), failure.may_be_sent()), (Cause::TimedOut(Budget::Attempt), true));
}
