//! The snippets of the guide for testing a shop, as a reader would run them.

use std::path::Path;
use std::process::{Command, Output};

use pockyt_mock::MockPockyt;

use crate::shell::is_there;
use crate::support::secure_pay;

const GUIDE: &str = include_str!("../../../docs/testing.md");
const BINARY: &str = env!("CARGO_BIN_EXE_pockyt-mock");

fn block(language: &str) -> String {
    let (_, rest) = GUIDE.split_once(&format!("```{language}\n")).expect("the block is there");
    rest.split_once("```").expect("the block ends").0.to_owned()
}

/// Runs a snippet in a folder of its own.
fn run(program: &str, option: &str, snippet: &str) -> Output {
    let folder = std::env::temp_dir().join(format!("pockyt-mock-guide-{}-{program}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", Path::new(BINARY).parent().unwrap().display());
    let ran = Command::new(program)
        .args([option, snippet])
        .env("PATH", path)
        .env("POCKYT_MOCK", BINARY)
        .current_dir(&folder)
        .output()
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    ran
}

#[test]
fn the_shell_session_ends_in_a_payment() {
    if !["sh", "curl", "md5sum"].into_iter().all(is_there) {
        return;
    }
    let Output { status, stdout, stderr } = run("sh", "-euc", &block("sh"));
    let said = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{said}\n{}", String::from_utf8_lossy(&stderr));
    for part in [r#""waiting":true"#, "no answer", r#""status":"success""#, r#""waiting":false"#] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn the_python_test_passes() {
    if !is_there("python3") {
        return;
    }
    let Output { status, stderr, .. } = run("python3", "-c", &block("python"));
    let said = String::from_utf8(stderr).unwrap();
    assert!(status.success() && said.contains("Ran 1 test"), "{said}");
}

#[tokio::test]
async fn the_failure_that_is_shown_is_what_a_failure_says() {
    let mock = MockPockyt::start().await.unwrap();
    secure_pay(&mock, "web-1", &[]).await;
    let failed =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(mock.expect_notification("web-1"))));
    let said = failed.unwrap_err().downcast_ref::<String>().unwrap().clone();
    let shown: Vec<String> = block("text").lines().map(str::to_owned).collect();
    let said: Vec<String> = said.lines().skip(1).map(str::to_owned).collect();
    assert_eq!(
        said.iter().map(|line| line.trim()).collect::<Vec<_>>(),
        shown.iter().map(|line| line.trim()).collect::<Vec<_>>()
    );
}

/// What is shown to be set up exists by these names.
#[test]
fn the_bad_days_are_faults_and_scripts_that_exist() {
    for kind in [
        "lose-reply",
        "{\"notification\": \"duplicate\"}",
        "{\"notification\": \"forge\"}",
        "{\"server-error\": {\"status\": 502, \"booked\": true}}",
    ] {
        assert!(GUIDE.contains(kind), "{kind}");
        let kind = if kind.starts_with('{') { kind.to_owned() } else { format!("\"{kind}\"") };
        serde_json::from_str::<pockyt_mock::FaultKind>(&kind).unwrap();
    }
    for kind in ["confirm-on-cancel", "never"] {
        assert!(GUIDE.contains(kind), "{kind}");
        serde_json::from_str::<pockyt_mock::Wallet>(&format!("{{\"kind\":\"{kind}\"}}")).unwrap();
    }
}
