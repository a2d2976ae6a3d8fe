//! hyper-util's own client and the same bytes.

use bytes::Bytes;
use http::Uri;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::{Error, query};

/// The client with its defaults, and a request that was written and signed beforehand.
#[derive(Clone, Debug)]
pub struct Bare {
    client: Client<HttpConnector, Full<Bytes>>,
    uri: Uri,
    body: Bytes,
}

impl Bare {
    /// # Errors
    ///
    /// It is not a URL.
    pub fn new(url: &str) -> Result<Self, Error> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let (path, body) = query::written()?;
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, uri: format!("{url}{path}").parse()?, body: body.into() })
    }

    pub(super) async fn ask(&self) -> Result<(), Error> {
        let request = http::Request::post(self.uri.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, HeaderValue::from_static("pockyt-client/0.1.0"))
            .body(Full::new(self.body.clone()))?;
        let answer = self.client.request(request).await?.into_body().collect().await?.to_bytes();
        if answer.len() != query::PAID.len() {
            return Err("another answer".into());
        }
        Ok(())
    }
}
