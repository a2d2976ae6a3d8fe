//! `GET /_mock/transactions`: all orders, or those that are asked for.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::extract::{Request, State};
use pockyt_sim::{ControlError, Glance, Place, Sim, TransactionView};

use super::Site;
use super::control::Answer;
use super::listing::{AT_A_TIME, Listing, Written, read_all};
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

pub(super) async fn list(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let wanted = Wanted::of(&request)?;
    let found = read_all(&site.world, |sim| wanted.begin(sim)).await?;
    // Oldest first.
    Ok(found.written.list((0..found.written.len()).rev()))
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

    fn begin(&self, sim: &Sim) -> Result<Found<'_>, Problem> {
        let is_unknown = |merchant_no: &String| sim.journal_counts_of(merchant_no).is_none();
        if self.merchant_no.as_ref().is_some_and(is_unknown) {
            return Err(ControlError::UnknownMerchant.into());
        }
        let place =
            |before: &String| sim.place(before).ok_or_else(|| Problem::not_found("there is no such order"));
        let before = self.before.as_ref().map(place).transpose()?;
        let left = self.limit.map_or(usize::MAX, NonZeroUsize::get);
        Ok(Found { wanted: self, before, left, seen: Vec::new(), written: Written::default() })
    }

    fn fits(&self, order: Glance<'_>) -> bool {
        let is_found = self.search.as_ref().is_none_or(|search| {
            let in_reference = |reference: &str| reference.to_lowercase().contains(search.as_str());
            order.transaction_no().contains(search.as_str()) || order.reference().is_some_and(in_reference)
        });
        is_found && (self.published || order.created_by() != "published")
    }
}

/// What was found, newest first.
struct Found<'w> {
    wanted: &'w Wanted,
    /// Only older ones are still to be looked at.
    before: Option<Place>,
    /// How many more are wanted.
    left: usize,
    seen: Vec<TransactionView>,
    written: Written,
}

impl Listing for Found<'_> {
    fn look(&mut self, sim: &Sim) -> bool {
        let Ok(orders) = sim.newest_first(self.wanted.merchant_no.as_deref(), self.before) else {
            return false;
        };
        let mut looked_at = 0;
        for order in orders.take(AT_A_TIME) {
            looked_at += 1;
            self.before = Some(order.place());
            if self.wanted.fits(order) {
                self.seen.push(order.view());
                self.left -= 1;
            }
            if self.left == 0 {
                return false;
            }
        }
        looked_at == AT_A_TIME
    }

    fn write(&mut self) {
        for order in self.seen.drain(..) {
            self.written.add(&order);
        }
    }
}
