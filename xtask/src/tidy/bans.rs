//! What must not be among the dependencies.

use std::collections::{BTreeMap, BTreeSet};

use crate::metadata::{Metadata, Package};
use crate::tidy::Findings;

/// Not anywhere in the lock file.
const BANNED: &[(&str, &str)] = &[
    ("openssl", "TLS is rustls"),
    ("openssl-sys", "TLS is rustls"),
    ("openssl-src", "TLS is rustls"),
    ("native-tls", "TLS is rustls"),
    ("chrono", "use jiff or std::time"),
];

/// Not in our own manifests; others may still have them.
const BANNED_DIRECTLY: &[(&str, &str)] =
    &[("lazy_static", "use std::sync::LazyLock"), ("once_cell", "use std::sync::OnceLock")];

/// Two incompatible versions of these would put types side by side that look alike and are not.
const ONE_VERSION: &[&str] = &["digest", "http", "hyper", "rustls"];

/// Every banned package, source, requirement and doubled version.
pub(super) fn check(metadata: &Metadata) -> Findings {
    let mut findings = Findings::new();
    for package in &metadata.packages {
        if let Some((_, instead)) = BANNED.iter().find(|(name, _)| *name == package.name) {
            findings.push(format!("{} {}: is banned, {instead}", package.name, package.version));
        }
        if package.source.as_deref().is_some_and(|source| source.starts_with("git+")) {
            findings.push(format!("{} {}: comes from git", package.name, package.version));
        }
    }
    for member in metadata.members() {
        findings.extend(requirements(member));
    }
    findings.extend(doubles(metadata));
    findings
}

fn requirements(member: &Package) -> Findings {
    let mut findings = Findings::new();
    for dependency in &member.dependencies {
        if let Some((_, instead)) = BANNED_DIRECTLY.iter().find(|(name, _)| *name == dependency.name) {
            findings.push(format!("{}: depends on {}, {instead}", member.name, dependency.name));
        }
        if dependency.requirement.contains('*') && !dependency.is_path {
            findings.push(format!("{}: takes any version of {}", member.name, dependency.name));
        }
    }
    findings
}

fn doubles(metadata: &Metadata) -> Findings {
    let mut lines: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in metadata.packages.iter().filter(|package| ONE_VERSION.contains(&package.name.as_str())) {
        lines.entry(&package.name).or_default().insert(compatible_line(&package.version));
    }
    lines
        .into_iter()
        .filter(|(_, versions)| versions.len() > 1)
        .map(|(name, versions)| format!("{name}: is here as {}", Vec::from_iter(versions).join(" and ")))
        .collect()
}

/// The part of a version that cargo holds to be compatible: `1` of 1.4.2, `0.11` of 0.11.3.
fn compatible_line(version: &str) -> &str {
    let parts = if version.starts_with("0.") { 2 } else { 1 };
    let end = version.match_indices('.').nth(parts - 1).map_or(version.len(), |(dot, _)| dot);
    version.get(..end).unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dependency;

    fn package(name: &str, version: &str) -> Package {
        Package { name: name.into(), version: version.into(), ..Package::default() }
    }

    fn findings(packages: Vec<Package>) -> Findings {
        check(&Metadata { packages, ..Metadata::default() })
    }

    #[test]
    fn banned_packages_are_found_and_their_lookalikes_are_not() {
        assert_eq!(findings(vec![package("openssl-sys", "0.9.1"), package("chrono", "0.4.0")]).len(), 2);
        assert_eq!(
            findings(vec![package("openssl-probe", "0.1.0"), package("lazy_static", "1.5.0")]).len(),
            0
        );
    }

    #[test]
    fn git_is_no_source() {
        let source = Some("git+https://example.org/x#1".to_owned());
        assert_eq!(findings(vec![Package { source, ..package("x", "1.0.0") }]).len(), 1);
    }

    #[test]
    fn our_own_manifests_are_held_to_more() {
        let depend = |name: &str, requirement: &str, is_path| Dependency {
            name: name.into(),
            requirement: requirement.into(),
            is_path,
            is_dev: false,
        };
        let dependencies = vec![
            depend("once_cell", "^1", false),
            depend("hex", "*", false),
            depend("pockyt-sign", "*", true),
        ];
        let ours = Package { is_member: true, dependencies, ..package("pockyt-model", "0.1.0") };
        assert_eq!(findings(vec![ours]).len(), 2);
    }

    #[test]
    fn two_lines_of_one_vocabulary_are_found() {
        assert_eq!(findings(vec![package("http", "0.2.12"), package("http", "1.4.0")]).len(), 1);
        assert_eq!(findings(vec![package("digest", "0.10.7"), package("digest", "0.11.3")]).len(), 1);
        assert_eq!(findings(vec![package("http", "1.3.0"), package("http", "1.4.0")]).len(), 0);
        assert_eq!(findings(vec![package("rand", "0.8.0"), package("rand", "0.9.0")]).len(), 0);
    }

    #[test]
    fn compatible_lines() {
        assert_eq!(compatible_line("1.4.2"), "1");
        assert_eq!(compatible_line("0.11.3-rc.1"), "0.11");
    }
}
