//! The line that shows where a poll is, on a terminal.

use std::io::{self, Write};
use std::time::Duration;

use pockyt_client::{Timer as _, What};
use tokio::time::{MissedTickBehavior, interval};

use crate::output::printable;
use crate::remote::Pace;

/// One line, written over again and again; nothing where nobody looks.
pub(super) struct Line {
    order: String,
    deadline: Duration,
    time: Pace,
    began: Duration,
    state: String,
    questions: u32,
    shown: bool,
}

const EVERY: Duration = Duration::from_secs(1);
/// A longer line would be two on a usual terminal, of which only the last is written over.
const WIDTH: usize = 79;
/// To the beginning of the line, and nothing on it.
const BLANK: &str = "\r\u{1b}[2K";

impl Line {
    pub(super) fn new(order: &str, deadline: Duration, time: Pace, shown: bool) -> Self {
        Self {
            order: order.to_owned(),
            deadline,
            time,
            began: time.elapsed(),
            state: "asking".to_owned(),
            questions: 0,
            shown,
        }
    }

    /// Waits for a step, and moves the time on meanwhile.
    pub(super) async fn during<T>(&self, step: impl Future<Output = T>) -> T {
        if !self.shown {
            return step.await;
        }
        let mut step = std::pin::pin!(step);
        let mut tick = interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                biased;
                done = &mut step => return done,
                _ = tick.tick() => self.draw(),
            }
        }
    }

    /// Remembers what a step saw.
    pub(super) fn saw(&mut self, what: &What, questions: u32) {
        self.questions = questions;
        self.state = match what {
            What::AboutToCancel => "time is over, cancelling".to_owned(),
            What::Cancelled => "cancel sent, asking what it left".to_owned(),
            What::NoAnswer => "no answer".to_owned(),
            What::NotFound => "not known yet".to_owned(),
            What::Open(order) => order.status().map_or_else(|_| "open".to_owned(), |s| s.to_string()),
            _ => "asking".to_owned(),
        };
    }

    fn text(&self, elapsed: Duration) -> String {
        let times = if self.questions == 1 { "once".to_owned() } else { format!("{} times", self.questions) };
        format!(
            "{}: {}; asked {times}, {} s of {} s",
            self.order,
            self.state,
            elapsed.as_secs(),
            self.deadline.as_secs()
        )
    }

    fn draw(&self) {
        // A terminal that has gone away is told nothing.
        let _ = self.draw_on(&mut io::stderr().lock(), self.time.elapsed().saturating_sub(self.began));
    }

    fn draw_on(&self, to: &mut impl Write, elapsed: Duration) -> io::Result<()> {
        let text: String = printable(&self.text(elapsed)).chars().take(WIDTH).collect();
        write!(to, "{BLANK}{text}")?;
        to.flush()
    }

    /// Leaves an empty line behind.
    pub(super) fn clear(&self) {
        if self.shown {
            let mut to = io::stderr().lock();
            let _ = write!(to, "{BLANK}").and_then(|()| to.flush());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_was_seen_and_how_long_it_takes() {
        let mut line = Line::new("order\u{1b}[2J", Duration::from_secs(90), Pace::read("x60").unwrap(), true);
        let shown = |line: &Line, seconds| {
            let mut text = Vec::new();
            line.draw_on(&mut text, Duration::from_secs(seconds)).unwrap();
            String::from_utf8(text).unwrap()
        };
        assert_eq!(shown(&line, 0), "\r\u{1b}[2Korder\\u{1b}[2J: asking; asked 0 times, 0 s of 90 s");
        line.saw(&What::NotFound, 1);
        assert!(shown(&line, 12).ends_with(": not known yet; asked once, 12 s of 90 s"));
        line.saw(&What::AboutToCancel, 4);
        assert!(shown(&line, 91).ends_with(": time is over, cancelling; asked 4 times, 91 s of 90 s"));
        line.order = "o".repeat(200);
        assert_eq!(shown(&line, 91).len(), BLANK.len() + WIDTH);
    }
}
