//! What was measured, and whether it is what was wished for.

use anyhow::Context;

/// The unit of what is a ratio, and drawn as such.
const RATIO: &str = "×";

/// One figure, and what it should be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    /// Figures of one group stand together.
    pub(super) group: String,
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) unit: String,
    pub(super) goal: Goal,
}

/// What a figure should be, in its own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    None,
}

impl Figure {
    /// One time in parts of another.
    pub(super) fn ratio(group: &str, name: &str, value: f64, goal: Goal) -> Self {
        Self { group: group.to_owned(), name: name.to_owned(), value, unit: RATIO.to_owned(), goal }
    }

    pub(super) fn is_ratio(&self) -> bool {
        self.unit == RATIO
    }

    /// Whether the goal is reached, if there is one.
    pub(super) fn is_met(&self) -> Option<bool> {
        match self.goal {
            Goal::AtLeast(goal) => Some(self.value >= goal),
            Goal::AtMost(goal) => Some(self.value <= goal),
            Goal::None => None,
        }
    }
}

impl Goal {
    /// Its sign and number, as people read it.
    pub(super) fn shown(self) -> String {
        match self {
            Self::AtLeast(goal) => format!("≥ {}", shown(goal)),
            Self::AtMost(goal) => format!("≤ {}", shown(goal)),
            Self::None => String::new(),
        }
    }

    pub(super) fn number(self) -> Option<f64> {
        match self {
            Self::AtLeast(goal) | Self::AtMost(goal) => Some(goal),
            Self::None => None,
        }
    }
}

/// A number with the digits that say something of a measurement.
pub(super) fn shown(number: f64) -> String {
    match number.abs() {
        ..100.0 => format!("{number:.2}"),
        ..1000.0 => format!("{number:.0}"),
        _ => grouped(&format!("{number:.0}")),
    }
}

/// A comma after every three digits from the right.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len() - place;
        if left.is_multiple_of(3) && text.ends_with(|before: char| before.is_ascii_digit()) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Reads the lines of a program's figures; `pockyt_figures` writes them. A group stands where its first figure
/// does.
pub(super) fn parse(text: &str) -> anyhow::Result<Vec<Figure>> {
    let read = |(line, number)| figure(line).with_context(|| format!("line {number}: {line:?}"));
    let mut figures = text.lines().zip(1..).map(read).collect::<anyhow::Result<Vec<_>>>()?;
    let groups: Vec<String> = figures.iter().map(|figure| figure.group.clone()).collect();
    figures.sort_by_key(|figure| groups.iter().position(|group| *group == figure.group));
    Ok(figures)
}

fn figure(line: &str) -> anyhow::Result<Figure> {
    let fields: Vec<&str> = line.split('\t').collect();
    let Ok([group, name, value, unit, goal]) = <[&str; 5]>::try_from(fields) else {
        anyhow::bail!("has other than the fields group, name, value, unit, goal");
    };
    anyhow::ensure!(!line.contains(|c: char| c.is_control() && c != '\t'), "has a control character");
    Ok(Figure {
        group: group.to_owned(),
        name: name.to_owned(),
        value: number(value)?,
        unit: unit.to_owned(),
        goal: match goal.split_once(' ') {
            Some(("at-least", goal)) => Goal::AtLeast(number(goal)?),
            Some(("at-most", goal)) => Goal::AtMost(number(goal)?),
            _ if goal == "none" => Goal::None,
            _ => anyhow::bail!("{goal:?} is no goal"),
        },
    })
}

fn number(text: &str) -> anyhow::Result<f64> {
    let number: f64 = text.parse().with_context(|| format!("{text:?} is no number"))?;
    anyhow::ensure!(number.is_finite(), "{text:?} is no figure");
    Ok(number)
}

#[cfg(test)]
mod tests {
    use pockyt_figures::Figure as Written;

    use super::*;

    #[test]
    fn what_a_program_writes_is_read() {
        let written = [
            Written::ratio("16 connections", "answers / bare hyper", 0.725).at_least(0.7),
            Written::of("memory", "growth", 1.6, "MB").at_most(5.0),
            Written::of("memory", "a\tmerchant", 1e-7, "MB"),
        ];
        let read = parse(&written.map(|figure| format!("{figure}\n")).concat()).unwrap();
        let memory = |name: &str, value, goal| Figure {
            unit: "MB".to_owned(),
            ..Figure::ratio("memory", name, value, goal)
        };
        assert_eq!(
            read,
            [
                Figure::ratio("16 connections", "answers / bare hyper", 0.725, Goal::AtLeast(0.7)),
                memory("growth", 1.6, Goal::AtMost(5.0)),
                memory("a merchant", 1e-7, Goal::None),
            ]
        );
        let are_ratios: Vec<bool> = read.iter().map(Figure::is_ratio).collect();
        assert_eq!(are_ratios, [true, false, false]);
    }

    #[test]
    fn what_is_no_figure_is_refused_with_its_line() {
        for line in [
            "",
            "group\tname\t1\t×",
            "group\tname\t1\t×\tnone\tmore",
            "group\tname\tone\t×\tnone",
            "group\tname\tNaN\t×\tnone",
            "group\tname\tinf\t×\tnone",
            "group\tname\t1\t×\t",
            "group\tname\t1\t×\tat-least",
            "group\tname\t1\t×\tat-least much",
            "group\tname\t1\t×\tabout 1",
            "group\tna\u{1b}me\t1\t×\tnone",
        ] {
            let text = format!("group\tname\t1\t×\tnone\n{line}\n");
            let error = parse(&text).map_err(|error| format!("{error:#}"));
            assert!(error.is_err_and(|error| error.starts_with("line 2: ")), "{line:?}");
        }
        assert_eq!(parse("").unwrap(), []);
    }

    #[test]
    fn a_group_stands_together_where_it_began() {
        let text = ["b\t1", "a\t2", "b\t3", "c\t4", "a\t5"].map(|figure| format!("{figure}\t0\t×\tnone\n"));
        let names: Vec<String> =
            parse(&text.concat()).unwrap().into_iter().map(|figure| figure.name).collect();
        assert_eq!(names, ["1", "3", "2", "5", "4"]);
    }

    #[test]
    fn a_goal_is_met_at_its_number() {
        let is_met = |value, goal| Figure::ratio("", "", value, goal).is_met();
        assert_eq!(is_met(0.7, Goal::AtLeast(0.7)), Some(true));
        assert_eq!(is_met(0.69, Goal::AtLeast(0.7)), Some(false));
        assert_eq!(is_met(1.3, Goal::AtMost(1.3)), Some(true));
        assert_eq!(is_met(1.31, Goal::AtMost(1.3)), Some(false));
        assert_eq!(is_met(1.0, Goal::None), None);
    }

    #[test]
    fn numbers_have_the_digits_that_matter() {
        let numbers = [0.004, 1.304, 99.5, 512.4, 1000.0, -1234.0, 37_100.4, 1_818_000.0].map(shown);
        assert_eq!(numbers, ["0.00", "1.30", "99.50", "512", "1,000", "-1,234", "37,100", "1,818,000"]);
    }
}
