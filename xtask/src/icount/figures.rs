//! The figures: as a file, and beside one another.

use std::fmt;

use anyhow::Context;

use crate::system::said;
use crate::tally::Tally;

/// What another count may differ by, in percent.
const TOLERANCE: f64 = 2.0;

const HEADER: &str = "\
# Instructions for one call, by case, as callgrind counts them. `cargo xtask icount` compares with this file
# and `cargo xtask icount --renew` writes it.
#
# The figures belong to the tools named below. Under others they move by themselves, and a difference is
# shown but is no failure. What the processor can do does not matter: the C library is held to its plainest
# routines. The cases are in benches/src/lib.rs; those named md5 are one MD5 over the same text, the floor.
";

/// What the figures depend on besides the code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Conditions {
    rustc: String,
    target: String,
    valgrind: String,
    libc: String,
}

impl Conditions {
    /// Those of this machine.
    pub(super) fn here() -> anyhow::Result<Self> {
        let rustc = said("rustc", &["-vV"])?;
        let target = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
        Ok(Self {
            rustc: rustc.lines().next().unwrap_or_default().trim_start_matches("rustc ").to_owned(),
            target: target.to_owned(),
            valgrind: said("valgrind", &["--version"])?.trim_start_matches("valgrind-").to_owned(),
            libc: said("getconf", &["GNU_LIBC_VERSION"]).unwrap_or_else(|_| "another".to_owned()),
        })
    }

    fn rows(&self) -> [(&'static str, &str); 4] {
        let Self { rustc, target, valgrind, libc } = self;
        [("rustc", rustc), ("target", target), ("valgrind", valgrind), ("libc", libc)]
    }
}

/// Instructions for one call of each case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) conditions: Conditions,
    pub(super) cases: Vec<(String, u64)>,
}

impl Figures {
    /// Reads the file.
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        let mut figures = Self::default();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (name, value) = line.split_once(' ').with_context(|| format!("{line:?} has no value"))?;
            let (conditions, value) = (&mut figures.conditions, value.trim());
            match name {
                "rustc" => value.clone_into(&mut conditions.rustc),
                "target" => value.clone_into(&mut conditions.target),
                "valgrind" => value.clone_into(&mut conditions.valgrind),
                "libc" => value.clone_into(&mut conditions.libc),
                case => {
                    let count = value.parse().with_context(|| format!("{case}: {value:?} is no count"))?;
                    figures.cases.push((case.to_owned(), count));
                }
            }
        }
        Ok(figures)
    }

    fn of(&self, case: &str) -> Option<u64> {
        self.cases.iter().find(|(name, _)| name == case).map(|(_, count)| *count)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        for (name, value) in self.conditions.rows() {
            writeln!(f, "{name:<9}{value}")?;
        }
        writeln!(f)?;
        for (case, count) in &self.cases {
            writeln!(f, "{case:<16}{count:>8}")?;
        }
        Ok(())
    }
}

/// What was counted beside what is committed.
#[derive(Debug)]
pub(super) struct Report {
    rows: Vec<Row>,
    /// What differs in the conditions, with the committed value and the one here.
    elsewhere: Vec<(&'static str, String, String)>,
}

#[derive(Debug)]
struct Row {
    case: String,
    count: u64,
    floor: Option<u64>,
    committed: Option<u64>,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The floor is not ours, and only stands there to compare with.
    Floor,
    Same,
    Better,
    Worse,
    New,
    Gone,
}

impl Report {
    pub(super) fn of(counted: &Figures, committed: &Figures) -> Self {
        let mut rows: Vec<Row> =
            counted.cases.iter().map(|(case, count)| Row::of(case, *count, counted, committed)).collect();
        let gone = committed.cases.iter().filter(|(case, _)| counted.of(case).is_none());
        rows.extend(gone.map(|(case, count)| Row {
            case: case.clone(),
            count: 0,
            floor: None,
            committed: Some(*count),
            verdict: Verdict::Gone,
        }));
        let pairs = committed.conditions.rows().into_iter().zip(counted.conditions.rows());
        let differing = pairs.filter(|((_, then), (_, now))| then != now && !then.is_empty());
        let elsewhere = differing.map(|((what, then), (_, now))| (what, then.to_owned(), now.to_owned()));
        Self { elsewhere: elsewhere.collect(), rows }
    }

    /// One check for each case; what was counted under other conditions fails none.
    pub(super) fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for row in &self.rows {
            let fails = match row.verdict {
                Verdict::Floor | Verdict::Same | Verdict::Better => false,
                Verdict::Worse => self.elsewhere.is_empty(),
                Verdict::New | Verdict::Gone => true,
            };
            tally += Tally::check(!fails);
        }
        tally
    }
}

