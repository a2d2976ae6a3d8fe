//! The oldest Rust that our libraries promise to compile with.

use crate::metadata::{Metadata, Package, Resolved, rust_version};
use crate::tidy::Findings;

/// The database drivers want a newer Rust than the rest; the features that bring them say so.
const DRIVERS: &[&str] = &["rusqlite", "sqlx", "tokio-postgres"];

/// The drivers in a tree, which is then asked for once more without them and what only they need.
pub(super) fn drivers(tree: &[Resolved]) -> Vec<&'static str> {
    let is_here = |driver: &str| tree.iter().any(|(name, _)| name == driver);
    DRIVERS.iter().copied().filter(|driver| is_here(driver)).collect()
}

/// Every package in a library's tree that wants a newer Rust than the library promises.
pub(super) fn check(library: &Package, tree: &[Resolved], metadata: &Metadata) -> Findings {
    let Some(promised) = library.rust_version.as_deref().and_then(rust_version) else {
        return vec![format!("{}: has no rust-version", library.name)];
    };
    let newer = |(name, version): &Resolved| {
        let wanted = metadata.find(name, version)?.rust_version.as_deref()?;
        let is_newer = rust_version(wanted).is_none_or(|wanted| wanted > promised);
        is_newer.then(|| format!("{}: {name} {version} wants Rust {wanted}", library.name))
    };
    tree.iter().filter_map(newer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, rust_version: Option<&str>) -> Package {
        Package {
            name: name.into(),
            version: "1.0.0".into(),
            rust_version: rust_version.map(str::to_owned),
            ..Package::default()
        }
    }

    #[test]
    fn newer_rust_in_the_tree_is_found() {
        let library = package("pockyt-sign", Some("1.85"));
        let packages = vec![
            package("old", Some("1.60.0")),
            package("same", Some("1.85.0")),
            package("newer", Some("1.85.1")),
            package("newest", Some("1.100")),
            package("silent", None),
        ];
        let tree: Vec<Resolved> = packages.iter().map(|p| (p.name.clone(), p.version.clone())).collect();
        let metadata = Metadata { packages, ..Metadata::default() };
        let findings = check(&library, &tree, &metadata);
        assert_eq!(
            findings,
            ["pockyt-sign: newer 1.0.0 wants Rust 1.85.1", "pockyt-sign: newest 1.0.0 wants Rust 1.100"]
        );
    }

    #[test]
    fn drivers_are_found_by_name() {
        let tree = [("rusqlite", "0.37.0"), ("hex", "0.4.3")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(drivers(&tree), ["rusqlite"]);
        assert!(drivers(&[]).is_empty());
    }

    #[test]
    fn a_library_must_promise_something() {
        assert_eq!(check(&package("pockyt-x", None), &[], &Metadata::default()).len(), 1);
    }
}
