//! From a call to a signed HTTP request.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::{Either, Ready, ready};
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use pockyt_model::{OperationSpec, Params, SignedRequest, check_extra, operation};
use tower_layer::Layer;
use tower_service::Service;
use zeroize::Zeroizing;

use super::Stage;
use crate::message::{Cause, Failure, Incoming, Unsigned};
use crate::pairs::Pairs;
use crate::{BodyForm, Credentials, Environment};

/// Signs calls for one merchant and addresses them. The memory of the copied parameters and of the body is
/// overwritten when they are dropped; what the transport copies for itself is not in its hands.
#[derive(Clone, Debug)]
pub struct SignLayer(Arc<Signer>);

#[derive(Clone, Debug)]
struct Signer {
    environment: Environment,
    credentials: Credentials,
    body_form: BodyForm,
    forms: BTreeMap<Cow<'static, str>, BodyForm>,
    paths: BTreeMap<Cow<'static, str>, String>,
    extra: Pairs,
}

impl SignLayer {
    /// Signs for this merchant, in JSON.
    pub fn new(environment: Environment, credentials: Credentials) -> Self {
        let (forms, paths) = (BTreeMap::new(), BTreeMap::new());
        Self(Arc::new(Signer {
            environment,
            credentials,
            body_form: BodyForm::default(),
            forms,
            paths,
            extra: Pairs::default(),
        }))
    }

    /// How parameters travel.
    #[must_use]
    pub fn body_form(mut self, form: BodyForm) -> Self {
        Arc::make_mut(&mut self.0).body_form = form;
        self
    }

    /// How one operation's parameters travel, by its name such as `prepay`.
    #[must_use]
    pub fn body_form_of(mut self, operation: impl Into<Cow<'static, str>>, form: BodyForm) -> Self {
        Arc::make_mut(&mut self.0).forms.insert(operation.into(), form);
        self
    }

    /// Another path for one operation. What does not begin with `/` makes its calls fail unsent.
    #[must_use]
    pub fn path_of(mut self, operation: impl Into<Cow<'static, str>>, path: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).paths.insert(operation.into(), path.into());
        self
    }

    /// A parameter to add to every call.
    #[must_use]
    pub fn extra_field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).extra.push((name.into(), value.into()));
        self
    }
}

impl<S> Layer<S> for SignLayer {
    type Service = Sign<S>;

    fn layer(&self, inner: S) -> Sign<S> {
        Sign { signer: self.0.clone(), inner }
    }
}

/// The service of [`SignLayer`].
#[derive(Clone, Debug)]
pub struct Sign<S> {
    signer: Arc<Signer>,
    inner: S,
}

impl<S: Stage> Service<Unsigned> for Sign<S> {
    type Response = Incoming;
    type Error = Failure;
    type Future = Either<S::Future, Ready<Result<Incoming, Failure>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, unsigned: Unsigned) -> Self::Future {
        match self.signer.sign(unsigned) {
            Ok(request) => Either::Left(self.inner.call(request)),
            Err(failure) => Either::Right(ready(Err(failure))),
        }
    }
}

impl Signer {
    fn sign(&self, unsigned: Unsigned) -> Result<http::Request<Bytes>, Failure> {
        let refuse = |source: crate::error::BoxError| Failure::new(false, Cause::Refused, source);
        let Unsigned { mut call, spec, path, params, mut extra } = unsigned;
        let operation = call.facts().operation;
        extra.extend_from_slice(&self.extra);
        check_extra(&spec, &extra).map_err(|refusal| refuse(refusal.into()))?;
        let written = Written(&params);
        let signed = SignedRequest::new(&written, &self.credentials.merchant, &extra, &self.credentials.key)
            .map_err(|refusal| refuse(refusal.into()))?;
        call.charges_card = signed.pairs().iter().any(|(name, _)| name == "cardNumber");
        let form = self.forms.get(operation).copied().unwrap_or(self.body_form);
        let (content_type, body) = match form {
            BodyForm::Form => ("application/x-www-form-urlencoded", signed.to_form()),
            BodyForm::Json => ("application/json", signed.to_json()),
        };
        let path = self.paths.get(operation).map_or(path.as_str(), String::as_str);
        if !path.starts_with('/') || path.contains(['?', '#']) {
            return Err(refuse("a path begins with / and has no query".into()));
        }
        let mut request = http::Request::post(format!("{}{path}", self.environment.base_url()))
            .header(CONTENT_TYPE, HeaderValue::from_static(content_type))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, HeaderValue::from_static(AGENT))
            .body(Bytes::from_owner(Zeroizing::new(body)))
            .map_err(|error| refuse(error.into()))?;
        request.extensions_mut().insert(call);
        Ok(request)
    }
}

const AGENT: &str = concat!("pockyt-client/", env!("CARGO_PKG_VERSION"));

/// Parameters that were written already, so that every call is signed by the model's one function. Extra
/// fields are checked against the operation that wrote them.
struct Written<'p>(&'p [(String, String)]);

impl pockyt_model::Operation for Written<'_> {
    type Answer = operation::RawAnswer;

    /// It has no fields of its own.
    const SPEC: OperationSpec = operation::Raw::SPEC;

    fn write_params<'a>(&'a self, params: &mut Params<'a>) {
        for (name, value) in self.0 {
            params.push(name.as_str(), value.as_str());
        }
    }
}
