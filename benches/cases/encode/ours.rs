use pockyt_model::operation::{Prepay, SecurePay, Terminal};
use pockyt_model::{
    CallbackUrl, Currency, FreeText, InvalidField, IpnUrl, Merchant, Operation, OrderKey, OrderTimeout,
    PaymentBarcode, Price, Reference, SignedRequest, TransactionNo, Vendor,
};
use pockyt_sign::SigningKey;

/// The prepay request of Pockyt's documentation, in the order in which it is signed.
pub(crate) const PREPAY: [(&str, &str); 5] = [
    ("merchantNo", "200043"),
    ("paymentBarcode", "286498530672949108"),
    ("storeNo", "300014"),
    ("transactionNo", "297553636764407286"),
    ("vendor", "alipay"),
];

/// Who asks, in both requests.
///
/// # Errors
///
/// None: the published numbers are digits.
pub(crate) fn merchant() -> Result<Merchant, InvalidField> {
    Merchant::new("200043", "300014")
}

/// The request of [`PREPAY`].
///
/// # Errors
///
/// None: its fields are of their forms.
pub(crate) fn in_store() -> Result<Prepay, InvalidField> {
    let order = OrderKey::from(TransactionNo::new("297553636764407286")?);
    Ok(Prepay::new(order, PaymentBarcode::new("286498530672949108")?).vendor(Vendor::ALIPAY))
}

/// The request of [`SECURE_PAY`](pockyt_benches::SECURE_PAY).
///
/// # Errors
///
/// None: its fields are of their forms.
pub(crate) fn checkout() -> Result<SecurePay, InvalidField> {
    let price = Price::new("499.95", Currency::USD)?;
    let reference = Reference::new("order-20261122-000417")?;
    let callback = CallbackUrl::new("https://shop.example/checkout/done?order=000417")?;
    Ok(SecurePay::new(price, Vendor::ALIPAY, Terminal::Online, reference, callback)
        .ipn_url(IpnUrl::new("https://shop.example/pockyt/ipn/5f2c91")?)
        .description(FreeText::new("Two pairs of boots")?)
        .timeout(OrderTimeout::minutes(120)?))
}

/// The body with its signature.
pub(crate) fn to_signed_json(
    request: &impl Operation,
    merchant: &Merchant,
    key: &SigningKey,
) -> Option<String> {
    SignedRequest::new(request, merchant, &[], key).ok().map(|signed| signed.to_json())
}
