//! The ratios as bars, with their goals as lines across them.
//!
//! Written by hand, since a library that draws fixes its colours, and these follow the reader's: an image in a
//! Markdown page sees whether the reader prefers dark, and nothing else of the page.

use std::fmt::Write as _;

use crate::bench::figures::{Figure, shown};

/// All in pixels. This is the longest bar's.
const LONGEST: f64 = 400.0;
const MARGIN: f64 = 8.0;
/// A row for a figure, and one for the name of a group.
const ROW: f64 = 22.0;
const BAR: f64 = 12.0;
/// Where the figures are written, right of the bars.
const FIGURES: f64 = 170.0;
/// No letter of the font is measured; most are narrower than this.
const LETTER: f64 = 6.8;

const STYLE: &str = "\
svg{color:#1f2328}.ours{fill:#2f81c7}.missed{fill:#d4731a}.free{fill:#8c959f}\
@media(prefers-color-scheme:dark){svg{color:#e6edf3}.ours{fill:#4c9be8}.missed{fill:#e8944a}.free{fill:#768390}}";

/// The chart of one bench; `None` when it has no ratios. The same figures give the same text.
pub(super) fn svg(bench: &str, figures: &[Figure]) -> Option<String> {
    let ratios: Vec<&Figure> = figures.iter().filter(|figure| figure.is_ratio()).collect();
    let scale = Scale::of(&ratios)?;
    let mut rows = String::new();
    let mut top = MARGIN;
    let mut group = None;
    for figure in ratios {
        if group != Some(&figure.group) {
            group = Some(&figure.group);
            text(&mut rows, MARGIN, top, " font-weight=\"bold\"", &figure.group);
            top += ROW;
        }
        row(&mut rows, &scale, top, figure);
        top += ROW;
    }
    let parity = scale.at(1.0);
    line(&mut rows, parity, MARGIN, top, " stroke-dasharray=\"2 4\" opacity=\"0.6\"");
    text(&mut rows, parity, top, " text-anchor=\"middle\"", "1");
    legend(&mut rows, &scale, top + ROW);
    let (width, height) = (pixels(scale.right() + FIGURES), pixels(top + 2.0 * ROW + MARGIN));
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"system-ui,sans-serif\" font-size=\"12\">\n\
         <title>{}: ratios and their goals</title>\n<style>{STYLE}</style>\n{rows}</svg>\n",
        escaped(bench)
    ))
}

/// Where the bars begin, and how long one for a ratio of 1 is.
struct Scale {
    left: f64,
    one: f64,
}

impl Scale {
    fn of(ratios: &[&Figure]) -> Option<Self> {
        if ratios.is_empty() {
            return None;
        }
        let letters = ratios.iter().map(|figure| figure.name.chars().count()).max().unwrap_or_default();
        let left = 2.0 * MARGIN + LETTER * width(letters);
        let numbers = ratios.iter().flat_map(|figure| [Some(figure.value), figure.goal.number()]).flatten();
        let longest = numbers.fold(1.0, f64::max);
        Some(Self { left, one: LONGEST / longest })
    }

    fn right(&self) -> f64 {
        self.left + LONGEST + MARGIN
    }

    fn at(&self, ratio: f64) -> f64 {
        self.left + self.one * ratio.max(0.0)
    }
}

/// A name, its bar, its goal across the bar, and both as numbers.
fn row(rows: &mut String, scale: &Scale, top: f64, figure: &Figure) {
    let (class, verdict) = match figure.is_met() {
        Some(true) => ("ours", ""),
        Some(false) => ("missed", ", missed"),
        None => ("free", ""),
    };
    let (left, length) = (pixels(scale.left), pixels(scale.at(figure.value) - scale.left));
    let (y, height) = (pixels(top + (ROW - BAR) / 2.0), pixels(BAR));
    text(rows, scale.left - MARGIN, top, " text-anchor=\"end\"", &figure.name);
    bar(rows, class, [&left, &y, &length, &height]);
    if let Some(goal) = figure.goal.number() {
        line(rows, scale.at(goal), top + 2.0, top + ROW - 2.0, " stroke-width=\"2\"");
    }
    let goal = figure.goal.shown();
    let separator = if goal.is_empty() { "" } else { ", goal " };
    let numbers = format!("{}{separator}{goal}{verdict}", shown(figure.value));
    text(rows, scale.right(), top, "", &numbers);
}

/// What the colours mean, below the bars.
fn legend(rows: &mut String, scale: &Scale, top: f64) {
    let mut x = scale.left;
    for (class, name) in [("ours", "goal met"), ("missed", "goal missed"), ("free", "without a goal")] {
        let (left, y, side) = (pixels(x), pixels(top + (ROW - BAR) / 2.0), pixels(BAR));
        bar(rows, class, [&left, &y, &side, &side]);
        text(rows, x + BAR + MARGIN / 2.0, top, "", name);
        x += BAR + LETTER * width(name.len()) + 2.0 * MARGIN;
    }
}

