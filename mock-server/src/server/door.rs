//! The listening socket in a place from which it can be taken, shut for a while, and opened again.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::Notify;

/// How many connections the system completes before they are accepted.
const BACKLOG: i32 = 1024;

/// Aborting the task that owns a socket drops the socket some time later; taking it from here closes it
/// now.
#[derive(Clone, Debug)]
pub(crate) struct Door(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    /// Rings when the state changes.
    changed: Notify,
    runtime: Handle,
    addr: SocketAddr,
}

#[derive(Debug)]
enum State {
    Open(TcpListener),
    /// Bound, so that nobody else gets the port, but not listening: the system refuses connections.
    Shut(Socket),
    Closed,
}

impl Door {
    pub(crate) fn open(addr: SocketAddr) -> io::Result<Self> {
        let socket = bind(addr)?;
        socket.listen(BACKLOG)?;
        let listener = TcpListener::from_std(socket.into())?;
        let addr = listener.local_addr()?;
        Ok(Self::at(addr, State::Open(listener)))
    }

    /// No door at all. Port 0 is nobody's.
    pub(crate) fn nowhere() -> Self {
        Self::at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), State::Closed)
    }

    fn at(addr: SocketAddr, state: State) -> Self {
        let (state, changed) = (Mutex::new(state), Notify::new());
        Self(Arc::new(Inner { state, changed, runtime: Handle::current(), addr }))
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.0.addr
    }

    /// Closes the port for good.
    pub(crate) fn close(&self) {
        if let State::Open(listener) = std::mem::replace(&mut *self.lock(), State::Closed) {
            // A process that another thread is just starting holds a copy of every open file until it
            // runs, and a copy would keep the port open. Where this is not possible, closing has to do.
            let _ = SockRef::from(&listener).shutdown(Shutdown::Both);
        }
        self.0.changed.notify_one();
    }

    /// Lets the system refuse connections, or accepts them again.
    pub(crate) fn set_refusing(&self, refuses: bool) {
        let mut state = self.lock();
        let next = match (&*state, refuses) {
            (State::Open(_), true) | (State::Shut(_), false) => std::mem::replace(&mut *state, State::Closed),
            _ => return,
        };
        *state = match next {
            State::Open(listener) => shut(listener),
            State::Shut(socket) => self.reopen(socket),
            State::Closed => State::Closed,
        };
        drop(state);
        self.0.changed.notify_one();
    }

    fn reopen(&self, socket: Socket) -> State {
        let _runtime = self.0.runtime.enter();
        let listen = |socket: Socket| {
            socket.listen(BACKLOG)?;
            TcpListener::from_std(socket.into())
        };
        // Not every system lets a socket listen twice.
        let listener = listen(socket).or_else(|_| listen(bind_to(self.0.addr)?));
        listener.map_or(State::Closed, State::Open)
    }

    /// The next connection; `None` once the door is closed for good.
    pub(crate) async fn accept(&self) -> Option<io::Result<TcpStream>> {
        loop {
            let changed = self.0.changed.notified();
            tokio::select! {
                accepted = std::future::poll_fn(|context| self.poll_accept(context)) => return accepted,
                () = changed => {}
            }
        }
    }

    fn poll_accept(&self, context: &mut Context<'_>) -> Poll<Option<io::Result<TcpStream>>> {
        match &*self.lock() {
            State::Open(listener) => {
                listener.poll_accept(context).map(|accepted| Some(accepted.map(|(stream, _)| stream)))
            }
            State::Shut(_) => Poll::Pending,
            State::Closed => Poll::Ready(None),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shut(listener: TcpListener) -> State {
    match listener.into_std() {
        Ok(listener) => {
            let socket = Socket::from(listener);
            let _ = socket.shutdown(Shutdown::Both);
            State::Shut(socket)
        }
        Err(_) => State::Closed,
    }
}

/// A port that was chosen by the system is bound again by its number: only then does it stay ours while we
/// do not listen.
fn bind(addr: SocketAddr) -> io::Result<Socket> {
    let chosen = bind_to(addr)?;
    match chosen.local_addr()?.as_socket() {
        Some(known) if addr.port() == 0 => bind_to(known).or(Ok(chosen)),
        _ => Ok(chosen),
    }
}

fn bind_to(addr: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    // On Windows it would let two servers share a port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    Ok(socket)
}
