//! From a request's bytes to an answer: body, signature, store, idempotency key, fields, operation.

use std::borrow::Cow;
use std::ops::Deref;

use pockyt_sign::{Fields, Received, Rejection, SigningKey, VERIFY_SIGN, Verifier, algorithm};

use super::Sim;
use super::faults::Struck;
use crate::answer::Style;
use crate::body::{Encoding, Reading, is_secret, whose};
use crate::catalogue::{self, Answer, Operation, operations};
use crate::check::{self, Given, Outline, Param, Params};
use crate::explain;
use crate::fault::{self, Subject};
use crate::journal::{Counted, JournalEvent, Parameters, RequestRecord, cut};
use crate::namespace::{Store, Stored};
use crate::number::Number;
use crate::order::Order;
use crate::refusal::{self, Refusal};
use crate::{ApiRequest, ApiResponse, FaultKind, Millis, NOTE_HEADER, Reply};

/// How many characters of a path and of a name or number the journal keeps.
const MAX_PATH: usize = 256;
const MAX_NAME: usize = 64;

/// A request whose signature, store and fields are right.
pub(super) struct Call<'a> {
    pub(super) operation: &'static Operation,
    pub(super) merchant_no: &'a str,
    pub(super) params: Params<'a>,
    pub(super) now: Millis,
    pub(super) path: &'a str,
}

/// A success, before it becomes an answer.
pub(super) struct Done {
    /// The number of what was made or found; empty when there is none.
    pub(super) transaction_no: Named,
    pub(super) body: Vec<u8>,
    /// What is to be said beside what the operation says in any case.
    pub(super) note: Option<String>,
    pub(super) reply: Reply,
}

impl Done {
    pub(super) fn new(transaction_no: impl Into<Named>, body: Vec<u8>) -> Self {
        Self { transaction_no: transaction_no.into(), body, note: None, reply: Reply::Send }
    }

    /// The headers that explain it.
    fn headers(&self, operation: &Operation) -> Vec<(&'static str, String)> {
        if operation.note.is_empty() && self.note.is_none() {
            return Vec::new();
        }
        let note = [operation.note, self.note.as_deref().unwrap_or_default()];
        let note: Vec<&str> = note.into_iter().filter(|part| !part.is_empty()).collect();
        if note.is_empty() { Vec::new() } else { vec![(NOTE_HEADER, refusal::shown(&note.join("; ")))] }
    }
}

/// A number of Pockyt's: mostly that of an order.
pub(super) enum Named {
    Order(Number),
    Other(String),
}

impl Deref for Named {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Order(number) => number,
            Self::Other(text) => text,
        }
    }
}

impl From<Number> for Named {
    fn from(number: Number) -> Self {
        Self::Order(number)
    }
}

impl From<&str> for Named {
    fn from(text: &str) -> Self {
        Self::Other(text.to_owned())
    }
}

impl From<String> for Named {
    fn from(text: String) -> Self {
        Self::Other(text)
    }
}

/// What a request is known again by.
struct Repeatable<'a> {
    /// Its `Pockyt-Request-ID`.
    key: &'a str,
    signature: String,
}

/// What the journal and the faults need to know of a request.
struct Trace<'a> {
    record: RequestRecord,
    /// The merchant number that was given, believed or not.
    merchant_no: Option<Cow<'a, str>>,
    /// The reference of the order it is about, once the signature is known to be right. Only looked for where
    /// a fault struck.
    reference: Option<String>,
    wants_reference: bool,
}

/// The merchant whose key made a signature right.
pub(super) struct Believed<'r> {
    merchant_no: String,
    received: Received<'r>,
}

impl Sim {
    /// Answers one API request. It never panics, whatever the bytes.
    ///
    /// Timers that are due by `now` are played first; deliveries wait for [`Sim::advance`].
    ///
    /// A fault that delays or slows the answer is passed over, since an answer that comes at once cannot show
    /// it; [`Sim::receive`] is for callers who can wait.
    pub fn handle(&mut self, request: &ApiRequest<'_>, now: Millis) -> ApiResponse {
        let now = self.tick(now);
        let struck = self.strike(request, now);
        self.carry_out(request, struck, now)
    }

