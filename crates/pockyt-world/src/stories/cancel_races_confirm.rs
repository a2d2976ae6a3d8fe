use anyhow::ensure;
use pockyt_client::{Polling, Settled};
use pockyt_mock::{Script, Wallet};
use pockyt_model::operation::{Prepay, Transaction};
use pockyt_model::{PaymentBarcode, Standing};

use crate::stage::{Stage, reference, till_order};

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let first = give_up_on(stage, "till-11a", Wallet::ConfirmOnCancel).await?;
    stage.say(format!(
        "the customer confirmed in the instant of the cancel: tran-query says {}, and lists a refund of all of it",
        first.status()?
    ));
    let second = give_up_on(stage, "till-11b", Wallet::Never).await?;
    stage.say(format!("the cancel came first: tran-query says {}", second.status()?));
    let expected = [(Standing::Refunded, "paid and given back"), (Standing::Unpaid, "not paid")];
    for (order, (standing, word)) in [first, second].into_iter().zip(expected) {
        let name = reference(&order.reference()?.unwrap_or_default())?;
        ensure!(order.standing() == standing, "{name} is {:?}", order.standing());
        // What the shop acts on is the query after the cancel, and on nothing else.
        let hands_over = matches!(order.standing(), Standing::Paid | Standing::PartRefunded);
        let books = stage.mock.transaction(order.transaction_no()?.as_str());
        let Some(books) = books else { anyhow::bail!("Pockyt does not know {name}") };
        let kept_by_pockyt = books.payment_time.is_some() && books.refunded_amount != books.amount;
        ensure!(
            hands_over == kept_by_pockyt,
            "{name}: the shop acts on {:?}, Pockyt has paid at {:?} and {} refunded",
            order.standing(),
            books.payment_time,
            books.refunded_amount
        );
        let late = stage.mock.approve(&books.transaction_no).await;
        ensure!(late.is_err(), "{name} can still be paid");
        stage.say(format!("{name}: {word}; the shop acts on that, and Pockyt's books agree"));
    }
    Ok(())
}

async fn give_up_on(stage: &Stage<'_>, name: &str, wallet: Wallet) -> anyhow::Result<Transaction> {
    let reference = reference(name)?;
    stage.mock.script(Script::new(name, wallet))?;
    let client = stage.shop.client();
    client.in_store().add(&till_order("12.00", &reference)?).await?;
    let barcode = PaymentBarcode::new("286498530672949108")?;
    client.in_store().prepay(&Prepay::new(reference.clone(), barcode)).await?;
    stage.say(format!("prepay {name}: pending; the till will wait 90 seconds and then cancel"));
    match client.poll(reference, &Polling::at_a_till()).await? {
        Settled::Final(order) => Ok(order),
        Settled::Unresolved { .. } => anyhow::bail!("it did not become final"),
    }
}
