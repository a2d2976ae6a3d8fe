//! Which of our crates may know which.

use crate::metadata::{Metadata, Resolved};
use crate::tidy::Findings;

/// What each library may have among its normal and build dependencies.
///
/// The simulator stands apart from the model on purpose: each reads Pockyt's documentation for itself, so
/// that one misreading cannot hide on both sides.
const LAYERS: &[(&str, &[&str])] = &[
    ("pockyt-sign", &[]),
    ("pockyt-model", &["pockyt-sign"]),
    ("pockyt-store", &["pockyt-sign", "pockyt-model"]),
    ("pockyt-client", &["pockyt-sign", "pockyt-model"]),
    ("pockyt-ipn", &["pockyt-sign", "pockyt-model", "pockyt-store"]),
    ("pockyt-tracker", &["pockyt-sign", "pockyt-model", "pockyt-store", "pockyt-client", "pockyt-ipn"]),
    ("pockyt-sim", &["pockyt-sign"]),
    ("pockyt-mock", &["pockyt-sign", "pockyt-sim"]),
];

/// What is built on top of everything, and on which nothing is built.
const TOPS: &[&str] = &["pockyt-world", "pockyt-benches", "pockyt-cli", "pockyt-figures", "xtask"];

/// What a library may use in its own tests besides its layer.
const TEST_DOUBLE: &str = "pockyt-mock";

/// The crates that know of no runtime, and the runtimes they must not know.
const BELOW_CLIENT: &[&str] = &["pockyt-sign", "pockyt-model", "pockyt-sim"];
const RUNTIMES: &[&str] = &["tokio", "hyper", "axum"];

/// Every dependency between our crates that points the wrong way, and every crate without a place.
pub(super) fn check(metadata: &Metadata) -> Findings {
    let is_ours = |name: &str| metadata.members().any(|member| member.name == name);
    let mut findings = Findings::new();
    for member in metadata.members() {
        if TOPS.contains(&member.name.as_str()) {
            continue;
        }
        let Some((_, below)) = LAYERS.iter().find(|(name, _)| *name == member.name) else {
            findings
                .push(format!("{}: has no place among the layers (xtask/src/tidy/layers.rs)", member.name));
            continue;
        };
        for dependency in member.dependencies.iter().filter(|dependency| is_ours(&dependency.name)) {
            let name = dependency.name.as_str();
            let is_for_tests = dependency.is_dev && may_test_with(&member.name, name);
            if !below.contains(&name) && !is_for_tests {
                let how = if dependency.is_dev { "is tested with" } else { "depends on" };
                findings.push(format!("{}: {how} {name}, which is not below it", member.name));
            }
        }
    }
    findings
}

fn may_test_with(member: &str, dependency: &str) -> bool {
    dependency == TEST_DOUBLE && member != "pockyt-sim" || dependency == member
}

/// Whether the crate must not know of a runtime.
pub(super) fn is_below_client(name: &str) -> bool {
    BELOW_CLIENT.contains(&name)
}

/// Every runtime in a crate's normal dependency tree.
pub(super) fn runtimes(name: &str, tree: &[Resolved]) -> Findings {
    tree.iter()
        .filter(|(dependency, _)| RUNTIMES.contains(&dependency.as_str()))
        .map(|(dependency, _)| {
            format!("{name}: knows of {dependency} (cargo tree -p {name} -i {dependency})")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::{Dependency, Package};

    fn workspace(edges: &[(&str, &str, bool)]) -> Metadata {
        let names = LAYERS.iter().map(|(name, _)| *name).chain(TOPS.iter().copied());
        let packages = names.map(|name| Package {
            name: name.to_owned(),
            is_member: true,
            dependencies: edges
                .iter()
                .filter(|(from, ..)| *from == name)
                .map(|&(_, to, is_dev)| Dependency { name: to.to_owned(), is_dev, ..Dependency::default() })
                .collect(),
            ..Package::default()
        });
        Metadata { packages: packages.collect(), ..Metadata::default() }
    }

    #[test]
    fn the_design_passes() {
        let edges = [
            ("pockyt-model", "pockyt-sign", false),
            ("pockyt-ipn", "pockyt-store", false),
            ("pockyt-ipn", "pockyt-mock", true),
            ("pockyt-client", "pockyt-mock", true),
            ("pockyt-mock", "pockyt-sim", false),
            ("pockyt-world", "pockyt-mock", false),
            ("pockyt-benches", "pockyt-client", false),
            ("pockyt-sign", "serde", false),
        ];
        assert_eq!(check(&workspace(&edges)), Findings::new());
    }

    #[test]
    fn each_step_upwards_is_found() {
        for (from, to, is_dev) in [
            ("pockyt-sign", "pockyt-model", false),
            ("pockyt-model", "pockyt-client", false),
            ("pockyt-sim", "pockyt-model", false),
            ("pockyt-sim", "pockyt-model", true),
            ("pockyt-sim", "pockyt-mock", true),
            ("pockyt-mock", "pockyt-model", false),
            ("pockyt-client", "pockyt-mock", false),
            ("pockyt-client", "pockyt-world", true),
            ("pockyt-store", "xtask", false),
        ] {
            let findings = check(&workspace(&[(from, to, is_dev)]));
            assert_eq!(findings.len(), 1, "{from} -> {to}: {findings:?}");
            assert!(findings.iter().all(|finding| finding.starts_with(from) && finding.contains(to)));
        }
    }

    #[test]
    fn a_new_crate_must_be_given_a_place() {
        let mut metadata = workspace(&[]);
        metadata.packages.push(Package { name: "pockyt-new".into(), is_member: true, ..Package::default() });
        assert_eq!(check(&metadata).len(), 1);
    }

    #[test]
    fn a_runtime_anywhere_in_the_tree_is_found() {
        let tree = |name: &str| {
            vec![("serde".to_owned(), "1.0.0".to_owned()), (name.to_owned(), "1.0.0".to_owned())]
        };
        assert_eq!(runtimes("pockyt-sim", &tree("tokio")).len(), 1);
        assert_eq!(runtimes("pockyt-sim", &tree("hyper")).len(), 1);
        assert_eq!(runtimes("pockyt-sim", &tree("tokio-lookalike")), Findings::new());
    }
}
