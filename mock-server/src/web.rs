//! The HTTP side: Pockyt's API, the cashier page and the control API on one router.

mod api;
mod body;
mod cashier;
mod control;
mod dashboard;
mod events;
mod guard;
mod journal;
mod listing;
mod notifications;
mod offer;
mod openapi;
mod orders;
mod problem;
mod query;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

pub(crate) use guard::Gate;
pub(crate) use offer::{Offer, Spelled};

use crate::pump::Pump;
use crate::world::World;

/// What every handler has at hand.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) world: Arc<World>,
    pub(crate) pump: Pump,
    pub(crate) gate: Gate,
}

impl Site {
    /// Does something a customer or an operator does. Under a manual clock the deliveries it causes
    /// are made before this returns; under a running clock nobody waits for a listener.
    pub(crate) async fn operate<T, E>(
        &self,
        action: impl FnOnce(&mut pockyt_sim::Sim, pockyt_sim::Millis) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = self.world.act(action)?;
        self.settle_if_manual().await;
        Ok(result)
    }

    pub(crate) async fn settle_if_manual(&self) {
        if self.world.clock_mode().is_manual() {
            self.pump.settle().await;
        }
    }
}

/// Every path that is not the control API's or the cashier's is Pockyt's.
fn router(site: Arc<Site>) -> Router {
    let control = control::router().layer(from_fn_with_state(Arc::clone(&site), guard::protect_control));
    let cashier = Router::new()
        .route("/style.css", get(cashier::style))
        .route("/magic", get(cashier::magic))
        .route("/{transaction_no}", get(cashier::show).post(cashier::act))
        .layer(from_fn_with_state(Arc::clone(&site), guard::protect_cashier));
    Router::new().nest("/_mock", control).nest("/cashier", cashier).fallback(api::answer_any).with_state(site)
}
