use anyhow::{Context as _, ensure};
use pockyt_model::operation::{Prepay, Refund, TranQuery};
use pockyt_model::{PaymentBarcode, Reference, Settlement, Standing};

use crate::stage::{Stage, price, reference, till_order};

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let sale = reference("till-10")?;
    let client = stage.shop.client();
    client.in_store().add(&till_order("10.00", &sale)?).await?;
    let barcode = PaymentBarcode::new("286498530672949108")?;
    client.in_store().prepay(&Prepay::new(sale.clone(), barcode)).await?;
    stage.mock.advance(std::time::Duration::from_secs(10)).await;
    let query = TranQuery::by_reference(sale.clone());
    ensure!(client.orders().query(&query).await?.standing() == Standing::Paid);
    stage.say("10.00 USD are paid");

    let refund = |amount: &'static str, number: &'static str| {
        let sale = sale.clone();
        async move { Ok::<_, anyhow::Error>(Refund::new(sale, price(amount)?, Reference::new(number)?)) }
    };
    for (amount, number, standing, word) in [
        ("3.50", "back-1", Standing::PartRefunded, "in part"),
        ("6.50", "back-2", Standing::Refunded, "in full"),
    ] {
        let given = client.orders().refund(&refund(amount, number).await?).await?;
        let after = client.orders().query(&query).await?;
        ensure!(after.standing() == standing, "it is {:?}", after.standing());
        stage.say(format!(
            "refund {number} of {}: {}; the sale is refunded {word}",
            given.refund_amount()?,
            given.status()?
        ));
    }
    let Err(error) = client.orders().refund(&refund("0.01", "back-3").await?).await else {
        anyhow::bail!("more was refunded than was paid")
    };
    error.refusal().context("no refusal")?;
    stage.say(format!("and 0.01 more as back-3: {error}"));
    // The code alone does not say whether an earlier try of this refund went through; the sale does.
    ensure!(error.ask() == Settlement::RefundInfoOfSale, "ask {:?}", error.ask());
    let after = client.orders().query(&query).await?;
    ensure!(after.refunds()?.len() == 2 && after.standing() == Standing::Refunded);
    stage.say("the sale's refundInfo holds back-1 and back-2, and not back-3: nothing more was given back");
    Ok(())
}
