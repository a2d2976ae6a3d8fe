use std::time::Duration;

use anyhow::ensure;
use pockyt_client::{Polling, Settled};
use pockyt_model::Standing;

use crate::stage::{Stage, checkout, price, reference};

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let reference = reference("web-6")?;
    let request = checkout("99.00", &reference)?;
    let answer = stage.shop.client().online().secure_pay(&request).await?;
    let number = answer.transaction_no()?;
    stage.shop.close().await;
    stage.say("the shop's server is down, and stays so; the customer pays");
    let start = stage.mock.now().0;
    stage.mock.approve(number.as_str()).await?;

    let polling = Polling::until(Duration::from_mins(10)).expecting(price("99.00")?);
    let Settled::Final(paid) = stage.shop.client().poll(reference.clone(), &polling).await? else {
        anyhow::bail!("polling did not settle it")
    };
    ensure!(paid.standing() == Standing::Paid && stage.shop.books().ship(&reference));
    stage.say("polling settles it: paid, and the shop ships the goods");

    stage.mock.advance(Duration::from_hours(5)).await;
    let notifications = stage.mock.notifications(Some(number.as_str()));
    let due: Vec<u64> = notifications.iter().flat_map(|n| &n.attempts).map(|a| a.due_at.0 - start).collect();
    let minutes: Vec<String> = due.iter().map(|ms| (ms / 60_000).to_string()).collect();
    ensure!(due.len() == 9, "{} deliveries", due.len());
    ensure!(due.last().is_some_and(|last| *last <= 2 * 60 * 60 * 1000), "the last came after two hours");
    ensure!(notifications.iter().all(|n| !n.acknowledged && n.next_due_at.is_none()));
    stage.say(format!(
        "Pockyt sent the notification after {} minutes: 8 resends, then no more",
        minutes.join(", ")
    ));
    ensure!(stage.shop.books().heard(&reference) == 0);
    Ok(())
}
