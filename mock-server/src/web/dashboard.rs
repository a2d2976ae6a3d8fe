//! The dashboard under `/_mock/ui`: plain files that ask the control API, and hold nothing themselves.

use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, StatusCode};

use super::problem::{Named, Problem};

const PAGE: &str = include_str!("../../ui/index.html");
/// Only these files, and what they ask of this mock.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const FILES: [(&str, &str, &str); 6] = [
    ("app.js", SCRIPT, include_str!("../../ui/app.js")),
    ("forms.js", SCRIPT, include_str!("../../ui/forms.js")),
    ("story.js", SCRIPT, include_str!("../../ui/story.js")),
    ("style.css", "text/css; charset=utf-8", include_str!("../../ui/style.css")),
    ("timeline.js", SCRIPT, include_str!("../../ui/timeline.js")),
    ("wire.js", SCRIPT, include_str!("../../ui/wire.js")),
];

pub(super) async fn page() -> Response {
    sent("text/html; charset=utf-8", PAGE)
}

/// The page names its files beside itself, so it has one address only.
pub(super) async fn without_slash() -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, "../ui")]).into_response()
}

pub(super) async fn file(Named(name): Named<String>) -> Result<Response, Problem> {
    let found = FILES.iter().find(|(known, ..)| *known == name);
    let (_, kind, text) = found.ok_or_else(|| Problem::not_found("the dashboard has no such file"))?;
    Ok(sent(kind, text))
}

/// Whether a path of the control API leads here: these files may be had without the token, since a browser
/// cannot send it before they are there.
pub(super) fn is_at(path: &str) -> bool {
    path == "/ui" || path.starts_with("/ui/")
}

fn sent(kind: &'static str, text: &'static str) -> Response {
    let headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        // Another version of the mock may answer on the same port next time.
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ]);
    (headers, text).into_response()
}
