//! Figures for the report: what a program has measured, in a form that `cargo xtask bench` reads.
//!
//! A program prints for people and records beside it. [`Figure::record`] appends a line to the file that the
//! variable [`VARIABLE`] names, and does nothing when it is not set. The line has five fields with tabs between
//! them:
//!
//! ```text
//! group, name, value, unit, goal
//! ```
//!
//! The value is a finite number, a ratio's unit is [`RATIO`], and the goal is `at-least N`, `at-most N` or
//! `none`. Figures of one group stand together in the table and in the chart, in their order.
//!
//! A package of its own, since it would change how the program is compiled whose instructions are counted if it
//! were a part of pockyt-benches.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

/// The environment variable that names the file.
pub const VARIABLE: &str = "POCKYT_FIGURES";

/// The unit of a ratio: how many times what stands in its name.
pub const RATIO: &str = "×";

/// One figure, and what it should be.
#[derive(Clone, Copy, Debug)]
pub struct Figure<'a> {
    group: &'a str,
    name: &'a str,
    value: f64,
    unit: &'a str,
    goal: Goal,
}

#[derive(Clone, Copy, Debug)]
enum Goal {
    None,
    AtLeast(f64),
    AtMost(f64),
}

impl<'a> Figure<'a> {
    /// Ours in parts of another's, who is in the name. Only ratios are drawn.
    pub fn ratio(group: &'a str, name: &'a str, value: f64) -> Self {
        Self::of(group, name, value, RATIO)
    }

    /// A figure of another unit, such as `ms`.
    pub fn of(group: &'a str, name: &'a str, value: f64, unit: &'a str) -> Self {
        Self { group, name, value, unit, goal: Goal::None }
    }

    /// The same with a goal that it should reach.
    #[must_use]
    pub fn at_least(self, goal: f64) -> Self {
        Self { goal: Goal::AtLeast(goal), ..self }
    }

    /// The same with a goal that it should not exceed.
    #[must_use]
    pub fn at_most(self, goal: f64) -> Self {
        Self { goal: Goal::AtMost(goal), ..self }
    }

    /// Appends it to the file that [`VARIABLE`] names, if it is set.
    ///
    /// # Errors
    ///
    /// The file cannot be written to.
    pub fn record(&self) -> io::Result<()> {
        std::env::var_os(VARIABLE).map_or(Ok(()), |file| self.append_to(Path::new(&file)))
    }

    fn append_to(&self, file: &Path) -> io::Result<()> {
        OpenOptions::new().create(true).append(true).open(file)?.write_all(format!("{self}\n").as_bytes())
    }
}

/// The line, without its end.
impl fmt::Display for Figure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [group, name, unit] = [self.group, self.name, self.unit].map(on_one_line);
        write!(f, "{group}\t{name}\t{}\t{unit}\t", self.value)?;
        match self.goal {
            Goal::None => write!(f, "none"),
            Goal::AtLeast(goal) => write!(f, "at-least {goal}"),
            Goal::AtMost(goal) => write!(f, "at-most {goal}"),
        }
    }
}

/// The middle one, of an even number the lower of the two; not a number when there is none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// Tabs and ends of lines have a meaning here.
fn on_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_has_five_fields() {
        let ratio = Figure::ratio("16 connections", "answers / bare hyper", 0.725).at_least(0.7);
        assert_eq!(ratio.to_string(), "16 connections\tanswers / bare hyper\t0.725\t×\tat-least 0.7");
        let memory = Figure::of("memory", "growth", 1.6, "MB");
        assert_eq!(memory.to_string(), "memory\tgrowth\t1.6\tMB\tnone");
        assert_eq!(memory.at_most(5.0).to_string(), "memory\tgrowth\t1.6\tMB\tat-most 5");
    }

    #[test]
    fn the_median_is_one_of_the_values() {
        assert_eq!(median([3.0, 1.0, 9.0]).to_bits(), 3_f64.to_bits());
        assert_eq!(median([4.0, 1.0, 9.0, 3.0]).to_bits(), 3_f64.to_bits());
        assert!(median([]).is_nan());
    }

    #[test]
    fn a_name_cannot_end_its_field() {
        assert_eq!(Figure::of("a\tb", "c\nd", 1.0, "\re").to_string(), "a b\tc d\t1\t e\tnone");
    }

    #[test]
    fn figures_are_appended() {
        let file = std::env::temp_dir().join(format!("pockyt-figures-{}", std::process::id()));
        for value in [1.0, 2.0] {
            Figure::ratio("group", "name", value).append_to(&file).unwrap();
        }
        let text = std::fs::read_to_string(&file);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(text.unwrap(), "group\tname\t1\t×\tnone\ngroup\tname\t2\t×\tnone\n");
    }
}
