//! What is explained and written down stays small, however large the request.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use pockyt_sim::{Fault, FaultKind, JournalEvent};
use support::{Answer, MERCHANT, STORE, TOKEN, World, json_of, sign};

const ADD: &str = "/app-instore/v3/add";
const MAX_RULE: usize = 300;
const MAX_ENTRY: usize = 16 * 1024;
const FIELDS: [(&str, &str); 4] =
    [("merchantNo", MERCHANT), ("storeNo", STORE), ("amount", "13"), ("currency", "USD")];

/// Sends a field beside those that are signed.
fn with_unsigned_field(world: &mut World, name: &str) -> Answer {
    let body = json_of(&[FIELDS.as_slice(), &[(name, "1")]].concat(), &sign(&FIELDS, TOKEN));
    world.send(ADD, None, None, body.as_bytes())
}

fn largest_entry(world: &World) -> usize {
    world.sim.journal().map(|entry| entry.to_json_line().len()).max().unwrap()
}

#[test]
fn a_rule_is_short_whatever_the_field_is_called() {
    for length in [1, 1_000, 60_000, 900_000] {
        let mut world = World::new();
        let answer = with_unsigned_field(&mut world, &"x".repeat(length));
        assert_eq!((answer.response.status, answer.code()), (400, "000000"), "{length}");
        let rule = answer.rule();
        assert!(
            rule.len() <= MAX_RULE && rule.bytes().all(|b| b == b' ' || b.is_ascii_graphic()),
            "{length}"
        );
        let Some(JournalEvent::Request(record)) = world.sim.journal().last().map(|entry| &entry.event) else {
            panic!("no request in the journal")
        };
        assert_eq!(record.refused_rule.as_deref(), Some(rule));
        assert!(largest_entry(&world) <= MAX_ENTRY, "{length}");
    }
}

#[test]
fn a_long_name_is_cut_and_what_is_said_of_it_is_not() {
    let answer = with_unsigned_field(&mut World::new(), &"x".repeat(1000));
    assert!(answer.rule().contains("without the field xxxx"), "{}", answer.rule());
    assert!(answer.rule().ends_with("which was sent but not signed"), "{}", answer.rule());
}

#[test]
fn a_body_above_64_kib_is_refused_without_looking_for_the_mistake() {
    for (length, is_explained) in [(60_000, true), (70_000, false)] {
        let rule = with_unsigned_field(&mut World::new(), &"x".repeat(length)).rule().to_owned();
        assert_eq!(rule.contains("sent but not signed"), is_explained, "{rule}");
        assert_eq!(rule.contains("above 64 KiB"), !is_explained, "{rule}");
    }
}

#[test]
fn a_journal_entry_is_bounded_and_counts_what_it_leaves_out() {
    let names: Vec<String> = (0..200).map(|n| format!("{}{n}", "n".repeat(600))).collect();
    let value = "\u{1}".repeat(3000);
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), value.as_str())).collect();
    let long = "r".repeat(20_000);
    let long_name = "n".repeat(20_000);
    let cases = [
        ("many", many, 190),
        ("reference", vec![("reference", long.as_str())], 0),
        ("merchant", vec![("merchantNo", &long)], 0),
        ("ambiguous", vec![(&long_name, "a&b=c")], 0),
        ("few", vec![("description", "tea")], 0),
    ];
    for (case, fields, least_omitted) in cases {
        let mut world = World::new();
        world.sim.set_fault(Fault::new(long.as_str(), FaultKind::LoseReply)).unwrap();
        let sent = fields.len() + if case == "merchant" { 1 } else { 2 };
        world.call(ADD, &fields);
        assert!(largest_entry(&world) <= MAX_ENTRY, "{case}: {}", largest_entry(&world));
        let Some(JournalEvent::Request(record)) = world.sim.journal().last().map(|entry| &entry.event) else {
            panic!("{case}: no request in the journal")
        };
        assert!(record.omitted_parameters >= least_omitted, "{case}");
        assert_eq!(record.parameters.iter().count() + record.omitted_parameters, sent, "{case}");
    }
}
