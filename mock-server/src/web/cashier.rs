//! The page on which a customer pays: Pockyt's hosted checkout, played by hand or by a test.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY};
use http::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, StatusCode};
use pockyt_sim::{ControlError, Millis, Status, TransactionView};

use super::problem::Problem;
use super::{Site, body};

const BODY_LIMIT: usize = 1024;
const STYLE: &str = include_str!("../../templates/style.css");
/// No script, nothing from elsewhere. Browsers apply `form-action` to redirects as well, and the
/// buttons end at the shop's callbackUrl, which may be anywhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self' http: https:; \
                      base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "cashier.html")]
struct CashierPage {
    order: TransactionView,
    headline: &'static str,
    status_sentence: &'static str,
    status_class: &'static str,
    is_open: bool,
    notice: Option<String>,
    time_left: Option<String>,
    return_url: Option<String>,
}

#[derive(Template)]
#[template(path = "no_such_order.html")]
struct NoSuchOrderPage {
    transaction_no: String,
}

impl CashierPage {
    fn new(order: TransactionView, return_url: Option<String>, notice: Option<String>, now: Millis) -> Self {
        let is_open = order.status == Status::Pending;
        let (headline, status_sentence, status_class) = match order.status {
            Status::Init => {
                ("Payment", "Not ready: the shop has not asked a wallet for the money yet.", "status")
            }
            Status::Pending => ("Confirm your payment", "Waiting for you.", "status"),
            Status::Success => ("Payment successful", "Paid.", "status good"),
            Status::Failed => ("Payment declined", "Declined. Nothing was paid.", "status bad"),
            Status::Closed => ("Payment closed", "Closed. Nothing can be paid any more.", "status bad"),
        };
        let time_left = order.expires_at.filter(|_| is_open).map(|end| in_words(end.0.saturating_sub(now.0)));
        let return_url = return_url.filter(|url| leads_to_the_web(url));
        Self { order, headline, status_sentence, status_class, is_open, notice, time_left, return_url }
    }
}

pub(crate) async fn show(State(site): State<Arc<Site>>, Path(transaction_no): Path<String>) -> Response {
    page(&site, &transaction_no, StatusCode::OK, None)
}

pub(crate) async fn act(
    State(site): State<Arc<Site>>,
    Path(transaction_no): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let action = match body::read(&parts.headers, body, BODY_LIMIT).await {
        Ok(body) => action_of(&body),
        Err(unreadable) => return Problem::from(unreadable).into_response(),
    };
    let acted = match action.as_deref() {
        Some("approve") => site.operate(|sim, now| sim.approve(&transaction_no, now)).await,
        Some("decline") => site.operate(|sim, now| sim.decline(&transaction_no, now)).await,
        Some("expire") => site.operate(|sim, now| sim.expire(&transaction_no, now)).await,
        _ => {
            let notice = "Nothing was done: choose one of the buttons.".to_owned();
            return page(&site, &transaction_no, StatusCode::BAD_REQUEST, Some(notice));
        }
    };
    match acted {
        Ok(()) => see_other(site.world.view(|sim| sim.browser_return(&transaction_no)), &transaction_no),
        Err(ControlError::NotOpen { .. }) => {
            let notice = "Nothing was done: this order no longer waits for a customer.".to_owned();
            page(&site, &transaction_no, StatusCode::CONFLICT, Some(notice))
        }
        Err(_) => page(&site, &transaction_no, StatusCode::NOT_FOUND, None),
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
    let found = site
        .world
        .view(|sim| sim.transaction(transaction_no).map(|order| (order, sim.browser_return(transaction_no))));
    match found {
        Some((order, return_url)) => html(status, &CashierPage::new(order, return_url, notice, now)),
        None => html(StatusCode::NOT_FOUND, &NoSuchOrderPage { transaction_no: transaction_no.to_owned() }),
    }
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

/// Not `javascript:` and the like.
fn leads_to_the_web(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default();
    url.contains("://") && (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}

fn in_words(millis: u64) -> String {
    let seconds = Duration::from_millis(millis).as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_written_for_people() {
        for (millis, text) in [
            (0, "0 s"),
            (59_999, "59 s"),
            (61_000, "1 min 1 s"),
            (7_200_000, "2 h 0 min"),
            (90_061_000, "25 h 1 min"),
        ] {
            assert_eq!(in_words(millis), text);
        }
    }

    #[test]
    fn only_web_addresses_are_linked() {
        assert!(leads_to_the_web("https://shop.example/back"));
        assert!(leads_to_the_web("HTTP://shop.example"));
        for url in ["javascript:alert(1)", "javascript://x", "data:text/html,x", "/relative", "", "http:evil"]
        {
            assert!(!leads_to_the_web(url), "{url}");
        }
    }
}
