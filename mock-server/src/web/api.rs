//! Pockyt's API: every request goes to the simulation and comes back as it answers.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use pockyt_sim::{ApiRequest, ApiResponse, Reply};

use super::Site;
use super::body::{self, Unreadable};
use super::problem::Problem;
use crate::transport::ReplyLost;

/// The largest request body.
const BODY_LIMIT: usize = 1024 * 1024;
const REQUEST_ID: &str = "pockyt-request-id";

pub(crate) async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let request = ApiRequest {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        content_type: text(&parts.headers, CONTENT_TYPE.as_str()),
        request_id: text(&parts.headers, REQUEST_ID),
        body: &[],
    };
    match body::read(&parts.headers, body, BODY_LIMIT).await {
        Ok(body) => {
            let request = ApiRequest { body: &body, ..request };
            into_http(site.world.act(|sim, now| sim.handle(&request, now)))
        }
        Err(Unreadable::TooLarge) => {
            closing(into_http(site.world.act(|sim, now| sim.refuse_oversized(&request, now))))
        }
        Err(unreadable) => closing(Problem::from(unreadable).into_response()),
    }
}

/// The rest of a body that was not read to its end would be taken for the next request.
fn closing(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn into_http(answer: ApiResponse) -> Response {
    if answer.reply == Reply::Lost {
        return ReplyLost::mark();
    }
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    response
}
