//! Who may use the control API.
//!
//! The control API moves time and approves payments. A web page open in the same browser must not be
//! able to: neither by a request to another origin (its `Origin` gives it away), nor by a host name of
//! its own that it re-points to this machine (its `Host` gives it away). Off loopback a token is
//! wanted as well. A notification may not either, since any merchant says where it goes: a mock does
//! not deliver to itself, and refuses what another mock delivers (a header gives it away).

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, HOST, ORIGIN, WWW_AUTHENTICATE};
use http::uri::Authority;
use http::{StatusCode, Uri};
use subtle::ConstantTimeEq;

use super::Site;
use super::dashboard;
use super::problem::Problem;
use crate::delivery::DELIVERY_HEADER;

/// The rules of one mock, fixed when it starts.
pub(crate) struct Gate {
    listens_on: IpAddr,
    public_url: Option<Uri>,
    token: Option<String>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = if self.token.is_some() { "set" } else { "none" };
        f.debug_struct("Gate")
            .field("listens_on", &self.listens_on)
            .field("token", &token)
            .finish_non_exhaustive()
    }
}

impl Gate {
    pub(crate) fn new(listens_on: IpAddr, public_url: &str, token: Option<String>) -> Self {
        Self {
            listens_on,
            public_url: public_url.parse().ok(),
            token: token.filter(|token| !token.is_empty()),
        }
    }

    fn check(&self, request: &Request) -> Result<(), Problem> {
        refuse_delivery(request)?;
        let host = host_of(request)?;
        if let Some(host) = &host {
            self.check_host(host)?;
        }
        self.check_origin(request, host.as_ref())?;
        // Health says nothing worth hiding, and container platforms ask for it without headers; the files of the
        // dashboard hold nothing, and ask for the token.
        let path = request.uri().path();
        if path == "/health" || dashboard::is_at(path) { Ok(()) } else { self.check_token(request) }
    }

    /// Off loopback the names are not known, and the token is what protects.
    fn check_host(&self, host: &Authority) -> Result<(), Problem> {
        if !self.listens_on.is_loopback() || is_this_machine(host) || self.is_public(host) {
            return Ok(());
        }
        Err(Problem::forbidden(
            "the Host header names neither this machine nor the public URL; use http://127.0.0.1 or http://localhost",
        ))
    }

    fn check_origin(&self, request: &Request, host: Option<&Authority>) -> Result<(), Problem> {
        let Some(origin) = request.headers().get(ORIGIN) else { return Ok(()) };
        let origin: Option<Uri> = origin.to_str().ok().and_then(|text| text.parse().ok());
        let is_own = origin.is_some_and(|origin| {
            // One port speaks both.
            let is_web = matches!(origin.scheme_str(), Some("http" | "https"));
            let same_host = is_web && origin.authority() == host;
            let public = self
                .public_url
                .as_ref()
                .is_some_and(|own| own.scheme() == origin.scheme() && own.authority() == origin.authority());
            (same_host && host.is_some()) || public
        });
        if is_own { Ok(()) } else { Err(Problem::forbidden("a page of another origin may not do this")) }
    }

    fn check_token(&self, request: &Request) -> Result<(), Problem> {
        let Some(token) = &self.token else {
            if self.listens_on.is_loopback() {
                return Ok(());
            }
            return Err(Problem::forbidden(
                "the mock listens beyond loopback: start it with --control-token to use the control API",
            ));
        };
        let given = request.headers().get(AUTHORIZATION).map_or(&[][..], |value| value.as_bytes());
        let given = given.strip_prefix(b"Bearer ").unwrap_or_default();
        if bool::from(given.ct_eq(token.as_bytes())) {
            Ok(())
        } else {
            Err(Problem::new(StatusCode::UNAUTHORIZED, "wanted: Authorization: Bearer <control token>"))
        }
    }

    fn is_public(&self, host: &Authority) -> bool {
        self.public_url.as_ref().and_then(Uri::authority) == Some(host)
    }
}

fn refuse_delivery(request: &Request) -> Result<(), Problem> {
    if request.headers().contains_key(DELIVERY_HEADER) {
        return Err(Problem::forbidden("a notification may not do this; this is a mock, not a listener"));
    }
    Ok(())
}

fn is_this_machine(host: &Authority) -> bool {
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The host that was asked for. None: an HTTP/1.0 request or a call in the process, neither of which
/// a browser can make.
fn host_of(request: &Request) -> Result<Option<Authority>, Problem> {
    let unreadable = |_| Problem::bad_request("the Host header is not a host");
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => Authority::try_from(host.as_bytes()).map(Some).map_err(unreadable),
        (None, _) => Ok(request.uri().authority().cloned()),
        (Some(_), Some(_)) => Err(Problem::bad_request("more than one Host header")),
    }
}

/// Lets through to the control API only who may use it.
pub(crate) async fn protect_control(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    match site.gate.check(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            let mut response = problem.into_response();
            if response.status() == StatusCode::UNAUTHORIZED {
                response.headers_mut().insert(WWW_AUTHENTICATE, http::HeaderValue::from_static("Bearer"));
            }
            response
        }
    }
}

/// The cashier page is for customers, under any name; only another site's page or a notification may not
/// press its buttons.
pub(crate) async fn protect_cashier(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let checked = refuse_delivery(&request)
        .and_then(|()| host_of(&request))
        .and_then(|host| site.gate.check_origin(&request, host.as_ref()));
    match checked {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}
