//! The servers: hyper's HTTP/1 on a runtime of one shape, with a service that differs.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use pockyt_ipn::Listener;
use pockyt_store::Inbox;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::messages::{TENANT, key};

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    _runtime: Runtime,
}

impl Server {
    /// Reads the body and answers `success`, whatever it says.
    pub(crate) fn bare() -> Self {
        Self::start(hyper::service::service_fn(answer))
    }

    /// Verifies, records, and answers.
    pub(crate) fn listener<I: Inbox + 'static>(inbox: Arc<I>) -> Self {
        let listener = Listener::builder(key(), inbox).tenant(TENANT).build().expect("it is well set up");
        Self::start(TowerToHyperService::new(listener.service()))
    }

    fn start<S>(service: S) -> Self
    where
        S: hyper::service::Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send,
    {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime can be had");
        let socket = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port can be had");
        let address = socket.local_addr().expect("it is bound");
        runtime.spawn(async move {
            loop {
                let (stream, _) = socket.accept().await.expect("loopback does not fail");
                stream.set_nodelay(true).expect("it is connected");
                let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
                tokio::spawn(async move {
                    // A connection that ends is the client's business.
                    let _ = serving.await;
                });
            }
        });
        Self { address, _runtime: runtime }
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.expect("loopback does not fail").to_bytes();
    assert!(!body.is_empty());
    let mut response = Response::new(Full::new(Bytes::from_static(b"success")));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response)
}