    /// What becomes of a request that a fault may have struck.
    pub(super) fn carry_out(&mut self, request: &ApiRequest<'_>, struck: Struck, now: Millis) -> ApiResponse {
        let own_url = || format!("{}{}", self.config.public_url, request.path);
        if let Some(instead) = struck.kind.and_then(|kind| fault::instead_of_carrying_out(kind, own_url)) {
            return instead;
        }
        let mut trace = self.trace(request);
        trace.wants_reference = struck.kind.is_some();
        let outcome = if struck.kind == Some(FaultKind::RejectSignature) {
            Err(self.rejected(request, &mut trace))
        } else {
            self.answer(request, now, &mut trace)
        };
        if !struck.is_counted {
            self.count_call(trace.merchant_no.as_deref());
        }
        self.finish(outcome, &mut trace, struck.kind, now)
    }

    /// Answers a request whose body is above 1 MiB, which is refused unread.
    pub fn refuse_oversized(&mut self, request: &ApiRequest<'_>, now: Millis) -> ApiResponse {
        let now = self.tick(now);
        let mut trace = self.trace(request);
        self.finish(Err(Refusal::oversized()), &mut trace, None, now)
    }

    fn trace<'a>(&self, request: &ApiRequest<'a>) -> Trace<'a> {
        Trace::of(request, self.journal.keeps_entries())
    }

    fn finish(
        &mut self,
        outcome: Result<ApiResponse, Refusal>,
        trace: &mut Trace<'_>,
        struck: Option<FaultKind>,
        now: Millis,
    ) -> ApiResponse {
        let mut response = match outcome {
            Ok(response) => response,
            Err(refusal) => {
                let refusal = refusal.with_status(&self.config.profile);
                trace.record.ret_code = refusal.code.as_str();
                trace.record.refused_field = Some(refusal.field.clone().into_owned());
                trace.record.refused_rule = Some(refusal.shown_rule());
                refusal.response()
            }
        };
        if let Some(kind) = struck {
            let subject = Subject {
                transaction_no: trace.record.transaction_no.as_deref(),
                reference: trace.reference.as_deref(),
            };
            response = fault::alter(kind, response, subject);
        }
        trace.record.status = response.status;
        trace.record.lost = matches!(response.reply, Reply::Lost | Reply::Reset);
        let counted = Counted::request(trace.record.ret_code);
        let Trace { record, merchant_no, .. } = trace;
        // What is not kept is not moved either.
        let taken = || JournalEvent::Request(std::mem::replace(record, nothing_yet()));
        self.journal.write_with(now, merchant_no.as_deref(), counted, taken);
        response
    }

    fn answer<'a>(
        &mut self,
        request: &ApiRequest<'a>,
        now: Millis,
        trace: &mut Trace<'a>,
    ) -> Result<ApiResponse, Refusal> {
        let (operation, outline) = catalogue::place_at(request.path)
            .and_then(|place| Some((operations().get(place)?, check::outlines().get(place)?)))
            .ok_or_else(|| Refusal::path(&catalogue::near(request.path)))?;
        trace.record.operation = Some(operation.name);
        if request.method != "POST" {
            return Err(Refusal::method());
        }
        let encoding = Encoding::of(request.content_type, request.body)
            .ok_or_else(|| Refusal::body("it is application/json or application/x-www-form-urlencoded"))?;
        let known = self.known_store(encoding, request.body);
        // Left where it is made, and only looked at: it is too large to be handed on.
        let judged = match known {
            Some((.., store)) => judged(&store.verifier, encoding, request.body),
            None => Err(Rejection::SignatureMissing),
        };
        let believed;
        let mut given = Given::new();
        let recognised = match (&judged, known) {
            (Ok(received), Some((merchant_no, store_no, _))) => {
                given.extend(Param::all(fields_of(received)));
                let is_whose_it_seems = says(received, Params::of(&given), merchant_no, store_no);
                std::str::from_utf8(merchant_no).ok().filter(|_| is_whose_it_seems).map(|no| (no, received))
            }
            _ => None,
        };
        let (merchant_no, received) = if let Some(recognised) = recognised {
            recognised
        } else {
            let reading = Reading::of(encoding, request.body);
            trace.read(&reading, self.journal.keeps_entries());
            believed = self.verify(encoding, request.body, &reading)?;
            given.clear();
            given.extend(Param::all(fields_of(&believed.received)));
            (believed.merchant_no.as_str(), &believed.received)
        };
        if let Received::Ambiguous(message) = received {
            trace.record.ambiguous_field = Some(cut(message.field(), MAX_NAME));
        }
        if let Some((merchant_no, received)) = recognised {
            trace.recognised(merchant_no, fields_of(received), self.journal.keeps_entries());
        }
        let names_store = recognised.is_some();
        let call = Call { operation, merchant_no, params: Params::of(&given), now, path: request.path };
        if trace.wants_reference {
            trace.reference =
                self.references_in(call.merchant_no, |name| call.params.get(name)).into_iter().next();
        }
        if !names_store {
            self.check_store(&call)?;
        }
        let key = request.request_id.map(str::trim).filter(|key| !key.is_empty() && self.honours(operation));
        // Only who repeats a request is told by its signature.
        let repeatable = key.map(|key| Repeatable { key, signature: signature_in(encoding, request.body) });
        self.answer_to(&call, outline, repeatable, trace)
    }

    /// The answer to a request whose sender is known.
    fn answer_to(
        &mut self,
        call: &Call<'_>,
        outline: &Outline,
        repeatable: Option<Repeatable<'_>>,
        trace: &mut Trace<'_>,
    ) -> Result<ApiResponse, Refusal> {
        let stored = repeatable.as_ref().and_then(|given| Some((given, self.stored(call, given.key)?)));
        if let Some((Repeatable { signature, .. }, stored)) = stored {
            if self.config.profile.refuse_reused_request_id && stored.signature != *signature {
                return Err(Refusal::mismatch("Pockyt-Request-ID", "it was used with other fields"));
            }
            trace.record.replayed = true;
            trace.record.transaction_no = Some(stored.transaction_no.clone());
            return Ok(stored.response.clone());
        }
        check::fields((call.operation, outline), &self.config.profile, &call.params, call.now)?;
        let done = self.perform(call)?;
        let is_told = self.journal.keeps_entries() || trace.wants_reference;
        if is_told && !done.transaction_no.is_empty() {
            trace.record.transaction_no = Some(done.transaction_no.to_string());
        }
        if trace.wants_reference {
            let reference = self.order(&*done.transaction_no).and_then(Order::owned_reference);
            trace.reference = reference.or(trace.reference.take());
        }
        let headers = done.headers(call.operation);
        let response = ApiResponse { status: 200, headers, body: done.body, reply: done.reply };
        let namespace =
            repeatable.and_then(|given| Some((given, self.namespaces.get_mut(call.merchant_no)?)));
        if let Some((Repeatable { key, signature }, namespace)) = namespace {
            let stored = Stored {
                signature,
                transaction_no: done.transaction_no.to_string(),
                // What was lost once is given when its key comes again.
                response: ApiResponse { reply: Reply::Send, ..response.clone() },
                at: call.now,
            };
            namespace.stored.insert((call.operation.name, key.to_owned()), stored);
        }
        Ok(response)
    }

    /// The answer to a wrong signature, although nothing is wrong.
    fn rejected(&self, request: &ApiRequest<'_>, trace: &mut Trace<'_>) -> Refusal {
        trace.record.operation = catalogue::at_path(request.path).map(|operation| operation.name);
        let reading = Encoding::of(request.content_type, request.body)
            .map(|encoding| Reading::of(encoding, request.body))
            .unwrap_or_default();
        trace.read(&reading, self.journal.keeps_entries());
        let rule = "the signature may be right: a fault rejects it";
        Refusal::signature(&self.config.profile, rule, canonical_text(&reading))
    }

    /// The merchant, the store and its keys of an ordinary request, which says plainly whose it is. `None` says
    /// nothing: [`Sim::verify`] finds out.
    fn known_store<'a>(&self, encoding: Encoding, body: &'a [u8]) -> Option<(&'a [u8], &'a [u8], &Store)> {
        let (merchant_no, store_no) = whose(encoding, body).filter(|(no, _)| no.len() <= MAX_NAME)?;
        let store = self.namespaces.get(merchant_no)?.stores.get(store_no?)?;
        Some((merchant_no, store_no?, store))
    }

    /// Judges the signature and says whose it is.
    pub(super) fn verify<'a>(
        &self,
        encoding: Encoding,
        body: &'a [u8],
        reading: &Reading<'_>,
    ) -> Result<Believed<'a>, Refusal> {
        let merchant_no = reading.get("merchantNo").unwrap_or_default();
        let store = self.namespaces.get(merchant_no).and_then(|n| n.store(reading.get("storeNo")));
        // Without a key the form of the message can still be judged.
        let verifier = store.map_or_else(
            || Cow::Owned(Verifier::new(SigningKey::from_any_text(""))),
            |store| Cow::Borrowed(&store.verifier),
        );
        let verdict = judged(&verifier, encoding, body);
        let key = store.map(|store| &store.key);
        let profile = &self.config.profile;
        match (verdict, key) {
            (
                Err(rejection @ (Rejection::InvalidEscape | Rejection::InvalidJson | Rejection::InvalidUtf8)),
                _,
            ) => Err(Refusal::body(rejection.to_string())),
            (Err(Rejection::SignatureMismatch) | Ok(_), None) if merchant_no.is_empty() => {
                Err(Refusal::missing("merchantNo", "this field is required"))
            }
            (Err(Rejection::SignatureMismatch) | Ok(_), None) => {
                Err(Refusal::unknown("merchantNo", "no such merchant is configured"))
            }
            (Err(Rejection::SignatureMismatch | Rejection::SignatureMalformed), Some(key)) => {
                let others = self.namespaces.values().flat_map(|namespace| namespace.stores.values());
                let others = others.map(|store| &store.key);
                let rule = explain::mismatch(body.len(), reading, key, others);
                Err(Refusal::signature(profile, rule, canonical_text(reading)))
            }
            (Err(rejection), _) => {
                Err(Refusal::signature(profile, rejection.to_string(), canonical_text(reading)))
            }
            (Ok(received), Some(_)) => Ok(Believed { merchant_no: merchant_no.to_owned(), received }),
        }
    }

    fn check_store(&self, call: &Call<'_>) -> Result<(), Refusal> {
        let store_no = call
            .params
            .get("storeNo")
            .ok_or_else(|| Refusal::missing("storeNo", "this field is required"))?;
        let known = self.namespaces.get(call.merchant_no).is_some_and(|n| n.stores.contains(store_no));
        if known { Ok(()) } else { Err(Refusal::mismatch("storeNo", "it is not a store of this merchant")) }
    }

    fn honours(&self, operation: &Operation) -> bool {
        operation.changes && (self.config.profile.honour_request_id || operation.name == "payouts-pay")
    }

    fn stored(&self, call: &Call<'_>, key: &str) -> Option<&Stored> {
        let stored =
            self.namespaces.get(call.merchant_no)?.stored.get(&(call.operation.name, key.to_owned()));
        let minutes = self.config.profile.request_id_minutes.map(u64::from);
        stored.filter(|stored| {
            minutes.is_none_or(|most| call.now.0.saturating_sub(stored.at.0) <= most * 60_000)
        })
    }

    /// The ordinary answer of the operation about an order.
    pub(super) fn done(&self, call: &Call<'_>, order: &Order) -> Result<Done, Refusal> {
        let is_v2 = |answer: &&Answer| answer.when.contains("/v2/") && call.path.contains("/v2/");
        let of_v2 = call.operation.answers.iter().find(is_v2);
        let answer = of_v2.or(call.operation.answers.first()).ok_or_else(Refusal::unserved)?;
        Ok(self.done_as(answer, order))
    }

    pub(super) fn done_as(&self, answer: &Answer, order: &Order) -> Done {
        let body = self.style().success(answer, |field| self.value(order, field));
        Done::new(order.number, body)
    }

    pub(super) fn style(&self) -> Style {
        Style { amounts_are_numbers: self.config.profile.amounts_as_numbers }
    }
}

