//! Finding an old compiler without changing what the machine has installed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::msrv::debian;
use crate::run::Cargo;
use crate::system::{said, said_by};

/// Set to our folder alone: what cargo has put there is for the usual compiler.
const LIBRARY_PATH: &str = "LD_LIBRARY_PATH";

/// A rustc of the version that was asked for.
#[derive(Debug)]
pub(crate) struct Compiler {
    rustc: PathBuf,
    /// Where its shared libraries are, for one that was only unpacked.
    libraries: Option<PathBuf>,
    /// What it says of its version.
    about: String,
    /// Where what it compiles goes.
    build: PathBuf,
}

impl Compiler {
    /// Rustup's, if it has one; else one unpacked from Debian's packages, now or before.
    pub(super) fn find(promise: &str, target: &Path) -> anyhow::Result<Self> {
        let home = target.join("msrv");
        if let Some(rustc) = by_rustup(promise)
            && let Ok(compiler) = Self::of(promise, rustc, None, &home)
        {
            return Ok(compiler);
        }
        // One folder for each version, so that a new promise does not meet an old compiler.
        let folder = home.join(format!("rust-{promise}"));
        if let Ok(compiler) = Self::unpacked(promise, &folder, &home) {
            return Ok(compiler);
        }
        debian::unpack(promise, &folder)
            .and_then(|()| Self::unpacked(promise, &folder, &home))
            .with_context(|| {
                format!(
                    "NOT CHECKED with Rust {promise}, because there is none. Where rustup may download:\n\n    \
                     rustup toolchain install {promise} --profile minimal\n\nand elsewhere a Debian that has \
                     {promise} as rustc or rustc-web. Here"
                )
            })
    }

    fn unpacked(promise: &str, folder: &Path, home: &Path) -> anyhow::Result<Self> {
        let rustc = folder.join("usr").join("bin").join("rustc");
        anyhow::ensure!(rustc.is_file(), "{}: no such file", rustc.display());
        let libraries = beside_driver(&folder.join("usr").join("lib"))?;
        Self::of(promise, rustc, Some(libraries), home)
    }

    fn of(promise: &str, rustc: PathBuf, libraries: Option<PathBuf>, home: &Path) -> anyhow::Result<Self> {
        let mut ask = Command::new(&rustc);
        ask.arg("-vV");
        if let Some(folder) = &libraries {
            ask.env(LIBRARY_PATH, folder);
        }
        let answer = said_by(&mut ask)?;
        let release = release(&answer).with_context(|| format!("{}: {answer}", rustc.display()))?;
        anyhow::ensure!(keeps(release, promise), "{} is {release}, not {promise}", rustc.display());
        let about = answer.lines().next().unwrap_or_default().to_owned();
        Ok(Self { rustc, libraries, about, build: home.join("build") })
    }

    /// The same command with this compiler, and a target folder of its own.
    pub(super) fn instead_of_usual(&self, cargo: Cargo) -> Cargo {
        let cargo = cargo.args(["--target-dir".to_owned(), self.build.display().to_string()]);
        let cargo = cargo.env("RUSTC", self.rustc.display().to_string());
        match &self.libraries {
            Some(folder) => cargo.env(LIBRARY_PATH, folder.display().to_string()),
            None => cargo,
        }
    }
}

impl fmt::Display for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rustc.display(), self.about)
    }
}

/// The folder of the machine's kind, such as usr/lib/x86_64-linux-gnu.
fn beside_driver(lib: &Path) -> anyhow::Result<PathBuf> {
    let folders = std::fs::read_dir(lib).with_context(|| lib.display().to_string())?;
    let has_driver = |folder: &PathBuf| {
        std::fs::read_dir(folder).into_iter().flatten().flatten().any(|file| is_driver(&file.file_name()))
    };
    let mut folders = folders.flatten().map(|folder| folder.path());
    folders.find(has_driver).with_context(|| format!("{}: no compiler in it", lib.display()))
}

fn is_driver(name: &std::ffi::OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with("librustc_driver-"))
}

/// Asks only for what is there: rustup would otherwise begin to download.
fn by_rustup(promise: &str) -> Option<PathBuf> {
    let toolchains = said("rustup", &["toolchain", "list"]).ok()?;
    let toolchain = toolchain(&toolchains, promise)?;
    said("rustup", &["which", "--toolchain", toolchain, "rustc"]).ok().map(PathBuf::from)
}

/// The toolchain of this version in what `rustup toolchain list` says.
fn toolchain<'a>(list: &'a str, promise: &str) -> Option<&'a str> {
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    names.into_iter().find(|name| keeps(name, promise))
}

/// Reads `release: 1.85.0` of `rustc -vV`.
fn release(about: &str) -> Option<&str> {
    about.lines().find_map(|line| line.strip_prefix("release: ")).map(str::trim)
}

/// Whether a version is the promised one or, where a part was left out, one of those that the promise means.
/// A newer patch release is the same Rust; betas and nightlies are not.
pub(super) fn keeps(version: &str, promise: &str) -> bool {
    let Some(rest) = version.strip_prefix(promise) else { return false };
    (rest.is_empty() || rest.starts_with(['.', '-', '+']))
        && !rest.contains("-beta")
        && !rest.contains("-nightly")
        && !rest.contains("-dev")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_keep_a_promise() {
        for version in ["1.85", "1.85.0", "1.85.1", "1.85.0+dfsg3-1~deb12u3", "1.85-x86_64-unknown-linux-gnu"]
        {
            assert!(keeps(version, "1.85"), "{version}");
        }
        for version in
            ["1.86.0", "1.850.0", "1.8.5", "11.85", "stable", "", "1.85.0-nightly", "1.85.0-beta.2"]
        {
            assert!(!keeps(version, "1.85"), "{version}");
        }
        assert!(keeps("1.85.1", "1.85.1") && !keeps("1.85.0", "1.85.1") && !keeps("1.85.10", "1.85.1"));
    }

    #[test]
    fn only_an_installed_toolchain_is_taken() {
        let list =
            "stable-x86_64-unknown-linux-gnu (active, default)\n1.85.0-x86_64-unknown-linux-gnu\n1.95.0-x";
        assert_eq!(toolchain(list, "1.85"), Some("1.85.0-x86_64-unknown-linux-gnu"));
        assert_eq!(toolchain(list, "1.86"), None);
        assert_eq!(toolchain("no installed toolchains", "1.85"), None);
    }

    #[test]
    fn the_release_is_read() {
        let about = "rustc 1.85.0 (4d91de4e4 2025-02-17) (built from a source tarball)\nbinary: rustc\n\
            commit-hash: x\nhost: x86_64-unknown-linux-gnu\nrelease: 1.85.0\nLLVM version: 19.1.7";
        assert_eq!(release(about), Some("1.85.0"));
        assert_eq!(release("rustc 1.85.0"), None);
    }

    #[test]
    fn nothing_unpacked_is_no_compiler() {
        let nowhere = Path::new("/nonexistent/rust-1.85");
        assert!(Compiler::unpacked("1.85", nowhere, nowhere).is_err());
    }

    #[test]
    fn another_version_is_not_taken_for_the_promised_one() {
        let error = Compiler::of("0.1", "rustc".into(), None, Path::new("/nonexistent")).unwrap_err();
        assert!(error.to_string().contains("not 0.1"), "{error}");
    }
}
