//! Reading requests within limits, and writing JSON.

use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use serde::Serialize;

/// A body must arrive whole within this time.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// How much of a body that is too large is read and thrown away, so that a client that writes before
/// it reads gets to see the refusal instead of a broken connection.
const DISCARD_LIMIT: usize = 8 * 1024 * 1024;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("the body broke off")]
    BrokenOff,
    #[error("the body did not arrive within 10 seconds")]
    Slow,
    #[error("the body is too large")]
    TooLarge,
}

impl Unreadable {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::BrokenOff => StatusCode::BAD_REQUEST,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Unreadable> {
    // A client that asks before it sends is told at once.
    if headers.contains_key(EXPECT) && announced(headers).is_some_and(|length| length > limit) {
        return Err(Unreadable::TooLarge);
    }
    tokio::time::timeout(TIME_LIMIT, collect(body, limit)).await.unwrap_or(Err(Unreadable::Slow))
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(mut body: Body, limit: usize) -> Result<Vec<u8>, Unreadable> {
    let mut kept = Vec::new();
    let mut total: usize = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unreadable::BrokenOff)?.into_data() else { continue };
        total = total.saturating_add(data.len());
        if total <= limit {
            kept.extend_from_slice(&data);
        } else if total > DISCARD_LIMIT {
            break;
        }
    }
    if total > limit { Err(Unreadable::TooLarge) } else { Ok(kept) }
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    // Views are plain structs of text and numbers; should one not serialise, that is our fault.
    match serde_json::to_vec(value) {
        Ok(body) => (status, [(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use axum::body::HttpBody;
    use bytes::Bytes;
    use http_body_util::Full;
    use hyper::body::Frame;

    use super::*;

    /// Sends its bytes and then neither more nor an end.
    struct Stalled(Option<Bytes>);

    impl HttpBody for Stalled {
        type Data = Bytes;
        type Error = axum::BoxError;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
            self.0.take().map_or(Poll::Pending, |bytes| Poll::Ready(Some(Ok(Frame::data(bytes)))))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stalls_is_given_up() {
        let stalled = Body::new(Stalled(Some(Bytes::from_static(b"{"))));
        assert_eq!(read(&HeaderMap::new(), stalled, 10).await, Err(Unreadable::Slow));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_too_large_is_not_read_for_ever() {
        let endless = Body::new(Stalled(Some(Bytes::from(vec![0; DISCARD_LIMIT + 1]))));
        assert_eq!(read(&HeaderMap::new(), endless, 10).await, Err(Unreadable::TooLarge));
    }

    #[tokio::test]
    async fn the_limit_itself_is_allowed() {
        for (size, expected) in [(9, Ok(vec![7; 9])), (10, Ok(vec![7; 10])), (11, Err(Unreadable::TooLarge))]
        {
            let body = Body::new(Full::from(vec![7; size]));
            assert_eq!(read(&HeaderMap::new(), body, 10).await, expected, "{size}");
        }
    }
}
