//! Payees, to whom payouts go, and their accounts.

mod accounts;
mod bank;
mod people;

pub use accounts::{
    AccountConfigurations, AccountCreated, CreateBankAccount, CreateCryptoAccount, DeletePayeeAccount,
    PayeeAccount, PayeeAccounts, PayeeOwner, PayoutAccounts,
};
pub use bank::{
    BankAccount, BankAccountElsewhere, BankAccountNumber, BankAccountPurpose, BankCode, RoutingNumber,
};
pub use people::{Payee, PayeeStatus, RegisterPayee, RetrievePayee, UpdatePayee};
