//! One merchant and one Pockyt, with the line between them and the clock of both.

use std::time::Duration;

use pockyt_sign::Received;
use pockyt_sim::{
    ApiRequest, ApiResponse, Delivery, DeliveryOutcome, Effect, Millis, Reception, Reply, Sim, Status,
    Ticket, Verdict,
};
use smallvec::SmallVec;

use super::log::Log;
use super::memory::{Memory, Words};
use super::merchant::{Merchant, whole};
use super::plan::Plan;
use super::requests::{Encoding, Request};
use super::tally::Tally;

/// 2026-01-01T00:00:00Z.
pub(super) const START: Millis = Millis(1_767_225_600_000);

/// The signed texts of a history, for [`super::floor`]: once for each signing and each verification.
pub(super) type Tape = Vec<String>;

pub(super) struct World<'a> {
    pub(super) sim: &'a mut Sim,
    pub(super) now: Millis,
    pub(super) tally: Tally,
    pub(super) log: Log<'a>,
    pub(super) words: &'a Words,
    merchant: &'a Merchant,
    tape: Option<&'a mut Tape>,
    listens_from: u32,
    deliveries: u32,
    /// What the listener was told of the order under a right signature and has not been looked at.
    pub(super) news: SmallVec<[Status; 4]>,
}

impl<'a> World<'a> {
    pub(super) fn new(
        seed: u64,
        plan: &Plan,
        merchant: &'a Merchant,
        tape: Option<&'a mut Tape>,
        memory: &'a mut Memory,
    ) -> Self {
        let Memory { sim, log, words } = memory;
        sim.start_over(seed, plan.schedule, START);
        Self {
            sim,
            now: START,
            tally: Tally { payments: 1, ..Tally::default() },
            log: Log::new(log),
            words,
            merchant,
            tape,
            listens_from: plan.listens_from,
            deliveries: 0,
            news: SmallVec::new(),
        }
    }

    pub(super) fn passed(&self) -> u64 {
        self.now.0 - START.0
    }

    /// Sends a signed request and waits for the answer; `None` when it does not come back in one piece.
    pub(super) fn call(&mut self, request: &Request, encoding: Encoding) -> Option<Vec<u8>> {
        let fields = request.fields(self.words);
        let signature = self.merchant.sign(&fields)?;
        self.tally.requests += 1;
        self.record(|| pockyt_sign::algorithm::canonical_text(&fields), 1);
        let body = self.log.note_written(self.now, b'>', request.path.as_bytes(), |body| {
            request.write(encoding, self.words, signature.as_str(), body);
        });
        let sent = ApiRequest {
            method: "POST",
            path: request.path,
            content_type: Some(encoding.content_type()),
            request_id: None,
            body,
        };
        let before = self.sim.journal_counts().requests;
        let answer = match self.sim.receive(&sent, self.now) {
            Reception::Answered(answer) => Some(answer),
            Reception::InPieces(ticket, answer) => {
                self.wait_for(ticket);
                Some(answer)
            }
            Reception::Held(ticket) => self.wait_for(ticket),
            _ => None,
        };
        let has_arrived = self.sim.journal_counts().requests > before;
        if has_arrived {
            self.tally.messages += 1;
            self.record(|| pockyt_sign::algorithm::canonical_text(&fields), 1);
        } else {
            self.tally.requests_lost += 1;
        }
        let ApiResponse { status, body, reply, .. } = answer?;
        self.log.note(self.now, fate(reply), &[&status.to_le_bytes(), &body]);
        let whole = whole(reply, body).filter(|_| status == 200);
        if whole.is_none() && has_arrived {
            self.tally.answers_lost += 1;
        }
        whole
    }

    /// Lets time pass up to this moment.
    pub(super) fn wait_until(&mut self, to: Millis) {
        while let Some(at) = self.sim.next_event().filter(|at| *at <= to) {
            self.step(at);
        }
        self.now = self.now.max(to);
    }

