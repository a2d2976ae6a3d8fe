//! From a request's bytes to an answer: body, signature, store, idempotency key, fields, operation.

use pockyt_sign::{Received, Rejection, SigningKey, VERIFY_SIGN, Verifier, algorithm};

use super::Sim;
use crate::answer;
use crate::body::{Encoding, Reading};
use crate::catalogue::{self, Answer, Operation};
use crate::check::{self, Params};
use crate::explain;
use crate::journal::{JournalEvent, Parameters, RequestRecord, cut};
use crate::namespace::Stored;
use crate::order::Order;
use crate::refusal::Refusal;
use crate::{ApiRequest, ApiResponse, FaultKind, Millis, Reply};

/// How many characters of a path, a reference and a name or number the journal keeps.
const MAX_PATH: usize = 256;
const MAX_REFERENCE: usize = 128;
const MAX_NAME: usize = 64;

/// A request whose signature, store and fields are right.
pub(super) struct Call<'a> {
    pub(super) operation: &'static Operation,
    pub(super) merchant_no: String,
    pub(super) params: Params<'a>,
    pub(super) now: Millis,
}

/// A success, before it becomes an answer.
pub(super) struct Done {
    pub(super) transaction_no: String,
    pub(super) body: Vec<u8>,
}

/// What the journal and the faults need to know of a request.
struct Trace {
    record: RequestRecord,
    /// The merchant number that was given, believed or not.
    merchant_no: Option<String>,
    /// The reference of the order it is about, once the signature is known to be right.
    reference: Option<String>,
}

impl Sim {
    /// Answers one API request. It never panics, whatever the bytes.
    ///
    /// Timers that are due by `now` are played first; deliveries wait for [`Sim::advance`].
    pub fn handle(&mut self, request: &ApiRequest<'_>, now: Millis) -> ApiResponse {
        let now = self.tick(now);
        let mut trace = Trace::of(request);
        let outcome = self.answer(request, now, &mut trace);
        self.finish(outcome, trace, now)
    }

    /// Answers a request whose body is above 1 MiB, which is refused unread.
    pub fn refuse_oversized(&mut self, request: &ApiRequest<'_>, now: Millis) -> ApiResponse {
        let now = self.tick(now);
        self.finish(Err(Refusal::oversized()), Trace::of(request), now)
    }

    fn finish(
        &mut self,
        outcome: Result<ApiResponse, Refusal>,
        mut trace: Trace,
        now: Millis,
    ) -> ApiResponse {
        let mut response = match outcome {
            Ok(response) => response,
            Err(refusal) => {
                trace.record.ret_code = refusal.code.as_str();
                trace.record.refused_field = Some(refusal.field.clone().into_owned());
                trace.record.refused_rule = Some(refusal.shown_rule());
                refusal.response()
            }
        };
        if let Some(FaultKind::LoseReply) = self.use_fault(&trace, now) {
            response.reply = Reply::Lost;
        }
        trace.record.status = response.status;
        trace.record.lost = response.reply == Reply::Lost;
        self.journal.write(now, trace.merchant_no.as_deref(), JournalEvent::Request(trace.record));
        response
    }

    fn answer(
        &mut self,
        request: &ApiRequest<'_>,
        now: Millis,
        trace: &mut Trace,
    ) -> Result<ApiResponse, Refusal> {
        let operation = catalogue::at_path(request.path).ok_or_else(Refusal::path)?;
        trace.record.operation = Some(operation.name);
        if request.method != "POST" {
            return Err(Refusal::method());
        }
        let encoding = Encoding::of(request.content_type, request.body)
            .ok_or_else(|| Refusal::body("it is application/json or application/x-www-form-urlencoded"))?;
        let reading = Reading::of(encoding, request.body);
        trace.read(&reading);
        let (merchant_no, received) = self.verify(encoding, request.body, &reading)?;
        let fields = match &received {
            Received::Verified(message) => message.fields(),
            Received::Ambiguous(message) => {
                trace.record.ambiguous_field = Some(cut(message.field(), MAX_NAME));
                message.unconfirmed_fields()
            }
        };
        let call = Call { operation, merchant_no, params: Params(fields), now };
        trace.reference = self.reference_of(&call);
        self.check_store(&call)?;
        let key = request.request_id.map(str::trim).filter(|key| !key.is_empty() && self.honours(operation));
        let signature = reading.get(VERIFY_SIGN).unwrap_or_default();
        if let Some(stored) = key.and_then(|key| self.stored(&call, key)) {
            if self.config.profile.refuse_reused_request_id && stored.signature != signature {
                return Err(Refusal::mismatch("Pockyt-Request-ID", "it was used with other fields"));
            }
            trace.record.replayed = true;
            trace.record.transaction_no = Some(stored.transaction_no.clone());
            return Ok(stored.response.clone());
        }
        check::fields(operation, &self.config.profile, &call.params)?;
        let done = self.perform(&call)?;
        trace.record.transaction_no = Some(done.transaction_no.clone());
        trace.reference = self.order(&done.transaction_no).and_then(|order| order.reference.clone());
        let response = ApiResponse { status: 200, headers: Vec::new(), body: done.body, reply: Reply::Send };
        if let (Some(key), Some(namespace)) = (key, self.namespaces.get_mut(&call.merchant_no)) {
            let stored = Stored {
                signature: signature.to_owned(),
                transaction_no: done.transaction_no,
                response: response.clone(),
            };
            namespace.stored.insert((operation.name, key.to_owned()), stored);
        }
        Ok(response)
    }

