//! What the stages pass on to one another.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Method, Uri};

use super::REQUEST_ID;
use crate::BodyForm;
use crate::message::Call;

/// A request as the stages between [`SignLayer`](super::SignLayer) and [`SendLayer`](super::SendLayer) take
/// it.
///
/// It is an `http::Request<Bytes>` with the [`Call`] among its extensions, for whoever uses a
/// stage alone. The client itself passes on a form of its own, from which the HTTP request of each attempt is
/// made, so that what another attempt would need costs no copy. No other type can be one.
pub trait Outgoing: sealed::Parts + Clone + Send + 'static {}

impl<T: sealed::Parts + Clone + Send + 'static> Outgoing for T {}

pub(crate) mod sealed {
    use super::{Bytes, Call, HeaderValue, Method, Uri};

    pub trait Parts {
        fn call(&self) -> Option<&Call>;
        fn call_mut(&mut self) -> Option<&mut Call>;
        fn method(&self) -> &Method;
        fn uri(&self) -> &Uri;
        fn has_request_id(&self) -> bool;
        fn set_request_id(&mut self, key: HeaderValue);
        /// The HTTP request of one attempt, and the call apart from it.
        fn into_http(self) -> (Option<Call>, http::Request<Bytes>);
    }
}

impl sealed::Parts for http::Request<Bytes> {
    fn call(&self) -> Option<&Call> {
        self.extensions().get()
    }

    fn call_mut(&mut self) -> Option<&mut Call> {
        self.extensions_mut().get_mut()
    }

    fn method(&self) -> &Method {
        self.method()
    }

    fn uri(&self) -> &Uri {
        self.uri()
    }

    fn has_request_id(&self) -> bool {
        self.headers().contains_key(REQUEST_ID)
    }

    fn set_request_id(&mut self, key: HeaderValue) {
        self.headers_mut().insert(REQUEST_ID, key);
    }

    fn into_http(mut self) -> (Option<Call>, Self) {
        (self.extensions_mut().remove(), self)
    }
}

/// A signed call. It is small, and a clone costs no allocation.
#[derive(Clone)]
pub(crate) struct Signed(Arc<Message>);

#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) call: Call,
    pub(crate) uri: Uri,
    pub(crate) form: BodyForm,
    pub(crate) body: Bytes,
    pub(crate) request_id: Option<HeaderValue>,
}

impl From<Message> for Signed {
    fn from(message: Message) -> Self {
        Self(Arc::new(message))
    }
}

const AGENT: &str = concat!("pockyt-client/", env!("CARGO_PKG_VERSION"));

impl sealed::Parts for Signed {
    fn call(&self) -> Option<&Call> {
        Some(&self.0.call)
    }

    fn call_mut(&mut self) -> Option<&mut Call> {
        Some(&mut Arc::make_mut(&mut self.0).call)
    }

    fn method(&self) -> &Method {
        &Method::POST
    }

    fn uri(&self) -> &Uri {
        &self.0.uri
    }

    fn has_request_id(&self) -> bool {
        self.0.request_id.is_some()
    }

    fn set_request_id(&mut self, key: HeaderValue) {
        Arc::make_mut(&mut self.0).request_id = Some(key);
    }

    fn into_http(self) -> (Option<Call>, http::Request<Bytes>) {
        let message = &*self.0;
        let content_type = match message.form {
            BodyForm::Form => "application/x-www-form-urlencoded",
            BodyForm::Json => "application/json",
        };
        let mut request = http::Request::new(message.body.clone());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = message.uri.clone();
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        if let Some(key) = &message.request_id {
            headers.insert(REQUEST_ID, key.clone());
        }
        (Some(message.call.clone()), request)
    }
}
