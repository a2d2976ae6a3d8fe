//! What the merchant's fields are made of, each in all the ways in which it is written.

/// A text that is always the same.
pub(super) struct Fixed {
    plain: &'static str,
    pub(super) in_form: &'static str,
    pub(super) in_json: &'static str,
}

/// What a field says.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Fixed(&'static Fixed),
    Own(&'a str),
}

/// A field of a request. Its name is written with all that stands between two values of a body.
pub(super) type Field<'a> = (&'static Fixed, Value<'a>);

impl AsRef<str> for Fixed {
    fn as_ref(&self) -> &str {
        self.plain
    }
}

impl AsRef<str> for Value<'_> {
    fn as_ref(&self) -> &str {
        match self {
            Self::Fixed(fixed) => fixed.plain,
            Self::Own(text) => text,
        }
    }
}

macro_rules! names {
    ($($constant:ident = $text:literal;)*) => {
        $(pub(super) const $constant: &Fixed = &Fixed {
            plain: $text,
            in_form: concat!("&", $text, "="),
            in_json: concat!("\",\"", $text, "\":\""),
        };)*
    };
}

names! {
    AMOUNT = "amount";
    CALLBACK_URL = "callbackUrl";
    CURRENCY = "currency";
    IPN_URL = "ipnUrl";
    MERCHANT_NO = "merchantNo";
    NEED_QRCODE = "needQrcode";
    PAYMENT_BARCODE = "paymentBarcode";
    REFERENCE = "reference";
    REFUND_AMOUNT = "refundAmount";
    REFUND_REFERENCE = "refundReference";
    SETTLE_CURRENCY = "settleCurrency";
    STORE_NO = "storeNo";
    TERMINAL = "terminal";
    VENDOR = "vendor";
    VERIFY_SIGN = "verifySign";
}

macro_rules! values {
    ($($constant:ident = $text:literal $(, in a form $in_form:literal)?;)*) => {
        $(pub(super) const $constant: Value<'static> = Value::Fixed(&Fixed {
            plain: $text,
            in_form: values!(@form $text $($in_form)?),
            in_json: $text,
        });)*
        #[cfg(test)]
        const VALUES: &[Value<'static>] = &[$($constant),*];
    };
    (@form $text:literal) => { $text };
    (@form $text:literal $in_form:literal) => { $in_form };
}

values! {
    ALIPAY = "alipay";
    BACK = "http://shop.example/back", in a form "http%3A%2F%2Fshop.example%2Fback";
    IPN = "http://shop.example/ipn", in a form "http%3A%2F%2Fshop.example%2Fipn";
    ONLINE = "ONLINE";
    OWN_MERCHANT = "900001";
    OWN_STORE = "800001";
    TRUE = "true";
    USD = "USD";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_has_the_name_by_which_it_is_looked_for() {
        assert_eq!(VERIFY_SIGN.as_ref(), pockyt_sign::VERIFY_SIGN);
    }

    #[test]
    fn values_are_written_as_any_writer_writes_them() {
        for value in VALUES {
            let Value::Fixed(Fixed { plain, in_form, in_json }) = value else { panic!("all are fixed") };
            let form: String = form_urlencoded::byte_serialize(plain.as_bytes()).collect();
            assert_eq!((*in_form, format!("\"{in_json}\"")), (&*form, serde_json::to_string(plain).unwrap()));
        }
    }
}
