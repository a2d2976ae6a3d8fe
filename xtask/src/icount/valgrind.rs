//! Finding valgrind, and asking it.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::system;

/// A case runs this often, and then twice as often: the difference has no start and no end in it.
const TIMES: u64 = 1000;

/// The C library picks its memcpy and the like by what the processor can do. With the plainest of them, the
/// figures are the same on every processor of one kind.
const PLAIN_LIBC: &str = "glibc.cpu.hwcaps=-AVX512VL,-AVX512BW,-AVX512F,-AVX2,-AVX,-ERMS,-FSRM,-RTM,-BMI1,-BMI2,\
    -LZCNT,-MOVBE,-SSE4_2,-SSE4_1,-SSSE3,-AVX_Fast_Unaligned_Load,-Fast_Unaligned_Copy,-Fast_Copy_Backward";

/// Makes sure that valgrind is there; the error says how to get it.
pub(super) fn find_or_install() -> Result<(), String> {
    if system::find_or_install("valgrind", "valgrind") {
        return Ok(());
    }
    Err("Instructions are counted by valgrind, which is not installed. On Debian and Ubuntu:\n\n    \
         sudo apt-get install valgrind\n\nand elsewhere the package of this name."
        .to_owned())
}

/// The names of the cases, from the program itself.
pub(super) fn cases(program: &Path) -> anyhow::Result<Vec<String>> {
    let output = Command::new(program).stdin(Stdio::null()).output();
    let output = output.with_context(|| program.display().to_string())?;
    let usage = String::from_utf8_lossy(&output.stderr);
    let cases: Vec<String> = quoted(&usage).map(str::to_owned).collect();
    anyhow::ensure!(!cases.is_empty(), "{} names no cases: {usage}", program.display());
    Ok(cases)
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}

/// The instructions of one call of a case.
pub(super) fn per_call(program: &Path, case: &str, target: &Path) -> anyhow::Result<u64> {
    let [once, twice] = [TIMES, 2 * TIMES].map(|times| total(program, case, times, target));
    let more = twice?.checked_sub(once?).context("running it more often took fewer instructions")?;
    Ok((more + TIMES / 2) / TIMES)
}

fn total(program: &Path, case: &str, times: u64, target: &Path) -> anyhow::Result<u64> {
    let profile = target.join("icount.callgrind");
    let output = Command::new("valgrind")
        // Nothing of the caller's environment: its size moves the stack.
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GLIBC_TUNABLES", PLAIN_LIBC)
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(program)
        .args([case, &times.to_string()])
        .stdin(Stdio::null())
        .output()
        .context("valgrind did not start")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "valgrind: {}\n{errors}", output.status);
    let text = std::fs::read_to_string(&profile).with_context(|| profile.display().to_string())?;
    totals(&text).context("callgrind wrote no totals")
}

/// Reads the line `totals: 123456`.
fn totals(profile: &str) -> Option<u64> {
    profile.lines().find_map(|line| line.strip_prefix("totals:"))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_read() {
        assert_eq!(totals("version: 1\nevents: Ir\nfn=(1) main\n16 3\ntotals: 2814\n"), Some(2814));
        assert_eq!(totals("events: Ir\n"), None);
    }

    #[test]
    fn cases_are_what_is_quoted() {
        let usage = r#"usage: icount CASE TIMES, with CASE one of ["sign-md5", "verify-form"]"#;
        assert_eq!(quoted(usage).collect::<Vec<_>>(), ["sign-md5", "verify-form"]);
    }
}
