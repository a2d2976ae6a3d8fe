//! A till: the customer shows a code, takes a while to confirm, and the goods are handed over only when a
//! query says that they are paid. Runs against the mock: `cargo run --example till`.
#![allow(clippy::print_stdout, reason = "an example tells what it does")]

use std::error::Error;

use pockyt_client::{Client, ErrorKind, Intent, Outcome, Polling, Settled};
use pockyt_model::operation::{Add, Prepay};
use pockyt_model::{PaymentBarcode, Price, Reference, Standing};

/// What the cashier is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Till {
    /// Hand over the goods.
    Paid,
    /// Nothing was taken, or it was given back.
    NotPaid,
    /// Nobody knows: keep the goods and the receipt, and settle it later.
    AskLater,
}

/// Takes a price from the code that a customer shows.
///
/// # Errors
///
/// The query of the order is refused, or shows somebody else's order.
pub async fn sell(
    client: &Client,
    price: Price,
    reference: Reference,
    barcode: PaymentBarcode,
) -> Result<Till, Box<dyn Error>> {
    let add = Add::new(price.clone(), reference.clone());
    // Write the intent down before the call goes out.
    let intent = Intent::of(&add);
    if let Err(error) = client.in_store().add(&add).await {
        if !error.may_have_moved_money() {
            println!("no order: {error}");
            return Ok(Till::NotPaid);
        }
        let outcome = client.settle(&intent, std::time::Duration::from_secs(10)).await?;
        if matches!(outcome, Outcome::Unresolved { last: None }) {
            return Ok(Till::AskLater);
        }
    }
    match client.in_store().prepay(&Prepay::new(reference.clone(), barcode)).await {
        Ok(order) => println!("the wallet says {}", order.status()?),
        Err(error) if matches!(error.kind(), ErrorKind::MaybeSent) => println!("{error}: asking"),
        Err(error) if error.may_have_moved_money() => println!("{error}: asking"),
        Err(error) => {
            println!("not charged: {error}");
            return Ok(Till::NotPaid);
        }
    }
    // Ask until it is final; after 90 seconds cancel, and ask what the cancel left.
    match client.poll(reference, &Polling::at_a_till().expecting(price)).await? {
        Settled::Final(order) => Ok(match order.standing() {
            Standing::Paid => Till::Paid,
            Standing::Unpaid | Standing::Refunded | Standing::Reversed => Till::NotPaid,
            // A part was refunded, or the answer contradicts itself: for a person to look at.
            _ => Till::AskLater,
        }),
        Settled::Unresolved { .. } => Ok(Till::AskLater),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    use pockyt_client::{Credentials, Environment};
    use pockyt_mock::{ClockMode, MockPockyt};
    use pockyt_model::{Currency, Merchant};
    use pockyt_sign::ApiToken;

    let mock = MockPockyt::builder().clock(ClockMode::Real).start().await?;
    let token = ApiToken::new("5cbfb079f15b150122261c8537086d77a")?;
    let credentials = Credentials::new(Merchant::new("200043", "300014")?, &token);
    let client = Client::builder(Environment::at(mock.url())?, credentials).build()?;
    let (price, barcode) = (Price::new("13.00", Currency::USD)?, PaymentBarcode::new("286498530672949108")?);
    println!("{:?}", sell(&client, price, Reference::new("till-1")?, barcode).await?);
    Ok(())
}
