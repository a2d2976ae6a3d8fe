//! `GET /_mock/journal`: all that is kept of it, or what is asked for.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::vec;

use axum::extract::{Request, State};
use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;
use pockyt_sim::{JournalEntry, Sim};

use super::Site;
use super::control::Answer;
use super::listing::{AT_A_TIME, Listing, read_all};
use super::query::{asked_for, read};

pub(super) async fn list(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let [merchant_no, limit] = asked_for(&request, ["merchant", "limit"])?;
    let limit: Option<NonZeroUsize> = read(limit.as_deref(), "limit is a whole number from 1")?;
    let found = read_all(&site.world, |sim| Ok(Found::of(sim, merchant_no.as_deref(), limit))).await?;
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], found.lines).into_response())
}

struct Found {
    /// The numbers of the entries that are still to be read.
    left: vec::IntoIter<u64>,
    seen: Vec<JournalEntry>,
    lines: String,
}

impl Found {
    /// The entries that are wanted: of one merchant, or all; of them the newest so many.
    fn of(sim: &Sim, merchant_no: Option<&str>, limit: Option<NonZeroUsize>) -> Self {
        let number = |entry: &JournalEntry| entry.seq;
        let mut left: Vec<u64> = match merchant_no {
            Some(merchant_no) => sim.journal_of(merchant_no).map(number).collect(),
            None => sim.journal().map(number).collect(),
        };
        let left_out = limit.map_or(0, |limit| left.len().saturating_sub(limit.get()));
        Self { left: left.split_off(left_out).into_iter(), seen: Vec::new(), lines: String::new() }
    }
}

impl Listing for Found {
    fn look(&mut self, sim: &Sim) -> bool {
        let oldest = sim.journal().next().map_or(u64::MAX, |entry| entry.seq);
        for number in self.left.by_ref().take(AT_A_TIME) {
            let Some(place) = number.checked_sub(oldest) else {
                // Dropped since, and so is all before it: what is left is still without a gap.
                self.seen.clear();
                self.lines.clear();
                continue;
            };
            let entry = usize::try_from(place).ok().and_then(|place| sim.journal().nth(place));
            self.seen.extend(entry.cloned());
        }
        self.left.len() > 0
    }

    fn write(&mut self) {
        for entry in self.seen.drain(..) {
            self.lines.push_str(&entry.to_json_line());
            self.lines.push('\n');
        }
    }
}
