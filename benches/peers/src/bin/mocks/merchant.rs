//! What a merchant writes: signed requests, as bytes.

use std::net::SocketAddr;

use pockyt_benches::TOKEN;
use pockyt_peers::Error;
use pockyt_peers::query::{MERCHANT, PAID};
use pockyt_sign::{ApiToken, SigningKey, send};

pub const TRAN_QUERY: &str = "/app-data-search/v3/tran-query";
pub const SECURE_PAY: &str = "/online/v3/secure-pay";

/// What a server without state answers to a query.
pub const CONSTANT: &str = PAID;

/// Who signs.
pub struct Merchant {
    merchant_no: String,
    store_no: String,
    key: SigningKey,
}

impl Merchant {
    /// The published sandbox account.
    ///
    /// # Errors
    ///
    /// None: its token is well formed.
    pub fn published() -> Result<Self, Error> {
        Self::new(MERCHANT.0, MERCHANT.1, TOKEN)
    }

    /// Another one.
    ///
    /// # Errors
    ///
    /// The token is none.
    pub fn new(merchant_no: &str, store_no: &str, token: &str) -> Result<Self, Error> {
        let key = SigningKey::new(&ApiToken::new(token)?);
        Ok(Self { merchant_no: merchant_no.to_owned(), store_no: store_no.to_owned(), key })
    }

    /// A request for an order that its customer pays on the cashier page.
    ///
    /// # Errors
    ///
    /// The reference cannot be signed.
    pub fn secure_pay(&self, at: SocketAddr, reference: &str, ipn_url: &str) -> Result<Vec<u8>, Error> {
        self.post(
            at,
            SECURE_PAY,
            &[
                ("amount", "13.00"),
                ("currency", "USD"),
                ("settleCurrency", "USD"),
                ("vendor", "alipay"),
                ("terminal", "ONLINE"),
                ("reference", reference),
                ("ipnUrl", ipn_url),
                ("callbackUrl", "http://shop.example/back"),
            ],
        )
    }

    /// A question after an order.
    ///
    /// # Errors
    ///
    /// The reference cannot be signed.
    pub fn tran_query(&self, at: SocketAddr, reference: &str) -> Result<Vec<u8>, Error> {
        self.post(at, TRAN_QUERY, &[("reference", reference)])
    }

    fn post(&self, at: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Result<Vec<u8>, Error> {
        let mut fields = fields.to_vec();
        fields.extend([("merchantNo", &*self.merchant_no), ("storeNo", &*self.store_no)]);
        let signature = send::sign(&fields, &self.key)?;
        fields.push(("verifySign", signature.as_str()));
        let members: Vec<String> =
            fields.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        Ok(post(at, path, &format!("{{{}}}", members.join(","))))
    }
}

/// A request with this JSON.
pub fn post(at: SocketAddr, path: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: {at}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
