//! `pockyt-mock`: a mock of the Pockyt payment API for code in any language.

mod options;
mod report;
mod simulate;

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use pockyt_mock::{Account, MockPockyt};
use tokio::runtime::{Builder, Runtime};

use options::{Cli, Command, Serve};

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Serve(options) => runtime(options.threads)?.block_on(serve(*options)),
        Command::Simulate(options) => options.run(),
    }
}

/// One thread does not hand work to itself: no waking, no stealing, and the state's lock is always free.
fn runtime(threads: NonZeroUsize) -> io::Result<Runtime> {
    let mut builder = match threads.get() {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.worker_threads(threads.get()).enable_all().build()
}

async fn serve(serve: Serve) -> anyhow::Result<()> {
    let listen = serve.listen;
    let start = Start {
        added: serve.accounts.clone(),
        authority: serve.authority(),
        has_control_token: serve.control_token.is_some(),
    };
    let builder = serve.into_builder().on_delivery(report::to_stderr()?);
    let mock = builder.start().await.with_context(|| format!("cannot serve on {listen}"))?;
    // Before the greeting: whoever reads it may interrupt at once.
    let interrupted = interruption().context("cannot wait for an interrupt")?;
    start.greet(&mock)?;
    interrupted.await.context("cannot wait for an interrupt")?;
    let mut last_words = Vec::new();
    for script in mock.waiting_scripts() {
        last_words.push(format!("a script never met its order: {}", serde_json::to_string(&script)?));
    }
    for fault in mock.shutdown().await {
        last_words.push(format!("a fault never hit anything: {}", serde_json::to_string(&fault)?));
    }
    report::say_last(last_words);
    Ok(())
}

/// What is told at the start beside the address.
struct Start {
    added: Vec<Account>,
    authority: Option<PathBuf>,
    has_control_token: bool,
}

impl Start {
    /// One line for programs on standard output, some for people on standard error.
    fn greet(&self, mock: &MockPockyt) -> io::Result<()> {
        let url = mock.url();
        let mut out = io::stdout().lock();
        writeln!(out, "listening on {url}")?;
        out.flush()?;
        let mut people = io::stderr().lock();
        writeln!(people, "Pockyt mock. Published sandbox accounts: {}.", numbers_of(&Account::published()))?;
        if !self.added.is_empty() {
            writeln!(people, "Accounts of --merchant: {}.", numbers_of(&self.added))?;
        }
        writeln!(people, "API base URL {url} - cashier pages {url}/cashier/<transactionNo>")?;
        if let (Some(url), Some(authority)) = (mock.https_url(), &self.authority) {
            writeln!(people, "By TLS {url}, for who trusts the certificate in {}.", authority.display())?;
        }
        if self.has_control_token {
            writeln!(people, "Control API {url}/_mock/clock, for who sends the control token.")?;
        } else if mock.addr().ip().is_loopback() {
            writeln!(people, "Control API {url}/_mock/clock")?;
        } else {
            writeln!(
                people,
                "The control API is closed, since {} is not loopback: start with --control-token TOKEN, or \
                 POCKYT_MOCK_CONTROL_TOKEN in the environment, to open it to who sends the token.",
                mock.addr().ip()
            )?;
        }
        writeln!(people, "Ctrl-C stops it.")
    }
}

fn numbers_of(accounts: &[Account]) -> String {
    let numbers =
        |account: &Account| format!("merchant {} store {}", account.merchant_no(), account.store_no());
    accounts.iter().map(numbers).collect::<Vec<_>>().join(", ")
}

/// Listens for interrupts from now on, and waits for the first.
#[cfg(unix)]
fn interruption() -> io::Result<impl Future<Output = io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => Ok(()),
            _ = terminate.recv() => Ok(()),
        }
    })
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on unix")]
fn interruption() -> io::Result<impl Future<Output = io::Result<()>>> {
    Ok(tokio::signal::ctrl_c())
}
