#![doc = include_str!("../README.md")]

mod agenda;
mod answer;
mod body;
mod books;
mod by_number;
pub mod catalogue;
mod check;
mod config;
mod delivery;
mod explain;
mod fault;
pub mod fixtures;
mod form;
mod journal;
pub mod magic;
mod message;
mod money;
mod namespace;
mod namespaces;
mod number;
mod order;
mod orders;
mod pieces;
pub mod profile;
mod refusal;
mod schedule;
mod script;
mod short;
mod sim;
mod time;
mod view;
mod words;

pub use config::{Account, AccountError, Config};
pub use delivery::{
    AttemptId, Delivery, DeliveryOutcome, Effect, FailureReason, NotificationId, Ticket, Verdict,
};
pub use fault::{
    BadBody, BadHeaders, ConnectionFault, Fault, FaultKind, FaultProfile, NotificationFault,
    UnknownFaultProfile,
};
pub use journal::{JournalCounts, JournalEntry, JournalEvent, Parameters, RequestRecord};
pub use message::{ApiRequest, ApiResponse, CANONICAL_HEADER, FIELD_HEADER, NOTE_HEADER, RULE_HEADER, Reply};
pub use order::Status;
pub use profile::{
    Acknowledgement, CancelOfPaid, CustomerKey, DuplicateCode, FailedWord, MessageKey, NotificationForm,
    NotificationForms, Notify, Profile, RefundedStatus, RefusalCode, RefusedPayment, Requirements,
    UnknownProfile,
};
pub use schedule::{Schedule, UnknownSchedule};
pub use script::{Script, Wallet};
pub use sim::{Connection, ControlError, HeadCut, Reception, Sim};
pub use time::Millis;
pub use view::{
    AttemptView, Glance, NotificationKind, NotificationView, PageView, PayoutView, Place, RefundView,
    Standing, TransactionView,
};
