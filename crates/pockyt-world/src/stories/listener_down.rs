use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::stage::{Stage, checkout, reference};

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let reference = reference("web-5")?;
    let request = checkout("15.00", &reference)?;
    stage.shop.books().expect(&reference, request.price());
    let answer = stage.shop.client().online().secure_pay(&request).await?;
    let number = answer.transaction_no()?;

    stage.shop.close().await;
    stage.say("the shop's server is down; the customer pays");
    stage.mock.approve(number.as_str()).await?;
    stage.mock.advance(Duration::from_mins(40)).await;
    let refused =
        stage.mock.notifications(Some(number.as_str())).iter().map(|n| n.attempts.len()).sum::<usize>();
    stage.say(format!("so far Pockyt has sent the notification {refused} times, and nobody listened"));
    ensure!(refused >= 2, "the notification was not resent");
    ensure!(!stage.shop.books().shipped(&reference));

    stage.shop.reopen().await?;
    stage.say("the server is back");
    stage.mock.advance_to_next().await.context("no resend is due")?;
    stage.settle().await?;
    stage.mock.advance(Duration::from_hours(3)).await;
    stage.settle().await?;
    let notifications = stage.mock.notifications(Some(number.as_str()));
    let attempts: usize = notifications.iter().map(|n| n.attempts.len()).sum();
    ensure!(notifications.iter().all(|n| n.acknowledged), "nobody acknowledged it");
    ensure!(attempts == refused + 1, "{attempts} deliveries");
    ensure!(stage.shop.books().heard(&reference) == 1, "not handed over exactly once");
    stage.say(format!("three hours later: Pockyt heard success on delivery {attempts} and has sent no other; the goods were shipped once"));
    Ok(())
}
