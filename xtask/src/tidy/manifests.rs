//! What every manifest of the workspace must say.

use std::path::Path;

use crate::metadata::Metadata;
use crate::run::root;
use crate::tidy::Findings;
use crate::tidy::tree::Tree;

/// Every member without a description or the workspace's lints, and a workspace that allows unsafe code.
pub(super) fn check(metadata: &Metadata, tree: &Tree) -> Findings {
    let mut findings = Findings::new();
    let workspace = tree.text(Path::new("Cargo.toml")).unwrap_or_default();
    if !says(workspace, "[workspace.lints.rust]", r#"unsafe_code = "forbid""#) {
        findings.push("Cargo.toml: unsafe code is not forbidden".to_owned());
    }
    for member in metadata.members() {
        if member.description.as_deref().is_none_or(|text| text.trim().is_empty()) {
            findings.push(format!("{}: has no description", member.name));
        }
        let folder = member.folder();
        let relative = folder.strip_prefix(root()).unwrap_or(&folder).join("Cargo.toml");
        if !tree.text(&relative).is_some_and(|manifest| says(manifest, "[lints]", "workspace = true")) {
            findings.push(format!("{}: does not take the workspace's lints", member.name));
        }
    }
    findings
}

/// Whether a table of a TOML file has this line.
fn says(toml: &str, table: &str, line: &str) -> bool {
    toml.lines()
        .map(str::trim)
        .skip_while(|text| *text != table)
        .skip(1)
        .take_while(|text| !text.starts_with('['))
        .any(|text| text == line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Package;

    const WORKSPACE: &str = "[workspace.lints.rust]\nunsafe_code = \"forbid\"\n";
    const MEMBER: &str = "[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n";

    fn metadata(description: Option<&str>) -> Metadata {
        let member = Package {
            name: "a".into(),
            description: description.map(str::to_owned),
            manifest: root().join("crates/a/Cargo.toml"),
            is_member: true,
            ..Package::default()
        };
        Metadata { packages: vec![member], ..Metadata::default() }
    }

    #[test]
    fn a_complete_manifest_passes() {
        let tree = Tree::of(&[("Cargo.toml", WORKSPACE), ("crates/a/Cargo.toml", MEMBER)]);
        assert_eq!(check(&metadata(Some("An a")), &tree), Findings::new());
    }

    #[test]
    fn each_omission_is_found() {
        let tree = Tree::of(&[("Cargo.toml", "[workspace]\n"), ("crates/a/Cargo.toml", "[package]\n")]);
        assert_eq!(check(&metadata(Some(" ")), &tree).len(), 3);
        assert_eq!(check(&metadata(None), &tree).len(), 3);
    }

    #[test]
    fn a_line_counts_only_in_its_table() {
        assert!(says("[lints]\nworkspace = true", "[lints]", "workspace = true"));
        assert!(!says("[lints]\n[x]\nworkspace = true", "[lints]", "workspace = true"));
    }
}
