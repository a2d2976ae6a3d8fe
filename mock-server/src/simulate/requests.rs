//! What the merchant asks for, and how each request is written.

use pockyt_sign::VERIFY_SIGN;
use smallvec::SmallVec;

use super::memory::{Own, Words};

/// How the merchant writes its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Form,
    Json,
}

/// All that the merchant asks for.
pub(super) struct Requests {
    pub(super) add: Request,
    pub(super) cancel: Request,
    pub(super) code: Request,
    pub(super) page: Request,
    pub(super) prepay: Request,
    pub(super) query: Request,
    pub(super) refund: Request,
}

/// A request about an order, but for what is said of it.
pub(super) struct Request {
    pub(super) path: &'static str,
    /// In the order in which they are signed.
    fields: Vec<Field>,
    in_form: Body,
    in_json: Body,
}

type Field = (&'static str, Value);

#[derive(Clone, Copy)]
enum Value {
    Fixed(&'static str),
    Own(Own),
}

/// What is always the same is joined beforehand, so that few pieces are written: those before each word of a
/// history, the one before the signature, and the end.
struct Body {
    before_words: Vec<(String, Own)>,
    before_signature: String,
    end: &'static str,
}

pub(super) const MERCHANT_NO: &str = "900001";
pub(super) const STORE_NO: &str = "800001";

const PRICE: [Field; 4] = [
    ("amount", Value::Own(Own::Amount)),
    ("currency", Value::Fixed("USD")),
    ("settleCurrency", Value::Fixed("USD")),
    ("ipnUrl", Value::Fixed("http://shop.example/ipn")),
];
const VENDOR: Field = ("vendor", Value::Fixed("alipay"));
const CODE: [Field; 2] = [VENDOR, ("needQrcode", Value::Fixed("true"))];
const PAGE: [Field; 3] =
    [VENDOR, ("terminal", Value::Fixed("ONLINE")), ("callbackUrl", Value::Fixed("http://shop.example/back"))];
const SHOWN_CODE: [Field; 2] = [("paymentBarcode", Value::Own(Own::Barcode)), VENDOR];
const REFUND: [Field; 4] = [
    ("refundAmount", Value::Own(Own::RefundAmount)),
    ("currency", Value::Fixed("USD")),
    ("settleCurrency", Value::Fixed("USD")),
    ("refundReference", Value::Own(Own::RefundReference)),
];

impl Requests {
    pub(super) fn new() -> Self {
        Self {
            add: Request::new("/app-instore/v3/add", &[&PRICE]),
            cancel: Request::new("/app-data-search/v3/cancel", &[]),
            code: Request::new("/app-instore/v3/create-trans-qrcode", &[&PRICE, &CODE]),
            page: Request::new("/online/v3/secure-pay", &[&PRICE, &PAGE]),
            prepay: Request::new("/app-instore/v3/prepay", &[&SHOWN_CODE]),
            query: Request::new("/app-data-search/v3/tran-query", &[]),
            refund: Request::new("/app-data-search/v3/refund", &[&REFUND]),
        }
    }
}

impl Request {
    fn new(path: &'static str, more: &[&[Field]]) -> Self {
        let mut fields = vec![
            ("merchantNo", Value::Fixed(MERCHANT_NO)),
            ("storeNo", Value::Fixed(STORE_NO)),
            ("reference", Value::Own(Own::Reference)),
        ];
        fields.extend(more.iter().copied().flatten());
        let (in_form, in_json) = (Body::new(Encoding::Form, &fields), Body::new(Encoding::Json, &fields));
        fields.sort_by_key(|(name, _)| *name);
        Self { path, fields, in_form, in_json }
    }

    /// What is signed.
    pub(super) fn fields<'a>(&self, words: &'a Words) -> SmallVec<[(&'static str, &'a str); 12]> {
        let fields = self.fields.iter().map(|(name, value)| match value {
            Value::Fixed(text) => (*name, *text),
            Value::Own(own) => (*name, words.get(*own)),
        });
        fields.collect()
    }

    /// Writes the body after what is there.
    pub(super) fn write(&self, encoding: Encoding, words: &Words, signature: &str, to: &mut Vec<u8>) {
        let body = match encoding {
            Encoding::Form => &self.in_form,
            Encoding::Json => &self.in_json,
        };
        for (before, own) in &body.before_words {
            to.extend_from_slice(before.as_bytes());
            to.extend_from_slice(words.get(*own).as_bytes());
        }
        for piece in [&body.before_signature, signature, body.end] {
            to.extend_from_slice(piece.as_bytes());
        }
    }
}

impl Body {
    fn new(encoding: Encoding, fields: &[Field]) -> Self {
        let mut before_words = Vec::new();
        let mut piece = String::new();
        for (place, (name, value)) in fields.iter().enumerate() {
            piece.push_str(&encoding.before_value(name, place == 0));
            match value {
                Value::Fixed(text) => piece.push_str(&encoding.value(text)),
                Value::Own(own) => before_words.push((std::mem::take(&mut piece), *own)),
            }
        }
        piece.push_str(&encoding.before_value(VERIFY_SIGN, false));
        let end = if encoding == Encoding::Json { "\"}" } else { "" };
        Self { before_words, before_signature: piece, end }
    }
}

impl Encoding {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Form => "application/x-www-form-urlencoded",
            Self::Json => "application/json",
        }
    }

    fn before_value(self, name: &str, is_first: bool) -> String {
        match (self, is_first) {
            (Self::Form, true) => format!("{name}="),
            (Self::Form, false) => format!("&{name}="),
            (Self::Json, true) => format!("{{\"{name}\":\""),
            (Self::Json, false) => format!("\",\"{name}\":\""),
        }
    }

    /// One that is always the same. None of them has anything that JSON escapes.
    fn value(self, text: &str) -> String {
        match self {
            Self::Form => form_urlencoded::byte_serialize(text.as_bytes()).collect(),
            Self::Json => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::plan::{Plan, stream};
    use super::*;

    #[test]
    fn what_is_written_is_what_is_signed() {
        let requests = Requests::new();
        let Requests { add, cancel, code, page, prepay, query, refund } = &requests;
        let mut words = Words::default();
        for index in 0..200 {
            let mut rng = stream(index, index);
            let plan = Plan::draw(&mut rng);
            words.write(index * index, &plan, rng.u64(..1_000));
            for request in [add, cancel, code, page, prepay, query, refund] {
                let signed = request.fields(&words);
                assert!(signed.is_sorted(), "{}", request.path);
                let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
                let mut expected: BTreeMap<_, _> = signed.into_iter().map(own).collect();
                expected.insert(VERIFY_SIGN.to_owned(), "abc".to_owned());

                let mut form = Vec::new();
                request.write(Encoding::Form, &words, "abc", &mut form);
                let pairs: Vec<(String, String)> = form_urlencoded::parse(&form).into_owned().collect();
                assert_eq!(pairs.len(), expected.len());
                assert_eq!(pairs.into_iter().collect::<BTreeMap<_, _>>(), expected);
                assert_eq!(
                    form,
                    form_urlencoded::Serializer::new(String::new())
                        .extend_pairs(form_urlencoded::parse(&form))
                        .finish()
                        .into_bytes()
                );

                let mut json = b"before".to_vec();
                request.write(Encoding::Json, &words, "abc", &mut json);
                let members: BTreeMap<String, String> =
                    serde_json::from_slice(&json["before".len()..]).unwrap();
                assert_eq!(members, expected);
            }
        }
    }
}
