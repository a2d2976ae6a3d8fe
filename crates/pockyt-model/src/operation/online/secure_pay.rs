//! SecurePay: the hosted checkout.

use std::num::NonZeroU32;

use super::{Good, GoodsInfo, Terminal};
use crate::operation::macros::{request, view};
use crate::operation::{FieldSpec, maybe, needed};
use crate::params::Part;
use crate::{
    Amount, CallbackUrl, Currency, CustomerNo, FreeText, InvalidField, IpnUrl, OrderTimeout, Params, Price,
    Reference,
};
use crate::{TransactionNo, VaultId, Vendor};

request! {
    /// Creates an order and the cashier page on which the customer pays it.
    ///
    /// The minimum price differs by currency: [`Price::warnings`] knows the published ones.
    SecurePay answers Checkout {
        name: "secure-pay",
        path: "/online/v3/secure-pay" | "/online/v2/secure-pay",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: Current,
        envelope: In(&["result"]),
        source: "Pockyt docs, SecurePay API",
        unknown: "what the vendor's Java SDK's appId is for; a whole saved-card request",
    }
    /// A checkout for this price with this wallet; the browser comes back to `callback_url`.
    new {
        /// The price that is asked for.
        price: Price,
        /// The wallet.
        vendor: Vendor = "vendor",
        /// Where the customer is.
        terminal: Terminal,
        /// The merchant's identifier of the attempt.
        reference: Reference = "reference",
        /// Where the browser comes back to.
        callback_url: CallbackUrl = "callbackUrl",
    }
    optional {
        /// Whether the card or wallet is to be charged again later; Pockyt's default is once.
        credit_type: CreditType,
        /// A customer made by [`CreateCustomer`](crate::operation::CreateCustomer), which address
        /// verification and saving cards need.
        customer_no: CustomerNo = "customerNo",
        /// Shown on the cashier page.
        description: FreeText = "description",
        /// What is sold; see also [`SecurePay::goods`].
        goods_info: GoodsInfo = "goodsInfo",
        /// Where to notify. Without it only queries tell whether the order was paid.
        ipn_url: IpnUrl = "ipnUrl",
        /// Echoed in the notification and the browser's return.
        note: FreeText = "note",
        /// The version of the phone's system (only the vendor's Java SDK sends it).
        os_version: FreeText = "osVersion",
        /// Minutes until the unpaid order is closed; Pockyt's default is 120.
        timeout: OrderTimeout = "timeout",
        /// A saved card to charge.
        vault_id: VaultId = "vaultId",
    }
}

impl SecurePay {
    /// What is sold, item by item.
    pub fn goods(self, goods: impl IntoIterator<Item = Good>) -> Self {
        match GoodsInfo::new(goods) {
            Some(goods) => self.goods_info(goods),
            None => self,
        }
    }
}

view! {
    /// The cashier page to send the customer to. Being answered is not being paid.
    Checkout {
        /// Pockyt's number of the order.
        transaction_no: required TransactionNo = "transactionNo",
        /// The merchant's identifier, as Pockyt has it.
        reference: optional String = "reference",
        /// The price, in major units of the currency.
        amount: required Amount = "amount",
        /// The currency of the price.
        currency: optional Currency = "currency",
        /// The currency the merchant is paid in.
        settle_currency: optional Currency = "settleCurrency",
        /// The page to redirect the browser to. Absent for terminal `YIP`.
        cashier_url: optional String = "cashierUrl",
        /// For terminal `YIP`: what the payment fields on the merchant's own page need.
        client_token: optional String = "clientToken" | "authorization",
        /// For terminal `YIP`: the script that draws them.
        client_script: optional String = "clientScript",
    }
}

/// Whether and how a card or wallet is charged again later. The set is open: the sources name more values
/// than they explain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CreditType {
    /// `CIT`: the customer is there, and the card is saved for later charges.
    Cit,
    /// `hosted`: a card on Pockyt's hosted page (named by a guide).
    Hosted,
    /// `MIT`: a later charge of a saved card, without the customer. Implied by the guides; no source spells
    /// it in a body.
    Mit,
    /// `normal`: once.
    Normal,
    /// Any other word.
    Other(CreditWord),
    /// `recurring`: every `frequency` days, `payment_count` times; 0 is without end.
    Recurring {
        /// How many times; 0 is without end.
        payment_count: u32,
        /// Days between two payments.
        frequency: NonZeroU32,
    },
}

/// A word for [`CreditType::Other`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreditWord(String);

impl CreditType {
    /// Any other word.
    ///
    /// # Errors
    ///
    /// It is not 1 to 32 letters, or it is `recurring`, which has terms of its own.
    pub fn other(word: &str) -> Result<Self, InvalidField> {
        if word.eq_ignore_ascii_case("recurring") {
            return Err(InvalidField::new(
                "creditType",
                "is the one with a count and a frequency, which has a variant",
            ));
        }
        if word.is_empty() || word.len() > 32 || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(InvalidField::new("creditType", "must be 1 to 32 letters"));
        }
        Ok(Self::Other(CreditWord(word.to_owned())))
    }

    fn word(&self) -> &str {
        match self {
            Self::Cit => "CIT",
            Self::Hosted => "hosted",
            Self::Mit => "MIT",
            Self::Normal => "normal",
            Self::Other(word) => &word.0,
            Self::Recurring { .. } => "recurring",
        }
    }
}

impl Part for CreditType {
    const FIELDS: &'static [FieldSpec] = &[needed("creditType"), maybe("frequency"), maybe("paymentCount")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        params.push("creditType", self.word());
        if let Self::Recurring { payment_count, frequency } = self {
            params.push("frequency", frequency.to_string());
            params.push("paymentCount", payment_count.to_string());
        }
    }
}
