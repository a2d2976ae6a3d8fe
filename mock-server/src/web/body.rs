//! Reading requests within limits, and writing JSON.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use axum::body::HttpBody;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use serde::Serialize;
use tokio::time::timeout;

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
pub(crate) async fn read<B>(headers: &HeaderMap, body: B, limit: usize) -> Result<Bytes, Unreadable>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    // A client that asks before it sends is told at once.
    if headers.contains_key(EXPECT) && announced(headers).is_some_and(|length| length > limit) {
        return Err(Unreadable::TooLarge);
    }
    let mut collecting = pin!(collect(body, limit));
    // Most bodies have come with their heads, and need no timer.
    let at_once = poll_fn(|context| Poll::Ready(collecting.as_mut().poll(context))).await;
    match at_once {
        Poll::Ready(body) => body,
        Poll::Pending => timeout(TIME_LIMIT, collecting).await.unwrap_or(Err(Unreadable::Slow)),
    }
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect<B>(mut body: B, limit: usize) -> Result<Bytes, Unreadable>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    let mut kept = Kept::default();
    let mut total: usize = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unreadable::BrokenOff)?.into_data() else { continue };
        total = total.saturating_add(data.len());
        if total <= limit {
            kept.add(data);
        } else if total > DISCARD_LIMIT {
            break;
        }
    }
    if total > limit { Err(Unreadable::TooLarge) } else { Ok(kept.whole()) }
}

/// The parts of a body. Nearly always there is one, which is not copied.
#[derive(Default)]
struct Kept {
    first: Bytes,
    all: Vec<u8>,
}

impl Kept {
    fn add(&mut self, part: Bytes) {
        if self.first.is_empty() {
            self.first = part;
            return;
        }
        if self.all.is_empty() {
            self.all.extend_from_slice(&self.first);
        }
        self.all.extend_from_slice(&part);
    }

    fn whole(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.into() }
    }
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
    use std::task::Context;

    use axum::body::Body;
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
        for (size, expected) in
            [(9, Ok(vec![7; 9].into())), (10, Ok(vec![7; 10].into())), (11, Err(Unreadable::TooLarge))]
        {
            let body = Body::new(Full::from(vec![7; size]));
            assert_eq!(read(&HeaderMap::new(), body, 10).await, expected, "{size}");
        }
    }
}
