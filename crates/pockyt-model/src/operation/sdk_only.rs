//! Operations that only the vendor's SDKs and plug-ins have. No documentation shows their answers, so most
//! of those are open: see [`RawAnswer`](super::RawAnswer). Whether they are served is stated nowhere.

mod auth_hold;
mod in_store;
mod online;
mod reports;

pub use auth_hold::{
    AuthCapture, AuthDetailQuery, AuthFreeze, AuthHold, AuthUnfreeze, UnfreezePrice, VoucherCreate,
};
pub use in_store::{
    AcquireCreate, AcquirePrice, AlipayUserId, CashierAdd, InStoreAuthCapture, InStoreAuthUnfreeze, Reverse,
};
pub use online::{ExpressPay, RecurringChange, SecurePayV4, UpdateRecurring, Vault};
pub use reports::{
    DataStatus, ExchangeRate, RateAnswer, SettleList, SettlementPage, TransList, WithdrawalList,
    WithdrawalPage,
};
