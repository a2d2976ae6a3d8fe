//! One cargo command: shown, then run.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;

/// The folder of the workspace's Cargo.toml.
pub(crate) fn root() -> PathBuf {
    let xtask =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| OsString::from(env!("CARGO_MANIFEST_DIR")));
    let mut folder = PathBuf::from(xtask);
    folder.pop();
    folder
}

/// A cargo command that is printed before it runs. It runs in the workspace's root.
#[derive(Debug)]
pub(crate) struct Cargo {
    args: Vec<String>,
    env: Vec<(&'static str, String)>,
    common: &'static [(&'static str, &'static str)],
}

impl Cargo {
    /// `cargo` with these arguments.
    pub(crate) fn new<A: Into<String>>(args: impl IntoIterator<Item = A>) -> Self {
        Self { args: args.into_iter().map(Into::into).collect(), env: Vec::new(), common: &[] }
    }

    /// The same with more arguments at the end.
    pub(crate) fn args<A: Into<String>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// The same with an environment variable set.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.env.push((name, value.into()));
        self
    }

    /// The same with variables that many commands share. They are not printed with each.
    pub(crate) fn common(mut self, variables: &'static [(&'static str, &'static str)]) -> Self {
        self.common = variables;
        self
    }

    /// Runs it on our own standard streams, without input.
    pub(crate) fn status(self) -> anyhow::Result<ExitStatus> {
        self.show();
        self.command().stdin(Stdio::null()).status().context("cargo did not start")
    }

    /// Runs it where the user stands and with the user's input.
    pub(crate) fn status_for_user(self) -> anyhow::Result<ExitStatus> {
        // On standard error: what the program itself prints may have to be the same every time.
        eprintln!("$ {}", self.line());
        let here = std::env::current_dir().context("the current folder is gone")?;
        self.command().current_dir(here).status().context("cargo did not start")
    }

    /// Runs it in silence and gives its standard output; a failure is an error.
    pub(crate) fn output(self) -> anyhow::Result<String> {
        let shown = self.line();
        let output = self
            .command()
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .context("cargo did not start")?;
        anyhow::ensure!(output.status.success(), "`{shown}` failed: {}", output.status);
        String::from_utf8(output.stdout).with_context(|| format!("`{shown}` did not write UTF-8"))
    }

    /// Whether it succeeds; says nothing.
    pub(crate) fn succeeds(self) -> bool {
        let silent = self.command().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        silent.is_ok_and(|status| status.success())
    }

    /// Runs it, passes on what it writes as it comes, and shows `see` every line of either stream.
    pub(crate) fn watch(self, see: impl FnMut(&str) + Send) -> anyhow::Result<ExitStatus> {
        self.show();
        let mut child = self
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cargo did not start")?;
        let stdout = child.stdout.take().context("the child's output was asked for as a pipe")?;
        let stderr = child.stderr.take().context("the child's errors were asked for as a pipe")?;
        let see = Mutex::new(see);
        std::thread::scope(|scope| {
            let errors = scope.spawn(|| pass_on(stderr, std::io::stderr(), &see));
            let written = pass_on(stdout, std::io::stdout(), &see);
            let errors = errors.join().unwrap_or_else(|_| Err(std::io::Error::other("the reader stopped")));
            written.and(errors)
        })
        .context("reading what cargo writes")?;
        child.wait().context("waiting for cargo")
    }

    fn line(&self) -> String {
        let mut line = String::new();
        for (name, value) in &self.env {
            line.push_str(&format!("{name}={value} "));
        }
        line.push_str("cargo ");
        line.push_str(&self.args.join(" "));
        line
    }

    fn show(&self) {
        println!("$ {}", self.line());
    }

    fn command(&self) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(&self.args).current_dir(root());
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_about_xtask) {
                command.env_remove(name);
            }
        }
        command.envs(self.common.iter().copied());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Whether cargo set the variable to describe xtask. Some build scripts (ring's) run again when one of
/// these changes, so passing them on would rebuild half of the tree on every change between `cargo` and
/// `cargo xtask`.
fn is_about_xtask(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_BIN_")
        || name.starts_with("CARGO_MANIFEST_")
        || matches!(name, "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR")
}

fn pass_on(from: impl Read, mut to: impl Write, see: &Mutex<impl FnMut(&str)>) -> std::io::Result<()> {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        to.flush()?;
        let mut see = see.lock().unwrap_or_else(PoisonError::into_inner);
        see(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_line_holds_environment_and_arguments() {
        let cargo = Cargo::new(["doc", "--locked"]).env("RUSTDOCFLAGS", "-Dwarnings").args(["--no-deps"]);
        assert_eq!(cargo.line(), "RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps");
    }

    #[test]
    fn every_line_is_passed_on_and_seen() {
        let mut seen = Vec::new();
        let mut copy = Vec::new();
        let see = Mutex::new(|line: &str| seen.push(line.to_owned()));
        pass_on(&b"one\ntwo \xff\nlast"[..], &mut copy, &see).unwrap();
        assert_eq!(copy, b"one\ntwo \xff\nlast");
        assert_eq!(seen, ["one", "two \u{fffd}", "last"]);
    }
}
