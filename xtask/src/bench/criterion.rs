//! What criterion leaves in files, and which of it makes a ratio.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use anyhow::Context;
use serde_json::Value;

use crate::bench::figures::{Figure, Goal};

/// Who is measured beside others in every group; benches/benches/*.rs use this name.
const OURS: &str = "pockyt";

/// Nanoseconds by group and by who did the work.
pub(super) type Times = BTreeMap<String, BTreeMap<String, f64>>;

/// A group of criterion's, what the report calls it, and the ratios that are taken in it.
pub(super) struct Group {
    name: &'static str,
    title: &'static str,
    ratios: &'static [Ratio],
}

/// The time of one in parts of another's, what the report calls it, and what it should be.
type Ratio = (&'static str, &'static str, &'static str, Goal);

/// Of benches/benches/sign.rs.
pub(super) const SIGN: &[Group] = &[
    Group {
        name: "sign-12-fields",
        title: "Sign a request of 12 fields",
        ratios: &[
            ("sorted", "raw-md5", "fields in order / one MD5", Goal::AtMost(1.3)),
            (OURS, "raw-md5", "fields in any order / one MD5", Goal::AtMost(1.45)),
            ("naive", "raw-md5", "the obvious way / one MD5", Goal::None),
        ],
    },
    Group {
        name: "verify-8-fields",
        title: "Verify a notification of 8 fields",
        ratios: &[
            (OURS, "raw-md5", "from the raw body / one MD5", Goal::AtMost(1.6)),
            ("escaped", "raw-md5", "the same with escapes / one MD5", Goal::None),
            ("naive", "raw-md5", "the obvious way / one MD5", Goal::None),
        ],
    },
];

const LESS_THAN_VALUE: Ratio = (OURS, "value", "ours / serde_json's Value", Goal::AtMost(1.0));
const BESIDE_STRUCT: Ratio = (OURS, "derive", "ours / a struct that derives", Goal::AtMost(1.5));
const BESIDE_FEW: Ratio = (OURS, "derive-few", "ours / a struct of what is read", Goal::None);
const SIGNED: &[Ratio] = &[
    (OURS, "value", "ours / serde_json's Value", Goal::None),
    (OURS, "derive", "ours / a struct that derives", Goal::None),
];

/// Of benches/benches/model.rs.
pub(super) const MODEL: &[Group] = &[
    Group {
        name: "decode-in-store",
        title: "Read an in-store answer of 15 fields",
        ratios: &[LESS_THAN_VALUE, BESIDE_STRUCT, BESIDE_FEW],
    },
    Group {
        name: "decode-checkout",
        title: "Read a checkout answer of 6 fields",
        ratios: &[LESS_THAN_VALUE, BESIDE_STRUCT, BESIDE_FEW],
    },
    Group {
        name: "encode-in-store",
        title: "Write an in-store request of 5 fields",
        ratios: &[LESS_THAN_VALUE, BESIDE_STRUCT],
    },
    Group {
        name: "encode-checkout",
        title: "Write a checkout request of 12 fields",
        ratios: &[LESS_THAN_VALUE, BESIDE_STRUCT],
    },
    Group { name: "encode-in-store-signed", title: "Write and sign, in-store", ratios: SIGNED },
    Group { name: "encode-checkout-signed", title: "Write and sign, checkout", ratios: SIGNED },
];

/// Of benches/benches/client.rs.
pub(super) const CLIENT: &[Group] = &[Group {
    name: "client-query",
    title: "One query without a socket",
    ratios: &[(OURS, "work", "whole client / writing, signing, reading", Goal::None)],
}];

/// The ratios of all groups; an error names what they need and was not measured.
pub(super) fn figures(groups: &[Group], times: &Times) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for group in groups {
        let time = |who: &str| {
            let time = times.get(group.name).and_then(|by| by.get(who)).copied();
            time.with_context(|| format!("{}/{who} was not measured", group.name))
        };
        for &(who, beside, name, goal) in group.ratios {
            figures.push(Figure::ratio(group.title, name, time(who)? / time(beside)?, goal));
        }
    }
    Ok(figures)
}

/// Reads `<group>/<who>/new/estimates.json` of everything that was measured since then. What a filter left
/// out is still there from an earlier run.
pub(super) fn read(home: &Path, since: SystemTime) -> anyhow::Result<Times> {
    let mut times = Times::new();
    for group in folders(home)? {
        for who in folders(&home.join(&group))? {
            let file = home.join(&group).join(&who).join("new").join("estimates.json");
            if file.metadata().and_then(|about| about.modified()).is_ok_and(|changed| changed >= since) {
                let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
                let median = median(&text).with_context(|| file.display().to_string())?;
                times.entry(group.clone()).or_default().insert(who, median);
            }
        }
    }
    Ok(times)
}

