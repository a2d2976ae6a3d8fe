//! docs/performance.md: what was measured, between markers in a text that people write.
//!
//! ```text
//! <!-- measured: sign -->
//! ... replaced by each run
//! <!-- /measured -->
//! ```

use std::ops::Range;

use anyhow::Context;

use crate::bench::chart;
use crate::bench::figures::{Figure, shown};
use crate::run::root;
use crate::system::said;

/// The report.
const FILE: &str = "docs/performance.md";
/// Its charts, and how it links to them.
const CHARTS: &str = "docs/performance";
const LINK: &str = "performance";

const BEGIN: &str = "<!-- measured: ";
const END: &str = "<!-- /measured -->";

/// Whether the report has a place for each; said before hours are spent on measuring.
pub(super) fn has_places<'a>(benches: impl IntoIterator<Item = &'a str>) -> anyhow::Result<()> {
    let text = read()?;
    for bench in benches {
        place(&text, bench).context(FILE)?;
    }
    Ok(())
}

/// Writes the table of one bench into the report, and its chart beside it.
pub(super) fn write(bench: &str, command: &str, figures: &[Figure]) -> anyhow::Result<()> {
    let chart = chart::svg(bench, figures);
    let text = replaced(&read()?, bench, &section(bench, command, &machine(), figures, chart.is_some()))?;
    if let Some(chart) = chart {
        std::fs::create_dir_all(root().join(CHARTS)).context(CHARTS)?;
        let file = format!("{CHARTS}/{bench}.svg");
        std::fs::write(root().join(&file), chart).context(file)?;
    }
    std::fs::write(root().join(FILE), text).context(FILE)?;
    let goals: Vec<bool> = figures.iter().filter_map(Figure::is_met).collect();
    let met = goals.iter().filter(|met| **met).count();
    println!("\n{bench}: {met} of {} goals met; written to {FILE}", goals.len());
    Ok(())
}

fn read() -> anyhow::Result<String> {
    std::fs::read_to_string(root().join(FILE)).context(FILE)
}

/// What stands between the markers. The same figures on the same machine give the same text.
fn section(bench: &str, command: &str, machine: &str, figures: &[Figure], has_chart: bool) -> String {
    let mut text = format!("\nMeasured by `{command}` on {machine}.\n\n{}\n", table(figures));
    if has_chart {
        text.push_str(&format!("![{bench}: the ratios above, and their goals]({LINK}/{bench}.svg)\n\n"));
    }
    text
}

/// The figures as Markdown. A group is named in its first row.
fn table(figures: &[Figure]) -> String {
    let mut table = "| | | Measured | Goal | |\n| --- | --- | ---: | --- | --- |\n".to_owned();
    let mut before = None;
    for figure in figures {
        let group = if before == Some(&figure.group) { "" } else { &figure.group };
        before = Some(&figure.group);
        let verdict = figure.is_met().map_or("", |met| if met { "met" } else { "**missed**" });
        let value = format!("{} {}", shown(figure.value), figure.unit);
        let cells = [group, &figure.name, value.trim(), &figure.goal.shown(), verdict];
        table.push_str(&format!("| {} |\n", cells.map(cell).join(" | ")));
    }
    table
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// What the figures depend on besides the code.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let about = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let rustc = said("rustc", &["--version"]).unwrap_or_else(|_| "another rustc".to_owned());
    described(cores, &about, &rustc)
}

fn described(cores: usize, cpuinfo: &str, rustc: &str) -> String {
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or(std::env::consts::ARCH, |(_, model)| model.trim());
    let cores = if cores == 1 { "one core".to_owned() } else { format!("{cores} cores") };
    let rustc: Vec<&str> = rustc.split_whitespace().take(2).collect();
    format!("{cores} ({model}), {}", rustc.join(" "))
}

/// The text with another section between the markers of a bench.
fn replaced(text: &str, bench: &str, section: &str) -> anyhow::Result<String> {
    let mut text = text.to_owned();
    let place = place(&text, bench).context(FILE)?;
    text.replace_range(place, section);
    Ok(text)
}

