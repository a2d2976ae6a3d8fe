//! Online.

use std::num::NonZeroU32;

use crate::operation::macros::request;
use crate::operation::{CaptureGood, Checkout, CreditType, FieldSpec, RawAnswer, Terminal, maybe, needed};
use crate::params::{Part, Text as _};
use crate::{
    Card, ClientIp, CustomerNo, FreeText, IpnUrl, Params, Price, Reference, ScheduleNo, VaultId, Vendor,
};

/// Whether a card is saved, or a saved one charged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Vault {
    /// A saved card is charged.
    Charge(CreditType, VaultId),
    /// The card is saved.
    Save(CreditType),
}

impl Part for Vault {
    const FIELDS: &'static [FieldSpec] =
        &[needed("creditType"), maybe("frequency"), maybe("paymentCount"), maybe("vaultId")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        match self {
            Self::Charge(credit_type, vault_id) => {
                credit_type.write(params);
                params.push("vaultId", vault_id.text());
            }
            Self::Save(credit_type) => credit_type.write(params),
        }
    }
}

request! {
    /// A checkout of API version 4, with payment fields on the merchant's own page and saved cards.
    SecurePayV4 answers Checkout {
        name: "secure-pay-v4",
        path: "/online/v4/secure-pay",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "vendor PHP SDK (YipSecurePay)",
        unknown: "the answer",
    }
    /// A checkout for this price with this wallet.
    new {
        /// The price that is asked for.
        price: Price,
        /// The wallet.
        vendor: Vendor = "vendor",
        /// Where the customer is.
        terminal: Terminal,
        /// The merchant's identifier of the attempt.
        reference: Reference = "reference",
        /// Where to notify.
        ipn_url: IpnUrl = "ipnUrl",
    }
    optional {
        /// The customer's address on the network.
        client_ip: ClientIp = "clientIp",
        /// A customer made by [`CreateCustomer`](crate::operation::CreateCustomer).
        customer_no: CustomerNo = "customerNo",
        /// What is sold.
        goods_info: CaptureGood = "goodsInfo",
        /// Echoed.
        note: FreeText = "note",
        /// Whether a card is saved, or a saved one charged.
        vault: Vault,
    }
}

request! {
    /// Charges a card. Superseded by [`Capture`](crate::operation::Capture). A lost answer is asked after,
    /// and the call never sent again.
    ExpressPay answers RawAnswer {
        name: "express-pay",
        path: "/micropay/v3/express-pay" | "/micropay/v2/express-pay",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "vendor Java, Python, C# and JavaScript SDKs",
        unknown: "the answer",
    }
    /// Charges this price to this card.
    new {
        /// The price that is asked for.
        price: Price,
        /// The card.
        card: Card,
        /// The merchant's identifier of the attempt.
        reference: Reference = "reference",
        /// The customer's address on the network.
        client_ip: ClientIp = "clientIp",
    }
    optional {}
}

/// What a recurring schedule becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecurringChange {
    /// It ends.
    Cancel,
    /// It has another number of payments. Whether those that were made count is stated nowhere.
    PaymentCount(NonZeroU32),
}

impl Part for RecurringChange {
    const FIELDS: &'static [FieldSpec] = &[maybe("paymentCount"), maybe("status")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        match self {
            Self::Cancel => params.push("status", "CANCELLED"),
            Self::PaymentCount(count) => params.push("paymentCount", count.to_string()),
        }
    }
}

request! {
    /// Changes or ends a recurring schedule.
    UpdateRecurring answers RawAnswer {
        name: "update-recurring",
        path: "/creditpay/v3/update-recurring" | "/creditpay/v2/update-recurring",
        effect: MovesMoney,
        settlement: Nobody,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "vendor JavaScript SDK; the Java, Python and C# SDKs leave scheduleNo out",
        unknown: "where scheduleNo comes from; whether paymentCount counts what was paid; whether it is needed to cancel; the answer",
    }
    /// Changes this schedule.
    new {
        /// Which schedule.
        schedule_no: ScheduleNo = "scheduleNo",
        /// What it becomes.
        change: RecurringChange,
    }
    optional {}
}
