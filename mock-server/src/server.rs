//! The listening socket and its connections.

mod attentive;
mod converse;
mod crowd;
mod door;
mod line;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use pockyt_sim::Connection;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

pub(crate) use door::Door;

use crate::tls::Tls;
use crate::web::Offer;
use converse::converse;
use crowd::Crowd;
use line::{Fate, Line, Wire};

/// Connections at once, unless told otherwise.
pub(crate) const CONNECTIONS_AT_ONCE: usize = 16 * 1024;
/// How long requests under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);
/// From the start of waiting for a request to the end of its headers, so also the idle time of a
/// kept-alive connection. Looked after once a second.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// A bound socket, or none, which only starts to answer with [`Listener::serve`].
#[derive(Debug)]
pub(crate) struct Listener {
    door: Door,
}

impl Listener {
    pub(crate) fn bind(addr: SocketAddr) -> io::Result<Self> {
        Ok(Self { door: Door::open(addr)? })
    }

    /// One to which nobody comes.
    pub(crate) fn nowhere() -> Self {
        Self { door: Door::nowhere() }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.door.addr()
    }

    pub(crate) fn door(&self) -> Door {
        self.door.clone()
    }

    /// Serves at most so many connections at once. When there is no room the longest idle end.
    pub(crate) fn serve(self, offer: Offer, tls: Option<Tls>, connections_at_once: usize) -> Server {
        let (stop, stopping) = watch::channel(false);
        let (door, crowd) = (self.door.clone(), Crowd::default());
        let reception = Reception { door, offer, tls, stopping, crowd, connections_at_once };
        let task = tokio::spawn(reception.accept_all());
        Server { door: self.door, stop, task }
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

struct Reception {
    door: Door,
    offer: Offer,
    tls: Option<Tls>,
    stopping: watch::Receiver<bool>,
    crowd: Crowd,
    connections_at_once: usize,
}

impl Reception {
    async fn accept_all(mut self) {
        let mut connections = JoinSet::new();
        let mut rounds = tokio::time::interval(Duration::from_secs(1));
        // Who came when there was no room.
        let mut newcomer: Option<TcpStream> = None;
        loop {
            let has_room = connections.len() < self.connections_at_once;
            if let Some(stream) = newcomer.take_if(|_| has_room) {
                self.take(stream, &mut connections);
            }
            if newcomer.is_some() {
                self.crowd.make_room();
            }
            tokio::select! {
                biased;
                _ = self.stopping.changed() => break,
                Some(_) = connections.join_next() => {}
                accepted = self.door.accept(), if newcomer.is_none() => match accepted {
                    Some(Ok(stream)) => newcomer = Some(stream),
                    // Out of file handles, or the client gave up: trying again at once could spin.
                    Some(Err(_)) => {
                        self.crowd.make_room();
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                    None => break,
                },
                _ = rounds.tick() => self.crowd.end_silent(HEADER_TIMEOUT),
            }
        }
        self.crowd.finish();
        let all_done = async { while connections.join_next().await.is_some() {} };
        // Those that are not done by then are cut off when the set is dropped.
        let _ = tokio::time::timeout(GRACE, all_done).await;
    }

    fn take(&self, stream: TcpStream, connections: &mut JoinSet<()>) {
        let line = Arc::new(Line::default());
        let wire = Wire::new(stream, Arc::clone(&line));
        match self.offer.connect() {
            Connection::Refused | Connection::Reset => {
                line.decide(Fate::Reset);
                drop(wire);
            }
            Connection::Closed => {
                connections.spawn(wire.end_in_order());
            }
            Connection::Silent => {
                let mut stopping = self.stopping.clone();
                connections.spawn(async move {
                    let _ = stopping.changed().await;
                    drop(wire);
                });
            }
            _ => {
                let place = self.crowd.admit(&line);
                connections.spawn(converse(wire, line, place, self.tls.clone(), self.offer.clone()));
            }
        }
    }
}
