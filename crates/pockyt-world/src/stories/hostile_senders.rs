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
    ensure!(stage.shop.books().fulfilled(&mine) == 1);
    let sent = stage.mock.notifications(Some(answer.transaction_no()?.as_str()));
    let genuine = hostile::read(&sent.first().context("no notification")?.body);
    stage.say("somebody has seen the genuine notification, and tries what can be tried");

    let in_other_name = |message: Message| hostile::tamper(message, "reference", other.as_str());
    let attacks = [
        ("forged, signed with a guessed token", hostile::forge(in_other_name(genuine.clone())), 401),
        ("another order's reference put in", in_other_name(genuine.clone()), 401),
        ("the amount changed", hostile::tamper(genuine.clone(), "amount", "0.01"), 401),
        (
            "re-cut, so that the currency becomes a part of the amount",
            hostile::recut(genuine.clone(), "amount"),
            200,
        ),
        ("replayed, byte for byte", genuine, 200),
    ];
    for (what, message, status) in attacks {
        let before = stage.shop.counts();
        let answer = stage.submit(&format!("{SHOP}/ipn"), &hostile::write(&message)).await?;
        stage.settle().await?;
        ensure!(answer.status == status, "{what}: HTTP {}", answer.status);
        ensure!(status == 200 || !answer.body.contains("success"), "{what}: {}", answer.body);
        stage.say(format!("{what}: {}", stage.shop.verdict_since(&before)));
    }
    ensure!(stage.shop.books().fulfilled(&mine) == 1, "the order was fulfilled again");
    ensure!(stage.shop.books().fulfilled(&other) == 0, "an unpaid order was fulfilled");
    let kept = stage.shop.quarantined().await?;
    ensure!(kept.len() == 1, "{} messages in quarantine", kept.len());
    stage.say(format!(
        "nothing was fulfilled twice or for nothing; in quarantine, for a person or a query: {}",
        kept.join(", ")
    ));
    Ok(())
}
