//! Add: an in-store order without a payment channel.

use super::prepay::InStoreTransaction;
use super::{Confidence, Effect, FieldSpec, Operation, OperationSpec, Settlement, View, maybe, needed};
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

    /// What is sold (only the vendor's JavaScript SDK sends it here).
    pub fn description(mut self, description: FreeText) -> Self {
        self.description = Some(description);
        self
    }

    /// Where to notify (only the vendor's Go SDK sends it here).
    pub fn ipn_url(mut self, url: IpnUrl) -> Self {
        self.ipn_url = Some(url);
        self
    }

    /// The clerk's number.
    pub fn store_admin_no(mut self, number: impl Into<String>) -> Self {
        self.store_admin_no = Some(number.into()).filter(|n| !n.is_empty());
        self
    }

    /// The price that is asked for.
    pub fn price(&self) -> &Price {
        &self.price
    }

    /// The merchant's identifier of the attempt.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// Minutes until the unpaid order is closed; Pockyt's default is 120.
    pub fn timeout(mut self, minutes: u32) -> Self {
        self.timeout = Some(minutes);
        self
    }
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
