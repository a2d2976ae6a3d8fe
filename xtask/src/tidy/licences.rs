//! Which licences our dependencies may carry.

use crate::metadata::Metadata;
use crate::tidy::Findings;

/// Licences that ask for no more than to be named. deny.toml has the same list.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Every package, on any platform, whose licence does not let us use it.
pub(super) fn check(metadata: &Metadata) -> Findings {
    let mut findings = Findings::new();
    for package in &metadata.packages {
        match &package.licence {
            Some(expression) if allows(expression) => {}
            Some(expression) => findings.push(format!("{} {}: {expression}", package.name, package.version)),
            None => findings.push(format!("{} {}: names no licence", package.name, package.version)),
        }
    }
    findings
}

/// Whether an SPDX expression can be met with the licences above. What cannot be read is not allowed.
fn allows(expression: &str) -> bool {
    // Before SPDX expressions, cargo's own form for a choice was a slash.
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words };
    reader.choice().is_some_and(|allowed| allowed && reader.words.is_empty())
}

struct Reader<'a> {
    words: &'a [&'a str],
}

impl<'a> Reader<'a> {
    fn choice(&mut self) -> Option<bool> {
        let mut allowed = self.all_of()?;
        while self.take("OR") {
            let other = self.all_of()?;
            allowed = allowed || other;
        }
        Some(allowed)
    }

    fn all_of(&mut self) -> Option<bool> {
        let mut allowed = self.one()?;
        while self.take("AND") {
            let other = self.one()?;
            allowed = allowed && other;
        }
        Some(allowed)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let inner = self.choice()?;
            return self.take(")").then_some(inner);
        }
        let licence = self.next().filter(|word| !matches!(*word, "AND" | "OR" | "WITH" | ")"))?;
        if self.take("WITH") {
            // An exception gives more freedom, never less.
            self.next()?;
        }
        Some(ALLOWED.contains(&licence))
    }

    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.next();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Package;

    #[test]
    fn expressions_are_weighed() {
        for (expression, allowed) in [
            ("MIT", true),
            ("MIT OR Apache-2.0", true),
            ("MIT/Apache-2.0", true),
            ("GPL-3.0 OR MIT", true),
            ("GPL-3.0 AND MIT", false),
            ("GPL-3.0", false),
            ("Apache-2.0 AND ISC", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(GPL-2.0 OR AGPL-3.0) AND MIT", false),
            ("MIT OR GPL-3.0 AND AGPL-3.0", true),
            ("Apache-2.0 WITH LLVM-exception OR GPL-2.0", true),
            ("GPL-2.0 WITH Classpath-exception-2.0", false),
        ] {
            assert_eq!(allows(expression), allowed, "{expression}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_allowed() {
        for expression in ["", "MIT OR", "(MIT", "MIT)", "AND MIT", "MIT Apache-2.0", "MIT WITH", "()"] {
            assert!(!allows(expression), "{expression:?}");
        }
    }

    #[test]
    fn a_package_without_a_licence_is_found() {
        let bare = Package { name: "bare".into(), ..Package::default() };
        let fine = Package { licence: Some("ISC".into()), ..bare.clone() };
        let metadata = Metadata { packages: vec![bare, fine], ..Metadata::default() };
        assert_eq!(check(&metadata).len(), 1);
    }

    #[test]
    fn the_list_for_cargo_deny_is_the_same() {
        let deny = include_str!("../../../deny.toml");
        let list = deny.split_once("allow = [").and_then(|(_, rest)| rest.split_once(']')).unwrap().0;
        let listed: Vec<&str> = list.split(',').map(|name| name.trim().trim_matches('"')).collect();
        let listed: Vec<&str> = listed.into_iter().filter(|name| !name.is_empty()).collect();
        assert_eq!(listed, ALLOWED);
    }
}
