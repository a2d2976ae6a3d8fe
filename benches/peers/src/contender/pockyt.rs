//! pockyt-client, as an application uses it.

use pockyt_client::{Client, Environment};
use pockyt_model::TransactionStatus;

use crate::{Error, query};

/// More than are ever in flight here, since queries take three quarters of the places.
const PLACES: usize = 128;

/// A [`Client`] with its defaults, but for the number of requests that may be under way.
#[derive(Clone, Debug)]
pub struct Pockyt(Client);

impl Pockyt {
    /// # Errors
    ///
    /// The URL is none of this machine.
    pub fn new(url: &str) -> Result<Self, Error> {
        let builder = Client::builder(Environment::at(url)?, query::credentials()?);
        Ok(Self(builder.concurrency(PLACES).build()?))
    }

    pub(super) async fn ask(&self) -> Result<(), Error> {
        let transaction = self.0.orders().query(&query::tran_query()?).await?;
        if transaction.status()? != TransactionStatus::Success {
            return Err("another status".into());
        }
        Ok(())
    }
}