impl<'a> Trace<'a> {
    /// What nobody keeps need not be written down.
    fn of(request: &ApiRequest<'_>, is_kept: bool) -> Self {
        let path = if is_kept { cut(request.path, MAX_PATH) } else { String::new() };
        let record = RequestRecord { path, ..nothing_yet() };
        Self { record, merchant_no: None, reference: None, wants_reference: false }
    }

    /// Notes what was sent by a merchant whose signature is right.
    fn recognised(&mut self, merchant_no: &'a str, fields: &Fields<'_>, keeps_parameters: bool) {
        self.merchant_no = Some(Cow::Borrowed(merchant_no));
        if keeps_parameters {
            let masked = |(name, value)| (name, if is_secret(name) { "***" } else { value });
            let (kept, omitted) = Parameters::of(fields.iter().map(masked));
            self.record.parameters = kept;
            self.record.omitted_parameters = omitted;
        }
    }

    /// Notes what was sent, within bounds.
    fn read(&mut self, reading: &Reading<'_>, keeps_parameters: bool) {
        self.merchant_no = reading.get("merchantNo").map(|given| cut(given, MAX_NAME).into());
        if !keeps_parameters {
            return;
        }
        let (kept, omitted) = Parameters::of(reading.masked());
        self.record.parameters = kept;
        self.record.omitted_parameters = omitted;
    }
}