    fn perform(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        match call.operation.name {
            "add" => self.add(call),
            "prepay" => self.prepay(call),
            "create-trans-qrcode" => self.create_trans_qrcode(call),
            "secure-pay" => self.secure_pay(call),
            "tran-query" => self.tran_query(call),
            "refund" => self.refund(call),
            "cancel" => self.cancel(call),
            _ => Err(Refusal::path()),
        }
    }

    /// Judges the signature and says whose it is.
    fn verify<'a>(
        &self,
        encoding: Encoding,
        body: &'a [u8],
        reading: &Reading,
    ) -> Result<(String, Received<'a>), Refusal> {
        let merchant_no = reading.get("merchantNo").unwrap_or_default();
        let key = self.namespaces.get(merchant_no).and_then(|n| n.key(reading.get("storeNo")));
        // Without a key the form of the message can still be judged.
        let verifier = Verifier::new(key.cloned().unwrap_or_else(|| SigningKey::from_any_text("")));
        let verdict = match encoding {
            Encoding::Form => verifier.form(body),
            Encoding::Json => verifier.json(body),
        };
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
                let rule = explain::mismatch(body.len(), reading, key, others);
                Err(Refusal::signature(profile, rule, canonical_text(reading)))
            }
            (Err(rejection), _) => {
                Err(Refusal::signature(profile, rejection.to_string(), canonical_text(reading)))
            }
            (Ok(received), Some(_)) => Ok((merchant_no.to_owned(), received)),
        }
    }

    fn check_store(&self, call: &Call<'_>) -> Result<(), Refusal> {
        let store_no = call
            .params
            .get("storeNo")
            .ok_or_else(|| Refusal::missing("storeNo", "this field is required"))?;
        let known = self.namespaces.get(&call.merchant_no).is_some_and(|n| n.stores.contains_key(store_no));
        if known { Ok(()) } else { Err(Refusal::mismatch("storeNo", "it is not a store of this merchant")) }
    }

    fn honours(&self, operation: &Operation) -> bool {
        operation.changes && self.config.profile.honour_request_id
    }

    fn stored(&self, call: &Call<'_>, key: &str) -> Option<&Stored> {
        self.namespaces.get(&call.merchant_no)?.stored.get(&(call.operation.name, key.to_owned()))
    }

    fn reference_of(&self, call: &Call<'_>) -> Option<String> {
        let by_number = || {
            let namespace = self.namespaces.get(&call.merchant_no)?;
            namespace.orders.get(call.params.get("transactionNo")?)?.reference.clone()
        };
        call.params.owned("reference").or_else(by_number)
    }

    fn use_fault(&mut self, trace: &Trace, now: Millis) -> Option<FaultKind> {
        let (operation, reference) = (trace.record.operation?, trace.reference.as_deref()?);
        let merchant_no = trace.merchant_no.as_deref()?;
        let position = self.faults.iter().position(|fault| fault.hits(merchant_no, reference, operation))?;
        let fault = self.faults.get_mut(position)?;
        let kind = fault.kind;
        fault.times -= 1;
        let reference = cut(&fault.reference, MAX_REFERENCE);
        self.faults.retain(|fault| fault.times > 0);
        let event = JournalEvent::FaultUsed { reference, operation, kind };
        self.journal.write(now, Some(merchant_no), event);
        Some(kind)
    }

    /// The ordinary answer of the operation about an order.
    pub(super) fn done(&self, call: &Call<'_>, order: &Order) -> Result<Done, Refusal> {
        let answer = call.operation.answers.first().ok_or_else(Refusal::path)?;
        Ok(self.done_as(answer, order))
    }

    pub(super) fn done_as(&self, answer: &Answer, order: &Order) -> Done {
        let body = answer::success(answer, |name| self.value(order, name));
        Done { transaction_no: order.transaction_no.clone(), body }
    }
}

impl Trace {
    fn of(request: &ApiRequest<'_>) -> Self {
        let record = RequestRecord {
            operation: None,
            path: cut(request.path, MAX_PATH),
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
        };
        Self { record, merchant_no: None, reference: None }
    }

    /// Notes what was sent, within bounds.
    fn read(&mut self, reading: &Reading) {
        self.merchant_no = reading.get("merchantNo").map(|given| cut(given, MAX_NAME));
        let (kept, omitted) = Parameters::of(reading.masked());
        self.record.parameters = kept;
        self.record.omitted_parameters = omitted;
    }
}

fn canonical_text(reading: &Reading) -> String {
    algorithm::canonical_text(&reading.masked().collect::<Vec<_>>())
}
