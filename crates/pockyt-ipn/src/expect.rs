//! What the merchant expects of an order.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use pockyt_model::{Amount, Currency, InvoiceId, Notification, Price, Reference};

/// What a notification about money names: by this the merchant finds the order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OrderName {
    /// A payment.
    Payment(Reference),
    /// A payout.
    Payout(InvoiceId),
}

/// What the merchant expects to be paid, or to have paid out.
///
/// ```
/// use pockyt_ipn::Expectation;
/// use pockyt_model::{Amount, Currency};
///
/// let dinner = Expectation::exactly(Amount::parse("50.00")?, Currency::USD)
///     .with_tip_up_to(Amount::parse("10")?);
/// # Ok::<(), pockyt_model::AmountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Expectation {
    amount: Amount,
    tip: Option<Amount>,
    currency: Currency,
    settle_currency: Option<Currency>,
}

impl Expectation {
    /// This amount and no other, in major units of the currency; 13 and 13.00 are the same.
    pub fn exactly(amount: Amount, currency: Currency) -> Self {
        Self { amount, tip: None, currency, settle_currency: None }
    }

    /// The price of the request, with the currency it is settled in.
    pub fn of_price(price: &Price) -> Self {
        Self::exactly(price.amount().clone(), price.currency()).settled_in(price.settle_currency())
    }

    /// At least the amount, and at most this much more.
    pub fn with_tip_up_to(self, tip: Amount) -> Self {
        Self { tip: Some(tip), ..self }
    }

    /// What currency the merchant is paid in. Another one raises an alarm, the event `ipn settle currency
    /// differs`, and stops nothing: the field is optional, so nothing about money may hang on it.
    pub fn settled_in(self, currency: Currency) -> Self {
        Self { settle_currency: Some(currency), ..self }
    }

    /// What is not as expected; `None` when all is.
    pub(crate) fn mismatch(&self, amount: &Amount, currency: Currency) -> Option<String> {
        if currency != self.currency {
            return Some(format!("{currency} came where {} was expected", self.currency));
        }
        let most =
            self.tip.as_ref().map_or_else(|| Some(self.amount.clone()), |tip| self.amount.checked_add(tip));
        let fits = *amount >= self.amount && most.is_some_and(|most| *amount <= most);
        let tip = self.tip.as_ref().map(|tip| format!(" and at most {tip} more")).unwrap_or_default();
        (!fits).then(|| format!("{amount} {currency} came where {}{tip} was expected", self.amount))
    }

    /// The currency that a notification says it is settled in, where that is another than was expected.
    pub(crate) fn settles_elsewhere(&self, notification: &Notification) -> Option<Currency> {
        let Notification::Payment(payment) = notification else { return None };
        let (expected, named) = (self.settle_currency?, payment.settle_currency()?);
        (expected != named).then_some(named)
    }
}

/// Why an order could not be looked up. Its text is kept with the notice for people to read, so it should hold
/// no personal data.
pub type LookupError = Box<dyn Error + Send + Sync>;

/// The merchant's orders, as far as the listener needs them. Async functions and closures that take the name by
/// value are [`Orders`] too:
///
/// ```
/// use pockyt_ipn::{Expectation, LookupError, OrderName, Orders};
/// use pockyt_model::{Amount, Currency};
///
/// async fn expectation(order: OrderName) -> Result<Option<Expectation>, LookupError> {
///     let OrderName::Payment(reference) = order else { return Ok(None) };
///     // Ask the database for the order of this reference.
///     Ok((reference.as_str() == "order-1").then(|| Expectation::exactly(Amount::parse("13").unwrap(), Currency::USD)))
/// }
///
/// fn takes_orders(_: impl Orders) {}
/// takes_orders(expectation);
/// ```
pub trait Orders: Send + Sync {
    /// What is expected of an order; `None` when there is none of this name (yet).
    ///
    /// It is asked when a notice is about to be handed over, long after `success` was answered, and given an
    /// eighth of the lease. An error or too much time counts as a failed attempt, which is made again.
    fn expectation(
        &self,
        order: OrderName,
    ) -> impl Future<Output = Result<Option<Expectation>, LookupError>> + Send;
}

impl<F, Fut> Orders for F
where
    F: Fn(OrderName) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Option<Expectation>, LookupError>> + Send,
{
    fn expectation(
        &self,
        order: OrderName,
    ) -> impl Future<Output = Result<Option<Expectation>, LookupError>> + Send {
        self(order)
    }
}

/// What becomes of a notice whose order the merchant does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnknownOrder {
    /// It is handed over as if no order was expected.
    Accept,
    /// It waits for the order, with growing delays, until the notice is as old as
    /// [`RetryPolicy::defer_for`](crate::RetryPolicy::defer_for) says; then it is dead. A notification can be
    /// faster than the transaction that writes its order.
    #[default]
    Defer,
}

pub(crate) type Looking<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Expectation>, LookupError>> + Send + 'a>>;

/// [`Orders`] of which the listener need not know the type.
pub(crate) trait AnyOrders: Send + Sync {
    fn look_up(&self, order: OrderName) -> Looking<'_>;
}

impl<O: Orders> AnyOrders for O {
    fn look_up(&self, order: OrderName) -> Looking<'_> {
        Box::pin(self.expectation(order))
    }
}
