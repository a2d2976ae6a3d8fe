use anyhow::{Context as _, ensure};

use crate::hostile::{self, Message};
use crate::stage::{SHOP, Stage, checkout, reference};

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let (mine, other) = (reference("web-8")?, reference("web-8-never-paid")?);
    for reference in [&mine, &other] {
        stage.shop.books().expect(reference, checkout("30.00", reference)?.price());
    }
    let answer = stage.shop.client().online().secure_pay(&checkout("30.00", &mine)?).await?;
    stage.shop.client().online().secure_pay(&checkout("30.00", &other)?).await?;
    stage.mock.approve(answer.transaction_no()?.as_str()).await?;
    stage.settle().await?;
    ensure!(stage.shop.books().heard(&mine) == 1);
    let sent = stage.mock.notifications(Some(answer.transaction_no()?.as_str()));
    let genuine = hostile::read(&sent.first().context("no notification")?.body);
    stage.say("somebody has seen that notification on the wire, and sends the shop what can be made of it:");

    let in_other_name = |message: Message| hostile::tamper(message, "reference", other.as_str());
    let attacks = [
        (
            "signed afresh with a guessed token",
            hostile::forge(in_other_name(genuine.clone())),
            "signature-mismatch",
        ),
        ("with the reference of an unpaid order", in_other_name(genuine.clone()), "signature-mismatch"),
        ("with another amount", hostile::tamper(genuine.clone(), "amount", "0.01"), "signature-mismatch"),
        (
            "cut elsewhere: amount=30.00&currency=USD as one field, which has the same signed text",
            hostile::recut(genuine.clone(), "amount"),
            "quarantined",
        ),
        ("again, byte for byte", genuine, "duplicate"),
    ];
    for (what, message, expected) in attacks {
        let before = stage.shop.counts();
        let answer = stage.submit(&format!("{SHOP}/ipn"), &hostile::write(&message)).await?;
        stage.settle().await?;
        let verdict = stage.shop.verdict_since(&before);
        ensure!(verdict == expected, "{what}: {verdict} instead of {expected}");
        let kept = matches!(verdict, "quarantined" | "duplicate");
        ensure!(kept == (answer.status == 200 && answer.body == "success"), "{what}: {}", answer.body);
        ensure!(kept || !answer.body.contains("success"), "{what}: {}", answer.body);
        stage.say(format!("  {what}: {verdict}, answered {} {:?}", answer.status, answer.body));
    }
    ensure!(stage.shop.books().heard(&mine) == 1, "the payment was handed to the shop again");
    ensure!(stage.shop.books().heard(&other) == 0, "an unpaid order was handed to the shop");
    let kept = stage.shop.quarantined().await?;
    ensure!(kept.len() == 1, "{} messages in quarantine", kept.len());
    stage
        .say("nothing was shipped twice or for nothing; the one in quarantine waits for a query or a person");
    Ok(())
}
