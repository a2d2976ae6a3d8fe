//! The merchant's account, and how it writes and reads messages.

use std::borrow::Cow;

use pockyt_sign::{ApiToken, SigningKey, VERIFY_SIGN, Verifier, send};
use pockyt_sim::{Account, Reply};
use serde::{Deserialize, Serializer as _};

/// How the merchant writes its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Form,
    Json,
}

pub(super) struct Merchant {
    pub(super) account: Account,
    pub(super) key: SigningKey,
    pub(super) verifier: Verifier,
}

pub(super) const MERCHANT_NO: &str = "900001";
pub(super) const STORE_NO: &str = "800001";
pub(super) const IPN_URL: &str = "http://shop.example/ipn";
/// What the merchant's secret is: of no use anywhere.
const TOKEN: &str = "token-of-a-simulated-merchant";

impl Merchant {
    #[expect(clippy::expect_used, reason = "the token is a constant that is neither empty nor padded")]
    pub(super) fn new() -> Self {
        let token = ApiToken::new(TOKEN).expect("a token that is neither empty nor padded");
        let key = SigningKey::new(&token);
        Self {
            account: Account::new(MERCHANT_NO, STORE_NO, &token),
            verifier: Verifier::new(key.clone()),
            key,
        }
    }

    /// A signed request; `None` when a field cannot be signed, which those of a simulation can.
    pub(super) fn written(&self, encoding: Encoding, fields: &[(&str, &str)]) -> Option<Vec<u8>> {
        let signature = send::sign(fields, &self.key).ok()?;
        let all = fields.iter().copied().chain([(VERIFY_SIGN, signature.as_str())]);
        match encoding {
            Encoding::Form => {
                let mut form = form_urlencoded::Serializer::new(String::with_capacity(512));
                Some(form.extend_pairs(all).finish().into_bytes())
            }
            Encoding::Json => {
                let mut body = Vec::with_capacity(512);
                serde_json::Serializer::new(&mut body).collect_map(all).ok()?;
                Some(body)
            }
        }
    }
}

impl Encoding {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Form => "application/x-www-form-urlencoded",
            Self::Json => "application/json",
        }
    }
}

/// What the merchant reads of an answer.
#[derive(Debug, Deserialize)]
pub(super) struct Answer<'a> {
    #[serde(borrow)]
    pub(super) ret_code: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) result: Option<Order<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order<'a> {
    #[serde(borrow, alias = "transactionStatus")]
    pub(super) status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) reference: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) refund_info: Vec<Refund<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refund<'a> {
    #[serde(borrow)]
    pub(super) refund_reference: Option<Cow<'a, str>>,
}

/// What of a body reaches the merchant; `None` when it is less than all.
pub(super) fn whole(reply: Reply, body: Vec<u8>) -> Option<Vec<u8>> {
    matches!(reply, Reply::Send | Reply::SendAndClose | Reply::SendInPieces { .. }).then_some(body)
}

/// An answer that can be trusted to be one: JSON, of a known form, about this order if about any.
pub(super) fn read<'a>(body: &'a [u8], reference: &str) -> Option<Answer<'a>> {
    let answer: Answer<'a> = serde_json::from_slice(body).ok()?;
    let named = answer.result.as_ref().and_then(|order| order.reference.as_deref());
    (named.is_none_or(|named| named == reference)).then_some(answer)
}
