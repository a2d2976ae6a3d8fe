//! What is sold. It travels as text that holds JSON, so what is signed is what is sent.

use std::borrow::Cow;

use serde::Serialize;

use crate::params::Text;
use crate::wire_enum::wire_enum;
use crate::{Amount, FreeText, InvalidField};

/// One item of what is sold in a checkout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Good {
    goods_name: String,
    quantity: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    details: Option<Details>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Details {
    category: &'static str,
    description: String,
    amount: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax: Option<String>,
}

impl Good {
    /// An item and how many of it.
    ///
    /// # Errors
    ///
    /// The name is empty, longer than 100 characters, or has control characters, or could be read as
    /// another field of the signed text; or there are none of it. Pockyt says that special characters are
    /// not supported here, without saying which.
    pub fn new(name: impl Into<String>, quantity: u32) -> Result<Self, InvalidField> {
        if quantity == 0 {
            return Err(InvalidField::new("goodsInfo", "has none of an item"));
        }
        Ok(Self { goods_name: goods_text(name)?, quantity: quantity.to_string(), details: None })
    }

    /// What payment fields on the merchant's own page (terminal `YIP`) want to know beside: the kind of
    /// thing, its description, its price and the tax on it, in the order's currency.
    ///
    /// # Errors
    ///
    /// The description breaks a rule of [`Good::new`]'s name; price or tax is below zero.
    pub fn with_details(
        mut self,
        category: GoodsCategory,
        description: impl Into<String>,
        amount: &Amount,
        tax: Option<&Amount>,
    ) -> Result<Self, InvalidField> {
        self.details = Some(Details::new(category, description, amount, tax)?);
        Ok(self)
    }
}

impl Details {
    fn new(
        category: GoodsCategory,
        description: impl Into<String>,
        amount: &Amount,
        tax: Option<&Amount>,
    ) -> Result<Self, InvalidField> {
        if *amount < Amount::zero() || tax.is_some_and(|tax| *tax < Amount::zero()) {
            return Err(InvalidField::new("goodsInfo", "has a price or a tax below zero"));
        }
        Ok(Self {
            category: category.as_str(),
            description: goods_text(description)?,
            amount: amount.as_str().to_owned(),
            tax: tax.map(|tax| tax.as_str().to_owned()),
        })
    }
}

fn goods_text(text: impl Into<String>) -> Result<String, InvalidField> {
    let text = FreeText::new(text).map_err(|error| InvalidField::new("goodsInfo", error.rule()))?;
    Ok(text.as_str().to_owned())
}

/// The items of a checkout: the text of a JSON array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoodsInfo(String);

impl GoodsInfo {
    /// These items; `None` when there is none, since an empty list is not sent.
    pub fn new(goods: impl IntoIterator<Item = Good>) -> Option<Self> {
        let goods: Vec<Good> = goods.into_iter().collect();
        // A list of objects of strings always serialises.
        (!goods.is_empty()).then(|| Self(serde_json::to_string(&goods).unwrap_or_default()))
    }
}

impl Text for GoodsInfo {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

/// What is sold in a capture: the text of a JSON object. (The documentation's example says `goods_name`,
/// its table `goods_info`; the example is followed.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureGood(String);

impl CaptureGood {
    /// An item: how many of it, what kind of thing, its description, and its price and tax in the
    /// order's currency.
    ///
    /// # Errors
    ///
    /// A text is empty, longer than 100 characters, has control characters, or could be read as another
    /// field of the signed text; there are none of the item; price or tax is below zero.
    pub fn new(
        name: impl Into<String>,
        quantity: u32,
        category: GoodsCategory,
        description: impl Into<String>,
        amount: &Amount,
        tax: Option<&Amount>,
    ) -> Result<Self, InvalidField> {
        let good = Good::new(name, quantity)?.with_details(category, description, amount, tax)?;
        // An object of strings always serialises.
        Ok(Self(serde_json::to_string(&good).unwrap_or_default()))
    }
}

impl Text for CaptureGood {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

wire_enum! {
    /// What kind of thing is sold.
    GoodsCategory {
        /// Nothing is shipped.
        Digital = "DIGITAL_GOODS",
        /// Something is shipped.
        Physical = "PHYSICAL_GOODS",
    }
}
