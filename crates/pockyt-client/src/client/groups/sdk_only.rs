//! What only the vendor's SDKs have.

use pockyt_model::operation::sdk_only::{
    AcquireCreate, AuthCapture, AuthDetailQuery, AuthFreeze, AuthHold, AuthUnfreeze, CashierAdd, DataStatus,
    ExchangeRate, ExpressPay, InStoreAuthCapture, InStoreAuthUnfreeze, RateAnswer, Reverse, SecurePayV4,
    SettleList, SettlementPage, TransList, UpdateRecurring, VoucherCreate, WithdrawalList, WithdrawalPage,
};
use pockyt_model::operation::{Cancelled, Checkout, RawAnswer, TransactionPage};

use super::group;

group! {
    /// Authorisation hold: money is set aside, and taken or released later. Only the vendor's SDKs have it,
    /// and none shows an answer: whether it is served is stated nowhere.
    auth_hold: AuthHolds, SdkOnly {
        /// Creates a code by which a customer sets money aside.
        voucher_create(VoucherCreate) -> AuthHold: MovesMoney, AuthDetailQuery;
        /// Sets money aside.
        freeze(AuthFreeze) -> AuthHold: MovesMoney, AuthDetailQuery;
        /// Releases money that was set aside.
        unfreeze(AuthUnfreeze) -> AuthHold: MovesMoney, AuthDetailQuery;
        /// Takes money that was set aside.
        capture(AuthCapture) -> AuthHold: MovesMoney, AuthDetailQuery;
        /// Asks what became of a step, once.
        detail_query(AuthDetailQuery) -> AuthHold: Read, NotNeeded;
    }
}

group! {
    /// Reports and rates, as the vendor's SDKs ask for them. Bulk reports must be switched on for a merchant;
    /// whether the rest is served is stated nowhere. A range of days is in a zone that no source names:
    /// compare with a day of margin.
    reports: Reports, SdkOnly {
        /// Lists transactions.
        trans_list(TransList) -> TransactionPage: Read, NotNeeded;
        /// Lists settlements.
        settle_list(SettleList) -> SettlementPage: Read, NotNeeded;
        /// Lists withdrawals.
        withdrawal_list(WithdrawalList) -> WithdrawalPage: Read, NotNeeded;
        /// Asks whether a day's payments are settled.
        data_status(DataStatus) -> RawAnswer: Read, NotNeeded;
        /// Asked for an exchange rate, in API version 1.
        exchange_rate(ExchangeRate) -> RateAnswer: Read, NotNeeded;
    }
}

group! {
    /// Other calls that only the vendor's SDKs have: whether they are served is stated nowhere.
    sdk_only: SdkOnly, SdkOnly {
        /// Creates an order for a known Alipay user.
        acquire_create(AcquireCreate) -> RawAnswer: MovesMoney, TranQueryByReference;
        /// Creates an order that wakes the vendor's point-of-sale device.
        cashier_add(CashierAdd) -> RawAnswer: MovesMoney, TranQueryByReference;
        /// Charges a card. Superseded by [`capture`](super::Online::capture).
        express_pay(ExpressPay) -> RawAnswer: MovesMoney, TranQueryByReference;
        /// Captures a pre-authorised in-store order. No source shows its parameters: give them to
        /// [`call_with`](crate::Client::call_with).
        in_store_auth_capture(InStoreAuthCapture) -> RawAnswer: MovesMoney, Nobody;
        /// Releases a pre-authorised in-store order. No source shows its parameters: give them to
        /// [`call_with`](crate::Client::call_with).
        in_store_auth_unfreeze(InStoreAuthUnfreeze) -> RawAnswer: MovesMoney, Nobody;
        /// The in-store form of [`cancel`](super::Orders::cancel).
        reverse(Reverse) -> Cancelled: MovesMoney, RefundInfoOfSale;
        /// A checkout of API version 4, with payment fields on the merchant's own page.
        secure_pay_v4(SecurePayV4) -> Checkout: MovesMoney, TranQueryByReference;
        /// Changes or ends a recurring schedule.
        update_recurring(UpdateRecurring) -> RawAnswer: MovesMoney, Nobody;
    }
}
