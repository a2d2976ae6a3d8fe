//! Operations that only the older documentation has (docs.yuansfer.com and the first Pockyt pages). The
//! vendor's SDKs mostly agree with it. Whether they are still served is stated nowhere.

mod auto_debit;
mod creditpay_process;
mod customers;
mod payee_accounts;
mod payouts;

pub use auto_debit::{
    AutoDebitApplyToken, AutoDebitConsult, AutoDebitPay, AutoDebitPayment, AutoDebitRevoke, Consent,
    ConsentTerminal, GrantType, Mandate, MandateToken,
};
pub use creditpay_process::{
    CreditpayProcess, CreditpayProcessed, DeviceData, PaymentMethod, PaymentMethodNonce,
};
pub use customers::UpdateCustomer;
pub use payee_accounts::{AccountType, AskedAccountType, CreatePayeeAccount, RetrievePayeeAccount};
pub use payouts::{PayoutToReceiver, Receiver};
