//! Sets two independent readings of Pockyt's documentation side by side.
//!
//! The simulator has a catalogue of its own and never sees the client's model, so that one misreading
//! cannot hide on both sides. Every difference between them is either mended or explained here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pockyt_model::{Confidence, FieldSpec, OperationSpec};
use pockyt_sim::catalogue::{self, AnswerField, Need, Operation};

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
    let ours: BTreeMap<_, _> = pockyt_model::operations().into_iter().map(|spec| (spec.name, spec)).collect();
    let theirs: BTreeMap<_, _> = catalogue::operations().iter().map(|entry| (entry.name, entry)).collect();
    let mut differences = Vec::new();
    let mut fields = 0;
    for name in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
        match (ours.get(name), theirs.get(name)) {
            (Some(ours), Some(theirs)) => {
                fields += ours.fields.len() + ours.answer.len();
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
        .map(|(difference, _)| *difference)
        .filter(|difference| !differences.iter().any(|found| found == difference))
        .collect();
    let mut report = Report { operations, fields, explained: Vec::new(), unexplained: Vec::new(), stale };
    for difference in differences {
        match explanations.iter().find(|(explained, _)| *explained == difference) {
            Some((_, reason)) => report.explained.push((difference, reason)),
            None => report.unexplained.push(difference),
        }
    }
    report
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
    let envelopes: BTreeSet<_> = theirs.answers.iter().map(|answer| answer.envelope).collect();
    if envelopes != BTreeSet::from([ours.envelope]) {
        found.push(format!("result under {} in the model, {envelopes:?} in the simulator", ours.envelope));
    }
    request_fields(ours.fields, theirs, &mut found);
    let answered: Vec<_> = theirs.answers.iter().flat_map(|answer| answer.fields).collect();
    answer_fields(ours.answer, &answered, &mut found);
    found
}

/// Every request carries these; the model adds them in one place.
const COMMON: [&str; 4] = ["merchantNo", "storeNo", "verifySign", "merGroupNo"];

fn request_fields(ours: &[FieldSpec], theirs: &Operation, found: &mut Vec<String>) {
    let our_names: Vec<_> = ours.iter().map(|field| field.name).collect();
    let their_names: Vec<_> =
        theirs.fields.iter().map(|field| field.name).filter(|name| !COMMON.contains(name)).collect();
    only_in_one(&our_names, &their_names, "request field", found);
    for field in ours {
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

fn answer_fields(ours: &[FieldSpec], theirs: &[&AnswerField], found: &mut Vec<String>) {
    let our_names: Vec<_> = ours.iter().map(|field| field.name).collect();
    let mut their_names: Vec<_> = theirs.iter().map(|field| field.name).collect();
    // The model reads the list of refunds by a method of its own.
    their_names.retain(|name| *name != "refundInfo");
    only_in_one(&our_names, &their_names, "answer field", found);
    for field in ours.iter().filter(|field| field.required) {
        if theirs.iter().any(|entry| entry.name == field.name && entry.optional) {
            found.push(format!("answer field {} is required in the model only", field.name));
        }
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
        assert_eq!(report.operations, 7);
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