/// What is between the markers of a bench, without them. Each stands on a line of its own.
fn place(text: &str, bench: &str) -> anyhow::Result<Range<usize>> {
    let begin = format!("{BEGIN}{bench} -->");
    let (mut start, mut end) = (None, None);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let mark = line.trim();
        if mark == begin {
            anyhow::ensure!(start.is_none(), "the line `{begin}` is there twice");
            start = Some(at + line.len());
        } else if start.is_some() && end.is_none() && (mark == END || mark.starts_with(BEGIN)) {
            anyhow::ensure!(mark == END, "there is no line `{END}` between `{begin}` and `{mark}`");
            end = Some(at);
        }
        at += line.len();
    }
    let start = start.with_context(|| format!("there is no line `{begin}`; add it and `{END}` below it"))?;
    let end = end.with_context(|| format!("there is no line `{END}` below `{begin}`"))?;
    Ok(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::figures::Goal;

    const REPORT: &str = "\
# Performance

Before.

<!-- measured: sign -->
old
<!-- /measured -->

Between.

<!-- measured: model -->
<!-- /measured -->
After, without an end of line";

    fn figures() -> Vec<Figure> {
        let memory = Figure::ratio("Memory", "growth", 1640.0, Goal::AtMost(5000.0));
        vec![
            Figure::ratio("Sign", "in order / one MD5", 1.234, Goal::AtMost(1.3)),
            Figure::ratio("Sign", "any | order / one MD5", 1.5, Goal::AtMost(1.45)),
            Figure::ratio("Verify", "the obvious way / one MD5", 5.0, Goal::None),
            Figure { unit: "KB".to_owned(), ..memory },
        ]
    }

    #[test]
    fn the_table_has_a_row_for_each_figure() {
        assert_eq!(
            table(&figures()),
            "\
| | | Measured | Goal | |
| --- | --- | ---: | --- | --- |
| Sign | in order / one MD5 | 1.23 × | ≤ 1.30 | met |
|  | any \\| order / one MD5 | 1.50 × | ≤ 1.45 | **missed** |
| Verify | the obvious way / one MD5 | 5.00 × |  |  |
| Memory | growth | 1,640 KB | ≤ 5,000 | met |
"
        );
    }

    #[test]
    fn only_what_is_between_the_markers_is_replaced() {
        let sign = replaced(REPORT, "sign", "new\n").unwrap();
        assert_eq!(sign, REPORT.replace("old", "new"));
        let model = replaced(REPORT, "model", "new\n").unwrap();
        assert_eq!(model, REPORT.replace("model -->\n", "model -->\nnew\n"));
    }

    #[test]
    fn the_same_figures_give_the_same_bytes() {
        let written = |text: &str| {
            let section = section("sign", "cargo xtask bench sign", "2 cores", &figures(), true);
            replaced(text, "sign", &section).unwrap()
        };
        let once = written(REPORT);
        assert_eq!(written(&once), once);
        assert!(once.contains("\nMeasured by `cargo xtask bench sign` on 2 cores.\n\n| |"), "{once}");
        assert!(once.contains("](performance/sign.svg)\n\n<!-- /measured -->\n\nBetween."), "{once}");
    }

    #[test]
    fn a_section_without_ratios_shows_no_chart() {
        assert!(!section("sign", "", "", &figures(), false).contains("svg"));
    }

    #[test]
    fn places_that_are_not_one_place_are_refused() {
        let sign = "<!-- measured: sign -->";
        let model = "<!-- measured: model -->";
        for (text, problem) in [
            (String::new(), format!("there is no line `{sign}`; add it and `{END}` below it")),
            (format!("{END}\n{sign}\n"), format!("there is no line `{END}` below `{sign}`")),
            (format!("a {sign}\n{END}\n"), format!("there is no line `{sign}`; add it and `{END}` below it")),
            (format!("{sign}\n{END}\n{sign}\n{END}\n"), format!("the line `{sign}` is there twice")),
            (
                format!("{sign}\n{model}\n{END}\n"),
                format!("there is no line `{END}` between `{sign}` and `{model}`"),
            ),
        ] {
            let error = replaced(&text, "sign", "new").map_err(|error| error.root_cause().to_string());
            assert_eq!(error, Err(problem), "{text}");
        }
    }

    #[test]
    fn the_machine_is_described_without_a_date() {
        let cpuinfo = "processor\t: 0\nmodel name\t: AMD EPYC: one\nprocessor\t: 1\nmodel name\t: AMD EPYC\n";
        let rustc = "rustc 1.95.0 (59807616e 2026-04-14)";
        assert_eq!(described(2, cpuinfo, rustc), "2 cores (AMD EPYC: one), rustc 1.95.0");
        let unknown = format!("one core ({}), rustc 1.95.0", std::env::consts::ARCH);
        assert_eq!(described(1, "", rustc), unknown);
    }
}
