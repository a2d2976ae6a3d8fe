//! `cargo xtask test`.

use crate::metadata::Metadata;
use crate::outside::{self, Found, OUTSIDE, Outside};
use crate::run::Cargo;
use crate::tally::{Tally, libtest_summary, nextest_summary};

/// Runs all tests, or those that the arguments choose, and counts them. Those that need what this machine has
/// not are left out, and named at the end.
pub(crate) fn test(args: &[String]) -> anyhow::Result<Tally> {
    let metadata = Metadata::read()?;
    let mut selection = Selection::from_args(args);
    let mut missing = Vec::new();
    let needed: &[Outside] = if selection.includes(outside::PACKAGE) { &OUTSIDE } else { &[] };
    for outside in needed {
        match outside.find(&metadata) {
            Ok(found) => selection.found.push(found),
            Err(error) => {
                selection.skipped.push(outside.prefix);
                missing.push(format!("Left out: {}: {error:#}", outside.name));
            }
        }
    }
    let mut tally = tests(&selection)?;
    if !selection.filters.is_empty() {
        println!("Doctests are left out: {:?} chooses among the tests.", selection.filters.join(" "));
    } else if let Some(libraries) = selection.libraries(&metadata) {
        tally += doctests(&libraries)?;
    }
    for line in missing {
        println!("{line}");
    }
    Ok(tally)
}

/// What the arguments choose: packages, which both runners understand, and the rest, which is the test
/// runner's own.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    packages: Vec<String>,
    filters: Vec<String>,
    /// The beginnings of the names of tests that are not to run.
    skipped: Vec<&'static str>,
    /// Where the tests find programs from elsewhere.
    found: Vec<Found>,
    environment: &'static [(&'static str, &'static str)],
}

impl Selection {
    /// Everything that needs nothing from elsewhere, run with these variables.
    pub(crate) fn everything(environment: &'static [(&'static str, &'static str)]) -> Self {
        let skipped = OUTSIDE.iter().map(|outside| outside.prefix).collect();
        Self { skipped, environment, ..Self::default() }
    }

    /// The tests that need this, of which it was found.
    pub(crate) fn with(
        outside: &Outside,
        found: Found,
        environment: &'static [(&'static str, &'static str)],
    ) -> Self {
        let filters = vec![outside.prefix.to_owned()];
        Self { filters, found: vec![found], environment, ..Self::default() }
    }

    fn runner<'a>(&self, command: impl IntoIterator<Item = &'a str>) -> Cargo {
        let flags = ["--locked", "--all-features", "--no-fail-fast"];
        let cargo = Cargo::new(command).args(flags).args(self.scope()).common(self.environment);
        self.found.iter().fold(cargo, |cargo, (name, value)| cargo.env(name, value))
    }

    /// What chooses among the tests, for either runner.
    fn choice(&self) -> Vec<String> {
        let mut choice = self.filters.clone();
        if !self.skipped.is_empty() && !choice.iter().any(|filter| filter == "--") {
            choice.push("--".to_owned());
        }
        choice.extend(self.skipped.iter().flat_map(|prefix| ["--skip".to_owned(), (*prefix).to_owned()]));
        choice
    }

    fn from_args(args: &[String]) -> Self {
        let mut selection = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if arg == "-p" || arg == "--package" {
                selection.packages.extend(args.next().cloned());
            } else if let Some(name) = arg.strip_prefix("--package=") {
                selection.packages.push(name.to_owned());
            } else {
                selection.filters.push(arg.clone());
            }
        }
        selection
    }

    fn includes(&self, package: &str) -> bool {
        self.packages.is_empty() || self.packages.iter().any(|chosen| chosen == package)
    }

    fn scope(&self) -> Vec<String> {
        if self.packages.is_empty() {
            vec!["--workspace".to_owned()]
        } else {
            self.packages.iter().flat_map(|name| ["-p".to_owned(), name.clone()]).collect()
        }
    }

    /// The same without the packages that have no library, and so no doctests; `None` when none is left.
    fn libraries(self, metadata: &Metadata) -> Option<Self> {
        if self.packages.is_empty() {
            return Some(self);
        }
        let is_library = |name: &String| metadata.members().any(|p| p.name == *name && p.has_library);
        let packages: Vec<String> = self.packages.into_iter().filter(is_library).collect();
        (!packages.is_empty()).then_some(Self { packages, ..self })
    }
}

