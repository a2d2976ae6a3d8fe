//! The list of all operations.

use super::{Operation, OperationSpec, older, sdk_only};

macro_rules! specs {
    ($($operation:ty),* $(,)?) => { &[$(&<$operation as Operation>::SPEC),*] };
}

/// Every operation of this crate that has a type of its own: first those of the current documentation, then
/// the older ones, then those of the SDKs only, each by name.
pub fn operations() -> &'static [&'static OperationSpec] {
    const ALL: &[&OperationSpec] = specs![
        super::AccountConfigurations,
        super::Add,
        super::Cancel,
        super::Capture,
        super::CreateBankAccount,
        super::CreateCryptoAccount,
        super::CreateTransQrcode,
        super::CreateCustomer,
        super::RetrieveCustomer,
        super::DeletePayeeAccount,
        super::GenerateMixedCode,
        super::MicropayPrepay,
        super::MixedCancel,
        super::MixedQuery,
        super::AddNotes,
        super::OrderProcess,
        super::RegisterPayee,
        super::RetrievePayee,
        super::UpdatePayee,
        super::PayoutAccounts,
        super::PayoutBalance,
        super::PayoutInquiry,
        super::PayPayout,
        super::RegisterPayor,
        super::UploadPayorDocuments,
        super::Prepay,
        super::Refund,
        super::SecurePay,
        super::TranQuery,
        super::TransactionList,
        older::AutoDebitApplyToken,
        older::AutoDebitConsult,
        older::AutoDebitPay,
        older::AutoDebitRevoke,
        older::CreditpayProcess,
        older::CreatePayeeAccount,
        older::RetrievePayeeAccount,
        older::UpdateCustomer,
        older::PayoutToReceiver,
        sdk_only::AcquireCreate,
        sdk_only::AuthCapture,
        sdk_only::AuthDetailQuery,
        sdk_only::AuthFreeze,
        sdk_only::AuthUnfreeze,
        sdk_only::CashierAdd,
        sdk_only::DataStatus,
        sdk_only::ExchangeRate,
        sdk_only::ExpressPay,
        sdk_only::InStoreAuthCapture,
        sdk_only::InStoreAuthUnfreeze,
        sdk_only::Reverse,
        sdk_only::SecurePayV4,
        sdk_only::SettleList,
        sdk_only::TransList,
        sdk_only::UpdateRecurring,
        sdk_only::VoucherCreate,
        sdk_only::WithdrawalList,
    ];
    ALL
}
