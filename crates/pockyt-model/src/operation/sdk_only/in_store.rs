//! In a shop.

use crate::card::secret_text;
use crate::operation::macros::request;
use crate::operation::{Cancelled, FieldSpec, RawAnswer, maybe, needed};
use crate::params::Part;
use crate::{
    FreeText, IpnUrl, OrderKey, OrderTimeout, Params, Price, Reference, StoreAdminNo, TransactionNo, Vendor,
};

request! {
    /// Creates an order that wakes the vendor's point-of-sale device.
    CashierAdd answers RawAnswer {
        name: "cashier-add",
        path: "/app-instore/v3/cashier-add" | "/app-instore/v2/cashier-add",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "vendor Java, Python and JavaScript SDKs",
        unknown: "the answer",
    }
    /// An order for this price under this reference.
    new {
        /// The price that is asked for.
        price: Price,
        /// The merchant's identifier of the attempt.
        reference: Reference = "reference",
    }
    optional {
        /// Where to notify.
        ipn_url: IpnUrl = "ipnUrl",
        /// The clerk; the vendor's Python SDK requires one.
        store_admin_no: StoreAdminNo = "storeAdminNo",
        /// An order that exists already (a comment in the vendor's JavaScript SDK).
        transaction_no: TransactionNo = "transactionNo",
    }
}

request! {
    /// The in-store form of [`Cancel`](crate::operation::Cancel): an unpaid order is closed, a paid one
    /// given back.
    Reverse answers Cancelled {
        name: "reverse",
        path: "/app-instore/v3/reverse" | "/app-instore/v2/reverse",
        effect: MovesMoney,
        settlement: RefundInfoOfSale,
        confidence: SdkOnly,
        envelope: Open(&["result", "refundTransaction", "transaction"]),
        source: "vendor JavaScript SDK; documentation of API version 2",
        unknown: "the answer of version 3",
    }
    /// Reverses this order.
    new {
        /// The order.
        order: OrderKey,
    }
    optional {
        /// The clerk.
        store_admin_no: StoreAdminNo = "storeAdminNo",
    }
}

request! {
    /// Captures a pre-authorised in-store order. The vendor's SDKs have the path as a constant and nothing
    /// that uses it: give the parameters as extra fields.
    InStoreAuthCapture answers RawAnswer {
        name: "in-store-auth-capture",
        path: "/app-instore/v3/auth-capture" | "/app-instore/v2/auth-capture",
        effect: MovesMoney,
        settlement: Nobody,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "constants in the vendor's Java, Python and C# SDKs",
        unknown: "all parameters; the answer",
    }
    /// A request without parameters of its own.
    new {}
    optional {}
}

request! {
    /// Releases a pre-authorised in-store order. The vendor's SDKs have the path as a constant and nothing
    /// that uses it: give the parameters as extra fields.
    InStoreAuthUnfreeze answers RawAnswer {
        name: "in-store-auth-unfreeze",
        path: "/app-instore/v3/auth-unfreeze" | "/app-instore/v2/auth-unfreeze",
        effect: MovesMoney,
        settlement: Nobody,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "constants in the vendor's Java, Python and C# SDKs",
        unknown: "all parameters; the answer",
    }
    /// A request without parameters of its own.
    new {}
    optional {}
}

secret_text! {
    /// A person's identifier at Alipay. It says who the person is, so it is not shown.
    AlipayUserId("alipayUserId", "must be 1 to 64 letters, digits, _ or -"): |text| {
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    };
}

/// The price of an order for an Alipay user: in the price's currency, or in Chinese money (`rmbAmount`).
/// The SDKs refuse both at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcquirePrice {
    /// `amount`, in the currency.
    Amount(Price),
    /// `rmbAmount`: the number is in CNY, whatever the currency says.
    RmbAmount(Price),
}

impl From<Price> for AcquirePrice {
    fn from(price: Price) -> Self {
        Self::Amount(price)
    }
}

impl Part for AcquirePrice {
    const FIELDS: &'static [FieldSpec] =
        &[maybe("amount"), needed("currency"), maybe("rmbAmount"), needed("settleCurrency")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        match self {
            Self::Amount(price) => price.write_as("amount", params),
            Self::RmbAmount(price) => price.write_as("rmbAmount", params),
        }
    }
}

request! {
    /// Creates an order for a known Alipay user.
    AcquireCreate answers RawAnswer {
        name: "acquire-create",
        path: "/app-thirdpart/v3/acquire-create" | "/app-thirdpart/v2/acquire-create",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "vendor Java and Python SDKs",
        unknown: "the answer",
    }
    /// An order of this user's for this price under this reference.
    new {
        /// The price that is asked for.
        price: AcquirePrice,
        /// The merchant's identifier of the attempt.
        reference: Reference = "reference",
        /// The wallet.
        vendor: Vendor = "vendor",
        /// Who pays.
        alipay_user_id: AlipayUserId = "alipayUserId",
    }
    optional {
        /// What is sold.
        description: FreeText = "description",
        /// Where to notify.
        ipn_url: IpnUrl = "ipnUrl",
        /// Echoed.
        note: FreeText = "note",
        /// Minutes until the unpaid order is closed.
        timeout: OrderTimeout = "timeout",
    }
}
