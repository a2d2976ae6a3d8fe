//! A refund whose answer is lost: it is never sent again under another reference, but looked for in the
//! sale. Runs against the mock: `cargo run --example refund`.
#![allow(clippy::print_stdout, reason = "an example tells what it does")]

use std::error::Error;
use std::time::Duration;

use pockyt_client::{Client, Intent, Outcome};
use pockyt_model::operation::Refund;
use pockyt_model::{Price, Reference, TransactionStatus};

/// Gives a part of a sale back; `true` when it is certain that it was, `false` when it certainly was not,
/// and `None` when nobody knows yet.
///
/// # Errors
///
/// The query of the sale is refused, or another refund stands under this reference.
pub async fn give_back(
    client: &Client,
    sale: Reference,
    price: Price,
    refund_reference: Reference,
) -> Result<Option<bool>, Box<dyn Error>> {
    let refund = Refund::new(sale, price, refund_reference);
    // Write the intent down before the call goes out: its reference is what it is found by.
    let intent = Intent::of(&refund);
    match client.orders().refund(&refund).await {
        // Accepted is not yet given back: the status says.
        Ok(answer) => match answer.status() {
            Ok(TransactionStatus::Success) => return Ok(Some(true)),
            Ok(TransactionStatus::Failed | TransactionStatus::Closed) => return Ok(Some(false)),
            _ => println!("taken in, and not done yet: asking"),
        },
        Err(error) if !error.may_have_moved_money() => {
            println!("{error}");
            return Ok(Some(false));
        }
        Err(error) => println!("{error}: asking"),
    }
    Ok(match client.settle(&intent, Duration::from_secs(30)).await? {
        Outcome::Refunded { .. } => Some(true),
        // Not listed does not mean not booked: settle it again later.
        _ => None,
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    use pockyt_client::{Credentials, Environment};
    use pockyt_mock::{Fault, FaultKind, MockPockyt, Script, Wallet};
    use pockyt_model::operation::{Add, Prepay};
    use pockyt_model::{Currency, Merchant, PaymentBarcode};
    use pockyt_sign::ApiToken;

    let mock = MockPockyt::start().await?;
    mock.script(Script::new("sale-1", Wallet::ConfirmAfter(Duration::ZERO)))?;
    mock.fault(Fault::new("sale-1", FaultKind::LoseReply).operation("refund"))?;
    let token = ApiToken::new("5cbfb079f15b150122261c8537086d77a")?;
    let credentials = Credentials::new(Merchant::new("200043", "300014")?, &token);
    let client = Client::builder(Environment::at(mock.url())?, credentials).build()?;

    let (sale, price) = (Reference::new("sale-1")?, |amount| Price::new(amount, Currency::USD));
    client.in_store().add(&Add::new(price("13.00")?, sale.clone())).await?;
    client.in_store().prepay(&Prepay::new(sale.clone(), PaymentBarcode::new("286498530672949108")?)).await?;
    let given = give_back(&client, sale, price("5.00")?, Reference::new("sale-1-refund-1")?).await?;
    println!("given back: {given:?}");
    Ok(())
}
