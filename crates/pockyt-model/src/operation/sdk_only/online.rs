//! Online.

use crate::operation::macros::request;
use crate::operation::{CaptureGood, Checkout, CreditType, FieldSpec, RawAnswer, Terminal, maybe, needed};
use crate::params::Part;
use crate::wire_enum::wire_enum;
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
                params.push("vaultId", vault_id.as_str());
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

wire_enum! {
    /// What a recurring schedule becomes.
    RecurringStatus {
        /// It ends.
        Cancelled = "CANCELLED",
    }
}

request! {
    /// Changes or ends a recurring schedule.
    UpdateRecurring answers RawAnswer {
        name: "update-recurring",
        path: "/creditpay/v3/update-recurring" | "/creditpay/v2/update-recurring",
        effect: Idempotent,
        settlement: NotNeeded,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "vendor JavaScript SDK; the Java, Python and C# SDKs leave scheduleNo out",
        unknown: "where scheduleNo comes from; the answer",
    }
    /// Gives this schedule another number of payments; 0 is without end (a comment in the vendor's
    /// JavaScript SDK; the others want more than 0).
    new {
        /// Which schedule.
        schedule_no: ScheduleNo = "scheduleNo",
        /// How many payments.
        payment_count: u32 = "paymentCount",
    }
    optional {
        /// Ends it.
        status: RecurringStatus = "status",
    }
}
