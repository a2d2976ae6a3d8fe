//! What answers say about orders.

/// What a field of an answer says about an order, by which it is found sooner than by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfOrder {
    Amount,
    Currency,
    MerchantNo,
    Reference,
    RefundAmount,
    SettleCurrency,
    Status,
    StoreAdminNo,
    StoreNo,
    TransactionNo,
    TransactionType,
    VaultId,
    VoidAmount,
    /// What is put together for an answer.
    Composed(Composed),
    /// Nothing that an order knows.
    Unknown,
}

/// What an order does not have as it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Composed {
    AuthUrl,
    CashierUrl,
    ClientScript,
    ClientToken,
    CreateTime,
    DeepLink,
    PaymentTime,
    QrcodeUrl,
    RefundInfo,
    Timeout,
    VendorId,
}

impl OfOrder {
    pub(crate) const fn named(name: &str) -> Self {
        match name.as_bytes() {
            b"amount" => Self::Amount,
            b"authUrl" => Self::Composed(Composed::AuthUrl),
            b"cashierUrl" => Self::Composed(Composed::CashierUrl),
            b"clientScript" => Self::Composed(Composed::ClientScript),
            b"clientToken" => Self::Composed(Composed::ClientToken),
            b"createTime" => Self::Composed(Composed::CreateTime),
            b"currency" => Self::Currency,
            b"deepLink" => Self::Composed(Composed::DeepLink),
            b"merchantNo" => Self::MerchantNo,
            b"paymentTime" => Self::Composed(Composed::PaymentTime),
            b"qrcodeUrl" => Self::Composed(Composed::QrcodeUrl),
            b"reference" => Self::Reference,
            b"refundAmount" => Self::RefundAmount,
            b"refundInfo" => Self::Composed(Composed::RefundInfo),
            b"settleCurrency" => Self::SettleCurrency,
            b"status" | b"transactionStatus" => Self::Status,
            b"storeAdminNo" => Self::StoreAdminNo,
            b"storeNo" => Self::StoreNo,
            b"timeout" => Self::Composed(Composed::Timeout),
            b"transactionNo" => Self::TransactionNo,
            b"transactionType" => Self::TransactionType,
            b"vaultId" => Self::VaultId,
            b"vendorId" => Self::Composed(Composed::VendorId),
            b"voidAmount" => Self::VoidAmount,
            _ => Self::Unknown,
        }
    }
}
