//! Faults at work: what strikes a request when it arrives, what waits, which connections fail.

mod notices;
mod setting;

use std::collections::BTreeMap;

use super::Sim;
use crate::agenda::Timer;
use crate::body::{Encoding, Reading};
use crate::catalogue;
use crate::fault::Arrival;
use crate::journal::{JournalEvent, cut};
use crate::{
    ApiRequest, ApiResponse, ConnectionFault, Effect, FaultKind, Millis, NotificationId, Reply, Ticket,
};

/// How many characters of a reference and of a number the journal keeps.
const MAX_REFERENCE: usize = 128;
const MAX_NUMBER: usize = 64;

/// What becomes of a request that has arrived.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reception {
    /// It is answered at once.
    Answered(ApiResponse),
    /// It is answered when [`Effect::Answer`] comes with this ticket.
    Held(Ticket),
    /// It is answered at once, and each piece of the body is sent when [`Effect::Piece`] comes with this
    /// ticket. The reply is [`Reply::SendInPieces`].
    InPieces(Ticket, ApiResponse),
}

/// What becomes of a new connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Connection {
    /// Requests are read from it.
    Served,
    /// It is refused, where the port can still do so.
    Refused,
    /// It is reset (RST) before a byte is read.
    Reset,
    /// It is closed in order (FIN) before a byte is read.
    Closed,
    /// It stays open; nothing is read and nothing written.
    Silent,
}

/// What becomes of a request whose head was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadCut {
    /// The connection is reset at once.
    BeforeBody,
    /// A part of the body is read, and then the connection is reset.
    DuringBody,
}

/// A request, and what a fault makes of it.
#[derive(Clone, Copy)]
pub(super) struct Struck {
    pub(super) kind: Option<FaultKind>,
    /// Whether it has been counted among its merchant's.
    pub(super) is_counted: bool,
}

/// What waits for its time.
#[derive(Default)]
pub(super) struct Waiting {
    held: BTreeMap<Ticket, Held>,
    tickets_given: u64,
    /// What the caller is to do when it next lets time pass.
    ready: Vec<Effect>,
    refuses_connections: bool,
    postponed: Vec<notices::Postponed>,
}

struct Held {
    merchant_no: Option<String>,
    what: What,
}

enum What {
    Request(OwnedRequest),
    Answer(ApiResponse),
    /// So many pieces are still to be sent.
    Pieces(u16),
}

struct OwnedRequest {
    method: String,
    path: String,
    content_type: Option<String>,
    request_id: Option<String>,
    body: Vec<u8>,
}

impl Waiting {
    pub(super) fn ready_since(&self, now: Millis) -> Option<Millis> {
        self.ready.first().map(|_| now)
    }

    pub(super) fn drain_into(&mut self, effects: &mut Vec<Effect>) {
        effects.append(&mut self.ready);
    }

    fn hold(&mut self, merchant_no: Option<String>, what: What) -> Ticket {
        self.tickets_given += 1;
        let ticket = Ticket(self.tickets_given);
        self.held.insert(ticket, Held { merchant_no, what });
        ticket
    }
}

impl Sim {
    /// Takes a request that may have to wait for its answer; otherwise as [`Sim::handle`].
    ///
    /// A request that a fault delays is carried out when its time comes, whether or not anybody still waits.
    pub fn receive(&mut self, request: &ApiRequest<'_>, now: Millis) -> Reception {
        let now = self.tick(now);
        let struck = self.strike(request, now);
        let undisturbed = Struck { kind: None, ..struck };
        match struck.kind {
            Some(FaultKind::DelayHandling { ms }) => {
                let held = OwnedRequest::of(request);
                let merchant_no = self.merchant_of(request);
                let ticket = self.waiting.hold(merchant_no, What::Request(held));
                self.plan_release(ticket, now, ms);
                Reception::Held(ticket)
            }
            Some(FaultKind::DelayAnswer { ms }) => {
                let merchant_no = self.merchant_of(request);
                let response = self.carry_out(request, undisturbed, now);
                let ticket = self.waiting.hold(merchant_no, What::Answer(response));
                self.plan_release(ticket, now, ms);
                Reception::Held(ticket)
            }
            Some(FaultKind::SlowBody { pieces, every_ms }) => {
                let merchant_no = self.merchant_of(request);
                let mut response = self.carry_out(request, undisturbed, now);
                response.reply = Reply::SendInPieces { pieces };
                let ticket = self.waiting.hold(merchant_no, What::Pieces(pieces));
                for piece in 1..=u64::from(pieces) {
                    self.plan_release(ticket, now, every_ms.saturating_mul(piece));
                }
                Reception::InPieces(ticket, response)
            }
            _ => Reception::Answered(self.carry_out(request, struck, now)),
        }
    }

