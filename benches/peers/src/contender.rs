//! Three ways to ask.

mod bare;
mod naive;
mod pockyt;

pub use bare::Bare;
pub use naive::Reqwest;
pub use pockyt::Pockyt;

use crate::Error;

/// One of the three.
#[derive(Clone, Debug)]
pub enum Contender {
    /// pockyt-client.
    Pockyt(Pockyt),
    /// hyper-util's own client.
    Bare(Box<Bare>),
    /// reqwest, serde_json and a naive signer.
    Reqwest(Reqwest),
}

impl Contender {
    /// All three, each with a pool of its own, against the server at this URL.
    ///
    /// # Errors
    ///
    /// The URL is none of this machine.
    pub fn all(url: &str) -> Result<[Self; 3], Error> {
        Ok([
            Self::Pockyt(Pockyt::new(url)?),
            Self::Bare(Box::new(Bare::new(url)?)),
            Self::Reqwest(Reqwest::new(url)),
        ])
    }

    /// Its name in the tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pockyt(_) => "pockyt-client",
            Self::Bare(_) => "bare hyper-util",
            Self::Reqwest(_) => "reqwest",
        }
    }

    /// Asks once.
    ///
    /// # Errors
    ///
    /// There is no answer, or not the one that was expected.
    pub async fn ask(&self) -> Result<(), Error> {
        match self {
            Self::Pockyt(pockyt) => pockyt.ask().await,
            Self::Bare(bare) => bare.ask().await,
            Self::Reqwest(reqwest) => reqwest.ask().await,
        }
    }
}
