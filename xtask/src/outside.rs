//! Tests that need a program from elsewhere, which not every machine has: a browser, the vendor's SDK.
//!
//! The rest of the tests needs nothing but cargo, so they are told apart by their names.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::metadata::Metadata;
use crate::system::{answers, find_or_install};

/// Some tests, and what they need.
pub(crate) struct Outside {
    /// What the gate calls them.
    pub(crate) name: &'static str,
    /// What all their names begin with, and no other test's.
    pub(crate) prefix: &'static str,
    /// Finds what they need, or gets it; the error says how a person gets it.
    find: fn(&Metadata) -> anyhow::Result<Found>,
}

/// The variable by which the tests learn where it is.
pub(crate) type Found = (&'static str, String);

/// Whose tests they are.
pub(crate) const PACKAGE: &str = "pockyt-mock";

/// All of them.
pub(crate) const OUTSIDE: [Outside; 2] = [
    Outside { name: "browser", prefix: "in_chromium::", find: chromium },
    Outside { name: "vendor's SDK", prefix: "with_the_vendors_sdk::", find: vendors_sdk },
];

impl Outside {
    /// Finds what the tests need, or gets it.
    pub(crate) fn find(&self, metadata: &Metadata) -> anyhow::Result<Found> {
        (self.find)(metadata)
    }
}

/// What the tests of the pages run.
fn chromium(_: &Metadata) -> anyhow::Result<Found> {
    let program = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    anyhow::ensure!(
        find_or_install(&program, "chromium"),
        "the pages are looked at with Chromium, which is not installed. On Debian:\n\n    \
         sudo apt-get install chromium\n\nElsewhere install it and name it in the variable CHROMIUM."
    );
    Ok(("CHROMIUM", program))
}

/// The vendor's SDK that a package registry has.
const SDK: &str = "yuansfer==3.0.4";

/// The folder with the vendor's Python SDK and what it needs.
fn vendors_sdk(metadata: &Metadata) -> anyhow::Result<Found> {
    let folder = metadata.target_directory.join("vendors-sdk");
    if !folder.join("yuansfer").is_dir() {
        anyhow::ensure!(
            answers("python3", &["-m", "pip", "--version"]),
            "the vendor's SDK is for Python: there is no python3 with pip"
        );
        install(&folder)?;
    }
    Ok(("VENDORS_SDK", folder.display().to_string()))
}

fn install(folder: &Path) -> anyhow::Result<()> {
    let unfinished = folder.with_extension("unfinished");
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).with_context(|| unfinished.display().to_string())?;
    }
    println!("$ python3 -m pip install --target {} {SDK}", folder.display());
    let mut command = Command::new("python3");
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]);
    let status = command.arg(&unfinished).arg(SDK).stdin(Stdio::null()).status();
    let status = status.context("python3 did not start")?;
    anyhow::ensure!(status.success(), "pip could not install {SDK}");
    std::fs::rename(&unfinished, folder).with_context(|| folder.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_prefix_is_a_part_of_another_test_s_name() {
        for outside in &OUTSIDE {
            assert!(outside.prefix.ends_with("::"), "{}", outside.prefix);
        }
    }
}
