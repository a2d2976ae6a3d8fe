//! Who asks.

use super::{InvalidField, Params, StoreAdminNo};

/// Who asks: the merchant and the store, from Pockyt's support or portal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Merchant {
    merchant_no: String,
    store_no: String,
    group_no: Option<String>,
    store_admin_no: Option<StoreAdminNo>,
}

impl Merchant {
    /// The numbers as Pockyt gave them, six digits each in every published example.
    ///
    /// # Errors
    ///
    /// One of them is not made of digits.
    pub fn new(merchant_no: &str, store_no: &str) -> Result<Self, InvalidField> {
        Ok(Self {
            merchant_no: digits("merchantNo", merchant_no)?,
            store_no: digits("storeNo", store_no)?,
            group_no: None,
            store_admin_no: None,
        })
    }

    /// Adds the number of the service provider's group, `merGroupNo`, which only service providers have
    /// (100001 on the documentation's payout pages). It is sent with every request.
    ///
    /// # Errors
    ///
    /// It is not made of digits.
    pub fn of_group(mut self, group_no: &str) -> Result<Self, InvalidField> {
        self.group_no = Some(digits("merGroupNo", group_no)?);
        Ok(self)
    }

    /// Adds the clerk's number, `storeAdminNo`, to every request that does not name a clerk of its own (the
    /// vendor's Java and C# SDKs can be set to do so).
    pub fn with_clerk(mut self, clerk: StoreAdminNo) -> Self {
        self.store_admin_no = Some(clerk);
        self
    }

    /// The merchant number.
    pub fn merchant_no(&self) -> &str {
        &self.merchant_no
    }

    /// The store number.
    pub fn store_no(&self) -> &str {
        &self.store_no
    }

    /// The service provider's group number.
    pub fn group_no(&self) -> Option<&str> {
        self.group_no.as_deref()
    }

    /// Adds the merchant's fields to those of an operation.
    pub(crate) fn write<'a>(&'a self, params: &mut Params<'a>) {
        params.push_some("merGroupNo", self.group_no.as_deref());
        params.push("merchantNo", self.merchant_no.as_str());
        params.push("storeNo", self.store_no.as_str());
        if params.get("storeAdminNo").is_none() {
            params.push_some("storeAdminNo", self.store_admin_no.as_ref().map(StoreAdminNo::as_str));
        }
    }
}

fn digits(field: &'static str, text: &str) -> Result<String, InvalidField> {
    let right = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    right.then(|| text.to_owned()).ok_or(InvalidField::new(field, "must be digits"))
}
