//! What only the documentation before the current one names.

use pockyt_model::operation::older::{
    AutoDebitApplyToken, AutoDebitConsult, AutoDebitPay, AutoDebitPayment, AutoDebitRevoke, Consent,
    CreatePayeeAccount, CreditpayProcess, CreditpayProcessed, Mandate, MandateToken, PayoutToReceiver,
    RetrievePayeeAccount, UpdateCustomer,
};
use pockyt_model::operation::{Customer, PayeeAccount, Payout};

use super::group;

group! {
    /// Auto-debit: a customer agrees once, and is charged again and again. Only in the older documentation
    /// and the vendor's SDKs: whether it is still served is stated nowhere.
    auto_debit: AutoDebit, Older {
        /// Asks a wallet for an agreement, which the customer signs at the answer's `authUrl`.
        consult(AutoDebitConsult) -> Consent: Changes, Nobody;
        /// Has Pockyt fetch the wallet's token for a signed agreement.
        apply_token(AutoDebitApplyToken) -> MandateToken: Changes, Nobody;
        /// Charges the wallet of an agreement.
        pay(AutoDebitPay) -> AutoDebitPayment: MovesMoney, TranQueryByReference;
        /// Ends an agreement.
        revoke(AutoDebitRevoke) -> Mandate: Idempotent, NotNeeded;
    }
}

group! {
    /// Other calls that only the older documentation has: whether they are still served is stated nowhere.
    older: Older, Older {
        /// Charges what the customer entered in the payment fields of a checkout.
        creditpay_process(CreditpayProcess) -> CreditpayProcessed: MovesMoney, TranQueryByReference;
        /// Makes an account of a payee, entered by the payee on a page of Pockyt's.
        create_payee_account(CreatePayeeAccount) -> PayeeAccount: Changes, Nobody;
        /// Asks for such an account.
        retrieve_payee_account(RetrievePayeeAccount) -> PayeeAccount: Read, NotNeeded;
        /// Changes what is known of a customer.
        update_customer(UpdateCustomer) -> Customer: Idempotent, NotNeeded;
        /// Sends money to an address, as payouts worked in 2021.
        pay_receiver(PayoutToReceiver) -> Payout: MovesMoney, PayoutInquiry;
    }
}
