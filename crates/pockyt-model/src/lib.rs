//! The wire of the Pockyt API as types: what is sent, what is answered, what is notified.
//!
//! Pure data: no socket, no task, and the only clock is a trait the caller implements.
//!
//! * **Requests** cannot be built wrong: required fields are arguments of the constructor, of two
//!   alternatives exactly one is given, and every text is checked when it is made. One function,
//!   [`SignedRequest::new`], turns a request into the pairs that are signed *and* sent. What stays open, since the
//!   sources part over it, is listed in the README.
//! * **Answers** never fail because something in them is new: a body is kept as it came, an ordered
//!   list of names and raw values, and the typed accessors are views on it. Unknown fields stay, unknown
//!   statuses are [`TransactionStatus::Other`], and amounts keep their literal text whether they came
//!   as strings or as numbers.
//! * **Notifications** are read from verified messages only, and only required fields of a strict form
//!   say anything about money.
//!
//! ```
//! use pockyt_model::{Amount, Answer, Currency, Operation, Price, Reference, SignedRequest};
//! use pockyt_model::{Merchant, TransactionStatus, operation::TranQuery};
//! use pockyt_sign::{ApiToken, SigningKey};
//!
//! let merchant = Merchant::new("200043", "300014")?;
//! let key = SigningKey::new(&ApiToken::new("5cbfb079f15b150122261c8537086d77a")?);
//! let query = TranQuery::by_reference(Reference::new("test202001011305")?);
//! let request = SignedRequest::new(&query, &merchant, &[], &key)?;
//! assert_eq!(request.path(), "/app-data-search/v3/tran-query");
//!
//! let body = br#"{"result":{"status":"success","amount":"10.00","currency":"CNY"},"ret_code":"000100"}"#;
//! let Answer::Accepted(order) = TranQuery::read_answer(body)? else { panic!("refused") };
//! assert_eq!(order.status()?, TransactionStatus::Success);
//! assert_eq!(order.amount()?, Amount::parse("10")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// The crate's own README is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod amount;
mod answer;
mod calendar;
mod card;
mod client_ip;
mod confirm;
mod currency;
mod dates;
mod error;
mod facts;
mod ids;
mod json;
mod notification;
mod object;
pub mod operation;
mod params;
mod payout_status;
mod person;
mod price;
mod ret_code;
mod signed;
mod standing;
mod status;
mod text;
mod time;
mod timeout;
mod urls;
mod vendor;
mod wire_enum;

pub use amount::{Amount, AmountError};
pub use answer::{Answer, Refusal};
pub use card::{Card, CardExpiry, CardNumber, Cvv};
pub use client_ip::ClientIp;
pub use confirm::{Confirm, Confirmation, Confirming, PaymentDetails, PayoutDetails, Question, Unconfirmed};
pub use currency::Currency;
pub use dates::{DateOfBirth, ReportDay, ReportRange, Timestamp};
pub use error::{DecodeError, FieldError, InvalidField, Problem};
pub use facts::{
    ASK_AGAIN_AFTER, Conflict, Counter, Facts, OrderAnswer, Payment, PaymentView, PayoutConflict,
    PayoutFacts, PayoutView, RefundState, Unpaid, Unreadable,
};
pub use ids::{
    AccountKey, AccountTag, AccountToken, AuthDetailKey, AuthDetailNo, AuthInfoKey, AuthInfoNo, AutoDebitNo,
    AutoReference, CustomerCode, CustomerKey, CustomerNo, InvoiceId, Merchant, MixedKey, OrderKey,
    OutAuthDetailNo, OutAuthInfoNo, PaymentBarcode, PayorNo, RecordNo, Reference, ScheduleNo, StoreAdminNo,
    TransactionNo, VaultId,
};
pub use notification::{
    DedupeKey, Fingerprint, MandateNotification, Notification, NotificationIdentity, NotificationKind,
    PayeeAccountNotification, PaymentNotification, PayoutNotification, RefundNotification,
    UnknownNotification,
};
pub use object::Object;
pub use operation::{
    Confidence, Effect, Envelope, FieldGroup, FieldSpec, Operation, OperationSpec, Settlement, operations,
};
pub use params::Params;
pub use payout_status::PayoutStatus;
pub use person::{
    Address, Country, CountryCode, GovernmentId, GovernmentIdNumber, GovernmentIdType, PayeeProfile, Person,
    ProfileType,
};
pub use price::{Price, PriceWarning};
pub use ret_code::{Reason, RetCode, RetCodeClass};
pub use signed::{RequestError, SignedRequest, check_extra};
pub use standing::Standing;
pub use status::TransactionStatus;
pub use text::{FreeText, PersonalText};
pub use time::{Clock, PockytTime, SystemClock, UtcMillis};
pub use timeout::OrderTimeout;
pub use urls::{BrowserReturn, CallbackUrl, IpnUrl, Macro};
pub use vendor::Vendor;
