//! The merchant's program, as a process to be killed.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fastrand::Rng;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::{Instant, timeout_at};

use crate::pockyt::Event;
use crate::program::{TASK, Task};

/// When a process is killed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// When so many deliveries were answered `success`; others are under way then.
    Answers(usize),
    /// When it had so many effects.
    Effects(usize),
    /// After a time that has to do with nothing, perhaps while it opens its store.
    Time(Duration),
}

impl Moment {
    /// Any, when this many notifications come in.
    pub(crate) fn any(rng: &mut Rng, notifications: usize) -> Self {
        match rng.u8(..5) {
            0 | 1 => Self::Answers(rng.usize(1..=notifications)),
            2 | 3 => Self::Effects(rng.usize(1..=notifications)),
            _ => Self::Time(Duration::from_micros(rng.u64(..40_000))),
        }
    }
}

/// What a process said before it was gone.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Whether it came to listen.
    pub(crate) opened: bool,
    /// What it found on opening: keys, and the numbers of their notices.
    pub(crate) found: BTreeMap<String, u64>,
    /// What an earlier life had in hand.
    pub(crate) held: Vec<u64>,
    pub(crate) effects: Vec<u64>,
    /// Whether it ended by itself because nothing was left to do.
    pub(crate) idle: bool,
}

impl Said {
    fn in_short(&self) -> String {
        let Self { opened, found, held, effects, idle } = self;
        let found = found.len();
        format!("opened {opened}, found {found}, held {held:?}, effects {effects:?}, idle {idle}")
    }

    fn add(&mut self, line: &str) {
        let mut words = line.split(' ');
        let (word, mut next) = (words.next().unwrap(), || words.next().unwrap());
        match word {
            "found" => {
                let id = next().parse().unwrap();
                self.found.insert(next().to_owned(), id);
            }
            "held" => self.held.push(next().parse().unwrap()),
            "effect" => self.effects.push(next().parse().unwrap()),
            "open" => self.opened = true,
            "idle" => self.idle = true,
            _ => panic!("it says {line}"),
        }
    }
}

/// Far longer than anything takes here: so that a test which waits in vain ends.
pub(crate) const IN_VAIN: Duration = Duration::from_secs(30);

pub(crate) struct Process(Child);

/// A test that fails leaves nothing behind.
impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    /// Starts it with libraries before the C library and what they are told.
    pub(crate) fn start(
        task: &Task,
        socket: &TcpListener,
        events: &UnboundedSender<Event>,
        shims: &[(&str, &Path)],
    ) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "program::program", "--nocapture", "--test-threads=1"]);
        command.env(TASK, task.to_string()).envs(shims.iter().copied());
        command.stdin(Stdio::from(OwnedFd::from(socket.try_clone().unwrap()))).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (out, events) = (child.stdout.take().unwrap(), events.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines() {
                // The harness says something too, even on the same line.
                if let Some((_, words)) = line.unwrap().split_once('#') {
                    let _ = events.send(Event::Said(words.to_owned()));
                }
            }
            let _ = events.send(Event::Gone);
        });
        Self(child)
    }

    /// Listens to it until the moment has come, kills it, and listens to what it had said by then.
    pub(crate) async fn until(mut self, moment: Moment, events: &mut UnboundedReceiver<Event>) -> Said {
        let mut said = Said::default();
        let (mut answers, mut killed) = (0, false);
        let in_vain = || Instant::now() + IN_VAIN;
        let mut deadline = match moment {
            Moment::Time(time) => Instant::now() + time,
            _ => in_vain(),
        };
        loop {
            let mut enough = false;
            match timeout_at(deadline, events.recv()).await {
                Ok(Some(Event::Gone)) => break,
                Ok(Some(Event::Said(line))) => said.add(&line),
                Ok(Some(Event::Delivered { success })) => answers += usize::from(success),
                Ok(None) => unreachable!("the sender lives"),
                Err(_) => {
                    let by_time = matches!(moment, Moment::Time(_)) && !killed;
                    assert!(by_time, "{moment:?} does not come: {answers}, {}", said.in_short());
                    enough = true;
                }
            }
            enough |= match moment {
                Moment::Answers(most) => answers >= most,
                Moment::Effects(most) => said.effects.len() >= most,
                Moment::Time(_) => false,
            };
            if enough && !killed {
                self.0.kill().unwrap();
                (killed, deadline) = (true, in_vain());
            }
        }
        self.0.wait().unwrap();
        assert!(killed || said.idle, "it ended by itself: {}", said.in_short());
        said
    }

    /// Lets it end by itself.
    pub(crate) async fn run_to_its_end(self, events: &mut UnboundedReceiver<Event>) -> Said {
        self.until(Moment::Effects(usize::MAX), events).await
    }
}
