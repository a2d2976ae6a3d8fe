//! Messages to record, signed with a key of the suite's own.

use pockyt_model::{Notification, NotificationKind, UtcMillis};
use pockyt_sign::{Received, SigningKey, Verifier, algorithm};

use crate::{Arrival, BodyFormat, Doubt, NewNotice, Route, Tenant};

/// The label of the key that signed the suite's messages.
pub const KEY_LABEL: &str = "the suite's key of 2026";

/// The route of this tenant.
pub fn route(tenant: &str) -> Route {
    Route::new(Tenant::new(tenant).expect("the suite's tenants are well-formed"), NotificationKind::Payment)
}

/// A clean notification of payment number `payment`.
pub fn payment(route: &Route, payment: u32, amount: u32, status: &str, at: u64) -> NewNotice {
    clean(route, &fields(payment, amount, status), at)
}

/// The same in all that matters as the [`payment`] of this number and amount that succeeded, and with
/// another `time`.
pub fn variant(route: &Route, payment: u32, amount: u32, time: u32, at: u64) -> NewNotice {
    let mut fields = fields(payment, amount, "success");
    fields.push(("time", format!("2026{time:010}")));
    clean(route, &fields, at)
}

/// What the [`payment`] of this number, amount and status reads as.
pub fn clean_reading(route: &Route, payment: u32, amount: u32, status: &str) -> Notification {
    read(route, &form(&fields(payment, amount, status)))
}

fn clean(route: &Route, fields: &[(&str, String)], at: u64) -> NewNotice {
    let body = form(fields);
    NewNotice::clean(arrival(route, &body, at), &read(route, &body))
}

fn read(route: &Route, body: &str) -> Notification {
    let Received::Verified(message) = received(body) else { unreachable!("no odd values") };
    Notification::read(route.kind(), &message).expect("all required fields are there")
}

/// A doubtful message, with the very fields of the clean one of the same payment.
pub fn doubtful(route: &Route, payment: u32, at: u64) -> NewNotice {
    let body = form(&fields(payment, 1, "success"));
    let Received::Verified(message) = received(&body) else { unreachable!("no odd values") };
    let doubt = Doubt::Unreadable { problem: "reference is missing".into() };
    NewNotice::doubtful(arrival(route, &body, at), message.fields(), doubt)
}

/// Ambiguous messages, each another cut of the signed text of the [`doubtful`] one of the same payment.
pub fn recuts(route: &Route, payment: u32, at: u64) -> Vec<NewNotice> {
    let whole = fields(payment, 1, "success");
    let swallow = |swallowed: usize| {
        let mut cut = whole.clone();
        let (name, value) = cut.remove(swallowed);
        let (_, swallower) = cut.get_mut(swallowed - 1).expect("is not the first");
        swallower.push_str(&format!("%26{name}%3D{value}"));
        let body = form_signed_as(&whole, &cut);
        let Received::Ambiguous(message) = received(&body) else { unreachable!("holds another field") };
        let doubt = Doubt::Ambiguous { field: message.field().to_owned() };
        NewNotice::doubtful(arrival(route, &body, at), message.unconfirmed_fields(), doubt)
    };
    (1..whole.len()).map(swallow).collect()
}

fn arrival<'a>(route: &Route, body: &'a str, at: u64) -> Arrival<'a> {
    Arrival {
        route: route.clone(),
        format: BodyFormat::Form,
        body: body.as_bytes(),
        received_at: UtcMillis::new(at),
        key_label: KEY_LABEL,
    }
}

/// By name.
fn fields(payment: u32, amount: u32, status: &str) -> Vec<(&'static str, String)> {
    vec![
        ("amount", format!("{amount}.00")),
        ("currency", "USD".into()),
        ("reference", format!("order-{payment}")),
        ("status", status.into()),
        ("transactionNo", format!("3000{payment:014}")),
    ]
}

fn form(fields: &[(&str, String)]) -> String {
    form_signed_as(fields, fields)
}

/// A form with the signature of other fields; the values are escaped already.
fn form_signed_as(signed: &[(&str, String)], fields: &[(&str, String)]) -> String {
    let signature = algorithm::signature(signed, &key());
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}&")).collect();
    format!("{}verifySign={signature}", fields.concat())
}

fn received(body: &str) -> Received<'_> {
    Verifier::new(key()).form(body.as_bytes()).expect("the suite signs rightly")
}

fn key() -> SigningKey {
    SigningKey::from_any_text("the conformance suite's own key")
}
