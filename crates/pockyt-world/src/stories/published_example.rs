//! Real data first: the in-store pay request as Pockyt's documentation prints it, signature included.

use anyhow::{Context as _, ensure};

use crate::http;
use crate::stage::{POCKYT, Stage};

const PAY: &str = r#"{
"merchantNo": "200043",
"storeNo": "300014",
"verifySign": "f38965887c5676e2fb19d951251eb613",
"transactionNo": "297553636764407286",
"paymentBarcode": "286498530672949108",
"vendor": "alipay"
}"#;

pub(super) async fn play(stage: &Stage<'_>) -> anyhow::Result<()> {
    let url: ::http::Uri = format!("{POCKYT}/app-instore/v3/pay").parse()?;
    stage.say(
        "POST /app-instore/v3/pay for merchant 200043, store 300014, signed f38965887c5676e2fb19d951251eb613",
    );
    let answer = http::post(stage.mock.addr(), &url, http::JSON, PAY).await?;
    ensure!(answer.status == 200, "HTTP {}: {}", answer.status, answer.body);
    let body: serde_json::Value = serde_json::from_str(&answer.body)?;
    let result = body.get("result").context("no result")?;
    let text = |name: &str| result.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    ensure!(body.get("ret_code").is_some_and(|code| code == "000100"), "{}", answer.body);
    ensure!(text("transactionNo") == "297553636764407286" && text("transactionStatus") == "pending");
    stage.say(format!(
        "accepted: transaction {} of {} {} is pending",
        text("transactionNo"),
        text("amount"),
        text("currency")
    ));

    let changed = PAY.replace("286498530672949108", "286498530672949109");
    let answer = http::post(stage.mock.addr(), &url, http::JSON, changed).await?;
    ensure!(answer.status == 400, "HTTP {}: {}", answer.status, answer.body);
    let rule = answer.header("pockyt-mock-rule").context("a refusal explains itself")?;
    stage.say(format!("with one digit of the barcode changed: HTTP 400 {}", answer.body));
    stage.say("(so does Pockyt's documentation print the answer to a wrong signature, spelling included)");
    stage.say(format!("the mock says why, in the header Pockyt-Mock-Rule: {rule}"));
    Ok(())
}