impl Row {
    fn of(case: &str, count: u64, counted: &Figures, committed: &Figures) -> Self {
        let group = case.split('-').next().unwrap_or_default();
        let floor = format!("{group}-md5");
        let before = committed.of(case);
        let verdict = match before.map(|before| change(before, count)) {
            _ if case == floor => Verdict::Floor,
            None => Verdict::New,
            Some(change) if change > TOLERANCE => Verdict::Worse,
            Some(change) if change < -TOLERANCE => Verdict::Better,
            Some(_) => Verdict::Same,
        };
        Self { case: case.to_owned(), count, floor: counted.of(&floor), committed: before, verdict }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no call takes 2^52 instructions")]
fn ratio(count: u64, to: u64) -> f64 {
    count as f64 / to as f64
}

/// In percent of what it was.
#[expect(clippy::cast_precision_loss, reason = "no call takes 2^52 instructions")]
fn change(before: u64, now: u64) -> f64 {
    (now as f64 - before as f64) * 100.0 / before as f64
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<16}{:>14}{:>8}{:>11}{:>9}",
            "case", "instructions", "/ md5", "committed", "change"
        )?;
        for row in &self.rows {
            let ratio = row.floor.map_or("-".to_owned(), |floor| format!("{:.2}", ratio(row.count, floor)));
            let committed = row.committed.map_or("-".to_owned(), |count| count.to_string());
            let change =
                row.committed.map_or("-".to_owned(), |count| format!("{:+.1} %", change(count, row.count)));
            let verdict = match row.verdict {
                Verdict::Floor | Verdict::Same => "",
                Verdict::Better => "  better: renew the file",
                Verdict::Worse => "  WORSE",
                Verdict::New => "  is not in the file",
                Verdict::Gone => "  is no longer counted: renew the file",
            };
            writeln!(f, "{:<16}{:>14}{ratio:>8}{committed:>11}{change:>9}{verdict}", row.case, row.count)?;
        }
        for (what, then, now) in &self.elsewhere {
            writeln!(f, "The committed figures were made with {what} {then}, these with {now}.")?;
        }
        if !self.elsewhere.is_empty() {
            writeln!(f, "So a difference is shown, but fails nothing.")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(rustc: &str, cases: &[(&str, u64)]) -> Figures {
        let conditions = Conditions { rustc: rustc.to_owned(), ..Conditions::default() };
        Figures { conditions, cases: cases.iter().map(|&(case, count)| (case.to_owned(), count)).collect() }
    }

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn the_file_is_read_as_it_was_written() {
        let conditions = Conditions {
            rustc: "1.95.0 (59807616e 2026-04-14)".to_owned(),
            target: "x86_64-unknown-linux-gnu".to_owned(),
            valgrind: "3.19.0".to_owned(),
            libc: "glibc 2.36".to_owned(),
        };
        let written = Figures { conditions, ..figures("", &[("sign-md5", 2000), ("sign-sorted", 2300)]) };
        assert_eq!(Figures::parse(&written.to_string()).unwrap(), written);
        assert!(Figures::parse("sign-md5 many").is_err());
        assert!(Figures::parse("sign-md5").is_err());
    }

    #[test]
    fn only_more_instructions_than_tolerated_fail() {
        let committed = figures("1", &[("sign-md5", 1000), ("sign-sorted", 1000)]);
        for (floor, ours, expected) in [
            (1000, 1000, tally(2, 0)),
            (1000, 1020, tally(2, 0)),
            (1000, 1021, tally(1, 1)),
            (1000, 500, tally(2, 0)),
            (2000, 1000, tally(2, 0)),
        ] {
            let counted = figures("1", &[("sign-md5", floor), ("sign-sorted", ours)]);
            let report = Report::of(&counted, &committed);
            assert_eq!(report.tally(), expected, "{report}");
            assert_eq!(report.to_string().contains("better"), ours == 500, "{report}");
        }
    }

    #[test]
    fn another_compiler_explains_a_difference() {
        let report = Report::of(&figures("2", &[("a-x", 2000)]), &figures("1", &[("a-x", 1000)]));
        assert_eq!(report.tally(), tally(1, 0));
        assert!(report.to_string().contains("with rustc 1, these with 2"), "{report}");
    }

    #[test]
    fn the_file_has_the_cases_that_are_counted() {
        let report = Report::of(&figures("1", &[("a-new", 9)]), &figures("1", &[("a-old", 9)]));
        assert_eq!(report.tally(), tally(0, 2));
    }

    #[test]
    fn ratios_are_to_the_md5_of_the_group() {
        let counted = figures("1", &[("sign-md5", 1000), ("sign-x", 1500), ("lone-x", 10)]);
        let shown = Report::of(&counted, &Figures::default()).to_string();
        let cell = |case: &str| {
            let row = shown.lines().find(|line| line.starts_with(case)).unwrap();
            row.split_whitespace().nth(2).unwrap().to_owned()
        };
        assert_eq!((cell("sign-x").as_str(), cell("lone-x").as_str()), ("1.50", "-"));
    }
}
