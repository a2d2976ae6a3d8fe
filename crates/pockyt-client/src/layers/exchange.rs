//! The exchange of one attempt: its request is sent, and the whole answer collected.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BufMut as _, Bytes, BytesMut};
use pin_project_lite::pin_project;

use crate::error::BoxError;
use crate::message::Incoming;

/// More than any answer of this API needs.
const ANSWER_LIMIT: usize = 1024 * 1024;
/// What is kept of an answer that was cut off.
const KEPT: usize = 64 * 1024;

pin_project! {
    #[project = ExchangeProj]
    pub(super) enum Exchange<F, B> {
        Sending { #[pin] sending: F },
        Collecting { #[pin] body: B, answer: Option<Incoming>, more: BytesMut },
        Over,
    }
}

impl<F, B, E> Exchange<F, B>
where
    F: Future<Output = Result<http::Response<B>, E>>,
    E: Into<BoxError>,
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    /// The answer, or why there is none and what has come of one that broke off.
    pub(super) fn poll_answer(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Incoming, (BoxError, Option<Incoming>)>> {
        loop {
            match self.as_mut().project() {
                ExchangeProj::Sending { sending } => {
                    let (head, body) =
                        ready!(sending.poll(cx)).map_err(|error| (error.into(), None))?.into_parts();
                    let answer = Some(http::Response::from_parts(head, Bytes::new()));
                    self.set(Self::Collecting { body, answer, more: BytesMut::new() });
                }
                ExchangeProj::Collecting { body, answer, more } => {
                    let Some(collected) = answer else { return Poll::Pending };
                    let end = ready!(poll_body(body, cx, collected.body_mut(), more));
                    let Some(mut whole) = answer.take() else { return Poll::Pending };
                    if !more.is_empty() {
                        *whole.body_mut() = more.split().freeze();
                    }
                    return Poll::Ready(match end {
                        Ok(()) => Ok(whole),
                        Err(error) => {
                            whole.body_mut().truncate(KEPT);
                            Err((error, Some(whole)))
                        }
                    });
                }
                ExchangeProj::Over => return Poll::Pending,
            }
        }
    }
}

/// Collects a body to its end. Most come in one piece, which is taken as it is; with a second one all are
/// copied to `more`.
fn poll_body<B>(
    mut body: Pin<&mut B>,
    cx: &mut Context<'_>,
    first: &mut Bytes,
    more: &mut BytesMut,
) -> Poll<Result<(), BoxError>>
where
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    // After an end of the stream nothing comes any more, neither an error nor trailers.
    while !body.is_end_stream() {
        let mut data = match ready!(body.as_mut().poll_frame(cx)) {
            None => break,
            Some(Err(error)) => return Poll::Ready(Err(error.into())),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => data,
                Err(_) => continue, // trailers
            },
        };
        let length = data.remaining();
        if first.len().max(more.len()).saturating_add(length) > ANSWER_LIMIT {
            return Poll::Ready(Err(TooLarge.into()));
        }
        if first.is_empty() && more.is_empty() {
            *first = data.copy_to_bytes(length);
            continue;
        }
        if more.is_empty() {
            more.put(&mut *first);
        }
        more.put(data);
    }
    Poll::Ready(Ok(()))
}

/// The answer's body is above 1 MiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer's body exceeds the limit of 1 MiB")
    }
}

impl std::error::Error for TooLarge {}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::future::ready;
    use std::task::Waker;

    use http::HeaderMap;
    use http_body::{Body, Frame};

    use super::*;

    /// Frames as they come from a connection; an empty one stands for trailers, and none for a broken end.
    struct Pieces(VecDeque<Option<&'static str>>);

    impl Body for Pieces {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
            Poll::Ready(self.0.pop_front().map(|piece| match piece {
                Some("") => Ok(Frame::trailers(HeaderMap::new())),
                Some(data) => Ok(Frame::data(Bytes::from_static(data.as_bytes()))),
                None => Err(std::io::Error::other("broken off")),
            }))
        }
    }

    fn collected(pieces: &[Option<&'static str>]) -> Result<Bytes, (String, Bytes)> {
        let body = Pieces(pieces.iter().copied().collect());
        let sending = ready(Ok::<_, std::io::Error>(http::Response::new(body)));
        let mut exchange = Box::pin(Exchange::Sending { sending });
        match exchange.as_mut().poll_answer(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(answer)) => Ok(answer.into_body()),
            Poll::Ready(Err((error, partial))) => {
                Err((error.to_string(), partial.map(http::Response::into_body).unwrap_or_default()))
            }
            Poll::Pending => panic!("it is all there"),
        }
    }

    #[test]
    fn a_body_is_collected_to_its_end() {
        for (pieces, whole) in [
            (&[][..], ""),
            (&[Some("one")], "one"),
            (&[Some("one"), Some("")], "one"),
            (&[Some("one"), Some("two"), Some("three"), Some("")], "onetwothree"),
        ] {
            assert_eq!(collected(pieces), Ok(Bytes::from(whole)));
        }
    }

    #[test]
    fn an_error_after_any_piece_is_one_and_what_came_is_kept() {
        for (pieces, kept) in
            [(&[None][..], ""), (&[Some("one"), None], "one"), (&[Some("one"), Some("two"), None], "onetwo")]
        {
            assert_eq!(collected(pieces), Err(("broken off".to_owned(), Bytes::from(kept))));
        }
    }

    #[test]
    fn all_pieces_count_for_the_limit() {
        let half: &'static str = "x".repeat(ANSWER_LIMIT / 2).leak();
        assert_eq!(collected(&[Some(half), Some(half)]).map(|whole| whole.len()), Ok(ANSWER_LIMIT));
        let (error, kept) = collected(&[Some(half), Some(half), Some("x")]).unwrap_err();
        assert_eq!((error, kept.len()), (TooLarge.to_string(), KEPT));
        assert!(collected(&[Some("x"), Some(half), Some(half)]).is_err());
    }
}