/// Unit and integration tests, by cargo-nextest where it is installed.
pub(crate) fn tests(selection: &Selection) -> anyhow::Result<Tally> {
    if Cargo::new(["nextest", "--version"]).succeeds() {
        counted(selection.runner(["nextest", "run"]).args(selection.choice()), nextest_summary)
    } else {
        let libtest = selection.runner(["test", "--tests"]);
        counted(libtest.args(selection.choice()), libtest_summary)
    }
}

/// Doctests, which cargo-nextest does not run.
pub(crate) fn doctests(selection: &Selection) -> anyhow::Result<Tally> {
    counted(selection.runner(["test", "--doc"]), libtest_summary)
}

fn counted(runner: Cargo, summary: fn(&str) -> Option<Tally>) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let status = runner.watch(|line| {
        if let Some(seen) = summary(line) {
            tally += seen;
        }
    })?;
    Ok(tally.with_exit(status.success()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Package;

    fn selection(args: &[&str]) -> Selection {
        Selection::from_args(&args.iter().map(|&arg| arg.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn without_arguments_the_whole_workspace_is_tested() {
        let all = selection(&[]);
        assert_eq!(all.scope(), ["--workspace"]);
        assert!(all.filters.is_empty());
    }

    #[test]
    fn packages_replace_the_workspace_and_are_no_filter() {
        let some = selection(&["-p", "pockyt-sign", "--package=pockyt-model"]);
        assert_eq!(some.scope(), ["-p", "pockyt-sign", "-p", "pockyt-model"]);
        assert!(some.filters.is_empty());
    }

    #[test]
    fn anything_else_is_the_runners() {
        let one = selection(&["resends", "-p", "pockyt-sim", "-E", "test(x)"]);
        assert_eq!(one.scope(), ["-p", "pockyt-sim"]);
        assert_eq!(one.filters, ["resends", "-E", "test(x)"]);
    }

    #[test]
    fn a_package_is_included_by_its_name_or_with_all() {
        assert!(selection(&[]).includes("pockyt-mock"));
        assert!(selection(&["-p", "pockyt-mock"]).includes("pockyt-mock"));
        assert!(!selection(&["-p", "pockyt-sign"]).includes("pockyt-mock"));
    }

    #[test]
    fn what_is_skipped_comes_behind_what_is_chosen() {
        let mut chosen = selection(&["resends"]);
        assert_eq!(chosen.choice(), ["resends"]);
        chosen.skipped.push("x::");
        assert_eq!(chosen.choice(), ["resends", "--", "--skip", "x::"]);
        let mut exact = selection(&["--", "--exact"]);
        exact.skipped.push("x::");
        assert_eq!(exact.choice(), ["--", "--exact", "--skip", "x::"]);
    }

    #[test]
    fn tests_that_need_something_run_alone_and_never_with_the_rest() {
        for outside in &OUTSIDE {
            assert!(Selection::everything(&[]).choice().contains(&outside.prefix.to_owned()));
            let alone = Selection::with(outside, ("X", "y".to_owned()), &[]);
            assert_eq!(alone.choice(), [outside.prefix]);
            assert!(format!("{:?}", alone.runner(["test"])).contains(r#"("X", "y")"#));
        }
    }

    #[test]
    fn packages_without_a_library_have_no_doctests() {
        let package = |name: &str, has_library| Package {
            name: name.into(),
            is_member: true,
            has_library,
            ..Package::default()
        };
        let packages = vec![package("pockyt-sign", true), package("xtask", false)];
        let metadata = Metadata { packages, ..Metadata::default() };
        let left = selection(&["-p", "pockyt-sign", "-p", "xtask"]).libraries(&metadata).unwrap();
        assert_eq!(left.scope(), ["-p", "pockyt-sign"]);
        assert_eq!(selection(&["-p", "xtask"]).libraries(&metadata), None);
        assert_eq!(selection(&[]).libraries(&metadata).unwrap().scope(), ["--workspace"]);
    }
}
