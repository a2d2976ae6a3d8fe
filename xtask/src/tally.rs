//! Counting what passed and what failed.

use std::fmt;
use std::ops::AddAssign;

/// How many tests or checks passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// One check.
    pub(crate) fn check(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed) }
    }

    /// Whether something ran and nothing failed. A run that executed nothing is not a good one.
    pub(crate) fn is_good(self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    /// Counts one failure when a runner failed without a failed test: it did not compile, for example.
    pub(crate) fn with_exit(self, success: bool) -> Self {
        if success || self.failed > 0 { self } else { Self { failed: 1, ..self } }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Reads cargo-nextest's summary, `Summary [ 0.01s] 4 tests run: 2 passed (1 slow), 1 failed, 1 timed out`.
pub(crate) fn nextest_summary(line: &str) -> Option<Tally> {
    let counts = line.trim_start().strip_prefix("Summary [")?.split_once("run:")?.1;
    let mut tally = Tally::default();
    for part in without_parentheses(counts).split(',') {
        let (count, what) = part.trim().split_once(' ')?;
        let count: u64 = count.parse().ok()?;
        match what.trim() {
            "passed" => tally.passed += count,
            "skipped" => {}
            _ => tally.failed += count,
        }
    }
    Some(tally)
}

/// Reads libtest's summary, `test result: FAILED. 5 passed; 1 failed; 0 ignored; ...`.
pub(crate) fn libtest_summary(line: &str) -> Option<Tally> {
    let counts = line.trim_start().strip_prefix("test result: ")?.split_once(". ")?.1;
    let count = |word: &str| {
        counts.split(';').find_map(|part| part.trim().strip_suffix(word)?.trim().parse::<u64>().ok())
    };
    Some(Tally { passed: count("passed")?, failed: count("failed")? })
}

fn without_parentheses(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn nextest_summaries_are_read() {
        for (line, expected) in [
            ("     Summary [   0.005s] 5 tests run: 5 passed, 0 skipped", tally(5, 0)),
            ("Summary [   1.2s] 1 test run: 1 passed, 3 skipped", tally(1, 0)),
            (
                "     Summary [   9.1s] 9 tests run: 5 passed (1 slow, 2 leaky), 4 failed, 0 skipped",
                tally(5, 4),
            ),
            (
                "     Summary [ 180.0s] 4/9 tests run: 1 passed, 1 failed, 1 exec failed, 1 timed out, 5 skipped",
                tally(1, 3),
            ),
            ("     Summary [   0.000s] 0 tests run: 0 passed, 7 skipped", tally(0, 0)),
        ] {
            assert_eq!(nextest_summary(line), Some(expected), "{line}");
        }
        assert_eq!(nextest_summary("        PASS [   0.005s] pockyt-sign tests::summary"), None);
    }

    #[test]
    fn libtest_summaries_are_read() {
        for (line, expected) in [
            (
                "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
                tally(5, 0),
            ),
            ("test result: FAILED. 13 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out", tally(13, 2)),
        ] {
            assert_eq!(libtest_summary(line), Some(expected), "{line}");
        }
        assert_eq!(libtest_summary("test result of mine"), None);
    }

    #[test]
    fn nothing_run_is_not_good() {
        assert!(!tally(0, 0).is_good());
        assert!(!tally(9, 1).is_good());
        assert!(tally(1, 0).is_good());
    }

    #[test]
    fn a_runner_that_fails_without_a_failed_test_counts_one() {
        assert_eq!(tally(3, 0).with_exit(false), tally(3, 1));
        assert_eq!(tally(3, 2).with_exit(false), tally(3, 2));
        assert_eq!(tally(3, 0).with_exit(true), tally(3, 0));
    }

    #[test]
    fn the_count_is_plain() {
        assert_eq!(tally(12, 3).to_string(), "12 passed, 3 failed");
    }
}
