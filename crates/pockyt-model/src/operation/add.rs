//! Add: an in-store order without a payment channel.

use super::prepay::InStoreTransaction;
use super::{
    Confidence, Effect, FieldSpec, Operation, OperationSpec, Settlement, View, asks_for, maybe, needed,
    optional,
};
use crate::{FreeText, IpnUrl, Params, Price, Reference};

/// Creates an in-store order, to be paid by [`Prepay`](super::Prepay). Its state is `init`.
///
/// `POST /app-instore/v3/add`. The documentation names USD only.
#[derive(Clone, Debug)]
pub struct Add {
    price: Price,
    reference: Reference,
    description: Option<FreeText>,
    ipn_url: Option<IpnUrl>,
    store_admin_no: Option<String>,
    timeout: Option<u32>,
}

impl Add {
    /// An order for this price under this reference.
    ///
    /// The reference is optional in some of Pockyt's pages; here it is not, since after a lost answer it
    /// is the only way to ask.
    pub fn new(price: Price, reference: Reference) -> Self {
        Self { price, reference, description: None, ipn_url: None, store_admin_no: None, timeout: None }
    }

    optional!(description, "What is sold (only the vendor's JavaScript SDK sends it here).");

    optional!(ipn_url, "Where to notify (only the vendor's Go SDK sends it here).");

    optional!(store_admin_no);

    asks_for!();

    optional!(timeout);
}

impl Operation for Add {
    type Answer = InStoreTransaction;

    const SPEC: OperationSpec = OperationSpec {
        name: "add",
        path: "/app-instore/v3/add",
        path_aliases: &[],
        effect: Effect::MovesMoney,
        settlement: Settlement::TranQueryByReference,
        confidence: Confidence::Current,
        fields: FIELDS,
        envelope: "result",
        answer: InStoreTransaction::FIELDS,
    };

    fn write_params<'a>(&'a self, params: &mut Params<'a>) {
        self.price.write("amount", params);
        params.push("reference", self.reference.as_str());
        params.push_some("description", self.description.as_ref().map(FreeText::as_str));
        params.push_some("ipnUrl", self.ipn_url.as_ref().map(IpnUrl::as_str));
        params.push_some("storeAdminNo", self.store_admin_no.as_deref());
        params.push_some("timeout", self.timeout.map(|minutes| minutes.to_string()));
    }
}

const FIELDS: &[FieldSpec] = &[
    needed("amount"),
    needed("currency"),
    needed("settleCurrency"),
    needed("reference"),
    maybe("description"),
    maybe("ipnUrl"),
    maybe("storeAdminNo"),
    maybe("timeout"),
];
