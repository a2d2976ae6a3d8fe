//! `cargo xtask tidy`: the rules that need no compiler. Every finding is printed, not the first only.

mod bans;
mod layers;
mod licences;
mod links;
mod manifests;
mod msrv;
mod sources;
mod tree;

use crate::metadata::{Metadata, normal_tree};
use crate::run::root;
use crate::tally::Tally;
use crate::tidy::tree::Tree;

/// What breaks a rule, as one line that names the place first.
pub(crate) type Findings = Vec<String>;

/// Runs every rule; each counts as one check.
pub(crate) fn tidy() -> anyhow::Result<Tally> {
    let metadata = Metadata::read()?;
    let tree = Tree::read(&root())?;
    let mut tally = Tally::default();
    let mut rule = |name: &str, findings: Findings| {
        println!("tidy: {name}: {}", if findings.is_empty() { "ok" } else { "NOT OK" });
        for finding in &findings {
            println!("    {finding}");
        }
        tally += Tally::check(findings.is_empty());
    };
    rule("layering", layers::check(&metadata));
    rule("no runtime below the client", no_runtime(&metadata).unwrap_or_else(unanswered));
    rule("licences", licences::check(&metadata));
    rule("bans", bans::check(&metadata));
    rule("rust-version", rust_version(&metadata).unwrap_or_else(unanswered));
    rule("manifests", manifests::check(&metadata, &tree));
    rule("file sizes", sources::sizes(&tree));
    rule("marks left behind", sources::marks(&tree));
    rule("doctest fences", sources::fences(&tree));
    rule("links", links::check(&tree));
    for warning in sources::large(&tree) {
        println!("tidy: warning: {warning}");
    }
    Ok(tally)
}

fn no_runtime(metadata: &Metadata) -> anyhow::Result<Findings> {
    let mut findings = Findings::new();
    for package in metadata.members().filter(|package| layers::is_below_client(&package.name)) {
        findings.extend(layers::runtimes(&package.name, &normal_tree(&package.name, &[])?));
    }
    Ok(findings)
}

fn rust_version(metadata: &Metadata) -> anyhow::Result<Findings> {
    let mut findings = Findings::new();
    for package in metadata.members().filter(|package| package.is_under_crates()) {
        let mut tree = normal_tree(&package.name, &[])?;
        let drivers = msrv::drivers(&tree);
        if !drivers.is_empty() {
            tree = normal_tree(&package.name, &drivers)?;
        }
        findings.extend(msrv::check(package, &tree, metadata));
    }
    Ok(findings)
}

/// A rule that could not be asked about was not kept.
#[expect(clippy::needless_pass_by_value, reason = "the shape that unwrap_or_else wants")]
fn unanswered(error: anyhow::Error) -> Findings {
    vec![format!("{error:#}")]
}
