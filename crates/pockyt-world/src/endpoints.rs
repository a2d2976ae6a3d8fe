//! The table of endpoints in the documents, made from the model's own data.

use std::fmt::Write as _;

use pockyt_model::{Confidence, operations};

/// The table, in Markdown: first what Pockyt's current documentation names, then the older operations, then
/// those that only SDKs have.
pub fn table() -> String {
    let mut table = String::from(
        "| Path | Name | Confidence | Request | Answer | Source | Not known |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for spec in operations() {
        let module = match spec.confidence {
            Confidence::Older => "older::",
            Confidence::SdkOnly => "sdk_only::",
            _ => "",
        };
        let path = if spec.path.is_empty() { "(not shown)".to_owned() } else { format!("`{}`", spec.path) };
        let aliases: String = spec.path_aliases.iter().map(|alias| format!(", `{alias}`")).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {path}{aliases} | `{}` | {} | `{module}{}` | `{}` | {} | {} |",
            spec.name,
            spec.confidence.as_str(),
            spec.request_type,
            spec.answer_type,
            spec.source,
            if spec.unknown.is_empty() { "" } else { spec.unknown },
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_the_table() {
        let document = include_str!("../../../docs/fidelity.md");
        let renew = "renew it with what `cargo run -p pockyt-world -- endpoints` prints";
        for line in table().lines() {
            assert!(
                document.lines().any(|written| written == line),
                "docs/fidelity.md lacks\n{line}\n{renew}"
            );
        }
        let rows = |text: &str| {
            text.lines().filter(|line| line.starts_with("| `/") || line.starts_with("| (not")).count()
        };
        assert_eq!(
            rows(document),
            rows(&table()),
            "docs/fidelity.md has more rows than there are operations"
        );
    }
}
