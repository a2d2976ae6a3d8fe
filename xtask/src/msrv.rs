//! `cargo xtask msrv`: the libraries, compiled with the oldest Rust that they promise to compile with.
//!
//! `cargo xtask tidy` compares what the manifests of the dependencies declare, which can be wrong, and sees
//! nothing of the code. A compiler sees both.

mod compiler;
mod debian;

use std::process::ExitCode;

use anyhow::Context;

use crate::metadata::{Metadata, Package, rust_version};
use crate::msrv::compiler::Compiler;
use crate::run::Cargo;
use crate::tally::Tally;

/// What the usual gate compiles: the two crates that everything else stands on. The rest, and above all what
/// the client brings, takes too long for every change.
const USUAL: [&str; 2] = ["pockyt-sign", "pockyt-model"];

/// Checks the libraries that the arguments name, or all.
pub(crate) fn msrv(args: &[String]) -> anyhow::Result<ExitCode> {
    let metadata = Metadata::read()?;
    let libraries = named(&metadata, args)?;
    let compiler = match compiler(&metadata) {
        Ok(compiler) => compiler,
        Err(missing) => {
            eprintln!("{missing:#}");
            return Ok(ExitCode::from(2));
        }
    };
    let tally = check(&libraries, &compiler, &[])?;
    Ok(if tally.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The compiler for [`gate`]; an error says what is missing, and that nothing was checked.
pub(crate) fn compiler(metadata: &Metadata) -> anyhow::Result<Compiler> {
    let promise = promise(metadata).context("no library has a rust-version")?;
    Compiler::find(promise, &metadata.target_directory)
}

/// A step of the gate: every library, or what the usual gate has time for.
pub(crate) fn gate(
    metadata: &Metadata,
    compiler: &Compiler,
    everything: bool,
    environment: &'static [(&'static str, &'static str)],
) -> anyhow::Result<Tally> {
    let usual: Vec<String> = if everything { Vec::new() } else { USUAL.map(str::to_owned).to_vec() };
    check(&named(metadata, &usual)?, compiler, environment)
}

/// The libraries of these names; without names, all.
fn named<'a>(metadata: &'a Metadata, names: &[String]) -> anyhow::Result<Vec<&'a Package>> {
    let libraries: Vec<&Package> = metadata.libraries().collect();
    if names.is_empty() {
        return Ok(libraries);
    }
    let find = |name: &String| {
        let known = libraries.iter().copied().find(|library| library.name == *name);
        known.with_context(|| {
            let known: Vec<&str> = libraries.iter().map(|library| library.name.as_str()).collect();
            format!("{name:?} is none of {}", known.join(", "))
        })
    };
    names.iter().map(find).collect()
}

/// The oldest Rust that any library promises. One that promises less is then refused by cargo, by name.
fn promise(metadata: &Metadata) -> Option<&str> {
    let promises = metadata.libraries().filter_map(|library| library.rust_version.as_deref());
    promises.filter(|promise| rust_version(promise).is_some()).min_by_key(|promise| rust_version(promise))
}

/// Checks each library by itself, since in one build together they would lend each other features.
fn check(
    libraries: &[&Package],
    compiler: &Compiler,
    environment: &'static [(&'static str, &'static str)],
) -> anyhow::Result<Tally> {
    println!("With {compiler}");
    let mut tally = Tally::default();
    let mut verdicts = Vec::new();
    for library in libraries {
        for features in choices(library) {
            let good = command(library, features, compiler).common(environment).status()?.success();
            let verdict = if good { "ok" } else { "NOT OK" };
            verdicts.push(format!("msrv: {} {}: {verdict}", library.name, features.unwrap_or("as it is")));
            tally += Tally::check(good);
        }
    }
    println!("{}", verdicts.join("\n"));
    Ok(tally)
}

/// The choices of features that are worth a compilation: none, the default ones, all.
fn choices(library: &Package) -> Vec<Option<&'static str>> {
    let has_default = library.features.iter().any(|name| name == "default");
    let has_others = library.features.iter().any(|name| name != "default");
    match (has_default, has_others) {
        (false, false) => vec![None],
        (false, true) => vec![Some("--no-default-features"), Some("--all-features")],
        (true, _) => vec![Some("--no-default-features"), None, Some("--all-features")],
    }
}

fn command(library: &Package, features: Option<&str>, compiler: &Compiler) -> Cargo {
    let check = ["check", "--quiet", "--locked", "--keep-going", "-p", &library.name];
    compiler.instead_of_usual(Cargo::new(check).args(features))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(name: &str, rust_version: &str, features: &[&str]) -> Package {
        Package {
            name: name.into(),
            rust_version: Some(rust_version.into()),
            features: features.iter().map(|&feature| feature.to_owned()).collect(),
            manifest: format!("/w/crates/{name}/Cargo.toml").into(),
            is_member: true,
            ..Package::default()
        }
    }

    fn house() -> Metadata {
        let mut tool = library("xtask", "1.60", &[]);
        tool.manifest = "/w/xtask/Cargo.toml".into();
        let packages = vec![
            library("pockyt-client", "1.100", &[]),
            library("pockyt-sign", "1.85", &[]),
            library("pockyt-world", "1.70", &[]),
            tool,
        ];
        Metadata { packages, ..Metadata::default() }
    }

    #[test]
    fn the_oldest_promise_of_a_library_counts() {
        assert_eq!(promise(&house()), Some("1.85"));
        assert_eq!(promise(&Metadata::default()), None);
    }

    #[test]
    fn libraries_are_chosen_by_name() {
        let house = house();
        let chosen = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            let found = named(&house, &names).ok()?;
            Some(found.iter().map(|library| library.name.clone()).collect::<Vec<_>>())
        };
        assert_eq!(chosen(&[]).unwrap(), ["pockyt-client", "pockyt-sign"]);
        assert_eq!(chosen(&["pockyt-sign"]).unwrap(), ["pockyt-sign"]);
        assert_eq!(chosen(&["pockyt-sign", "xtask"]), None);
        assert_eq!(chosen(&["-p"]), None);
    }

    #[test]
    fn the_usual_gate_names_libraries_of_ours() {
        let metadata = Metadata::read().unwrap();
        assert_eq!(named(&metadata, &USUAL.map(str::to_owned)).unwrap().len(), USUAL.len());
    }

    #[test]
    fn no_choice_of_features_is_compiled_for_nothing() {
        let (none, all) = (Some("--no-default-features"), Some("--all-features"));
        for (features, expected) in [
            (&[][..], vec![None]),
            (&["json"], vec![none, all]),
            (&["default", "tls"], vec![none, None, all]),
        ] {
            assert_eq!(choices(&library("pockyt-x", "1.85", features)), expected, "{features:?}");
        }
    }
}
