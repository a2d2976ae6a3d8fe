//! `cargo xtask demo`.

use std::process::ExitCode;

use crate::run::{Cargo, root};

/// Runs the demo where the user stands, and hands its exit code on.
pub(crate) fn demo(args: &[String]) -> anyhow::Result<ExitCode> {
    // The first build is long enough to want cargo's progress; later ones would only be noise.
    let verbosity = if has_been_built() {
        Some("--quiet")
    } else {
        // Not on standard output: that is the same for the same seed, to the letter.
        eprintln!("The first build takes a minute or two; the demo itself takes seconds.");
        None
    };
    let manifest = root().join("Cargo.toml");
    let status = Cargo::new(["run", "--locked", "--manifest-path"])
        .args([manifest.display().to_string()])
        .args(verbosity)
        .args(["-p", "pockyt-world", "--bin", "pockyt-world", "--", "demo"])
        .args(args)
        .status_for_user()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Looks beside xtask itself, which is wherever cargo puts binaries here.
fn has_been_built() -> bool {
    let binary = format!("pockyt-world{}", std::env::consts::EXE_SUFFIX);
    std::env::current_exe().is_ok_and(|xtask| xtask.with_file_name(binary).exists())
}
