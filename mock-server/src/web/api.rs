//! Pockyt's API: every request goes to the simulation and comes back as it answers.

use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::BodyExt;
use pockyt_sim::{ApiRequest, ApiResponse, HeadCut, Reply};
use tokio::sync::mpsc::UnboundedReceiver;

use super::Site;
use super::body::{self, Unreadable};
use super::offer::Spelled;
use super::problem::Problem;
use crate::ending::{Broken, Ending, Flood, HalfBody, InPieces};
use crate::world::Receipt;

/// The largest request body.
const BODY_LIMIT: usize = 1024 * 1024;
static REQUEST_ID: HeaderName = HeaderName::from_static("pockyt-request-id");

/// As the router's handler.
pub(crate) async fn answer_any(State(site): State<Arc<Site>>, request: Request) -> Response {
    answer(&site, request).await.map(Body::from)
}

pub(super) async fn answer<B>(site: &Site, request: http::Request<B>) -> Response<Spelled>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    let (parts, mut body) = request.into_parts();
    let request = ApiRequest {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        content_type: text(&parts.headers, &CONTENT_TYPE),
        request_id: text(&parts.headers, &REQUEST_ID),
        body: &[],
    };
    if let Some(cut) = site.world.cut_at_head(request.path) {
        if cut == HeadCut::DuringBody {
            let _ = body.frame().await;
        }
        return Ending::no_answer(Broken::Reset).map(Spelled::from);
    }
    let body = match body::read(&parts.headers, body, BODY_LIMIT).await {
        Ok(body) => body,
        Err(Unreadable::TooLarge) => {
            let answer = site.world.act(|sim, now| sim.refuse_oversized(&request, now));
            return closing(into_http(answer, None, HeaderMap::new()));
        }
        Err(unreadable) => return closing(Problem::from(unreadable).into_response().map(Spelled::from)),
    };
    let receipt = site.world.receive(&ApiRequest { body: &body, ..request });
    // The answer's headers go where the request's were.
    let mut headers = parts.headers;
    headers.clear();
    match receipt {
        Receipt::Answered(answer) => into_http(answer, None, headers),
        Receipt::InPieces(answer, due) => into_http(answer, Some(due), headers),
        // Nobody answers after a reset of the mock.
        Receipt::Held(held) => match held.await {
            Ok(answer) => into_http(answer, None, headers),
            Err(_) => Ending::no_answer(Broken::Closed).map(Spelled::from),
        },
    }
}

/// The rest of a body that was not read to its end would be taken for the next request.
fn closing(mut response: Response<Spelled>) -> Response<Spelled> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Writes the headers into a map without any.
fn into_http(
    answer: ApiResponse,
    due: Option<UnboundedReceiver<()>>,
    headers: HeaderMap,
) -> Response<Spelled> {
    let body = match (answer.reply, due) {
        (Reply::Lost, _) => return Ending::no_answer(Broken::Closed).map(Spelled::from),
        (Reply::Reset, _) => return Ending::no_answer(Broken::Reset).map(Spelled::from),
        (Reply::Truncated, _) => Body::new(HalfBody::new(answer.body, Broken::Closed)).into(),
        (Reply::TruncatedByReset, _) => Body::new(HalfBody::new(answer.body, Broken::Reset)).into(),
        (Reply::Flood { bytes }, _) => Body::new(Flood::new(bytes)).into(),
        (Reply::SendInPieces { pieces }, Some(due)) => {
            Body::new(InPieces::new(answer.body, pieces, due)).into()
        }
        (Reply::Send | Reply::SendAndClose | Reply::SendInPieces { .. }, _) => Spelled::whole(answer.body),
    };
    let mut response = Response::new(body);
    *response.headers_mut() = headers;
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if answer.reply == Reply::SendAndClose {
        response.extensions_mut().insert(Ending::CloseAfter);
    }
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    match headers.get(CONTENT_TYPE) {
        None => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Some(none) if none.is_empty() => {
            headers.remove(CONTENT_TYPE);
        }
        Some(_) => {}
    }
    response
}
