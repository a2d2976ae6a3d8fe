//! What must not be in a source file.

use std::ops::RangeBounds;
use std::path::Path;

use crate::tidy::Findings;
use crate::tidy::tree::Tree;

/// A file above the first is reported, and one above the second is refused: it wants another cut.
const MANY_LINES: usize = 500;
const MOST_LINES: usize = 600;

/// Files that are too long.
pub(super) fn sizes(tree: &Tree) -> Findings {
    with_lines(tree, MOST_LINES + 1..)
}

/// Files that will soon be too long.
pub(super) fn large(tree: &Tree) -> Findings {
    with_lines(tree, MANY_LINES + 1..=MOST_LINES)
}

fn with_lines(tree: &Tree, range: impl RangeBounds<usize>) -> Findings {
    tree.with_extension("rs")
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| range.contains(lines))
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect()
}

/// Work that was put off: tests switched off, holes, and notes to self. The words are put together here so
/// that this file does not report itself.
pub(super) fn marks(tree: &Tree) -> Findings {
    const MARKS: [&str; 6] = [
        concat!("#[", "ignore"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("dbg", "!("),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
    ];
    let files = tree.with_extension("rs").chain(tree.with_extension("toml"));
    files
        .flat_map(|(path, text)| {
            numbered(text).flat_map(move |(number, line)| {
                let found = MARKS.iter().filter(move |mark| line.contains(**mark));
                found.map(move |mark| at(path, number, &format!("has `{mark}`")))
            })
        })
        .collect()
}

/// Code blocks that no compiler looks at, though they are marked as Rust.
pub(super) fn fences(tree: &Tree) -> Findings {
    let files = tree.with_extension("rs").chain(tree.with_extension("md"));
    files
        .flat_map(|(path, text)| {
            let ignored = numbered(text).filter(|(_, line)| is_ignored_fence(line));
            ignored.map(move |(number, _)| {
                at(path, number, "an ignored doctest; use text, no_run or compile_fail")
            })
        })
        .collect()
}

fn is_ignored_fence(line: &str) -> bool {
    let text = line.trim_start();
    let text = text.strip_prefix("///").or_else(|| text.strip_prefix("//!")).unwrap_or(text).trim_start();
    text.strip_prefix("```").is_some_and(|info| info.split([',', ' ']).any(|word| word.starts_with("ignore")))
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

fn at(path: &Path, line: usize, what: &str) -> String {
    format!("{}:{line}: {what}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_are_found_by_their_number_of_lines() {
        let (short, long, longest) = ("x\n".repeat(500), "x\n".repeat(501), "x\n".repeat(601));
        let tree = Tree::of(&[("a.rs", &short), ("b.rs", &long), ("c.rs", &longest), ("d.md", &longest)]);
        assert_eq!(sizes(&tree), ["c.rs: 601 lines"]);
        assert_eq!(large(&tree), ["b.rs: 501 lines"]);
    }

    #[test]
    fn every_mark_is_found_where_it_stands() {
        let text = concat!("fn a() {\n    todo", "!()\n}\n#[", "ignore = \"slow\"]\n// FIX", "ME\n");
        let tree = Tree::of(&[("a.rs", text), ("b.md", text)]);
        let lines: Vec<String> =
            marks(&tree).iter().map(|f| f.split(": ").next().unwrap().to_owned()).collect();
        assert_eq!(lines, ["a.rs:2", "a.rs:4", "a.rs:5"]);
    }

    #[test]
    fn ignored_fences_are_found_in_code_and_prose() {
        let fence = concat!("``", "`ignore");
        let code = format!("/// {fence}\n/// x\n//! {fence},no_run\n");
        let prose = format!("{fence}\nx\n```rust,{}\n```text\n```\n", "ignore-wasm");
        let tree = Tree::of(&[("a.rs", &code), ("b.md", &prose)]);
        assert_eq!(fences(&tree).len(), 4);
        assert_eq!(fences(&Tree::of(&[("a.rs", "/// ```no_run\n/// ```\n")])).len(), 0);
    }
}
