use anyhow::{Context as _, ensure};

use crate::stage::{Stage, checkout, reference};

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let reference = reference("web-4")?;
    let request = checkout("42.00", &reference)?;
    stage.shop.books().expect(&reference, request.price());
    let answer = stage.shop.client().online().secure_pay(&request).await?;
    let cashier = answer.cashier_url()?.context("no cashier page")?;
    stage.say(format!("secure-pay {reference}: the browser goes to {cashier}"));

    let page = stage.browse(&cashier).await?;
    ensure!(page.status == 200, "the cashier page answered {}", page.status);
    for shown in ["42.00", "USD", reference.as_str(), "Two pots of tea", "approve", "decline"] {
        ensure!(page.body.contains(shown), "the cashier page does not show {shown}");
    }
    stage.say("the cashier page shows 42.00 USD, the order, and three buttons");

    stage.mock.advance(std::time::Duration::from_secs(31)).await;
    let clicked = stage.submit(&cashier, "action=approve").await?;
    let back = clicked.location().context("no way back to the shop")?.to_owned();
    ensure!(clicked.status == 303, "the button answered {}", clicked.status);
    ensure!(
        back.contains("status=success") && back.contains("note=Tom%20%26%20Ann") && !back.contains('{'),
        "the macros are not filled: {back}"
    );
    stage.say(format!("the customer approves and is sent back to {back}"));
    let thanks = stage.browse(&back).await?;
    stage.say(format!("the shop's page says: {}", thanks.body));
    stage.settle().await?;
    ensure!(stage.shop.books().heard(&reference) == 1, "the notification was not handed over once");
    Ok(())
}
