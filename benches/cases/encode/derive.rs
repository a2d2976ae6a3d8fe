use pockyt_benches::SECURE_PAY;
use pockyt_sign::{SigningKey, send};
use serde::Serialize;

/// A prepay request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InStore {
    merchant_no: String,
    payment_barcode: String,
    store_no: String,
    transaction_no: String,
    vendor: String,
    verify_sign: String,
}

/// A secure-pay request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Checkout {
    amount: String,
    callback_url: String,
    currency: String,
    description: String,
    ipn_url: String,
    merchant_no: String,
    reference: String,
    settle_currency: String,
    store_no: String,
    terminal: String,
    timeout: String,
    vendor: String,
    verify_sign: String,
}

impl InStore {
    /// The request of [`PREPAY`](super::ours::PREPAY).
    pub(crate) fn example() -> Self {
        let [merchant_no, payment_barcode, store_no, transaction_no, vendor] =
            super::ours::PREPAY.map(|(_, value)| value.to_owned());
        Self { merchant_no, payment_barcode, store_no, transaction_no, vendor, verify_sign: String::new() }
    }

    /// The body with the signature that was made last; empty before the first.
    pub(crate) fn to_json(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// The body with its signature made anew.
    pub(crate) fn sign_to_json(&mut self, key: &SigningKey) -> Option<String> {
        self.sign(key)?;
        self.to_json()
    }

    fn sign(&mut self, key: &SigningKey) -> Option<()> {
        let signature = send::sign(&self.pairs(), key).ok()?;
        signature.as_str().clone_into(&mut self.verify_sign);
        Some(())
    }

    pub(super) fn pairs(&self) -> [(&str, &str); 5] {
        [
            ("merchantNo", &self.merchant_no),
            ("paymentBarcode", &self.payment_barcode),
            ("storeNo", &self.store_no),
            ("transactionNo", &self.transaction_no),
            ("vendor", &self.vendor),
        ]
    }
}

impl Checkout {
    /// The request of [`SECURE_PAY`].
    pub(crate) fn example() -> Self {
        let mut fields = SECURE_PAY;
        fields.sort_unstable();
        let [
            amount,
            callback_url,
            currency,
            description,
            ipn_url,
            merchant_no,
            reference,
            settle_currency,
            store_no,
            terminal,
            timeout,
            vendor,
        ] = fields.map(|(_, value)| value.to_owned());
        Self {
            amount,
            callback_url,
            currency,
            description,
            ipn_url,
            merchant_no,
            reference,
            settle_currency,
            store_no,
            terminal,
            timeout,
            vendor,
            verify_sign: String::new(),
        }
    }

    /// The body with the signature that was made last; empty before the first.
    pub(crate) fn to_json(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// The body with its signature made anew.
    pub(crate) fn sign_to_json(&mut self, key: &SigningKey) -> Option<String> {
        self.sign(key)?;
        self.to_json()
    }

    fn sign(&mut self, key: &SigningKey) -> Option<()> {
        let signature = send::sign(&self.pairs(), key).ok()?;
        signature.as_str().clone_into(&mut self.verify_sign);
        Some(())
    }

    pub(super) fn pairs(&self) -> [(&str, &str); 12] {
        [
            ("amount", &self.amount),
            ("callbackUrl", &self.callback_url),
            ("currency", &self.currency),
            ("description", &self.description),
            ("ipnUrl", &self.ipn_url),
            ("merchantNo", &self.merchant_no),
            ("reference", &self.reference),
            ("settleCurrency", &self.settle_currency),
            ("storeNo", &self.store_no),
            ("terminal", &self.terminal),
            ("timeout", &self.timeout),
            ("vendor", &self.vendor),
        ]
    }
}
