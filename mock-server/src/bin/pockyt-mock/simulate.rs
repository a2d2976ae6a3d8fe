//! `pockyt-mock simulate`.

use std::io::{self, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::Args;
use pockyt_mock::FaultProfile;
use pockyt_mock::simulate::Simulation;

#[derive(Args)]
pub(crate) struct Simulate {
    /// How many payments, each with its notifications.
    #[arg(long, value_name = "N")]
    payments: u64,
    /// What everything is drawn from: the same seed, the same digest, on any machine.
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Faults that strike by themselves, by the name of a profile: none, lossy, flaky, slow, garbled, post,
    /// forger or chaos.
    #[arg(long, value_name = "NAME", default_value = "none")]
    faults: FaultProfile,
    /// Threads; as many as there are processors unless given. The digest does not depend on it.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

impl Simulate {
    /// Prints the report. An error when a merchant came to believe something else than Pockyt.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let Self { payments, seed, faults, .. } = *self;
        let threads = self.threads.or_else(|| std::thread::available_parallelism().ok());
        let bar = Mutex::new(Bar::new(payments));
        let ended = |more| {
            if let Ok(mut bar) = bar.lock() {
                bar.advance(more);
            }
        };
        let simulation = Simulation { payments, seed, faults };
        let mut report = simulation.run(threads.unwrap_or(NonZeroUsize::MIN), &ended);
        drop(bar);
        report.floor = simulation.md5_rate();
        write!(io::stdout().lock(), "{report}")?;
        let misled = report.tally.misled;
        anyhow::ensure!(misled == 0, "{misled} merchants believed something else than Pockyt");
        Ok(())
    }
}

/// A bar on standard error, where that is a terminal; it is wiped away at the end.
struct Bar {
    whole: u64,
    ended: u64,
    began: Instant,
    drawn: Option<Instant>,
    is_shown: bool,
}

const WIDTH: u64 = 40;
const EVERY: Duration = Duration::from_millis(100);

impl Bar {
    fn new(whole: u64) -> Self {
        Self { whole, ended: 0, began: Instant::now(), drawn: None, is_shown: io::stderr().is_terminal() }
    }

    fn advance(&mut self, more: u64) {
        self.ended += more;
        if self.is_shown && self.drawn.is_none_or(|drawn| drawn.elapsed() >= EVERY) {
            self.drawn = Some(Instant::now());
            // Who cannot see the bar can do without it.
            let _ = write!(io::stderr().lock(), "\r{}\x1b[K", self.text());
        }
    }

    fn text(&self) -> String {
        let Self { whole, ended, .. } = *self;
        let share = |of: u64| {
            u64::try_from(u128::from(ended) * u128::from(of) / u128::from(whole.max(1))).unwrap_or(of)
        };
        let (done, percent) = (share(WIDTH), share(100));
        let bar: String = (0..WIDTH).map(|place| if place < done { '#' } else { '-' }).collect();
        let left = self.began.elapsed().as_secs() * (whole - ended.min(whole)) / ended.max(1);
        format!("[{bar}] {percent:3} %  {ended} of {whole}  {left} s left")
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}
