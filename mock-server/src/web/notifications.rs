//! `GET /_mock/notifications`: all notifications, or those of the orders that are asked for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use pockyt_sim::{NotificationId, NotificationView, Sim};

use super::Site;
use super::control::Answer;
use super::listing::{AT_A_TIME, Listing, Written, read_all};
use super::query::all_asked_for;

pub(super) async fn list(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let wanted = all_asked_for(&request, "transaction")?;
    let found = read_all(&site.world, |_| Ok(Found::of(&wanted))).await?;
    if wanted.is_empty() {
        return Ok(found.written.list(0..found.written.len()));
    }
    // Order by order, as they were asked for.
    let of_those = wanted.iter().filter_map(|number| found.places.get(&**number)).flatten();
    Ok(found.written.list(of_those.copied()))
}

/// What was found, oldest first.
struct Found<'w> {
    /// Where those of each number are that is asked for. No number is: all are wanted.
    places: HashMap<&'w str, Vec<usize>>,
    written: Written,
    after: NotificationId,
    seen: Vec<NotificationView>,
}

impl<'w> Found<'w> {
    fn of(wanted: &'w [Cow<'_, str>]) -> Self {
        let places = wanted.iter().map(|number| (&**number, Vec::new())).collect();
        Self { places, written: Written::default(), after: NotificationId(0), seen: Vec::new() }
    }
}

impl Listing for Found<'_> {
    fn look(&mut self, sim: &Sim) -> bool {
        let mut looked_at = 0;
        for (id, number) in sim.notifications_after(self.after).take(AT_A_TIME) {
            looked_at += 1;
            self.after = id;
            if self.places.is_empty() || self.places.contains_key(number) {
                self.seen.extend(sim.notification(id));
            }
        }
        looked_at == AT_A_TIME
    }

    fn write(&mut self) {
        for notification in self.seen.drain(..) {
            if let Some(places) = self.places.get_mut(notification.transaction_no.as_str()) {
                places.push(self.written.len());
            }
            self.written.add(&notification);
        }
    }
}
