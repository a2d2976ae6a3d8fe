//! What `cargo metadata` and `cargo tree` say about the workspace, as far as the rules need it.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::Value;

use crate::run::Cargo;

/// Every package of the lock file, and which of them are ours.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) target_directory: PathBuf,
}

/// One package, ours or another's.
#[derive(Clone, Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: Option<String>,
    pub(crate) rust_version: Option<String>,
    pub(crate) description: Option<String>,
    /// Where it came from; `None` for a path.
    pub(crate) source: Option<String>,
    pub(crate) manifest: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) features: Vec<String>,
    pub(crate) is_member: bool,
    pub(crate) has_library: bool,
}

/// One line of a manifest's dependency tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) requirement: String,
    pub(crate) is_dev: bool,
    pub(crate) is_path: bool,
}

impl Metadata {
    /// Asks cargo.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let text =
            Cargo::new(["metadata", "--format-version", "1", "--locked", "--all-features"]).output()?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let root: Value = serde_json::from_str(text).context("cargo metadata did not write JSON")?;
        let members: Vec<&str> = array(&root, "workspace_members").filter_map(Value::as_str).collect();
        let packages = array(&root, "packages").map(|value| package(value, &members)).collect();
        let target_directory = PathBuf::from(text_of(&root, "target_directory").unwrap_or_default());
        Ok(Self { packages, target_directory })
    }

    /// Our own packages.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.is_member)
    }

    /// The members that others depend on, and so choose features of. The world and the command line are run.
    pub(crate) fn libraries(&self) -> impl Iterator<Item = &Package> {
        let is_run = |package: &&Package| matches!(package.name.as_str(), "pockyt-world" | "pockyt-cli");
        self.members().filter(|package| package.is_under_crates()).filter(move |package| !is_run(package))
    }

    /// The package of a `name v1.2.3` pair.
    pub(crate) fn find(&self, name: &str, version: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name && package.version == version)
    }
}

impl Package {
    /// Whether the package's folder lies under crates/, where the libraries live.
    pub(crate) fn is_under_crates(&self) -> bool {
        self.manifest.ancestors().nth(2).is_some_and(|folder| folder.ends_with("crates"))
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.manifest.parent().map(PathBuf::from).unwrap_or_default()
    }
}

/// A name and a version out of `cargo tree`.
pub(crate) type Resolved = (String, String);

/// Every package in one package's normal dependency tree with all of its features, itself included, on any
/// platform. `cargo metadata` cannot answer this: it merges the features that all members ask for.
pub(crate) fn normal_tree(package: &str, without: &[&str]) -> anyhow::Result<Vec<Resolved>> {
    let mut tree = Cargo::new(["tree", "--locked", "--all-features", "--edges", "normal", "--target", "all"])
        .args(["--prefix", "none", "--format", "{p}", "-p", package]);
    for pruned in without {
        tree = tree.args(["--prune", pruned]);
    }
    let mut all: Vec<Resolved> = tree.output()?.lines().filter_map(resolved).collect();
    all.sort();
    all.dedup();
    Ok(all)
}

/// Reads a manifest's rust-version, such as `1.85`.
pub(crate) fn rust_version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?))
}

fn resolved(line: &str) -> Option<Resolved> {
    let mut words = line.split_whitespace();
    let name = words.next()?;
    let version = words.next()?.strip_prefix('v')?;
    Some((name.to_owned(), version.to_owned()))
}

fn package(value: &Value, members: &[&str]) -> Package {
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
    Package {
        name: text_of(value, "name").unwrap_or_default(),
        version: text_of(value, "version").unwrap_or_default(),
        licence: text_of(value, "license"),
        rust_version: text_of(value, "rust_version"),
        description: text_of(value, "description"),
        source: text_of(value, "source"),
        manifest: PathBuf::from(text_of(value, "manifest_path").unwrap_or_default()),
        dependencies: array(value, "dependencies").map(dependency).collect(),
        features: value
            .get("features")
            .and_then(Value::as_object)
            .map(|features| features.keys().cloned().collect())
            .unwrap_or_default(),
        is_member: members.contains(&id),
        has_library: array(value, "targets").any(is_library),
    }
}

fn is_library(target: &Value) -> bool {
    array(target, "kind").any(|kind| matches!(kind.as_str(), Some("lib" | "proc-macro")))
}

fn dependency(value: &Value) -> Dependency {
    Dependency {
        name: text_of(value, "name").unwrap_or_default(),
        requirement: text_of(value, "req").unwrap_or_default(),
        is_dev: value.get("kind").and_then(Value::as_str) == Some("dev"),
        is_path: value.get("path").is_some_and(Value::is_string),
    }
}

fn array<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text_of(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_dependencies_and_members_are_read() {
        let metadata = Metadata::parse(
            r#"{"target_directory": "/t", "workspace_members": ["path+file:///w/crates/a#0.1.0"], "packages": [
                {"id": "path+file:///w/crates/a#0.1.0", "name": "a", "version": "0.1.0", "license": "MIT",
                 "rust_version": "1.85", "source": null, "manifest_path": "/w/crates/a/Cargo.toml",
                 "features": {"default": [], "json": []}, "targets": [{"kind": ["bin"]}, {"kind": ["lib"]}],
                 "dependencies": [
                    {"name": "hex", "req": "^0.4", "kind": null},
                    {"name": "b", "req": "*", "kind": "dev", "path": "/w/crates/b"}]},
                {"id": "registry+x#hex@0.4.3", "name": "hex", "version": "0.4.3", "source": "registry+x"}]}"#,
        )
        .unwrap();
        let member = metadata.members().next().unwrap();
        assert_eq!(metadata.members().count(), 1);
        assert_eq!((member.name.as_str(), member.licence.as_deref()), ("a", Some("MIT")));
        assert_eq!(member.features, ["default", "json"]);
        assert!(member.is_under_crates() && member.has_library);
        let kinds: Vec<_> =
            member.dependencies.iter().map(|d| (d.name.as_str(), d.is_dev, d.is_path)).collect();
        assert_eq!(kinds, [("hex", false, false), ("b", true, true)]);
        let hex = metadata.find("hex", "0.4.3").unwrap();
        assert_eq!((hex.source.as_deref(), hex.has_library), (Some("registry+x"), false));
    }

    #[test]
    fn rust_versions_are_numbers() {
        assert_eq!(rust_version("1.85"), Some((1, 85, 0)));
        assert_eq!(rust_version("1.85.1"), Some((1, 85, 1)));
        assert_eq!(rust_version("1"), Some((1, 0, 0)));
        assert_eq!(rust_version("stable"), None);
    }

    #[test]
    fn lines_of_the_tree_are_read() {
        assert_eq!(resolved("hex v0.4.3"), Some(("hex".into(), "0.4.3".into())));
        assert_eq!(resolved("pockyt-sign v0.1.0 (/w/x) (*)"), Some(("pockyt-sign".into(), "0.1.0".into())));
        assert_eq!(resolved(""), None);
    }
}