    pub(super) fn wait(&mut self, duration: Duration) {
        self.wait_until(self.now.plus(duration));
    }

    /// Lets time pass until nothing more is to come.
    pub(super) fn settle(&mut self) {
        while let Some(at) = self.sim.next_event() {
            self.step(at);
        }
    }

    fn step(&mut self, at: Millis) -> Vec<Effect> {
        self.now = self.now.max(at);
        let effects = self.sim.advance(self.now);
        for effect in &effects {
            if let Effect::Deliver(delivery) = effect {
                self.hear(delivery);
            }
        }
        effects
    }

    /// Waits for the answer that is held under this ticket, or the last piece of it.
    fn wait_for(&mut self, wanted: Ticket) -> Option<ApiResponse> {
        while let Some(at) = self.sim.next_event() {
            for effect in self.step(at) {
                match effect {
                    Effect::Answer { ticket, response } if ticket == wanted => return Some(response),
                    Effect::Piece { ticket, is_last: true } if ticket == wanted => return None,
                    _ => {}
                }
            }
        }
        None
    }

    /// The merchant's listener.
    fn hear(&mut self, delivery: &Delivery) {
        self.deliveries += 1;
        let is_up = self.deliveries >= self.listens_from;
        let (status, answer) = if is_up { self.listen(delivery) } else { (503, "") };
        self.log.note(self.now, b'!', &[&delivery.body, &status.to_le_bytes()]);
        let outcome = DeliveryOutcome::Answered { status, body: answer.into() };
        let verdict = self.sim.delivered(delivery.attempt, outcome, self.now);
        self.tally.count_attempt(delivery.number, verdict == Some(Verdict::Acknowledged));
    }

    fn listen(&mut self, delivery: &Delivery) -> (u16, &'static str) {
        let body = &delivery.body;
        let merchant = self.merchant;
        let received = if delivery.content_type == Encoding::Json.content_type() {
            merchant.verifier.json(body)
        } else {
            merchant.verifier.form(body)
        };
        let message = match received {
            Ok(Received::Verified(message)) => message,
            Ok(Received::Ambiguous(_)) => {
                self.tally.messages += 1;
                self.tally.ambiguous += 1;
                // Answered, so that it is not sent again; whoever wants to know asks.
                return (200, "success");
            }
            Err(_) => {
                self.tally.refused += 1;
                return (400, "no");
            }
        };
        self.tally.messages += 1;
        let fields = message.fields();
        let Words { reference, amount, .. } = self.words;
        let is_ours = fields.get("reference") == Some(reference) && fields.get("amount") == Some(amount);
        self.news.extend(fields.get("status").filter(|_| is_ours).map(str::as_bytes).and_then(status_of));
        // The schedule signs once and sends many times.
        let hashes = if delivery.number == 1 { 2 } else { 1 };
        if self.tape.is_some() {
            let pairs: Vec<(String, String)> =
                fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            self.record(|| pockyt_sign::algorithm::canonical_text(&pairs), hashes);
        }
        (200, "success")
    }

    fn record(&mut self, text: impl Fn() -> String, times: usize) {
        if let Some(tape) = &mut self.tape {
            tape.extend((0..times).map(|_| text()));
        }
    }
}

/// The status that a word of Pockyt's says, in an answer or a notification.
pub(super) fn status_of(word: &[u8]) -> Option<Status> {
    match word {
        b"init" => Some(Status::Init),
        b"pending" => Some(Status::Pending),
        b"success" | b"reversed" => Some(Status::Success),
        b"failed" | b"fail" => Some(Status::Failed),
        b"closed" => Some(Status::Closed),
        _ => None,
    }
}

fn fate(reply: Reply) -> u8 {
    match reply {
        Reply::Lost => b'l',
        Reply::Reset => b'r',
        Reply::Send => b'<',
        Reply::SendAndClose => b'c',
        Reply::SendInPieces { .. } => b'p',
        Reply::Truncated => b't',
        Reply::TruncatedByReset => b'T',
        Reply::Flood { .. } => b'f',
    }
}
