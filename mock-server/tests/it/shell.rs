//! What a reader would type into a shell.

use std::process::Command;

/// What the commands print; they must succeed.
pub(crate) async fn run(script: String) -> String {
    let ran = tokio::task::spawn_blocking(move || Command::new("sh").arg("-euc").arg(script).output());
    let output = ran.await.unwrap().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Whether a program is there that the documents use; without it there is nothing to try.
#[expect(clippy::print_stderr, reason = "whoever reads the tests' output is to know")]
pub(crate) fn is_there(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        eprintln!("no {program} here: what the documents do with it is not tried");
    }
    is_there
}
