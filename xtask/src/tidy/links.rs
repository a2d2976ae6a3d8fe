//! Relative links in Markdown must lead somewhere.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::tidy::Findings;
use crate::tidy::tree::Tree;

/// Every relative link to a file, folder or heading that is not there. Links to the web are not followed.
pub(super) fn check(tree: &Tree) -> Findings {
    let mut findings = Findings::new();
    for (path, text) in tree.with_extension("md") {
        for (line, target) in links(text) {
            if let Some(problem) = problem(tree, path, &target) {
                findings.push(format!("{}:{line}: {target}: {problem}", path.display()));
            }
        }
    }
    findings
}

fn problem(tree: &Tree, from: &Path, target: &str) -> Option<&'static str> {
    if target.contains(':') {
        return None; // A scheme, or a Rust path in a README that rustdoc reads and checks.
    }
    let (file, heading) =
        target.split_once('#').map_or((target, None), |(file, heading)| (file, Some(heading)));
    let path = if file.is_empty() { from.to_owned() } else { resolve(from, file)? };
    if path.as_os_str().is_empty() {
        return None; // The root itself.
    }
    if path.starts_with("..") {
        return Some("leads out of the repository");
    }
    if !tree.has(&path) {
        return Some("is not there");
    }
    let text = tree.text(&path).filter(|_| path.extension().is_some_and(|e| e == "md"))?;
    heading.filter(|heading| !anchors(text).contains(*heading)).map(|_| "has no such heading")
}

/// The path a link in `from` leads to; it begins with `..` when that is outside.
fn resolve(from: &Path, target: &str) -> Option<PathBuf> {
    let mut path = from.parent()?.to_owned();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => {
                if !path.pop() {
                    path.push("..");
                }
            }
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return Some(PathBuf::from("..")),
        }
    }
    Some(path)
}

/// The targets of inline links, images and link definitions with their lines, code left out.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let line = without_code_spans(line);
        for after in line.split("](").skip(1) {
            let target = after.split(')').next().unwrap_or_default();
            found.push((number, first_word(target)));
        }
        if let Some((label, target)) = line.trim_start().split_once("]: ")
            && label.starts_with('[')
            && !label.starts_with("[^")
        {
            found.push((number, first_word(target)));
        }
    }
    found.retain(|(_, target)| !target.is_empty());
    found
}

/// A target without its title and its angle brackets.
fn first_word(target: &str) -> String {
    let word = target.split_whitespace().next().unwrap_or_default();
    word.trim_start_matches('<').trim_end_matches('>').to_owned()
}

/// The lines outside of fenced code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        in_code ^= is_fence;
        (!in_code && !is_fence).then_some((index + 1, line))
    })
}

fn without_code_spans(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The anchors that code hosts make of the headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for (_, line) in prose(text) {
        let title = line.trim_start_matches('#');
        let level = line.len() - title.len();
        if (1..=6).contains(&level) && title.starts_with(' ') {
            let slug = slug(title.trim());
            let again = (1_u32..).map(|n| format!("{slug}-{n}"));
            let free = std::iter::once(slug.clone()).chain(again).find(|name| !anchors.contains(name));
            anchors.extend(free);
        }
    }
    anchors
}

fn slug(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(readme: &str) -> Findings {
        check(&Tree::of(&[
            ("README.md", readme),
            ("docs/guide.md", "# A `guide`, in two parts\n## Next\n## Next\n"),
            ("docs/sub/deep.md", "[up](../guide.md#next) [top](../../README.md) [here](#deep)\n# Deep\n"),
            ("crates/pockyt-sign/src/lib.rs", ""),
        ]))
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        for link in [
            "[a](docs/guide.md)",
            "[a](./docs/guide.md \"with a title\")",
            "[a](docs/guide.md#a-guide-in-two-parts)",
            "[a](docs/guide.md#next-1)",
            "![a](<crates/pockyt-sign/src/lib.rs>)",
            "[a](crates/pockyt-sign)",
            "[a](https://example.org/nowhere.md) and [b](mailto:x@example.org)",
            "[a]: docs/guide.md",
            "[`Verifier`](pockyt_sign::Verifier)",
            "`[a](nowhere.md)`",
            "```text\n[a](nowhere.md)\n```",
            "[^1]: a footnote",
        ] {
            assert_eq!(problems(link), Findings::new(), "{link}");
        }
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        for link in [
            "[a](docs/gone.md)",
            "[a](docs/guide.md#next-2)",
            "[a](#gone)",
            "[a](../outside.md)",
            "[a](/docs/guide.md)",
            "[a]: docs/gone.md",
            "text\n\n```text\ncode\n```\n[a](docs/gone.md)",
            "[a](docs/guide.md) and [b](docs/gone.md)",
        ] {
            assert_eq!(problems(link).len(), 1, "{link}");
        }
    }

    #[test]
    fn findings_name_the_line() {
        assert_eq!(problems("one\n[a](gone.md)"), ["README.md:2: gone.md: is not there"]);
    }
}
