//! Messages to record, signed with a key of the suite's own.

use pockyt_model::{NotificationKind, PaymentNotification, UtcMillis};
use pockyt_sign::{Received, SigningKey, Verified, Verifier, send};

use crate::{BodyFormat, Doubt, NewNotice, Route, Tenant};

/// The route of this tenant.
pub fn route(tenant: &str) -> Route {
    Route::new(Tenant::new(tenant).expect("the suite's tenants are well-formed"), NotificationKind::Payment)
}

/// A clean notification of payment number `payment`.
pub fn payment(route: &Route, payment: u32, amount: u32, status: &str, at: u64) -> NewNotice {
    let body = body(payment, amount, status);
    let message = verified(&body);
    let read = PaymentNotification::read(&message).expect("all required fields are there");
    let (key, fingerprint) = (read.dedupe_key(), read.fingerprint());
    NewNotice::clean(route.clone(), BodyFormat::Form, body.as_bytes(), UtcMillis::new(at), &key, &fingerprint)
}

/// A doubtful message, with the very fields of the clean one of the same payment.
pub fn doubtful(route: &Route, payment: u32, at: u64) -> NewNotice {
    let body = body(payment, 1, "success");
    let message = verified(&body);
    let doubt = Doubt::Unreadable { problem: "reference is missing".into() };
    let at = UtcMillis::new(at);
    NewNotice::doubtful(route.clone(), BodyFormat::Form, body.as_bytes(), at, message.fields(), doubt)
}

fn body(payment: u32, amount: u32, status: &str) -> String {
    let (amount, number) = (format!("{amount}.00"), format!("3000{payment:014}"));
    let reference = format!("order-{payment}");
    let fields = [
        ("amount", amount.as_str()),
        ("currency", "USD"),
        ("reference", &reference),
        ("status", status),
        ("transactionNo", &number),
    ];
    let signature = send::sign(&fields, &key()).expect("plain names, no empty values");
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}&")).collect();
    format!("{}verifySign={signature}", fields.concat())
}

fn verified(body: &str) -> Verified<'_> {
    match Verifier::new(key()).form(body.as_bytes()).expect("the suite signs rightly") {
        Received::Verified(message) => message,
        Received::Ambiguous(message) => unreachable!("{} has no odd values", message.field()),
    }
}

fn key() -> SigningKey {
    SigningKey::from_any_text("the conformance suite's own key")
}
