//! What comes of every operation of the SDK.

use std::path::Path;
use std::process::Command;

use pockyt_mock::MockPockyt;

use crate::proxy::Proxy;

/// What the SDK spoils by itself, and no server can mend: a value that it signs differently than it sends, paths
/// that it mixes up, a list that it takes for a table.
const SPOILT: [(&str, &str); 5] = [
    ("offline.instore_create_tran_qrcode(needQrcode=True)", "000000"),
    ("data_search.mixed_cancel", "000020"),
    ("recurring.update_recurring", "TypeError"),
    ("auth.auth_freeze", "000020"),
    ("auth.auth_unfreeze", "000020"),
];

async fn every_operation(environment: &str, host: &'static str) {
    let sdk = std::env::var("VENDORS_SDK").expect("VENDORS_SDK names the folder of the vendor's Python SDK");
    let mock = MockPockyt::builder().tls([host]).start().await.unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sdk-{environment}"));
    std::fs::create_dir_all(&folder).unwrap();
    let authority = folder.join("authority.pem");
    std::fs::write(&authority, mock.authority_pem().unwrap()).unwrap();
    let proxy = Proxy::start(host, mock.addr()).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk/every_operation.py");
    let mut python = Command::new("python3");
    python
        .arg(script)
        .args([environment, mock.url()])
        .env("PYTHONPATH", sdk)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("REQUESTS_CA_BUNDLE", &authority)
        .env("HTTPS_PROXY", format!("http://{}", proxy.addr))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    let output = tokio::task::spawn_blocking(move || python.output()).await.unwrap().unwrap();
    let (said, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{errors}");
    let outcomes: Vec<(&str, &str)> = said.lines().map(|line| line.split_once(' ').unwrap()).collect();
    assert_eq!(outcomes.len(), 38, "{said}");
    for (operation, outcome) in outcomes {
        let spoilt = SPOILT.iter().find(|(name, _)| *name == operation);
        assert_eq!(outcome, spoilt.map_or("000100", |(_, outcome)| *outcome), "{operation}");
    }
    // What the SDK raises by itself never gets here.
    assert_eq!(mock.counts().requests, 37);
    assert_eq!(mock.counts().refusals, 4);
    assert!(!mock.journal_lines().concat().contains("made-up"), "a secret is in the journal");
}

#[tokio::test]
async fn every_operation_reaches_the_mock_by_the_name_of_the_test_host() {
    every_operation("sandbox", "mapi.yuansfer.yunkeguan.com").await;
}

#[tokio::test]
async fn every_operation_reaches_the_mock_by_the_name_of_the_real_host() {
    every_operation("production", "mapi.yuansfer.com").await;
}
