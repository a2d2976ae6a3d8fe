//! The stories that must always work. Each plays on a stage of its own, from 0:00:00.

use std::pin::Pin;

use crate::stage::Stage;

mod cancel_races_confirm;
mod crash;
mod hostile_senders;
mod listener_down;
mod nobody_answers;
mod nobody_confirms;
mod online_checkout;
mod published_example;
mod refunds;
mod reply_lost;
mod till_customer_code;
mod till_shop_code;

type Played<'a> = Pin<Box<dyn Future<Output = anyhow::Result<()>> + 'a>>;

/// A story: its number, its title, and how it is played. It fails when anything ends otherwise than it
/// must.
#[derive(Clone, Copy)]
pub struct Story {
    /// The number it is known by; 0 is the prologue.
    pub number: u32,
    /// What it is about.
    pub title: &'static str,
    pub(crate) play: for<'a> fn(&'a Stage<'a>) -> Played<'a>,
}

impl std::fmt::Debug for Story {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Story({}: {})", self.number, self.title)
    }
}

macro_rules! stories {
    ($($number:literal $module:ident $title:literal,)*) => {
        /// All of them, in the order in which they are played.
        pub fn all() -> Vec<Story> {
            vec![$(Story { number: $number, title: $title, play: |stage| Box::pin($module::play(stage)) }),*]
        }
    };
}

stories! {
    0 published_example "The documentation's own signed request, byte for byte",
    1 till_customer_code "Till: the customer shows a code, and confirms",
    2 nobody_confirms "Till: nobody confirms",
    3 till_shop_code "Till: the customer scans the shop's code",
    4 online_checkout "Online checkout, there and back",
    5 listener_down "The listener is down",
    6 nobody_answers "Nobody ever answers success",
    7 reply_lost "The reply is lost after the payment was booked",
    8 hostile_senders "Forged, tampered, re-cut and replayed notifications",
    9 crash "The shop crashes between recording and handling",
    10 refunds "Refunds: a part, the rest, and one too many",
    11 cancel_races_confirm "A cancel races the customer's confirmation",
}
