//! Wallets and other payment methods: an open set.

use std::borrow::Cow;
use std::fmt;

use crate::params::Text;
use crate::{Currency, InvalidField};

/// A payment method's wire value, such as `alipay`. Lower case, as requests want it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Vendor(Cow<'static, str>);

/// Defines the known ones: constant, wire value, price currencies, settlement currencies.
macro_rules! known {
    ($($name:ident = $wire:literal, $method:literal, $prices:expr, $settles:expr;)*) => {
        impl Vendor {
            $(
                #[doc = concat!("`", $wire, "`: ", $method, ".")]
                pub const $name: Self = Self(Cow::Borrowed($wire));
            )*

            /// The methods whose wire value the sources show.
            pub const KNOWN: &'static [Self] = &[$(Self::$name),*];

            /// The currencies in which a price may be for this method, as far as the sources name them
            /// (Pockyt docs, available payment methods; vendor PHP and C# SDKs). Empty for a method that is
            /// not known. New currencies appear without notice, so this is a hint and not a rule.
            pub fn price_currencies(&self) -> &'static [Currency] {
                match self.as_str() {
                    $( $wire => $prices, )*
                    _ => &[],
                }
            }

            /// The currencies in which this method is settled, as far as the sources name them. Empty for a
            /// method that is not known.
            pub fn settle_currencies(&self) -> &'static [Currency] {
                match self.as_str() {
                    $( $wire => $settles, )*
                    _ => &[],
                }
            }
        }
    };
}

const USD: &[Currency] = &[Currency::USD];
const USD_GBP: &[Currency] = &[Currency::USD, Currency::GBP];
/// Cards, Apple Pay and Google Pay (Pockyt docs, available payment methods).
const CARDS: &[Currency] = &[
    Currency::AUD,
    Currency::BRL,
    Currency::CAD,
    Currency::CHF,
    Currency::CZK,
    Currency::DKK,
    Currency::EUR,
    Currency::GBP,
    Currency::HKD,
    Currency::HUF,
    Currency::ILS,
    Currency::JPY,
    Currency::MXN,
    Currency::NOK,
    Currency::NZD,
    Currency::PHP,
    Currency::PLN,
    Currency::SEK,
    Currency::SGD,
    Currency::THB,
    Currency::TWD,
    Currency::USD,
];

known! {
    ALIPAY = "alipay", "Alipay, China", &[Currency::CNY, Currency::GBP, Currency::HKD, Currency::USD], &[Currency::GBP, Currency::HKD, Currency::USD];
    ALIPAY_CN = "alipay_cn", "Alipay, China, in auto-debit and payouts", &[Currency::CNY, Currency::GBP, Currency::HKD, Currency::USD], &[Currency::GBP, Currency::HKD, Currency::USD];
    ALIPAY_HK = "alipay_hk", "Alipay, Hong Kong", &[Currency::HKD, Currency::USD], &[Currency::HKD, Currency::USD];
    APPLE_PAY = "applepay", "Apple Pay", CARDS, USD_GBP;
    BKASH = "bkash", "bKash", &[Currency::BDT], USD;
    CASH_APP_PAY = "cashapppay", "Cash App Pay", USD, USD;
    CREDIT_CARD = "creditcard", "cards", CARDS, USD_GBP;
    DANA = "dana", "DANA", &[Currency::IDR, Currency::USD], USD;
    EASYPAISA = "easypaisa", "Easypaisa", &[Currency::PKR], USD;
    GCASH = "gcash", "GCash", &[Currency::PHP, Currency::USD], USD;
    GOOGLE_PAY = "googlepay", "Google Pay", CARDS, USD_GBP;
    KAKAO_PAY = "kakaopay", "Kakao Pay", &[Currency::KRW, Currency::USD], USD;
    PAYPAL = "paypal", "PayPal", USD, USD;
    PAYPAY = "paypay", "PayPay", &[Currency::JPY], USD;
    TNG = "tng", "Touch 'n Go", &[Currency::MYR], USD;
    TRUE_MONEY = "truemoney", "TrueMoney", &[Currency::THB], USD;
    UNION_PAY = "unionpay", "China UnionPay", &[Currency::CNY, Currency::USD], USD;
    VENMO = "venmo", "Venmo", USD, USD;
    WECHAT_PAY = "wechatpay", "WeChat Pay; one page of the documentation prints `wechat`", &[Currency::CNY, Currency::USD], USD;
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

impl Text for Vendor {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}
