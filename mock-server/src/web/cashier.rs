//! The pages of customers: Pockyt's hosted checkout, the step of a card's bank, agreements and accounts,
//! played by hand or by a test. They work without a script.

mod pages;

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY};
use http::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, StatusCode};
use pages::{CashierPage, ConsentPage, MagicPage, NoSuchOrderPage, leads_to_the_web};
use pockyt_sim::ControlError;

use super::problem::Problem;
use super::{Site, body};

const BODY_LIMIT: usize = 1024;
const STYLE: &str = include_str!("../../templates/style.css");
/// No script, nothing from elsewhere. Browsers apply `form-action` to redirects as well, and the
/// buttons end at the shop's callbackUrl, which may be anywhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self' http: https:; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The number in the path; one that is not UTF-8 is no order's.
type NumberInPath = Result<Path<String>, PathRejection>;

fn number_in(path: NumberInPath) -> String {
    path.map_or_else(|_| String::new(), |Path(number)| number)
}

pub(crate) async fn show(State(site): State<Arc<Site>>, path: NumberInPath) -> Response {
    let transaction_no = number_in(path);
    page(&site, &transaction_no, StatusCode::OK, None)
}

pub(crate) async fn act(State(site): State<Arc<Site>>, path: NumberInPath, request: Request) -> Response {
    let transaction_no = number_in(path);
    let (parts, body) = request.into_parts();
    let action = match body::read(&parts.headers, body, BODY_LIMIT).await {
        Ok(body) => action_of(&body),
        Err(unreadable) => return Problem::from(unreadable).into_response(),
    };
    let acted = match action.as_deref() {
        Some("approve") => site.operate(|sim, now| sim.approve(&transaction_no, now)).await,
        Some("decline") => site.operate(|sim, now| sim.decline(&transaction_no, now)).await,
        // Whoever just goes changes nothing.
        Some("leave") => Ok(()),
        Some("expire") => site.operate(|sim, now| sim.expire(&transaction_no, now)).await,
        _ => {
            let notice = "Nothing was done: choose one of the buttons.".to_owned();
            return page(&site, &transaction_no, StatusCode::BAD_REQUEST, Some(notice));
        }
    };
    match acted {
        Ok(()) if is_known(&site, &transaction_no) => {
            see_other(site.world.view(|sim| sim.browser_return(&transaction_no)), &transaction_no)
        }
        Err(ControlError::NotOpen { .. }) => {
            let notice = "Nothing was done: this order no longer waits for a customer.".to_owned();
            page(&site, &transaction_no, StatusCode::CONFLICT, Some(notice))
        }
        Ok(()) | Err(_) => page(&site, &transaction_no, StatusCode::NOT_FOUND, None),
    }
}

fn action_of(body: &[u8]) -> Option<String> {
    form_urlencoded::parse(body).find(|(name, _)| name == "action").map(|(_, value)| value.into_owned())
}

/// Back to the shop, or to this page when the order names no way back.
fn see_other(return_url: Option<String>, transaction_no: &str) -> Response {
    let target =
        return_url.filter(|url| leads_to_the_web(url)).and_then(|url| HeaderValue::try_from(url).ok());
    // The number of an order that exists is digits; relative, it is right behind a proxy as well.
    let target = target.or_else(|| HeaderValue::try_from(transaction_no).ok());
    let Some(target) = target else { return StatusCode::NOT_FOUND.into_response() };
    (StatusCode::SEE_OTHER, page_headers(), [(LOCATION, target)]).into_response()
}

fn page(site: &Site, transaction_no: &str, status: StatusCode, notice: Option<String>) -> Response {
    let now = site.world.now();
    let (order, consent, return_url) = site.world.view(|sim| {
        (sim.transaction(transaction_no), sim.page(transaction_no), sim.browser_return(transaction_no))
    });
    match (order, consent) {
        (Some(order), _) => html(status, &CashierPage::new(order, return_url, notice, now)),
        (None, Some(consent)) => html(status, &ConsentPage::new(consent, return_url, notice)),
        (None, None) => html(StatusCode::NOT_FOUND, &NoSuchOrderPage { number: transaction_no.to_owned() }),
    }
}

fn is_known(site: &Site, number: &str) -> bool {
    site.world.view(|sim| sim.transaction(number).is_some() || sim.page(number).is_some())
}

/// The table of magic values.
pub(crate) async fn magic() -> Response {
    html(StatusCode::OK, &MagicPage::new())
}

pub(crate) async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (X_CONTENT_TYPE_OPTIONS, "nosniff")], STYLE).into_response()
}

fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => {
            (status, page_headers(), [(CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn page_headers() -> HeaderMap {
    HeaderMap::from_iter([
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // Not no-referrer: with that the page's own forms would be sent with `Origin: null`.
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ])
}