fn bar(rows: &mut String, class: &str, [x, y, width, height]: [&str; 4]) {
    let _ =
        writeln!(rows, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>");
}

fn line(rows: &mut String, x: f64, from: f64, to: f64, attributes: &str) {
    let [x, from, to] = [x, from, to].map(pixels);
    let _ = writeln!(
        rows,
        "<line x1=\"{x}\" y1=\"{from}\" x2=\"{x}\" y2=\"{to}\" stroke=\"currentColor\"{attributes}/>"
    );
}

/// Words in the middle of the row that begins at `top`.
fn text(rows: &mut String, x: f64, top: f64, attributes: &str, words: &str) {
    let (x, y, words) = (pixels(x), pixels(top + ROW / 2.0 + 4.0), escaped(words));
    let _ = writeln!(rows, "<text x=\"{x}\" y=\"{y}\" fill=\"currentColor\"{attributes}>{words}</text>");
}

/// One decimal is finer than anyone sees.
fn pixels(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

#[expect(clippy::cast_precision_loss, reason = "no name has so many letters")]
fn width(letters: usize) -> f64 {
    letters as f64
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::figures::Goal;

    fn figures() -> Vec<Figure> {
        vec![
            Figure::ratio("Sign", "in order / one MD5", 1.2, Goal::AtMost(1.3)),
            Figure::ratio("Sign", "any order / one MD5", 1.5, Goal::AtMost(1.45)),
            Figure::ratio("Verify", "<naive> & \"obvious\"", 4.0, Goal::None),
            Figure { unit: "MB".to_owned(), ..Figure::ratio("Memory", "growth", 1e6, Goal::None) },
        ]
    }

    /// The attribute of each element that has this class, in order.
    fn attributes(svg: &str, class: &str, name: &str) -> Vec<f64> {
        let elements = svg.lines().filter(|line| line.contains(class));
        let value = |line: &str| line.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.parse().ok();
        elements.filter_map(value).collect()
    }

    /// Tags that are closed in order, attributes in quotes and once, and no bare sign in a text.
    fn problem(xml: &str) -> Option<String> {
        let mut open: Vec<&str> = Vec::new();
        for piece in xml.trim_end().split('<').skip(1) {
            let Some((tag, text)) = piece.split_once('>') else { return Some(format!("<{piece}")) };
            let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            if let Some(name) = tag.strip_prefix('/') {
                if open.pop() != Some(name) {
                    return Some(format!("</{name}> closes another"));
                }
            } else {
                let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
                if !is_quoted(attributes) {
                    return Some(format!("<{tag}>"));
                }
                open.extend((!is_empty).then_some(name));
            }
            let is_outside = open.is_empty() && !text.is_empty();
            let entities = ["&amp;", "&lt;", "&gt;", "&quot;"];
            let rest = entities.iter().fold(text.to_owned(), |text, entity| text.replace(entity, ""));
            if is_outside || rest.contains(['&', '>']) {
                return Some(text.to_owned());
            }
        }
        open.pop().map(|name| format!("<{name}> is not closed"))
    }

    fn is_quoted(attributes: &str) -> bool {
        let parts: Vec<&str> = attributes.split('"').collect();
        let (values, names): (Vec<_>, Vec<_>) =
            parts.iter().enumerate().partition(|(place, _)| place % 2 == 1);
        let mut names: Vec<&str> = names.iter().map(|(_, name)| name.trim()).collect();
        let is_closed = names.pop() == Some("") && names.len() == values.len();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        is_closed && names.len() == all && names.iter().all(|name| name.len() > 1 && name.ends_with('='))
    }

    #[test]
    fn it_is_well_formed() {
        assert_eq!(problem(&svg("a & <b>", &figures()).unwrap()), None);
    }

    #[test]
    fn what_is_not_well_formed_is_noticed() {
        for xml in [
            "<a><b></a></b>",
            "<a>",
            "<a/><b",
            "<a b=1/>",
            "<a b=\"1\" b=\"2\"/>",
            "<a b=\"1/>",
            "<a>x & y</a>",
            "<a/>x",
        ] {
            assert!(problem(xml).is_some(), "{xml}");
        }
        assert_eq!(problem("<a b=\"1\" c=\"2\"><d/>x &amp; y</a>\n"), None);
    }

    #[test]
    fn bars_are_as_long_as_their_ratios() {
        let svg = svg("sign", &figures()).unwrap();
        let widths = ["ours", "missed", "free"].map(|class| attributes(&svg, class, "width")[0]);
        assert!(widths.iter().eq(&[120.0, 150.0, LONGEST]), "{widths:?}");
    }

    #[test]
    fn goals_are_lines_where_a_bar_of_that_ratio_ends() {
        let svg = svg("sign", &figures()).unwrap();
        let left = attributes(&svg, "ours", "x")[0];
        let goals = attributes(&svg, "stroke-width", "x1").into_iter().map(|x| x - left);
        assert!(goals.map(|x| (x * 10.0).round() / 10.0).eq([130.0, 145.0]), "{svg}");
        assert!(svg.contains(">1.50, goal ≤ 1.45, missed<") && svg.contains(">4.00<"), "{svg}");
    }

    #[test]
    fn a_goal_beyond_all_bars_fits() {
        let far = [Figure::ratio("a", "b", 0.5, Goal::AtLeast(2.0))];
        let svg = svg("far", &far).unwrap();
        let (bar, goal) = (attributes(&svg, "missed", "width"), attributes(&svg, "stroke-width", "x1"));
        assert_eq!((bar[0], goal[0] - attributes(&svg, "missed", "x")[0]), (LONGEST / 4.0, LONGEST));
    }

    #[test]
    fn only_ratios_are_drawn_and_always_the_same() {
        assert!(!svg("sign", &figures()).unwrap().contains("growth"));
        assert_eq!(svg("sign", &figures()), svg("sign", &figures()));
        assert_eq!(svg("sign", &figures()[3..]), None);
    }
}
