use anyhow::ensure;
use pockyt_model::Vendor;
use pockyt_model::operation::CreateTransQrcode;

use crate::stage::{Stage, ipn_url, price, reference};

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let reference = reference("qr-3")?;
    let request =
        CreateTransQrcode::new(price("8.20")?, Vendor::WECHAT_PAY, reference.clone()).ipn_url(ipn_url()?);
    stage.shop.books().expect(&reference, request.price());
    let code = stage.shop.client().in_store().create_trans_qrcode(&request).await?;
    stage.say(format!("create-trans-qrcode {reference}: the shop shows {} as a QR code", code.deep_link()?));

    stage.mock.advance(std::time::Duration::from_secs(7)).await;
    stage.say("the customer scans it and confirms");
    let number = code.transaction_no()?;
    stage.mock.approve(number.as_str()).await?;
    stage.settle().await?;
    ensure!(stage.shop.books().heard(&reference) == 1, "the notification was not handed over once");

    let notifications = stage.mock.notifications(Some(number.as_str()));
    let attempts: usize = notifications.iter().map(|notification| notification.attempts.len()).sum();
    ensure!(attempts == 1, "{attempts} deliveries of an acknowledged notification");
    stage.mock.advance(std::time::Duration::from_hours(2)).await;
    stage.settle().await?;
    let again = stage.mock.notifications(Some(number.as_str()));
    ensure!(again.iter().map(|n| n.attempts.len()).sum::<usize>() == 1, "it was sent again");
    stage.say("two hours later: Pockyt heard success on the first delivery and has sent no other");
    Ok(())
}