    /// Takes a new connection.
    pub fn connect(&mut self, now: Millis) -> Connection {
        let now = self.tick(now);
        if self.waiting.refuses_connections {
            return Connection::Refused;
        }
        let Some(fault) = self.faults.of_connection() else { return Connection::Served };
        self.note_fault(now, None, None, FaultKind::Connection(fault));
        match fault {
            ConnectionFault::Refuse { .. } => Connection::Refused,
            ConnectionFault::Reset => Connection::Reset,
            ConnectionFault::Close => Connection::Closed,
            ConnectionFault::Silence => Connection::Silent,
        }
    }

    /// Whether no fault is set, none strikes by itself, and connections are accepted.
    pub fn is_undisturbed(&self) -> bool {
        self.faults.is_empty() && !self.waiting.refuses_connections
    }

    /// Whether the port is to refuse connections now.
    pub fn refuses_connections(&self) -> bool {
        self.waiting.refuses_connections
    }

    /// Looks at a request of which only the path is known; `Some` when a fault cuts it off there.
    pub fn cut_at_head(&mut self, path: &str, now: Millis) -> Option<HeadCut> {
        if self.faults.is_empty() {
            return None;
        }
        let now = self.tick(now);
        let operation = catalogue::at_path(path).map(|operation| operation.name);
        let fault = self.faults.of_head(path, operation)?;
        self.note_fault(now, None, operation, fault.kind);
        match fault.kind {
            FaultKind::ResetDuringRead => Some(HeadCut::DuringBody),
            _ => Some(HeadCut::BeforeBody),
        }
    }

    /// Finds out which fault strikes a request, and counts the request.
    ///
    /// When no fault is set the counting is left to the reading that comes anyway.
    pub(super) fn strike(&mut self, request: &ApiRequest<'_>, now: Millis) -> Struck {
        if self.faults.is_empty() {
            return Struck { kind: None, is_counted: false };
        }
        Struck { kind: self.striking(request, now), is_counted: true }
    }

    /// Counts a request to an operation among those of its merchant and says its number.
    pub(super) fn count_call(&mut self, merchant_no: Option<&str>) -> Option<u64> {
        let namespace = self.namespaces.get_mut(merchant_no?)?;
        namespace.calls += 1;
        Some(namespace.calls)
    }

    /// The configured merchant whose number a request gives.
    fn merchant_of(&self, request: &ApiRequest<'_>) -> Option<String> {
        let given = reading_of(request).get("merchantNo").map(str::to_owned);
        given.filter(|given| self.namespaces.contains(given))
    }

    fn striking(&mut self, request: &ApiRequest<'_>, now: Millis) -> Option<FaultKind> {
        let operation = catalogue::at_path(request.path).map(|operation| operation.name);
        let encoding = Encoding::of(request.content_type, request.body);
        let reading = reading_of(request);
        let merchant_no = reading.get("merchantNo");
        let is_a_call = operation.is_some() && request.method == "POST";
        let number = self.count_call(merchant_no.filter(|_| is_a_call));
        let is_believed = encoding.is_some_and(|encoding| {
            self.faults.name_references() && self.verify(encoding, request.body, &reading).is_ok()
        });
        let about = match merchant_no {
            Some(merchant_no) if is_believed => self.references_in(merchant_no, |name| reading.get(name)),
            _ => Vec::new(),
        };
        let arrival = Arrival { path: request.path, operation, merchant_no, number };
        let set = self.faults.of_call(&arrival, |wanted| about.iter().any(|about| about == wanted));
        let drawn = || self.faults.drawn_for_call(merchant_no?, number?);
        let kind = set.as_ref().map(|fault| fault.kind).or_else(drawn)?;
        let reference = set.and_then(|fault| fault.reference);
        let event = JournalEvent::FaultUsed {
            reference: reference.map(|reference| cut(&reference, MAX_REFERENCE)),
            operation,
            kind,
            request: number,
            notification: None,
        };
        let merchant_no = merchant_no.map(|given| cut(given, MAX_NUMBER));
        self.journal.write(now, merchant_no.as_deref(), event);
        Some(kind)
    }

