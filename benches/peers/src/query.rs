//! The query and its answer.

use pockyt_benches::TOKEN;
use pockyt_client::Credentials;
use pockyt_model::operation::TranQuery;
use pockyt_model::{Merchant, SignedRequest, TransactionNo};
use pockyt_sign::{ApiToken, SigningKey};

use crate::Error;

/// The merchant and store of Pockyt's published sandbox account, whose token is [`TOKEN`].
pub const MERCHANT: (&str, &str) = ("200043", "300014");

/// The order that is asked for.
pub const NUMBER: &str = "297553638300708562";

/// The answer of Pockyt's documentation (Transaction Query API) for a paid order.
pub const PAID: &str = r#"{"result":{"amount":"10.00","currency":"CNY","reference":"test202001011305","settleCurrency":"USD","status":"success","transactionNo":"297553638300708562","transactionType":"payment"},"ret_code":"000100","ret_msg":"query success "}"#;

/// The same for an order that stays open, so that polling goes on.
pub const PENDING: &str = r#"{"result":{"amount":"10.00","currency":"CNY","reference":"test202001011305","settleCurrency":"USD","status":"pending","transactionNo":"297553638300708562","transactionType":"payment"},"ret_code":"000100","ret_msg":"query success "}"#;

/// Who asks.
///
/// # Errors
///
/// None: the published account is well formed.
pub fn credentials() -> Result<Credentials, Error> {
    Ok(Credentials::new(Merchant::new(MERCHANT.0, MERCHANT.1)?, &ApiToken::new(TOKEN)?))
}

/// What is asked.
///
/// # Errors
///
/// None: the number is well formed.
pub fn tran_query() -> Result<TranQuery, Error> {
    Ok(TranQuery::by_transaction_no(TransactionNo::new(NUMBER)?))
}

/// Path and body of the request, as pockyt-client writes them.
///
/// # Errors
///
/// None: the published account and the number are well formed.
pub fn written() -> Result<(String, String), Error> {
    let query = tran_query()?;
    let merchant = Merchant::new(MERCHANT.0, MERCHANT.1)?;
    let key = SigningKey::new(&ApiToken::new(TOKEN)?);
    let signed = SignedRequest::new(&query, &merchant, &[], &key)?;
    Ok((signed.path().to_owned(), signed.to_json()))
}
