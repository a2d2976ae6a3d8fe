//! Other programs than cargo, and the packages of Debian and its kin.

use std::process::{Command, Stdio};

use anyhow::Context;

/// Runs apt-get, shown first; whether it succeeded.
pub(crate) fn apt(args: &[&str]) -> bool {
    println!("$ apt-get {}", args.join(" "));
    apt_get(args).status().is_ok_and(|status| status.success())
}

/// An apt-get that asks nothing.
pub(crate) fn apt_get(args: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.arg("--quiet=2").args(args).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    command
}

/// Whether a program is there and succeeds; says nothing.
pub(crate) fn answers(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Whether a program is there, from the distribution's package if need be and allowed.
pub(crate) fn find_or_install(program: &str, package: &str) -> bool {
    let is_there = || answers(program, &["--version"]);
    if is_there() {
        return true;
    }
    if !is_root() || !answers("apt-get", &["--version"]) {
        return false;
    }
    let install = || apt(&["install", "--yes", "--no-install-recommends", package]);
    (install() || (apt(&["update"]) && install())) && is_there()
}

/// Whether packages may be installed and their lists renewed.
pub(crate) fn is_root() -> bool {
    said("id", &["-u"]).is_ok_and(|id| id == "0")
}

/// What a program says on its standard output, trimmed.
pub(crate) fn said(program: &str, args: &[&str]) -> anyhow::Result<String> {
    said_by(Command::new(program).args(args))
}

/// The same of a command.
pub(crate) fn said_by(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).output();
    let shown = command.get_program().display().to_string();
    let output = output.with_context(|| format!("{shown} did not start"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{shown}: {}: {}", output.status, errors.trim());
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