    pub(super) fn note_fault(
        &mut self,
        now: Millis,
        about: Option<(&str, Option<&str>, NotificationId)>,
        operation: Option<&'static str>,
        kind: FaultKind,
    ) {
        let reference = about.and_then(|(_, reference, _)| reference);
        let event = JournalEvent::FaultUsed {
            reference: reference.map(|reference| cut(reference, MAX_REFERENCE)),
            operation,
            kind,
            request: None,
            notification: about.map(|(_, _, notification)| notification),
        };
        self.journal.write(now, about.map(|(merchant_no, _, _)| merchant_no), event);
    }

    fn plan_release(&mut self, ticket: Ticket, now: Millis, ms: u64) {
        let at = Millis(now.0.saturating_add(ms));
        self.agenda.add_timer(at, Timer::Release { ticket });
    }

    pub(super) fn release(&mut self, ticket: Ticket, at: Millis) {
        let Some(Held { merchant_no, what }) = self.waiting.held.remove(&ticket) else { return };
        let effect = match what {
            What::Request(request) => {
                let undisturbed = Struck { kind: None, is_counted: true };
                Effect::Answer { ticket, response: self.carry_out(&request.as_request(), undisturbed, at) }
            }
            What::Answer(response) => Effect::Answer { ticket, response },
            What::Pieces(left) => {
                if left > 1 {
                    let what = What::Pieces(left - 1);
                    self.waiting.held.insert(ticket, Held { merchant_no, what });
                }
                Effect::Piece { ticket, is_last: left <= 1 }
            }
        };
        self.waiting.ready.push(effect);
    }

    pub(super) fn accept_connections(&mut self) {
        self.waiting.refuses_connections = false;
    }

    /// Breaks the connections of a merchant's requests that still wait, and numbers its deliveries anew.
    pub(super) fn forget_calls_of(&mut self, merchant_no: &str) {
        self.faults.number_again(merchant_no);
        self.waiting.postponed.retain(|waiting| waiting.merchant_no != merchant_no);
        let is_its_own = |held: &Held| held.merchant_no.as_deref() == Some(merchant_no);
        let dropped: Vec<Ticket> = self
            .waiting
            .held
            .iter()
            .filter(|(_, held)| is_its_own(held))
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in dropped {
            self.waiting.held.remove(&ticket);
            let lost = ApiResponse { status: 502, headers: Vec::new(), body: Vec::new(), reply: Reply::Lost };
            self.waiting.ready.push(Effect::Answer { ticket, response: lost });
        }
    }
}

fn reading_of<'a>(request: &ApiRequest<'a>) -> Reading<'a> {
    Encoding::of(request.content_type, request.body)
        .map(|encoding| Reading::of(encoding, request.body))
        .unwrap_or_default()
}

impl OwnedRequest {
    fn of(request: &ApiRequest<'_>) -> Self {
        Self {
            method: request.method.to_owned(),
            path: request.path.to_owned(),
            content_type: request.content_type.map(str::to_owned),
            request_id: request.request_id.map(str::to_owned),
            body: request.body.to_owned(),
        }
    }

    fn as_request(&self) -> ApiRequest<'_> {
        ApiRequest {
            method: &self.method,
            path: &self.path,
            content_type: self.content_type.as_deref(),
            request_id: self.request_id.as_deref(),
            body: &self.body,
        }
    }
}
