//! Wallets and other payment methods: an open set.

use std::fmt;

use crate::InvalidField;

/// A payment method's wire value, such as `alipay`. Lower case, as requests want it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Vendor(std::borrow::Cow<'static, str>);

macro_rules! known {
    ($($name:ident = $wire:literal),* $(,)?) => {
        impl Vendor {
            $(
                #[doc = concat!("`", $wire, "`.")]
                pub const $name: Self = Self(std::borrow::Cow::Borrowed($wire));
            )*
        }
    };
}

known! {
    ALIPAY = "alipay",
    ALIPAY_HK = "alipay_hk",
    CASH_APP_PAY = "cashapppay",
    CREDIT_CARD = "creditcard",
    DANA = "dana",
    GCASH = "gcash",
    KAKAO_PAY = "kakaopay",
    PAYPAL = "paypal",
    TNG = "tng",
    TRUE_MONEY = "truemoney",
    UNION_PAY = "unionpay",
    VENMO = "venmo",
    WECHAT_PAY = "wechatpay",
}

impl Vendor {
    /// Any other method, by its wire value; made lower case.
    ///
    /// # Errors
    ///
    /// It is not 1 to 32 letters, digits or `_`.
    pub fn new(wire: &str) -> Result<Self, InvalidField> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if wire.is_empty() || wire.len() > 32 || !wire.bytes().all(allowed) {
            return Err(InvalidField::new("vendor", "must be 1 to 32 letters, digits or _"));
        }
        Ok(Self(wire.to_ascii_lowercase().into()))
    }

    /// The wire value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
