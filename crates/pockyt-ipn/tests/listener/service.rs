//! The service, without sockets and on paused time.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{Method, Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, StreamBody};
use tokio::time::Instant;
use tower_service::Service;

use crate::support::{FORM, genuine, listener};

async fn call<B>(request: Request<B>) -> (u16, String, Response<()>)
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Send,
{
    let response = listener().0.service().call(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status.as_u16(), String::from_utf8(body.to_vec()).unwrap(), Response::from_parts(head, ()))
}

fn post<B>(body: B) -> Request<B> {
    Request::post("/ipn/shop").header("content-type", FORM.unwrap()).body(body).unwrap()
}

/// Chunks with this pause before each.
fn dripping(chunks: Vec<Bytes>, pause: Duration) -> impl Body<Data = Bytes, Error = Infallible> + Send {
    StreamBody::new(stream::unfold(chunks.into_iter(), move |mut rest| async move {
        tokio::time::sleep(pause).await;
        Some((Ok(Frame::data(rest.next()?)), rest))
    }))
}

#[tokio::test]
async fn success_is_plain_text_and_nothing_else() {
    let (status, body, head) = call(post(Full::from(genuine(1)))).await;
    assert_eq!((status, body.as_str()), (200, "success"));
    assert_eq!(head.headers()["content-type"], "text/plain");
}

#[tokio::test]
async fn other_methods_are_refused() {
    for method in [Method::GET, Method::PUT, Method::HEAD, Method::OPTIONS] {
        let mut request = post(Full::from(genuine(1)));
        *request.method_mut() = method;
        let (status, _, head) = call(request).await;
        assert_eq!((status, head.headers()["allow"].as_bytes()), (405, b"POST".as_slice()));
    }
}

#[tokio::test]
async fn two_content_types_are_refused_and_one_that_is_no_text_says_nothing() {
    let mut twice = post(Full::from(genuine(1)));
    twice.headers_mut().append("content-type", "application/json".parse().unwrap());
    assert_eq!(call(twice).await.0, 415);
    let mut odd = post(Full::from(genuine(1)));
    odd.headers_mut().insert("content-type", http::HeaderValue::from_bytes(b"\xff").unwrap());
    assert_eq!(call(odd).await.0, 200);
}

#[tokio::test]
async fn a_body_may_come_in_any_number_of_pieces() {
    let pieces = genuine(1).into_bytes().chunks(7).map(Bytes::copy_from_slice).collect();
    assert_eq!(call(post(dripping(pieces, Duration::ZERO))).await.0, 200);
}

#[tokio::test]
async fn a_large_body_is_refused_as_soon_as_that_is_known() {
    assert_eq!(call(post(Full::from(vec![b'x'; 64 * 1024 + 1]))).await.0, 413);
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let long = stream::iter(0..1000).map(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok::<_, Infallible>(Frame::data(Bytes::from_static(&[b'x'; 1024])))
    });
    assert_eq!(call(post(StreamBody::new(long))).await.0, 413);
    assert_eq!(taken.load(Ordering::SeqCst), 65, "no more is read than shows that it is too long");
}

#[tokio::test]
async fn a_broken_body_is_refused() {
    let broken = stream::iter([Ok(Frame::data(Bytes::from_static(b"a=1"))), Err("reset")]);
    assert_eq!(call(post(StreamBody::new(broken))).await.0, 400);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_comes_is_given_ten_seconds() {
    let started = Instant::now();
    let never = StreamBody::new(stream::pending::<Result<Frame<Bytes>, Infallible>>());
    assert_eq!(call(post(never)).await.0, 408);
    assert_eq!(started.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_is_given_ten_seconds_in_all() {
    let started = Instant::now();
    let pieces: Vec<Bytes> = genuine(1).into_bytes().chunks(1).map(Bytes::copy_from_slice).collect();
    assert_eq!(call(post(dripping(pieces, Duration::from_secs(1)))).await.0, 408);
    assert_eq!(started.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_is_given_ten_seconds_and_then_pockyt_is_asked_to_send_again() {
    let (listener, _) = listener();
    listener.inbox().hangs.store(true, Ordering::SeqCst);
    let started = Instant::now();
    let response = listener.service().call(post(Full::from(genuine(1)))).await.unwrap();
    assert_eq!((response.status().as_u16(), started.elapsed()), (503, Duration::from_secs(10)));
    listener.inbox().hangs.store(false, Ordering::SeqCst);
    let response = listener.service().call(post(Full::from(genuine(1)))).await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!((listener.counts().store_failures, listener.counts().recorded), (1, 1));
}
