//! `pockyt listen`: hears notifications, keeps them, and hands them on.

#[cfg(feature = "client")]
mod confirm;
mod forward;
mod options;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::future::join_all;
use pockyt_ipn::server::Server;
use pockyt_ipn::{Handler, IpnRouter, Listener, Retention};
use pockyt_store::{Inbox, InboxAdmin, MemoryInbox};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use self::forward::{Forward, Lines};
pub(crate) use self::options::ListenArgs;
use self::options::Settings;
use crate::exit::{Exit, usage};
use crate::output;
use crate::store::{Place, open};

/// How many notices of one kind are forwarded at a time; their receiver may be slow.
const AT_ONCE: usize = 4;

/// How often to look for what has grown too old.
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// Listens until it is interrupted.
pub(crate) fn run(args: &ListenArgs) -> anyhow::Result<Exit> {
    args.log_events();
    let settings = args.settings()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.context("cannot wait for the network")?;
    match &args.store {
        Place::Memory => {
            output::warn("--store memory: what is not handed on when this program ends is lost");
            runtime.block_on(with_store(Arc::new(MemoryInbox::default()), settings, true))
        }
        Place::Sqlite(path) => runtime.block_on(with_store(Arc::new(open(path)?), settings, false)),
    }
}

async fn with_store<I>(inbox: Arc<I>, settings: Settings, forgets: bool) -> anyhow::Result<Exit>
where
    I: Inbox + InboxAdmin + 'static,
{
    let closed = Arc::new(Notify::new());
    let forward = settings.forward.as_ref().map(|(to, secret)| Forward::new(to, secret)).transpose()?;
    if let Some(forward) = forward {
        return listen(inbox, settings, forgets, &forward, AT_ONCE, &closed).await;
    }
    let lines = Lines { closed: Arc::clone(&closed) };
    // Lines are written one after the other anyway.
    listen(inbox, settings, forgets, &lines, 1, &closed).await
}

async fn listen<I: Inbox + InboxAdmin + 'static>(
    inbox: Arc<I>,
    settings: Settings,
    forgets: bool,
    handler: &impl Handler,
    at_once: usize,
    closed: &Notify,
) -> anyhow::Result<Exit> {
    let listeners = Listener::builder(settings.key, Arc::clone(&inbox))
        .tenant(&settings.tenant)
        .owner(pockyt_store::OwnerToken::new(&format!("pockyt-listen-{}", std::process::id())));
    let listeners = settings.sealing.apply(listeners);
    #[cfg(feature = "client")]
    let listeners = {
        if let Some(address) = settings.confirming.asks() {
            output::note(&format!("asking Pockyt at {address}"));
        }
        settings.confirming.apply(listeners)
    };
    let listeners = if settings.published { listeners.allow_published_sandbox_key() } else { listeners };
    let listeners = listeners.build_each(&settings.kinds).map_err(|error| usage(error.to_string()))?;
    let router = IpnRouter::default().with_each(listeners);

    // Before anybody is told that it listens, so that nobody can interrupt it too early.
    let mut interrupts = Interrupts::new()?;
    let socket = TcpListener::bind(settings.addr).await.context("cannot listen at --addr")?;
    let address = socket.local_addr()?;
    output::print(format!("listening on http://{address}\n").as_bytes())?;
    for listener in router.listeners() {
        output::note(&format!("http://{address}/ipn/{}/{}", listener.tenant(), listener.kind()));
    }

    let (stop, stopped) = watch::channel(false);
    let (finish, finished) = watch::channel(false);
    let server = Server::default().source_limit(settings.sources).readiness(inbox);
    let serving = async {
        server.serve(socket, router.service(), told(stopped)).await;
        // Nothing more comes in; what is in hand is finished.
        finish.send_replace(true);
    };
    let worker = || router.run_until(handler, told(finished.clone()));
    let working = async {
        join_all((0..at_once).map(|_| worker())).await;
        if forgets {
            // A store that fails has nothing to lose here.
            let _ = router.run_until_idle(handler).await;
        }
    };
    let pruning = prune(&router, settings.retention, told(finished.clone()));
    let mut exit = Exit::Fine;
    let watching = async {
        tokio::select! {
            () = interrupts.next() => output::note("finishing what is under way; interrupt again to stop at once"),
            () = closed.notified() => exit = Exit::Failed,
        }
        stop.send_replace(true);
        interrupts.next().await;
    };
    tokio::select! {
        _ = async { tokio::join!(serving, working, pruning) } => {}
        () = watching => return Ok(Exit::Failed),
    }
    Ok(exit)
}

/// Removes what has grown too old, now and then.
async fn prune<I: Inbox + InboxAdmin>(
    router: &IpnRouter<Arc<I>>,
    retention: Option<Retention>,
    stop: impl Future<Output = ()>,
) {
    // Any of them does, since it goes through the whole store.
    if let Some((listener, retention)) = router.listeners().next().zip(retention) {
        listener.prune_until(retention, PRUNE_EVERY, stop).await;
    }
}

/// Ends when the other end says so.
async fn told(mut word: watch::Receiver<bool>) {
    // When nobody is left to say it, it is time too.
    let _ = word.wait_for(|said| *said).await;
}

/// Somebody wants the program to end.
struct Interrupts {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Interrupts {
    #[cfg(unix)]
    fn new() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).context("cannot wait for signals");
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    fn new() -> anyhow::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