/// The names of the folders in a folder, which need not be there.
fn folders(path: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    if !path.exists() {
        return Ok(names);
    }
    for entry in std::fs::read_dir(path).with_context(|| path.display().to_string())? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn median(estimates: &str) -> anyhow::Result<f64> {
    let estimates: Value = serde_json::from_str(estimates)?;
    let point = estimates.pointer("/median/point_estimate").and_then(Value::as_f64);
    point.context("no median in it")
}

/// A line for each that was measured, and our time in parts of its.
pub(super) fn table(times: &Times) -> String {
    let mut table = format!("\n{:<28}{:<16}{:>12}{:>16}\n", "", "", "median ns", "ours, x of it");
    for (group, by) in times {
        let ours = by.get(OURS);
        for (who, time) in by {
            let ratio = match ours {
                Some(ours) if who != OURS => format!("{:.2}", ours / time),
                _ => String::new(),
            };
            table.push_str(format!("{group:<28}{who:<16}{time:>12.0}{ratio:>16}").trim_end());
            table.push('\n');
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn times(groups: &[(&str, &[(&str, f64)])]) -> Times {
        let by = |by: &[(&str, f64)]| by.iter().map(|(who, time)| ((*who).to_owned(), *time)).collect();
        groups.iter().map(|(group, times)| ((*group).to_owned(), by(times))).collect()
    }

    #[test]
    fn the_median_is_read() {
        let text = r#"{"mean": {"point_estimate": 9.0}, "median": {"point_estimate": 812.5}}"#;
        assert_eq!(median(text).ok(), Some(812.5));
        assert!(median("{}").is_err());
    }

    #[test]
    fn ratios_are_ours_over_theirs() {
        let times = times(&[
            ("sign", &[(OURS, 150.0), ("raw-md5", 100.0), ("naive", 600.0)]),
            ("alone", &[("x", 7.0)]),
        ]);
        let table = table(&times);
        let rows: Vec<Vec<&str>> =
            table.lines().skip(2).map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            rows,
            [
                vec!["alone", "x", "7"],
                vec!["sign", "naive", "600", "0.25"],
                vec!["sign", "pockyt", "150"],
                vec!["sign", "raw-md5", "100", "1.50"],
            ]
        );
    }

    #[test]
    fn figures_are_in_the_order_of_the_list_and_have_its_goals() {
        let sign: &[(&str, f64)] = &[("sorted", 120.0), (OURS, 150.0), ("raw-md5", 100.0), ("naive", 300.0)];
        let verify: &[(&str, f64)] = &[(OURS, 80.0), ("raw-md5", 40.0), ("escaped", 100.0), ("naive", 200.0)];
        let both = times(&[("sign-12-fields", sign), ("verify-8-fields", verify)]);
        let figures = figures(SIGN, &both).unwrap();
        let seen: Vec<_> = figures.iter().map(|figure| (figure.value, figure.is_met())).collect();
        let verified = [(2.0, Some(false)), (2.5, None), (5.0, None)];
        assert_eq!(seen, [&[(1.2, Some(true)), (1.5, Some(false)), (3.0, None)], &verified[..]].concat());
    }

    #[test]
    fn what_was_not_measured_is_named() {
        let part = times(&[("client-query", &[(OURS, 150.0)])]);
        assert_eq!(figures(CLIENT, &part).unwrap_err().to_string(), "client-query/work was not measured");
    }

    #[test]
    fn an_earlier_run_is_not_read() {
        let home = std::env::temp_dir().join(format!("xtask-criterion-{}", std::process::id()));
        let new = home.join("client-query").join("work").join("new");
        std::fs::create_dir_all(&new).unwrap();
        std::fs::write(new.join("estimates.json"), r#"{"median": {"point_estimate": 9.0}}"#).unwrap();
        let written = new.join("estimates.json").metadata().unwrap().modified().unwrap();
        let (at_once, later) = (read(&home, written), read(&home, written + Duration::from_nanos(1)));
        std::fs::remove_dir_all(&home).unwrap();
        assert_eq!(at_once.unwrap(), times(&[("client-query", &[("work", 9.0)])]));
        assert_eq!(later.unwrap(), Times::new());
        assert_eq!(read(&home, written).unwrap(), Times::new());
    }
}
