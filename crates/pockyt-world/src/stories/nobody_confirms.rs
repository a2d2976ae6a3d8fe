use anyhow::ensure;
use pockyt_client::{Polling, Settled};
use pockyt_mock::{Script, Wallet};
use pockyt_model::operation::Prepay;
use pockyt_model::{PaymentBarcode, Standing};

use crate::stage::{Stage, reference, till_order};

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let reference = reference("till-2")?;
    stage.mock.script(Script::new(reference.to_string(), Wallet::Never))?;
    let client = stage.shop.client();
    client.in_store().add(&till_order("4.50", &reference)?).await?;
    let barcode = PaymentBarcode::new("286498530672949108")?;
    let asked = client.in_store().prepay(&Prepay::new(reference.clone(), barcode)).await?;
    stage.say(format!("prepay {reference}: {}; the customer walks away", asked.status()?));

    let Settled::Final(closed) = client.poll(reference.clone(), &Polling::at_a_till()).await? else {
        anyhow::bail!("it did not become final")
    };
    stage.say("90 seconds are over: the till cancels, and asks what that left, since a cancel's own answer is only a hint");
    ensure!(closed.standing() == Standing::Unpaid, "it is {:?}", closed.standing());
    stage.say(format!("tran-query: {}", closed.status()?));
    ensure!(stage.mock.approve(closed.transaction_no()?.as_str()).await.is_err(), "a closed order was paid");
    stage.say("the customer comes back and confirms: too late, the order cannot be paid any more");
    ensure!(!stage.shop.books().shipped(&reference));
    Ok(())
}
