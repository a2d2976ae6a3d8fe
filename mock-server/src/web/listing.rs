//! Long lists, read a portion at a time: while the orders are looked at, no merchant's call is answered.

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use pockyt_sim::Sim;
use serde::Serialize;

use super::problem::Problem;
use crate::world::World;

/// How many are looked at before others have their turn.
pub(super) const AT_A_TIME: usize = 128;

/// What is read by and by. An answer is not of one instant when it takes more than one portion: each part of it
/// is as it was when it was looked at.
pub(super) trait Listing: Sized {
    /// Looks at the next portion; says whether there is more.
    fn look(&mut self, sim: &Sim) -> bool;

    /// Writes down what was seen. Others may already do something to the simulation.
    fn write(&mut self);
}

/// Reads to the end. After a reset meanwhile it begins again: nothing of before is left then.
pub(super) async fn read_all<L: Listing>(
    world: &World,
    begin: impl Fn(&Sim) -> Result<L, Problem>,
) -> Result<L, Problem> {
    'anew: loop {
        let epoch = world.epoch();
        let Some(begun) = world.view_since(epoch, &begin) else { continue };
        let mut listing = begun?;
        loop {
            let Some(has_more) = world.view_since(epoch, |sim| listing.look(sim)) else { continue 'anew };
            listing.write();
            if !has_more {
                return Ok(listing);
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Values that were written as JSON, one after another in one piece of memory.
#[derive(Default)]
pub(super) struct Written {
    text: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Written {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn add(&mut self, value: &impl Serialize) {
        // Views are plain structs of text and numbers, which always serialise, and a vector takes everything.
        let _ = serde_json::to_writer(&mut self.text, value);
        self.ends.push(self.text.len());
    }

    /// The answer that is a list of those in these places.
    pub(super) fn list(&self, places: impl Iterator<Item = usize>) -> Response {
        let mut list = Vec::with_capacity(self.text.len() + self.len() + 2);
        list.push(b'[');
        for place in places {
            if list.len() > 1 {
                list.push(b',');
            }
            list.extend_from_slice(self.get(place).unwrap_or_default());
        }
        list.push(b']');
        ([(CONTENT_TYPE, "application/json")], list).into_response()
    }

    fn get(&self, place: usize) -> Option<&[u8]> {
        let begin = place.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before));
        self.text.get(*begin?..*self.ends.get(place)?)
    }
}
