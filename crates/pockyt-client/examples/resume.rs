//! Polling that survives a restart: each step's ticket is written to a file, and the next process goes on
//! with it. Runs against the mock: `cargo run --example resume`.
#![allow(clippy::print_stdout, reason = "an example tells what it does")]

use std::error::Error;
use std::path::Path;

use pockyt_client::{Client, Poller, Polling, Settled, Ticket, What};
use pockyt_model::{Price, Reference};

/// Begins to poll, or goes on with what the file says.
///
/// # Errors
///
/// The file cannot be read, or holds no ticket.
pub fn open(
    client: &Client,
    file: &Path,
    reference: Reference,
    price: Price,
) -> Result<Poller, Box<dyn Error>> {
    if file.exists() {
        let ticket: Ticket = serde_json::from_slice(&std::fs::read(file)?)?;
        println!("going on after {} questions", ticket.questions());
        return Ok(client.resume(ticket));
    }
    Ok(client.poller(reference, &Polling::at_a_till().expecting(price)))
}

/// Makes up to so many steps, writing each one's ticket down; `None` when it is not over yet.
///
/// # Errors
///
/// The query is refused, shows somebody else's order, or the file cannot be written.
pub async fn steps(poller: &mut Poller, file: &Path, most: usize) -> Result<Option<Settled>, Box<dyn Error>> {
    for _ in 0..most {
        let Some(observation) = poller.next().await? else { break };
        // A real shop writes to another file, syncs it, and renames it.
        std::fs::write(file, serde_json::to_vec(&observation.ticket)?)?;
        match observation.what {
            What::Settled(settled) => {
                std::fs::remove_file(file)?;
                return Ok(Some(settled));
            }
            seen => println!("{seen:?}"),
        }
    }
    Ok(None)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    use pockyt_client::{Credentials, Environment};
    use pockyt_mock::{ClockMode, MockPockyt};
    use pockyt_model::operation::{Add, Prepay};
    use pockyt_model::{Currency, Merchant, PaymentBarcode};
    use pockyt_sign::ApiToken;

    let mock = MockPockyt::builder().clock(ClockMode::Real).start().await?;
    let token = ApiToken::new("5cbfb079f15b150122261c8537086d77a")?;
    let credentials = Credentials::new(Merchant::new("200043", "300014")?, &token);
    let client = Client::builder(Environment::at(mock.url())?, credentials).build()?;
    let (reference, price) = (Reference::new("till-9")?, Price::new("13.00", Currency::USD)?);
    client.in_store().add(&Add::new(price.clone(), reference.clone())).await?;
    let barcode = PaymentBarcode::new("286498530672949108")?;
    client.in_store().prepay(&Prepay::new(reference.clone(), barcode)).await?;

    let file = std::env::temp_dir().join(format!("pockyt-resume-{}.json", std::process::id()));
    // The first process stops after one question; the second one goes on.
    steps(&mut open(&client, &file, reference.clone(), price.clone())?, &file, 1).await?;
    let settled = steps(&mut open(&client, &file, reference, price)?, &file, 100).await?;
    println!("{settled:?}");
    Ok(())
}
