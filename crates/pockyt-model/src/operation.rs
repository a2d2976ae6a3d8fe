//! The operations of the API: each ties a request, its answer, its path, what it may do to money, and whom
//! to ask when its answer is lost.
//!
//! Here are the operations that Pockyt's current documentation names. Those that only the older
//! documentation has are in [`older`], those that only the vendor's SDKs have in [`sdk_only`], and
//! [`Raw`] is for a call that has no type here. [`operations`] lists them all as data; what no source
//! says of one is in its [`OperationSpec::unknown`].

use crate::{Answer, DecodeError, Object, Params};

mod customers;
mod data_search;
mod in_store;
mod list;
pub(crate) mod macros;
pub mod older;
mod online;
mod payees;
mod payouts;
mod raw;
pub mod sdk_only;
mod spec;

pub use customers::{CreateCustomer, Customer, RetrieveCustomer};
pub use data_search::{
    AddNotes, Cancel, Cancelled, Refund, RefundInfo, RefundPrice, Refunded, TranQuery, Transaction,
    TransactionList, TransactionPage,
};
pub use in_store::{
    Add, CreateTransQrcode, GenerateMixedCode, InStoreTransaction, MixedCancel, MixedCancelled, MixedCode,
    MixedOrder, MixedPrice, MixedQuery, Prepay, QrCode,
};
pub use list::operations;
pub use online::{
    Capture, CaptureGood, CaptureTerminal, Captured, Checkout, CreditType, CreditWord, Good, GoodsCategory,
    GoodsInfo, MicropayPrepay, MicropayTerminal, OpenId, OrderProcess, OsType, Processed, SecurePay,
    Terminal, WalletCall,
};
pub use payees::{
    AccountConfigurations, AccountCreated, BankAccount, BankAccountElsewhere, BankAccountNumber,
    BankAccountPurpose, BankCode, CreateBankAccount, CreateCryptoAccount, DeletePayeeAccount, Payee,
    PayeeAccount, PayeeAccounts, PayeeOwner, PayeeStatus, PayoutAccounts, RegisterPayee, RetrievePayee,
    RoutingNumber, UpdatePayee,
};
pub use payouts::{
    Balance, Balances, PayPayout, Payor, Payout, PayoutAmount, PayoutBalance, PayoutInquiry,
    ProcessingChannel, RegisterPayor, UploadPayorDocuments,
};
pub use raw::{Raw, RawAnswer};
pub use spec::{Confidence, Effect, Envelope, FieldGroup, FieldSpec, OperationSpec, Settlement};
pub(crate) use spec::{maybe, needed};

/// A call of the API.
pub trait Operation: Send + Sync {
    /// The view of an accepted answer.
    type Answer: View;

    /// What is known of the operation, as data.
    const SPEC: OperationSpec;

    /// Writes the operation's own parameters, in any order, without `merchantNo`, `storeNo` and
    /// `verifySign`. Absent ones are left out: an empty value is never sent.
    fn write_params<'a>(&'a self, params: &mut Params<'a>);

    /// The path below the base URL.
    fn path(&self) -> &str {
        Self::SPEC.path
    }

    /// What this call may do.
    fn effect(&self) -> Effect {
        Self::SPEC.effect
    }

    /// Whom to ask after a lost answer of this call.
    fn settlement(&self) -> Settlement {
        Self::SPEC.settlement
    }

    /// Reads the body of an answer, whatever its HTTP status was.
    ///
    /// # Errors
    ///
    /// The body is not a JSON object with a `ret_code`, or is an acceptance without a result.
    fn read_answer(body: &[u8]) -> Result<Answer<Self::Answer>, DecodeError>
    where
        Self: Sized,
    {
        Answer::read::<Self>(body)
    }
}

/// A typed view on the result of an answer, which is kept as it came.
pub trait View: Send + Sized {
    /// The fields that have accessors, by their first name on the wire.
    const FIELDS: &'static [FieldSpec];

    /// Makes the view.
    fn from_object(result: Object) -> Self;

    /// The result as it came, unknown fields included: any other fact is asked of it without reading the
    /// body again.
    fn result(&self) -> &Object;

    /// The whole body as it came.
    fn envelope(&self) -> Object {
        self.result().root()
    }
}
