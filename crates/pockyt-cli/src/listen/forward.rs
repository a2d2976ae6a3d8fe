//! Handing notices on: to a receiver of webhooks, or as lines.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::Context as _;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use pockyt_ipn::{Handled, Handler, Notice};
use tokio::sync::Notify;

use super::webhook::{Secret, Webhook, seconds};
use crate::exit::usage;
use crate::output;
use crate::store::now;

/// How long a receiver may take, as the Standard Webhooks specification proposes.
const PATIENCE: Duration = Duration::from_secs(15);

/// How much of an answer is read, so that the connection can be used again.
const ANSWER_BYTES: usize = 16 * 1024;

type Body = Full<std::io::Cursor<Vec<u8>>>;

/// Posts each notice as a signed webhook.
pub(super) struct Forward {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    to: Uri,
    secret: Secret,
}

impl Forward {
    pub(super) fn new(to: &str, secret: &Secret) -> anyhow::Result<Self> {
        let to = address(to)?;
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .context("TLS cannot be set up")?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(15))
            .build(connector);
        Ok(Self { client, to, secret: secret.clone() })
    }

    /// The status of the answer; without one, why.
    async fn post(&self, webhook: Webhook) -> anyhow::Result<StatusCode> {
        let time = seconds(now());
        let signature = self.secret.sign(&webhook.id, time, &webhook.body);
        let request = Request::builder()
            .method(Method::POST)
            .uri(self.to.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, HeaderValue::from_static(concat!("pockyt/", env!("CARGO_PKG_VERSION"))))
            .header("webhook-id", webhook.id)
            .header("webhook-timestamp", time)
            .header("webhook-signature", signature)
            .body(Full::new(std::io::Cursor::new(webhook.body)))?;
        let answer = self.client.request(request).await?;
        let status = answer.status();
        // What it says does not matter, and neither does whether it arrives.
        let _ = Limited::new(answer.into_body(), ANSWER_BYTES).collect().await;
        Ok(status)
    }
}

impl Handler for Forward {
    async fn handle(&self, notice: &Notice) -> Handled {
        let Ok(webhook) = Webhook::of(notice) else {
            return Handled::dead("it cannot be written as JSON");
        };
        let handled = match tokio::time::timeout(PATIENCE, self.post(webhook)).await {
            Ok(Ok(status)) => judged(status),
            Ok(Err(error)) => Handled::retry(format!("the receiver cannot be reached: {}", causes(&error))),
            Err(_) => Handled::retry("the receiver took too long"),
        };
        if let Handled::Dead { why } | Handled::Deferred { why } | Handled::Retry { why } = &handled {
            output::note(&format!("notice {}, attempt {}: {why}", notice.id(), notice.attempt()));
        }
        handled
    }
}

/// What a status means.
fn judged(status: StatusCode) -> Handled {
    match status {
        status if status.is_success() => Handled::Done,
        StatusCode::GONE => Handled::dead("the receiver answered 410: it wants no more of this"),
        StatusCode::TOO_EARLY => Handled::deferred("the receiver answered 425: the order is not there yet"),
        status => Handled::retry(format!("the receiver answered {}", status.as_u16())),
    }
}

fn causes(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Where to post to; warns of what others can read on its way.
fn address(to: &str) -> anyhow::Result<Uri> {
    let uri: Uri = to.parse().map_err(|_| usage("--forward is not a URL"))?;
    let Some(authority) = uri.authority().filter(|_| matches!(uri.scheme_str(), Some("http" | "https")))
    else {
        return Err(usage("--forward begins with http:// or https://"));
    };
    if authority.as_str().contains('@') {
        return Err(usage("--forward has no user name in it: the receiver knows us by the signature"));
    }
    let host = authority.host().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if uri.scheme_str() == Some("http") && !is_here {
        output::warn("--forward: without https, everybody on the way can read the notifications");
    }
    Ok(uri)
}

/// Prints each notice as a line of JSON.
pub(super) struct Lines {
    /// Told when nobody reads any more.
    pub(super) closed: std::sync::Arc<Notify>,
}

impl Handler for Lines {
    async fn handle(&self, notice: &Notice) -> Handled {
        let line = Webhook::of(notice).map(|webhook| {
            let mut line = webhook.body;
            line.push(b'\n');
            line
        });
        let Ok(line) = line else { return Handled::dead("it cannot be written as JSON") };
        if output::print(&line).is_err() {
            self.closed.notify_one();
            return Handled::retry("standard output cannot be written");
        }
        Handled::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_their_meaning() {
        for (status, expected) in [
            (200, "done"),
            (204, "done"),
            (299, "done"),
            (301, "retry"),
            (400, "retry"),
            (401, "retry"),
            (404, "retry"),
            (409, "retry"),
            (410, "dead"),
            (425, "deferred"),
            (429, "retry"),
            (500, "retry"),
            (503, "retry"),
        ] {
            assert_eq!(judged(StatusCode::from_u16(status).unwrap()).as_str(), expected, "{status}");
        }
    }

    #[test]
    fn addresses_are_http_or_https_without_a_user() {
        for to in
            ["http://127.0.0.1:1/x", "https://shop.example", "http://[::1]/", "http://localhost:80/a?b=c"]
        {
            assert!(address(to).is_ok(), "{to}");
        }
        for to in
            ["", "shop.example", "/x", "ftp://shop.example/", "https://user:pw@shop.example/", "http://"]
        {
            assert!(address(to).is_err(), "{to}");
        }
    }
}
