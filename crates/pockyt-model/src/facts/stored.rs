//! How facts are kept: a map of stable names with its version.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::fact::{Counter, LastQuery, Payment, Unpaid, plain_amount};
use super::refunds::{Asked, List, Listed, RefundState};
use super::{Facts, Refunds};
use crate::{Amount, Currency, TransactionNo};

/// The version that is written. A release reads its own version and older ones; a newer one may hold
/// facts it does not know, which must not get lost, so it refuses.
pub(super) const VERSION: u64 = 1;

/// Takes the version out and reads the rest, in whatever order a store gives the names back.
pub(super) fn read_versioned<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    let mut map = Map::<String, Value>::deserialize(deserializer)?;
    match map.remove("version").as_ref().map(Value::as_u64) {
        Some(Some(VERSION)) => serde_json::from_value(Value::Object(map)).map_err(D::Error::custom),
        Some(Some(newer)) if newer > VERSION => Err(D::Error::custom(format!(
            "these facts are of version {newer}, and this release knows no version above {VERSION}"
        ))),
        Some(_) => Err(D::Error::custom("the version of these facts is not one that was ever written")),
        None => Err(D::Error::custom("these facts have no version")),
    }
}

/// A map with the version before everything else.
#[derive(Serialize)]
pub(super) struct Versioned<T> {
    version: u64,
    #[serde(flatten)]
    content: T,
}

impl<T> Versioned<T> {
    pub(super) fn new(content: T) -> Self {
        Self { version: VERSION, content }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StoredFacts {
    #[serde(default, skip_serializing_if = "is_default")]
    pending: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    unpaid: BTreeSet<Unpaid>,
    #[serde(default, skip_serializing_if = "is_default")]
    paid: Vec<StoredPaid>,
    #[serde(default, skip_serializing_if = "is_default")]
    refunds: Vec<StoredRefund>,
    #[serde(default, skip_serializing_if = "is_default")]
    refunds_asked: Vec<StoredAsked>,
    #[serde(default, skip_serializing_if = "is_default")]
    list_read: Option<List>,
    #[serde(default, skip_serializing_if = "is_default")]
    list_unread: Option<List>,
    #[serde(default, skip_serializing_if = "is_default")]
    reversed: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    told_unpaid: Option<Counter>,
    #[serde(default, skip_serializing_if = "is_default")]
    disputed: Option<Counter>,
    #[serde(default, skip_serializing_if = "is_default")]
    dispute_settled: Option<Counter>,
    #[serde(default, skip_serializing_if = "is_default")]
    last_query: Option<LastQuery>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StoredPaid {
    transaction_no: String,
    amount: String,
    currency: String,
    first_seen: Counter,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StoredRefund {
    number: String,
    amounts: Vec<String>,
    #[serde(default)]
    currencies: Vec<String>,
    #[serde(default)]
    references: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    failed_at: Option<Counter>,
    state: RefundState,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StoredAsked {
    reference: String,
    #[serde(default)]
    amounts: Vec<String>,
    #[serde(default)]
    currencies: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    asked: Option<Counter>,
    #[serde(default, skip_serializing_if = "is_default")]
    refused: Option<Counter>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Versioned::new(StoredFacts::from(self)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_versioned::<D, StoredFacts>(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

impl From<&Facts> for StoredFacts {
    fn from(facts: &Facts) -> Self {
        let paid = facts.paid.iter().map(|(payment, first_seen)| StoredPaid {
            transaction_no: payment.transaction_no().to_string(),
            amount: payment.amount().to_string(),
            currency: payment.currency().to_string(),
            first_seen: *first_seen,
        });
        let refunds = facts.refunds.listed.iter().map(|(number, refund)| StoredRefund {
            number: number.to_string(),
            amounts: texts(&refund.amounts),
            currencies: texts(&refund.currencies),
            references: refund.references.clone(),
            failed_at: refund.failed_at,
            state: refund.state,
        });
        let asked = facts.refunds.asked.iter().map(|(reference, asked)| StoredAsked {
            reference: reference.clone(),
            amounts: texts(&asked.amounts),
            currencies: texts(&asked.currencies),
            asked: asked.asked,
            refused: asked.refused,
        });
        Self {
            pending: facts.pending,
            unpaid: facts.unpaid.clone(),
            paid: paid.collect(),
            refunds: refunds.collect(),
            refunds_asked: asked.collect(),
            list_read: facts.refunds.list_read,
            list_unread: facts.refunds.list_unread,
            reversed: facts.reversed.iter().map(ToString::to_string).collect(),
            told_unpaid: facts.told_unpaid,
            disputed: facts.disputed,
            dispute_settled: facts.dispute_settled,
            last_query: facts.last_query,
        }
    }
}

impl TryFrom<StoredFacts> for Facts {
    type Error = String;

    fn try_from(stored: StoredFacts) -> Result<Self, String> {
        let reversed = stored.reversed.into_iter().map(read_number).collect::<Result<_, _>>()?;
        let (list_read, list_unread) = (stored.list_read, stored.list_unread);
        let mut facts = Self {
            pending: stored.pending,
            unpaid: stored.unpaid,
            refunds: Refunds { list_read, list_unread, ..Refunds::default() },
            reversed,
            told_unpaid: stored.told_unpaid,
            disputed: stored.disputed,
            dispute_settled: stored.dispute_settled,
            last_query: stored.last_query,
            ..Self::default()
        };
        // Merged one by one, so that a text written by hand, with an entry twice, means what it says.
        for paid in stored.paid {
            let payment = read_payment(&paid.transaction_no, &paid.amount, &paid.currency)?;
            facts.merge(&Self { paid: [(payment, paid.first_seen)].into(), ..Self::default() });
        }
        for refund in stored.refunds {
            let number = read_number(refund.number)?;
            let listed = Listed {
                amounts: read_all(&refund.amounts, read_amount)?,
                currencies: read_all(&refund.currencies, read_currency)?,
                references: refund.references,
                failed_at: refund.failed_at,
                state: refund.state,
            };
            if listed.amounts.is_empty() {
                return Err("a refund has no amount".to_owned());
            }
            facts.refunds.merge(&Refunds { listed: [(number, listed)].into(), ..Refunds::default() });
        }
        for asked in stored.refunds_asked {
            let wish = Asked {
                amounts: read_all(&asked.amounts, read_amount)?,
                currencies: read_all(&asked.currencies, read_currency)?,
                asked: asked.asked,
                refused: asked.refused,
            };
            facts.refunds.merge(&Refunds { asked: [(asked.reference, wish)].into(), ..Refunds::default() });
        }
        Ok(facts)
    }
}

pub(super) fn read_payment(number: &str, amount: &str, currency: &str) -> Result<Payment, String> {
    let number = read_number(number)?;
    Payment::new(number, &read_amount(amount)?, read_currency(currency)?).map_err(|e| e.to_string())
}

fn read_number(text: impl Into<String>) -> Result<TransactionNo, String> {
    TransactionNo::new(text).map_err(|e| e.to_string())
}

fn read_amount(text: &str) -> Result<Amount, String> {
    let amount = Amount::parse(text).map_err(|e| format!("an amount {e}"))?;
    plain_amount(&amount).map_err(|rule| format!("an amount {rule}"))
}

fn read_currency(text: &str) -> Result<Currency, String> {
    Currency::new(text).map_err(|e| e.to_string())
}

fn read_all<T: Ord>(
    texts: &[String],
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<BTreeSet<T>, String> {
    texts.iter().map(|text| read(text)).collect()
}

fn texts<T: Display>(values: &BTreeSet<T>) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}
