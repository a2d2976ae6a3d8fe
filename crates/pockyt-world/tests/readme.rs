//! The README's commands, as a reader would type them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test reports by panicking"
)]

use std::process::{Command, Output};

use pockyt_mock::MockPockyt;
use pockyt_world::{Narrator, demo};

/// The text of the first block of a language.
fn block(language: &str) -> String {
    let readme = include_str!("../../../README.md");
    let fence = format!("```{language}\n");
    let (_, rest) = readme.split_once(&fence).expect("the block is there");
    rest.split_once("```").expect("the block ends").0.to_owned()
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

/// Needs the shell, curl and md5sum that the README talks to; without them there is nothing to try.
#[tokio::test(flavor = "multi_thread")]
async fn the_curl_session_ends_in_success() {
    if !["sh", "curl", "md5sum"].into_iter().all(is_there) {
        eprintln!("no curl or md5sum here: the README's session is not tried");
        return;
    }
    let mock = MockPockyt::start().await.unwrap();
    let script = block("sh").replace("http://127.0.0.1:8080", mock.url());
    assert!(script.contains(mock.url()));
    let run = tokio::task::spawn_blocking(move || Command::new("sh").arg("-euc").arg(script).output());
    let Output { status, stdout, stderr } = run.await.unwrap().unwrap();
    let printed = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{printed}\n{}", String::from_utf8_lossy(&stderr));
    let (first, last) = (printed.find("\"cashierUrl\""), printed.rfind("\"status\":\"success\""));
    assert!(first.is_some() && last > first, "{printed}");
    assert!(printed.trim_end().ends_with("\"ret_msg\":\"query success \"}"), "{printed}");
}

#[test]
fn the_program_is_as_short_as_its_title_says() {
    let lines = block("rust").lines().filter(|line| !line.trim().is_empty()).count();
    assert!(lines <= 25, "{lines} lines");
}

#[tokio::test]
async fn the_story_is_told_as_it_is_printed() {
    let narrator = Narrator::silent();
    demo::play(1, Some(5), &narrator).await.unwrap();
    let told = narrator.lines().join("\n") + "\n";
    assert!(told.contains(&block("text")), "{told}");
}
