//! `GET /_mock/transactions`: all orders, or those that are asked for.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::extract::{Request, State};
use pockyt_sim::{ControlError, Sim, TransactionView};

use super::Site;
use super::control::{Answer, ok};
use super::problem::Problem;
use super::query::{asked_for, read};

/// Which orders are wanted: all, unless something is said.
struct Wanted {
    /// The newest so many of those that fit.
    limit: Option<NonZeroUsize>,
    /// Only those that are older than the order of this number.
    before: Option<String>,
    merchant_no: Option<String>,
    /// In small letters.
    search: Option<String>,
    /// Whether the documentation's orders are wanted.
    published: bool,
}

pub(super) async fn transactions(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let wanted = Wanted::of(&request)?;
    // To look through them takes a while with many, and needs no lock.
    let orders = site.world.view(|sim| wanted.of_merchant(sim))?;
    Ok(ok(&wanted.choose(orders)?))
}

impl Wanted {
    fn of(request: &Request) -> Result<Self, Problem> {
        let parameters = ["limit", "before", "merchant", "search", "published"];
        let [limit, before, merchant_no, search, published] = asked_for(request, parameters)?;
        Ok(Self {
            limit: read(limit.as_deref(), "limit is a whole number from 1")?,
            before: before.map(Into::into),
            merchant_no: merchant_no.map(Into::into),
            search: search.map(|text| text.to_lowercase()),
            published: read(published.as_deref(), "published is true or false")?.unwrap_or(true),
        })
    }

    fn of_merchant(&self, sim: &Sim) -> Result<Vec<TransactionView>, ControlError> {
        let is_unknown = |merchant_no: &String| sim.journal_counts_of(merchant_no).is_none();
        if self.merchant_no.as_ref().is_some_and(is_unknown) {
            return Err(ControlError::UnknownMerchant);
        }
        Ok(sim.transactions())
    }

    /// Oldest first, as they come.
    fn choose(&self, mut orders: Vec<TransactionView>) -> Result<Vec<TransactionView>, Problem> {
        if let Some(before) = &self.before {
            let place = orders.iter().rposition(|order| order.transaction_no == *before);
            orders.truncate(place.ok_or_else(|| Problem::not_found("there is no such order"))?);
        }
        let limit = self.limit.map_or(usize::MAX, NonZeroUsize::get);
        let fitting = orders.into_iter().rev().filter(|order| self.fits(order));
        let mut chosen: Vec<TransactionView> = fitting.take(limit).collect();
        chosen.reverse();
        Ok(chosen)
    }

    fn fits(&self, order: &TransactionView) -> bool {
        let is_theirs = self.merchant_no.as_ref().is_none_or(|merchant_no| order.merchant_no == *merchant_no);
        let contains = |text: &str| {
            self.search.as_ref().is_none_or(|search| text.to_lowercase().contains(search.as_str()))
        };
        let is_found = contains(&order.transaction_no) || order.reference.as_deref().is_some_and(contains);
        is_theirs && is_found && (self.published || order.created_by != "published")
    }
}
