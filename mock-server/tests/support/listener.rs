//! A merchant's notification listener with answers to order.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What a listener answers to acknowledge.
pub(crate) const SUCCESS: (u16, &str) = (200, "success");

/// A notification as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) host: String,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// Answers by the count of what came before (0 for the first), and remembers everything.
#[derive(Debug)]
pub(crate) struct Listener {
    addr: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

impl Listener {
    pub(crate) async fn start(answer: impl Fn(usize) -> (u16, &'static str) + Send + Sync + 'static) -> Self {
        Self::responding(move |count| {
            let (status, body) = answer(count);
            let mut response = Response::new(Full::from(body));
            *response.status_mut() = status.try_into().unwrap();
            std::future::ready(response)
        })
        .await
    }

    pub(crate) async fn responding<F>(respond: impl Fn(usize) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
    {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = socket.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(socket, Arc::clone(&received), Arc::new(respond)));
        Self { addr, received, task }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve<R, F>(socket: TcpListener, received: Arc<Mutex<Vec<Received>>>, respond: Arc<R>)
where
    R: Fn(usize) -> F + Send + Sync + 'static,
    F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    loop {
        let (stream, _) = socket.accept().await.unwrap();
        let (received, respond) = (Arc::clone(&received), Arc::clone(&respond));
        tokio::spawn(async move {
            let service = service_fn(|request: Request<Incoming>| {
                let (received, respond) = (Arc::clone(&received), Arc::clone(&respond));
                async move {
                    let notification = read(request).await;
                    let count = {
                        let mut received = received.lock().unwrap();
                        received.push(notification);
                        received.len() - 1
                    };
                    Ok::<_, Infallible>(respond(count).await)
                }
            });
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn read(request: Request<Incoming>) -> Received {
    let (parts, body) = request.into_parts();
    let header = |name| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    Received {
        path: parts.uri.to_string(),
        host: header("host"),
        content_type: header("content-type"),
        body: body.collect().await.unwrap().to_bytes().into(),
    }
}
