//! `GET /_mock/events`: the journal and the clock as they move, as server-sent events.
//!
//! A stream keeps no queue of its own: it remembers how far it has read and reads on in the journal. Whoever
//! reads too slowly misses what the journal drops meanwhile, and is told how much.

use std::fmt::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use hyper::body::Frame;
use pockyt_sim::JournalEntry;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::Site;
use super::control::ClockView;
use super::problem::Problem;
use super::query::asked_for;
use crate::world::Epoch;

/// Entries read under one lock.
const AT_A_TIME: usize = 256;
/// Portions that wait to be sent.
const WAITING: usize = 4;
/// Proxies cut what is silent for longer.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Streams what happens from now on, or after the entry that `Last-Event-ID` names.
pub(super) async fn events(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let [merchant_no] = asked_for(&request, ["merchant"])?;
    let merchant_no = merchant_no.map(std::borrow::Cow::into_owned);
    let known = |merchant_no: &str| site.world.view(|sim| sim.journal_counts_of(merchant_no).is_some());
    if merchant_no.as_deref().is_some_and(|merchant_no| !known(merchant_no)) {
        return Err(pockyt_sim::ControlError::UnknownMerchant.into());
    }
    let resumed =
        match request.headers().get("last-event-id") {
            Some(id) => Some(read_id(id).ok_or_else(|| {
                Problem::bad_request("Last-Event-ID is the number of an entry of the journal")
            })?),
            None => None,
        };
    let Ok(place) = Arc::clone(&site.world.watching).try_acquire_owned() else {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many streams of events are open"));
    };
    let written = site.world.view(|sim| sim.journal_counts().entries);
    let after = resumed.map_or(written, |resumed| resumed.min(written));
    let epoch = site.world.epoch();
    let (send, portions) = mpsc::channel(WAITING);
    let reader = Reader { site, merchant_no, after, epoch, clock: None, _place: place };
    tokio::spawn(reader.run(send));
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    Ok((headers, Body::new(Portions(portions))).into_response())
}

fn read_id(id: &http::HeaderValue) -> Option<u64> {
    id.to_str().ok()?.parse().ok()
}

struct Reader {
    site: Arc<Site>,
    merchant_no: Option<String>,
    /// The number of the last entry that was looked at.
    after: u64,
    epoch: Epoch,
    /// The clock as it was last told.
    clock: Option<String>,
    _place: OwnedSemaphorePermit,
}

impl Reader {
    /// Ends when nobody reads any more, or the mock ends.
    async fn run(mut self, send: mpsc::Sender<Bytes>) {
        let mut news = self.site.world.watch();
        loop {
            let is_over = *news.borrow_and_update();
            let (portion, is_all) = self.read();
            if !portion.is_empty() && send.send(portion.into()).await.is_err() {
                return;
            }
            if !is_all {
                continue;
            }
            if is_over {
                return;
            }
            tokio::select! {
                () = send.closed() => return,
                changed = news.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(SIGN_OF_LIFE) => {
                    if send.send(Bytes::from_static(b":\n\n")).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// The next events, and whether these are all there are now.
    fn read(&mut self) -> (String, bool) {
        let mut text = String::new();
        let world = &self.site.world;
        if self.epoch != world.epoch() {
            self.epoch = world.epoch();
            self.after = 0;
            push(&mut text, "reset", None, "{}");
        }
        let after = self.after;
        let (entries, last, missed) = world.view(|sim| {
            let oldest = sim.journal().next().map_or(after + 1, |entry| entry.seq);
            let missed = oldest.saturating_sub(after.saturating_add(1));
            let read = usize::try_from(after.saturating_add(1).saturating_sub(oldest)).unwrap_or(usize::MAX);
            let next: Vec<&JournalEntry> = sim.journal().skip(read).take(AT_A_TIME).collect();
            let last = next.last().map(|entry| entry.seq);
            let wanted = next.iter().filter(|entry| self.concerns(entry));
            let lines: Vec<(u64, String)> = wanted.map(|entry| (entry.seq, entry.to_json_line())).collect();
            (lines, last, missed)
        });
        if missed > 0 {
            push(&mut text, "missed", None, &format!("{{\"entries\":{missed}}}"));
        }
        for (seq, line) in &entries {
            push(&mut text, "journal", Some(*seq), line);
        }
        self.after = last.unwrap_or(after);
        let is_all = last.is_none() || self.after >= world.view(|sim| sim.journal_counts().entries);
        let clock = serde_json::to_string(&ClockView::of(&self.site)).unwrap_or_default();
        if is_all && self.clock.as_deref() != Some(&clock) {
            push(&mut text, "clock", None, &clock);
            self.clock = Some(clock);
        }
        (text, is_all)
    }

    fn concerns(&self, entry: &JournalEntry) -> bool {
        self.merchant_no.is_none() || entry.merchant_no == self.merchant_no
    }
}

/// Writes one event. The data is JSON without a line break.
fn push(text: &mut String, event: &str, id: Option<u64>, data: &str) {
    // Writing to a text does not fail.
    let _ = match id {
        Some(id) => write!(text, "id: {id}\nevent: {event}\ndata: {data}\n\n"),
        None => write!(text, "event: {event}\ndata: {data}\n\n"),
    };
}

/// A body that ends when its sender does.
struct Portions(mpsc::Receiver<Bytes>);

impl HttpBody for Portions {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|portion| portion.map(|bytes| Ok(Frame::data(bytes))))
    }
}
