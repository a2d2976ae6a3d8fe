#![doc = include_str!("../README.md")]

mod agenda;
mod answer;
mod body;
pub mod catalogue;
mod check;
mod config;
mod delivery;
mod explain;
pub mod fixtures;
mod journal;
mod message;
mod money;
mod namespace;
mod order;
mod profile;
mod refusal;
mod schedule;
mod script;
mod sim;
mod time;
mod view;

pub use config::{Account, AccountError, Config};
pub use delivery::{AttemptId, Delivery, DeliveryOutcome, Effect, FailureReason, NotificationId, Verdict};
pub use journal::{JournalCounts, JournalEntry, JournalEvent, Parameters, RequestRecord};
pub use message::{ApiRequest, ApiResponse, CANONICAL_HEADER, FIELD_HEADER, RULE_HEADER, Reply};
pub use order::Status;
pub use profile::{
    Acknowledgement, CancelOfPaid, DuplicateCode, MessageKey, Notify, Profile, Requirements, UnknownProfile,
};
pub use schedule::{Schedule, UnknownSchedule};
pub use script::{Fault, FaultKind, Script, Wallet};
pub use sim::{ControlError, Sim};
pub use time::Millis;
pub use view::{AttemptView, NotificationView, RefundView, TransactionView};
