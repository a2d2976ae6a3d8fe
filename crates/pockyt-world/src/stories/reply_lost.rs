use anyhow::ensure;
use pockyt_client::{ErrorKind, Polling, Settled};
use pockyt_mock::{Fault, FaultKind};
use pockyt_model::operation::Prepay;
use pockyt_model::{PaymentBarcode, Settlement, Standing};

use crate::stage::{Stage, price, reference, till_order};

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let reference = reference("till-7")?;
    let client = stage.shop.client();
    client.in_store().add(&till_order("20.00", &reference)?).await?;
    stage.mock.fault(Fault::new(reference.to_string(), FaultKind::LoseReply).operation("prepay"))?;

    let barcode = PaymentBarcode::new("286498530672949108")?;
    let Err(error) = client.in_store().prepay(&Prepay::new(reference.clone(), barcode)).await else {
        anyhow::bail!("the reply was not lost")
    };
    stage.say(format!("the call fails: {error}"));
    ensure!(matches!(error.kind(), ErrorKind::MaybeSent), "{error}");
    ensure!(error.may_have_moved_money() && !error.may_retry());
    ensure!(error.ask() == Settlement::TranQueryByReference);
    stage.say("money may have moved, so nothing is charged again; the client asks by the reference");

    let polling = Polling::at_a_till().expecting(price("20.00")?);
    let Settled::Final(paid) = client.poll(reference.clone(), &polling).await? else {
        anyhow::bail!("it did not become final")
    };
    ensure!(paid.standing() == Standing::Paid, "it is {:?}", paid.standing());
    ensure!(stage.shop.books().ship(&reference));
    let booked: Vec<_> = stage
        .mock
        .transactions()
        .into_iter()
        .filter(|order| order.reference.as_deref() == Some(reference.as_str()))
        .collect();
    ensure!(booked.len() == 1, "{} orders under one reference", booked.len());
    let prepay = "\"event\":\"request\",\"operation\":\"prepay\"";
    let prepays = stage.mock.journal_lines().iter().filter(|line| line.contains(prepay)).count();
    ensure!(prepays == 1, "prepay was called {prepays} times");
    stage.say(format!(
        "tran-query: {}; Pockyt has had one order and one prepay, and the shop ships the goods",
        paid.status()?
    ));
    Ok(())
}
