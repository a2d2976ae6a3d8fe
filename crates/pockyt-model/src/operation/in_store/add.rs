//! Add: an in-store order without a payment channel.

use super::InStoreTransaction;
use crate::operation::macros::request;
use crate::{FreeText, IpnUrl, OrderTimeout, Price, Reference, StoreAdminNo};

request! {
    /// Creates an in-store order, to be paid by [`Prepay`](super::Prepay). Its state is `init`.
    ///
    /// The documentation names USD only.
    Add answers InStoreTransaction {
        name: "add",
        path: "/app-instore/v3/add" | "/app-instore/v2/add",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: Current,
        envelope: In(&["result", "transaction"]),
        source: "Pockyt docs, Add transaction API",
        unknown: "",
    }
    /// An order for this price under this reference.
    ///
    /// The reference is optional in some of Pockyt's pages; here it is not, since after a lost answer it
    /// is the only way to ask.
    new {
        /// The price that is asked for.
        price: Price,
        /// The merchant's identifier of the attempt.
        reference: Reference = "reference",
    }
    optional {
        /// What is sold (only the vendor's JavaScript SDK sends it here).
        description: FreeText = "description",
        /// Where to notify (only the vendor's Go SDK sends it here).
        ipn_url: IpnUrl = "ipnUrl",
        /// The clerk.
        store_admin_no: StoreAdminNo = "storeAdminNo",
        /// Minutes until the unpaid order is closed; Pockyt's default is 120.
        timeout: OrderTimeout = "timeout",
    }
}
