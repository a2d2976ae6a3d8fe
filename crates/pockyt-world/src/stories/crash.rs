use std::time::Duration;

use anyhow::ensure;
use pockyt_model::Reference;

use crate::stage::{Stage, checkout, reference};

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let (first, second) = (reference("web-9")?, reference("web-9-in-hand")?);
    hear(stage, &first).await?;
    stage.shop.crash().await;
    stage.say("the shop wrote the notification down and answered success; then its program crashed");
    stage.mock.advance(Duration::from_hours(3)).await;
    ensure!(deliveries(stage) == (1, 1), "it was sent again, or was not acknowledged");
    stage
        .say("Pockyt heard success, so it sends nothing more: only the shop's database knows of the payment");
    stage.shop.restart().await?;
    stage.say("the program starts again");
    stage.settle().await?;
    ensure!(stage.shop.books().heard(&first) == 1 && stage.shop.books().shipped(&first));

    hear(stage, &second).await?;
    stage.shop.crash_at_work().await?;
    stage.say("the next payment: the program crashed while it was handling the notification");
    stage.shop.restart().await?;
    stage.settle().await?;
    ensure!(stage.shop.books().heard(&second) == 0, "it was taken over before its lease ended");
    stage.say("the program starts again, and leaves that one alone for a minute: another process could be at work on it");
    stage.mock.advance(Duration::from_secs(61)).await;
    stage.settle().await?;
    ensure!(stage.shop.books().heard(&second) == 1 && stage.shop.books().shipped(&second));

    stage.shop.crash().await;
    stage.shop.restart().await?;
    stage.mock.advance(Duration::from_hours(3)).await;
    stage.settle().await?;
    let heard = [&first, &second].map(|reference| stage.shop.books().heard(reference));
    ensure!(heard == [1, 1], "handed over {heard:?} times");
    ensure!(deliveries(stage) == (2, 2));
    stage.say(
        "one more crash, and nothing is left to do: each notification came once, each order was shipped once",
    );
    Ok(())
}

/// A customer pays, and the shop's listener hears of it.
async fn hear(stage: &Stage<'_>, reference: &Reference) -> anyhow::Result<()> {
    let request = checkout("19.00", reference)?;
    stage.shop.books().expect(reference, request.price());
    let answer = stage.shop.client().online().secure_pay(&request).await?;
    let before = stage.shop.counts();
    stage.mock.approve(answer.transaction_no()?.as_str()).await?;
    let verdict = stage.shop.verdict_since(&before);
    ensure!(verdict == "recorded", "{verdict}");
    ensure!(stage.shop.books().heard(reference) == 0);
    Ok(())
}

/// How many deliveries there were, and how many notifications were acknowledged.
fn deliveries(stage: &Stage<'_>) -> (usize, usize) {
    let all = stage.mock.notifications(None);
    let acknowledged = all.iter().filter(|notification| notification.acknowledged).count();
    (all.iter().map(|notification| notification.attempts.len()).sum(), acknowledged)
}
