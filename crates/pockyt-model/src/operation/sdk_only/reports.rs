//! Reports and rates. The bulk reports must be switched on for a merchant.

use crate::operation::macros::{request, view};
use crate::operation::{RawAnswer, TransactionPage};
use crate::{Amount, Currency, ReportDay, ReportRange, StoreAdminNo, Vendor};

macro_rules! list_request {
    ($(#[$meta:meta])* $name:ident answers $answer:ident = $op:literal, $path:literal, $old:literal) => {
        request! {
            $(#[$meta])*
            $name answers $answer {
                name: $op,
                path: $path | $old,
                effect: Read,
                settlement: NotNeeded,
                confidence: SdkOnly,
                envelope: Open(&["result"]),
                source: "vendor SDKs",
                unknown: "the fields of an item; pagination; the days' zone",
            }
            /// Lists these days.
            new {
                /// From when to when.
                days: ReportRange,
            }
            optional {
                /// Only this clerk's.
                store_admin_no: StoreAdminNo = "storeAdminNo",
            }
        }
    };
}

list_request! {
    /// Lists transactions.
    TransList answers TransactionPage = "trans-list", "/app-data-search/v3/trans-list", "/app-data-search/v2/trans-list"
}

list_request! {
    /// Lists settlements.
    SettleList answers SettlementPage = "settle-list", "/app-data-search/v3/settle-list", "/app-data-search/v2/settle-list"
}

list_request! {
    /// Lists withdrawals. The current documentation names it, as Settlement Status, without showing it.
    WithdrawalList answers WithdrawalPage = "withdrawal-list", "/app-data-search/v3/withdrawal-list", "/app-data-search/v2/withdrawal-list"
}

view! {
    /// A list of settlements.
    SettlementPage {
        /// The settlements.
        settlements: list RawAnswer = "settlements",
        /// How many there are.
        size: optional u32 = "size",
    }
}

view! {
    /// A list of withdrawals.
    WithdrawalPage {
        /// The withdrawals.
        withdrawals: list RawAnswer = "withdrawals",
        /// How many there are.
        size: optional u32 = "size",
    }
}

request! {
    /// Asks whether a day's payments are settled.
    DataStatus answers RawAnswer {
        name: "data-status",
        path: "/app-data-search/v3/data-status" | "/app-data-search/v2/data-status",
        effect: Read,
        settlement: NotNeeded,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "vendor SDKs",
        unknown: "the answer",
    }
    /// Asks for this day.
    new {
        /// Which day.
        payment_date: ReportDay = "paymentDate",
    }
    optional {
        /// Only this clerk's.
        store_admin_no: StoreAdminNo = "storeAdminNo",
    }
}

request! {
    /// Asked for an exchange rate. Of API version 1, and removed from the SDKs since; kept for history.
    ExchangeRate answers RateAnswer {
        name: "exchange-rate",
        path: "/exchangerate",
        effect: Read,
        settlement: NotNeeded,
        confidence: SdkOnly,
        envelope: Flat,
        source: "vendor PHP SDK of 2018",
        unknown: "whether it is still served",
    }
    /// The rate of this currency on this day with this wallet.
    new {
        /// Which day.
        date: ReportDay = "date",
        /// Which currency.
        currency: Currency = "currency",
        /// Which wallet.
        vendor: Vendor = "vendor",
    }
    optional {}
}

view! {
    /// A rate.
    RateAnswer {
        /// The rate, as a decimal number.
        exchange_rate: required Amount = "exchangerate",
    }
}
