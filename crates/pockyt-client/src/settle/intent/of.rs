//! The intent of a request, read off its parameters.

use std::time::Duration;

use pockyt_model::operation::PayoutAmount;
use pockyt_model::{
    Amount, AuthDetailKey, AuthDetailNo, AuthInfoKey, AuthInfoNo, Currency, InvalidField, InvoiceId,
    MixedKey, Operation, OrderKey, OutAuthDetailNo, OutAuthInfoNo, Params, Price, RecordNo, Reference,
    Settlement, TransactionNo,
};

use super::{Intent, Wanted};

impl Intent {
    /// What a request is to do, by its own parameters: which ones count, and who is asked, says its
    /// [`Settlement`].
    ///
    /// A request that names no price (a prepay, a cancel) is matched without one: add it by
    /// [`of_price`](Self::of_price). The order's timeout is the request's own, when it has one. Say when
    /// the call was [`sent_at`](Self::sent_at), if the order is ever to count as provisionally unpaid.
    ///
    /// Where nobody can be asked, because the settlement says so or because a
    /// [`Raw`](pockyt_model::operation::Raw) call lacks the parameters, the intent says so too:
    /// [`can_be_asked`](Self::can_be_asked).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use pockyt_client::{Client, Intent, Outcome};
    /// use pockyt_model::operation::Capture;
    ///
    /// /// What became of a card payment; `None` when it was certainly not charged.
    /// async fn charge(
    ///     client: &Client,
    ///     capture: &Capture,
    /// ) -> Result<Option<Outcome>, Box<dyn std::error::Error>> {
    ///     let intent = Intent::of(capture); // write it down first
    ///     if let Err(error) = client.online().capture(capture).await {
    ///         if !error.may_have_moved_money() {
    ///             return Ok(None);
    ///         }
    ///     }
    ///     Ok(Some(client.settle(&intent, Duration::from_secs(30)).await?))
    /// }
    /// ```
    pub fn of<O: Operation>(operation: &O) -> Self {
        let mut params = Params::default();
        operation.write_params(&mut params);
        let fields = Fields(params);
        let mut intent = Self::new(fields.wanted(operation.settlement()).unwrap_or(Wanted::Nothing));
        intent.transaction_no = fields.read("transactionNo", TransactionNo::new);
        let minutes = fields.text("timeout").and_then(|text| text.parse::<u32>().ok());
        if let Some(minutes) = minutes.filter(|minutes| *minutes > 0) {
            intent = intent.order_timeout(Duration::from_secs(u64::from(minutes) * 60));
        }
        intent
    }
}

struct Fields<'a>(Params<'a>);

impl Fields<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    fn read<T>(&self, name: &str, read: fn(String) -> Result<T, InvalidField>) -> Option<T> {
        read(self.text(name)?.to_owned()).ok()
    }

    /// What to look for; `None` when a parameter that it hangs on is absent or cannot be read.
    fn wanted(&self, settlement: Settlement) -> Option<Wanted> {
        match settlement {
            Settlement::TranQueryByReference => {
                Some(Wanted::Payment { order: self.order()?, price: self.price()? })
            }
            Settlement::RefundInfoOfSale => self.giving_back(),
            Settlement::PayoutInquiry => Some(Wanted::Payout {
                invoice: self.read("invoiceId", InvoiceId::new)?,
                amount: PayoutAmount::new(self.text("amount")?, self.currency()?).ok()?,
            }),
            Settlement::MixedQuery => {
                let record = self.read("recordNo", RecordNo::new).map(MixedKey::from);
                Some(Wanted::Mixed(
                    record.or_else(|| self.read("reference", Reference::new).map(Into::into))?,
                ))
            }
            Settlement::AuthDetailQuery => self.auth_step(),
            _ => None,
        }
    }

    /// By the merchant's own reference, which is known even when no answer ever came.
    fn order(&self) -> Option<OrderKey> {
        let reference = self.read("reference", Reference::new).map(OrderKey::from);
        reference.or_else(|| self.read("transactionNo", TransactionNo::new).map(Into::into))
    }

    fn currency(&self) -> Option<Currency> {
        Currency::new(self.text("currency")?).ok()
    }

    /// The price, when the request names one. One that cannot be read cannot be compared, and matching
    /// without it could take somebody else's order for ours.
    #[expect(clippy::option_option, reason = "a request without a price is not one with an odd price")]
    fn price(&self) -> Option<Option<Price>> {
        match (self.text("amount"), self.text("rmbAmount")) {
            (None, None) => Some(None),
            (Some(amount), _) => self.price_of(amount).map(Some),
            // In Chinese money, whatever the currency says.
            (None, Some(amount)) => {
                let amount = Amount::parse(amount).ok()?;
                Price::with_any_decimals(amount, Currency::CNY).ok().map(Some)
            }
        }
    }

    /// With however many decimals: it is compared, not sent.
    fn price_of(&self, amount: &str) -> Option<Price> {
        Price::with_any_decimals(Amount::parse(amount).ok()?, self.currency()?).ok()
    }

    /// A refund has a reference of its own; a cancel is seen by what it leaves behind.
    fn giving_back(&self) -> Option<Wanted> {
        let sale = self.order()?;
        if self.text("refundReference").is_none() && self.text("refundAmount").is_none() {
            return Some(Wanted::Cancel { sale, price: None });
        }
        Some(Wanted::Refund {
            sale,
            price: self.price_of(self.text("refundAmount")?)?,
            reference: self.read("refundReference", Reference::new)?,
        })
    }

    fn auth_step(&self) -> Option<Wanted> {
        let theirs = self.read("authInfoNo", AuthInfoNo::new).map(AuthInfoKey::from);
        let authorisation =
            theirs.or_else(|| self.read("outAuthInfoNo", OutAuthInfoNo::new).map(Into::into))?;
        let theirs = self.read("authDetailNo", AuthDetailNo::new).map(AuthDetailKey::from);
        let step = theirs.or_else(|| self.read("outAuthDetailNo", OutAuthDetailNo::new).map(Into::into))?;
        Some(Wanted::AuthStep { authorisation, step })
    }
}
