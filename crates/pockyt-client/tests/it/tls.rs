//! TLS against the mock: whom the client trusts, and that what it does not trust is not sent.

use std::sync::Arc;

use futures_util::future::join_all;
use pockyt_client::{BuildError, Client, Credentials, Environment, ErrorKind, Roots, Tls};
use pockyt_mock::MockPockyt;
use pockyt_model::Merchant;
use pockyt_sign::ApiToken;

use crate::canary::Log;
use crate::mock::credentials;
use crate::support::{add, query};

async fn mock() -> Arc<MockPockyt> {
    Arc::new(MockPockyt::builder().tls(["localhost"]).start().await.unwrap())
}

fn client(mock: &MockPockyt, tls: Tls) -> Client {
    let environment = Environment::at(&mock.https_url().unwrap()).unwrap();
    Client::builder(environment, credentials()).randomness(|| 0.0).tls(tls).build().unwrap()
}

#[tokio::test]
async fn a_given_authority_is_trusted() {
    let mock = mock().await;
    let roots = Roots::from_pem(mock.authority_pem().unwrap().as_bytes()).unwrap();
    let client = client(&mock, Tls::default().roots(roots));
    client.in_store().add(&add()).await.unwrap();
    assert!(client.orders().query(&query()).await.is_ok());
}

/// The mock offers both by ALPN.
#[tokio::test]
async fn http2_is_spoken_where_the_server_offers_it() {
    let mock = mock().await;
    let roots = Roots::from_pem(mock.authority_pem().unwrap().as_bytes()).unwrap();
    let client = client(&mock, Tls::default().roots(roots));
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    client.in_store().add(&add()).await.unwrap();
    let (orders, query) = (client.orders(), query());
    let answers = join_all((0..20).map(|_| orders.query(&query))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let spoken = if cfg!(feature = "http2") { "\"2\"" } else { "\"1.1\"" };
    let seen: String = log
        .text()
        .lines()
        .filter(|line| line.starts_with("network."))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(seen.matches(&format!("network.protocol.version={spoken}\n")).count(), 21, "{seen}");
}

#[tokio::test]
async fn an_unknown_authority_is_not_and_nothing_is_sent() {
    let mock = mock().await;
    let client = client(&mock, Tls::default());
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotSent), "{error:?}");
    assert_eq!(error.attempts(), 1, "trying again does not make a certificate right");
    assert!(!error.may_retry() && !error.may_have_moved_money());
    assert_eq!(mock.counts().requests, 0);
}

#[test]
fn roots_that_are_no_certificates_are_refused() {
    for pem in ["", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let built = Roots::from_pem(pem.as_bytes()).and_then(|roots| {
            let environment = Environment::at("https://localhost").unwrap();
            Client::builder(environment, credentials()).tls(Tls::default().roots(roots)).build()
        });
        assert!(built.is_err(), "{pem}");
    }
}

#[test]
fn published_tokens_are_refused_where_real_money_moves() {
    let published = ApiToken::new("5cbfb079f15b150122261c8537086d77a").unwrap();
    let credentials = || Credentials::new(Merchant::new("200043", "300014").unwrap(), &published);
    let build = |environment| Client::builder(environment, credentials()).build().map(|_| ());
    assert_eq!(build(Environment::PRODUCTION), Err(BuildError::PublishedTokenInProduction));
    assert_eq!(build(Environment::PRODUCTION_POCKYT_IO), Err(BuildError::PublishedTokenInProduction));
    assert_eq!(build(Environment::SANDBOX), Ok(()));
}
