//! Sets two independent readings of Pockyt's documentation side by side.
//!
//! The simulator has a catalogue of its own and never sees the client's model, so that one misreading
//! cannot hide on both sides. Every difference between them is either mended or explained here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pockyt_model::{Confidence, Envelope, FieldSpec, OperationSpec};
use pockyt_sim::catalogue::{self, Answer, Holds, Need, Operation};

mod explained;

/// What was found.
#[derive(Debug)]
pub struct Report {
    operations: usize,
    fields: usize,
    explained: Vec<(String, &'static str)>,
    unexplained: Vec<String>,
    stale: Vec<&'static str>,
}

impl Report {
    /// Whether every difference is explained, and every explanation is needed.
    pub fn is_clean(&self) -> bool {
        self.unexplained.is_empty() && self.stale.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (difference, reason) in &self.explained {
            writeln!(f, "explained: {difference}\n           {reason}")?;
        }
        for difference in &self.unexplained {
            writeln!(f, "DIFFERENT: {difference}")?;
        }
        for difference in &self.stale {
            writeln!(f, "STALE: explained, but not there any more: {difference}")?;
        }
        write!(
            f,
            "catalogue: {} operations with {} fields compared; {} differences explained, {} not, {} stale explanations",
            self.operations,
            self.fields,
            self.explained.len(),
            self.unexplained.len(),
            self.stale.len()
        )
    }
}

/// Compares every operation.
pub fn compare() -> Report {
    let ours: BTreeMap<_, _> = pockyt_model::operations().iter().map(|spec| (spec.name, *spec)).collect();
    let theirs: BTreeMap<_, _> = catalogue::operations().iter().map(|entry| (entry.name, entry)).collect();
    let mut differences = Vec::new();
    let mut fields = 0;
    for name in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
        match (ours.get(name), theirs.get(name)) {
            (Some(ours), Some(theirs)) => {
                fields += ours.fields().count() + ours.answer.len();
                differences.extend(between(ours, theirs).into_iter().map(|found| format!("{name}: {found}")));
            }
            (Some(_), None) => differences.push(format!("{name}: the simulator does not have it")),
            _ => differences.push(format!("{name}: the model does not have it")),
        }
    }
    judge(differences, explained::EXPLAINED, ours.len(), fields)
}

fn judge(
    differences: Vec<String>,
    explanations: &[(&'static str, &'static str)],
    operations: usize,
    fields: usize,
) -> Report {
    let stale = explanations
        .iter()
        .map(|(pattern, _)| *pattern)
        .filter(|pattern| !differences.iter().any(|found| fits(pattern, found)))
        .collect();
    let mut report = Report { operations, fields, explained: Vec::new(), unexplained: Vec::new(), stale };
    for difference in differences {
        match explanations.iter().find(|(pattern, _)| fits(pattern, &difference)) {
            Some((_, reason)) => report.explained.push((difference, reason)),
            None => report.unexplained.push(difference),
        }
    }
    report
}

/// Whether a text is what a pattern says, in which `*` stands for any part of a word.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            let word = rest.find([' ', ':']).unwrap_or(rest.len());
            (0..=word).any(|end| rest.get(end..).is_some_and(|rest| fits(after, rest)))
        }),
    }
}

fn between(ours: &OperationSpec, theirs: &Operation) -> Vec<String> {
    let mut found = Vec::new();
    if ours.path != theirs.path {
        found.push(format!("path {} in the model, {} in the simulator", ours.path, theirs.path));
    }
    only_in_one(ours.path_aliases, theirs.aliases, "alias", &mut found);
    if !same_confidence(ours.confidence, theirs.confidence) {
        found.push(format!("{:?} in the model, {:?} in the simulator", ours.confidence, theirs.confidence));
    }
    for answer in theirs.answers {
        if !reads(ours.envelope, envelope(answer)) {
            found.push(format!("the model does not read a result under {:?}", envelope(answer)));
        }
    }
    request_fields(ours, theirs, &mut found);
    answer_fields(ours.answer, theirs.answers, &mut found);
    found
}

/// Where an answer's members are: a list is itself a member, beside `ret_code`.
fn envelope(answer: &Answer) -> &'static str {
    match answer.holds {
        Holds::List => "",
        Holds::Object => answer.envelope,
    }
}

fn reads(ours: Envelope, key: &str) -> bool {
    match ours {
        Envelope::Flat => key.is_empty(),
        Envelope::In(names) => names.contains(&key),
        Envelope::Open(names) => key.is_empty() || names.contains(&key),
        _ => false,
    }
}

