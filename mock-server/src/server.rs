//! The listening socket and its connections.

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::transport::Transport;

/// From the start of waiting for a request to the end of its headers, so also the idle time of a
/// kept-alive connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections at once; more wait to be accepted.
const CONNECTIONS_AT_ONCE: usize = 1024;
/// How long requests under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// A bound socket, which only starts to answer with [`Listener::serve`].
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    addr: SocketAddr,
}

impl Listener {
    pub(crate) async fn bind(addr: SocketAddr) -> io::Result<Self> {
        let socket = TcpListener::bind(addr).await?;
        let addr = socket.local_addr()?;
        Ok(Self { socket, addr })
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) fn serve(self, transport: Transport) -> Server {
        let door = Door(Arc::new(Mutex::new(Some(self.socket))));
        let (stop, stopping) = watch::channel(false);
        let task = tokio::spawn(accept(door.clone(), transport, stopping));
        Server { door, stop, task }
    }
}

/// The listening socket in a place from which it can be taken.
///
/// Aborting the task that owns a socket drops the socket some time later; taking it from here closes
/// it now.
#[derive(Clone, Debug)]
struct Door(Arc<Mutex<Option<TcpListener>>>);

impl Door {
    fn close(&self) {
        if let Some(socket) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A process that another thread is just starting holds a copy of every open file until it
            // runs, and a copy would keep the port open. Where this is not possible, closing has to do.
            let _ = SockRef::from(&socket).shutdown(Shutdown::Both);
        }
    }

    /// The next connection; `None` once the door is closed.
    async fn accept(&self) -> Option<io::Result<TcpStream>> {
        std::future::poll_fn(|context| {
            let door = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match door.as_ref() {
                Some(socket) => {
                    socket.poll_accept(context).map(|accepted| Some(accepted.map(|(stream, _)| stream)))
                }
                None => Poll::Ready(None),
            }
        })
        .await
    }
}

/// A server that answers. Dropping it closes the socket before the drop returns, and cuts the
/// connections soon after.
#[derive(Debug)]
pub(crate) struct Server {
    door: Door,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Closes the socket, lets requests under way finish for up to five seconds, and ends.
    pub(crate) async fn shut_down(mut self) {
        self.door.close();
        self.stop.send_replace(true);
        // It can only have been aborted, and then it has ended as well.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.door.close();
        self.task.abort();
    }
}

async fn accept(door: Door, transport: Transport, mut stopping: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            _ = stopping.changed() => break,
            Some(_) = connections.join_next() => {}
            accepted = door.accept(), if connections.len() < CONNECTIONS_AT_ONCE => match accepted {
                Some(Ok(stream)) => {
                    connections.spawn(converse(stream, transport.clone(), stopping.clone()));
                }
                // Out of file handles, or the client gave up: trying again at once could spin.
                Some(Err(_)) => tokio::time::sleep(Duration::from_millis(10)).await,
                None => break,
            },
        }
    }
    let all_done = async { while connections.join_next().await.is_some() {} };
    // Those that are not done by then are cut off when the set is dropped.
    let _ = tokio::time::timeout(GRACE, all_done).await;
}

async fn converse(stream: TcpStream, transport: Transport, mut stopping: watch::Receiver<bool>) {
    // Without it answers are only a little slower.
    let _ = stream.set_nodelay(true);
    // hyper drops the connection without a byte when the service fails, which is how a reply is lost.
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(transport));
    tokio::pin!(connection);
    tokio::select! {
        // A broken connection is the client's affair.
        _ = connection.as_mut() => return,
        _ = stopping.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
