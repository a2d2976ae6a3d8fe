//! From a call to a signed HTTP request.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::{Either, Ready, ready};
use http::Uri;
use http::uri::PathAndQuery;
use pockyt_model::{Operation, OperationSpec, Params, SignedRequest, check_extra, operation};
use tower_layer::Layer;
use tower_service::Service;
use zeroize::Zeroizing;

use super::outgoing::Message;
use super::outgoing::sealed::Parts as _;
use super::{Signed, Stage};
use crate::error::BoxError;
use crate::message::{Call, Cause, Failure, Incoming, Unsigned};
use crate::pairs::Pairs;
use crate::{BodyForm, Credentials, Environment};

/// Signs calls for one merchant and addresses them. The memory of the copied parameters and of the body is
/// overwritten when they are dropped; what the transport copies for itself is not in its hands. The default one
/// writes head and body from one buffer of the connection, which the next request on it overwrites.
#[derive(Clone, Debug)]
pub struct SignLayer(Arc<Signer>);

#[derive(Clone, Debug)]
struct Signer {
    base: Option<Uri>,
    credentials: Credentials,
    body_form: BodyForm,
    forms: BTreeMap<Cow<'static, str>, BodyForm>,
    paths: BTreeMap<Cow<'static, str>, String>,
    extra: Pairs,
}

impl SignLayer {
    /// Signs for this merchant, in JSON.
    #[expect(clippy::needless_pass_by_value, reason = "it is kept, in another form")]
    pub fn new(environment: Environment, credentials: Credentials) -> Self {
        let (forms, paths) = (BTreeMap::new(), BTreeMap::new());
        Self(Arc::new(Signer {
            // An environment's URL always is one.
            base: environment.base_url().parse().ok(),
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
        match self.signer.sign_unsigned(unsigned) {
            Ok(signed) => {
                let (call, mut request) = signed.into_http();
                if let Some(call) = call {
                    request.extensions_mut().insert(call);
                }
                Either::Left(self.inner.call(request))
            }
            Err(failure) => Either::Right(ready(Err(failure))),
        }
    }
}

impl SignLayer {
    /// The fields of this call that its type does not know, and those that every call has.
    pub(crate) fn with_extra(&self, mut own: Pairs) -> Pairs {
        own.extend_from_slice(&self.0.extra);
        own
    }

    pub(crate) fn sign<'a>(
        &'a self,
        operation: &'a impl Operation,
        extra: &'a [(String, String)],
    ) -> Result<SignedRequest<'a>, Failure> {
        self.0.sign(operation, extra)
    }

    /// Writes the request that was signed, and puts the address on it.
    pub(crate) fn address<O: Operation>(
        &self,
        signed: &SignedRequest<'_>,
        call: &mut Call,
    ) -> Result<Signed, Failure> {
        // A path of the specification is read when this is compiled.
        let specified = const {
            match O::SPEC.path.as_bytes() {
                [b'/', ..] => Some(PathAndQuery::from_static(O::SPEC.path)),
                _ => None,
            }
        };
        let path = match specified {
            Some(path) if path.as_str() == signed.path() && path.query().is_none() => path,
            _ => parsed(signed.path())?,
        };
        self.0.address(signed, path, call)
    }
}

impl Signer {
    fn sign_unsigned(&self, unsigned: Unsigned) -> Result<Signed, Failure> {
        let Unsigned { mut call, spec, path, params, mut extra } = unsigned;
        extra.extend_from_slice(&self.extra);
        check_extra(&spec, &extra).map_err(refused)?;
        let written = Written(&params);
        let signed = self.sign(&written, &extra)?;
        self.address(&signed, parsed(&path)?, &mut call)
    }

    fn sign<'a>(
        &'a self,
        operation: &'a impl Operation,
        extra: &'a [(String, String)],
    ) -> Result<SignedRequest<'a>, Failure> {
        let Credentials { merchant, key } = &self.credentials;
        SignedRequest::new(operation, merchant, extra, key).map_err(refused)
    }

    fn address(
        &self,
        signed: &SignedRequest<'_>,
        path: PathAndQuery,
        call: &mut Call,
    ) -> Result<Signed, Failure> {
        let operation = call.facts().operation;
        call.charges_card = signed.pairs().iter().any(|(name, _)| name == "cardNumber");
        let form = self.forms.get(operation).copied().unwrap_or(self.body_form);
        let body = match form {
            BodyForm::Form => signed.to_form(),
            BodyForm::Json => signed.to_json(),
        };
        let path = self.paths.get(operation).map_or(Ok(path), |other| parsed(other))?;
        let body = Bytes::from_owner(Zeroizing::new(body));
        let message = Message { call: call.clone(), uri: self.uri(path)?, form, body, request_id: None };
        Ok(message.into())
    }

    fn uri(&self, path: PathAndQuery) -> Result<Uri, Failure> {
        let mut parts = self.base.clone().unwrap_or_default().into_parts();
        let path = match parts.path_and_query.as_ref().map_or("", PathAndQuery::path) {
            "" | "/" => path,
            prefix => [prefix, path.path()].concat().try_into().map_err(refused)?,
        };
        parts.path_and_query = Some(path);
        Uri::from_parts(parts).map_err(refused)
    }
}

fn parsed(path: &str) -> Result<PathAndQuery, Failure> {
    if !path.starts_with('/') || path.contains(['?', '#']) {
        return Err(refused("a path begins with / and has no query"));
    }
    path.parse().map_err(refused)
}

fn refused(source: impl Into<BoxError>) -> Failure {
    Failure::new(false, Cause::Refused, source)
}

/// Parameters that were written already, so that every call is signed by the model's one function. Extra
/// fields are checked against the operation that wrote them.
struct Written<'p>(&'p [(String, String)]);

impl Operation for Written<'_> {
    type Answer = operation::RawAnswer;

    /// It has no fields of its own.
    const SPEC: OperationSpec = operation::Raw::SPEC;

    fn write_params<'a>(&'a self, params: &mut Params<'a>) {
        for (name, value) in self.0 {
            params.push(name.as_str(), value.as_str());
        }
    }
}