/// Every request may carry these; the model adds the first four in one place. The clerk's number is typed
/// where a document shows it, and an extra field elsewhere: two SDKs add it to any call by configuration.
const COMMON: [&str; 5] = ["merchantNo", "storeNo", "verifySign", "merGroupNo", "storeAdminNo"];

fn request_fields(ours: &OperationSpec, theirs: &Operation, found: &mut Vec<String>) {
    let uncommon = |name: &&str| !COMMON.contains(name);
    let our_names: Vec<_> = ours.fields().map(|field| field.name).filter(uncommon).collect();
    let their_names: Vec<_> = theirs.fields.iter().map(|field| field.name).filter(uncommon).collect();
    only_in_one(&our_names, &their_names, "request field", found);
    for field in ours.fields() {
        let Some(entry) = theirs.field(field.name) else { continue };
        let needed = entry.lenient == Need::Required;
        if field.required && !needed {
            found.push(format!("request field {} is required in the model only", field.name));
        }
        if needed && !field.required {
            found.push(format!("request field {} is required in the simulator only", field.name));
        }
    }
}

fn answer_fields(ours: &[FieldSpec], theirs: &[Answer], found: &mut Vec<String>) {
    let mut their_names = BTreeSet::new();
    let mut optional = BTreeSet::new();
    for answer in theirs {
        match answer.holds {
            Holds::List => {
                their_names.insert(answer.envelope);
            }
            Holds::Object => their_names.extend(answer.fields.iter().map(|field| field.name)),
        }
        their_names.extend(answer.beside.iter().map(|field| field.name));
        optional.extend(answer.fields.iter().filter(|field| field.optional).map(|field| field.name));
    }
    let our_names: Vec<_> = ours.iter().map(|field| field.name).collect();
    let their_names: Vec<_> = their_names.into_iter().collect();
    only_in_one(&our_names, &their_names, "answer field", found);
    for field in ours.iter().filter(|field| field.required && optional.contains(field.name)) {
        found.push(format!("answer field {} is required in the model only", field.name));
    }
}

fn only_in_one(ours: &[&str], theirs: &[&str], what: &str, found: &mut Vec<String>) {
    let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) = (ours.iter().collect(), theirs.iter().collect());
    found.extend(ours.difference(&theirs).map(|name| format!("{what} {name} is only in the model")));
    found.extend(theirs.difference(&ours).map(|name| format!("{what} {name} is only in the simulator")));
}

fn same_confidence(ours: Confidence, theirs: catalogue::Confidence) -> bool {
    matches!(
        (ours, theirs),
        (Confidence::Current, catalogue::Confidence::Current)
            | (Confidence::Older, catalogue::Confidence::Older)
            | (Confidence::SdkOnly, catalogue::Confidence::SdkOnly)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_readings_agree_but_for_what_is_explained() {
        let report = compare();
        assert!(report.is_clean(), "{report}");
        assert_eq!(report.operations, 57);
    }

    #[test]
    fn a_difference_and_a_stale_explanation_are_both_found() {
        let report = judge(vec!["a".into(), "b".into()], &[("b", "why"), ("c", "why")], 1, 1);
        assert_eq!(report.unexplained, ["a"]);
        assert_eq!(report.explained, [("b".to_owned(), "why")]);
        assert_eq!(report.stale, ["c"]);
        assert!(!report.is_clean());
    }

    #[test]
    fn a_star_stands_for_a_part_of_a_word() {
        assert!(fits("a*: field *Time is only in *", "add: field createTime is only in x"));
        assert!(!fits("a*: x", "add y: x"));
        assert!(!fits("a: *", "a: b c"));
        assert!(fits("*", "word") && fits("w*d", "wd") && !fits("w*d", "we"));
    }

    #[test]
    fn each_kind_of_difference_is_seen() {
        let ours = pockyt_model::operations();
        let query = ours.iter().find(|spec| spec.name == "tran-query").unwrap();
        let theirs = catalogue::operations();
        let refund = theirs.iter().find(|entry| entry.name == "refund").unwrap();
        let found = between(query, refund).join("\n");
        for expected in [
            "path /app-data-search/v3/tran-query in the model, /app-data-search/v3/refund in the simulator",
            "alias /app-data-search/v3/trans-query is only in the model",
            "request field refundAmount is only in the simulator",
            "answer field transactionType is only in the model",
            "answer field refundTransactionNo is only in the simulator",
        ] {
            assert!(found.contains(expected), "{expected}\nis not in\n{found}");
        }
    }
}