fn nothing_yet() -> RequestRecord {
    RequestRecord {
        operation: None,
        path: String::new(),
        parameters: Parameters::default(),
        omitted_parameters: 0,
        ambiguous_field: None,
        status: 200,
        ret_code: "000100",
        transaction_no: None,
        refused_field: None,
        refused_rule: None,
        replayed: false,
        lost: false,
    }
}

fn fields_of<'r, 'a>(received: &'r Received<'a>) -> &'r Fields<'a> {
    match received {
        Received::Verified(message) => message.fields(),
        Received::Ambiguous(message) => message.unconfirmed_fields(),
    }
}

/// Whether a message is of this merchant and this store, and no field of it was left out.
fn says(received: &Received<'_>, params: Params<'_>, merchant_no: &[u8], store_no: &[u8]) -> bool {
    let is_whole = match received {
        Received::Verified(message) => !message.dropped_empties(),
        Received::Ambiguous(message) => !message.dropped_empties(),
    };
    let is = |name, number: &[u8]| params.given(name).is_some_and(|given| given.as_bytes() == number);
    is_whole && is("merchantNo", merchant_no) && is("storeNo", store_no)
}

fn judged<'a>(verifier: &Verifier, encoding: Encoding, body: &'a [u8]) -> Result<Received<'a>, Rejection> {
    match encoding {
        Encoding::Form => verifier.form(body),
        Encoding::Json => verifier.json(body),
    }
}

fn signature_in(encoding: Encoding, body: &[u8]) -> String {
    Reading::of(encoding, body).get(VERIFY_SIGN).unwrap_or_default().to_owned()
}

fn canonical_text(reading: &Reading<'_>) -> String {
    algorithm::canonical_text(&reading.masked().collect::<Vec<_>>())
}
