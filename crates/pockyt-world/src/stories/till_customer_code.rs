use anyhow::ensure;
use pockyt_client::{Polling, Settled};
use pockyt_model::operation::Prepay;
use pockyt_model::{PaymentBarcode, Standing, TransactionStatus, Vendor};

use crate::stage::{Stage, price, reference, till_order};

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let reference = reference("till-1")?;
    let client = stage.shop.client();
    let order = client.in_store().add(&till_order("13.00", &reference)?).await?;
    stage.say(format!(
        "add {reference}: transaction {}, status {}",
        order.transaction_no()?,
        order.status()?
    ));

    let barcode = PaymentBarcode::new("286498530672949108")?;
    let asked =
        client.in_store().prepay(&Prepay::new(reference.clone(), barcode).vendor(Vendor::ALIPAY)).await?;
    ensure!(asked.status()? == TransactionStatus::Pending, "prepay answered {}", asked.status()?);
    stage.say("prepay with the customer's code: pending, the customer has to confirm");

    let polling = Polling::at_a_till().expecting(price("13.00")?);
    let Settled::Final(paid) = client.poll(reference.clone(), &polling).await? else {
        anyhow::bail!("it did not become final")
    };
    ensure!(paid.standing() == Standing::Paid, "it is {:?}", paid.standing());
    stage.say(format!(
        "the customer has confirmed; tran-query: {}, {} {}",
        paid.status()?,
        paid.amount()?,
        paid.currency()?
    ));
    ensure!(stage.shop.books().ship(&reference), "it was shipped before");
    stage.say(format!("the shop hands over the goods of {reference}"));
    Ok(())
}
