//! Nothing of an answer is lost, whatever is in it, and nothing in it makes an accessor panic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::collections::BTreeSet;

use bodies::{Body, Member, accepted};
use pockyt_model::operation::TranQuery;
use pockyt_model::{Answer, Object, Operation, Standing};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use readers::{Read, readers};
use serde_json::value::RawValue;

#[path = "lossless/answers.rs"]
mod answers;
#[path = "lossless/bodies.rs"]
mod bodies;
#[path = "lossless/objects.rs"]
mod objects;
#[path = "lossless/readers.rs"]
mod readers;
#[path = "lossless/views.rs"]
mod views;
#[path = "lossless/walk.rs"]
mod walk;

fn members(object: &Object) -> Vec<(String, String)> {
    object.names().map(|name| (name.to_owned(), object.raw(name).unwrap().to_owned())).collect()
}

fn given(members: &[Member]) -> Vec<(String, String)> {
    members.iter().map(|member| (member.name.clone(), member.value.clone())).collect()
}

/// Whether what a path such as `$.result.refundInfo[0].amount` names is there.
fn is_there(body: &Object, path: &str) -> bool {
    let mut steps = path.strip_prefix('$').unwrap().split('.').skip(1);
    let step_into = |here: String, step: &str| {
        let (name, index) = step.split_once('[').unwrap_or((step, ""));
        let value = Object::parse(here.as_bytes()).ok()?.raw(name)?.to_owned();
        if index.is_empty() {
            return Some(value);
        }
        let items: Vec<&RawValue> = serde_json::from_str(&value).ok()?;
        items.get(index.trim_end_matches(']').parse::<usize>().ok()?).map(|item| item.get().to_owned())
    };
    steps.try_fold(body.as_str().to_owned(), step_into).is_some()
}

fn read(i: usize, body: &Body) -> Read {
    readers()[i].read(body.text.as_bytes()).unwrap().expect("an acceptance")
}

fn any_answer() -> impl Strategy<Value = (usize, Body)> {
    (0..readers().len()).prop_flat_map(|i| (Just(i), accepted(readers()[i].spec)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Members, their order and their literals are what was sent, before and after writing.
    #[test]
    fn reading_and_writing_changes_nothing((i, body) in any_answer()) {
        let answer = read(i, &body);
        prop_assert_eq!(members(&answer.envelope), given(&body.envelope));
        prop_assert_eq!(members(&answer.result), given(&body.result));
        for object in [&answer.envelope, &answer.result] {
            let written = serde_json::to_string(object).unwrap();
            let again = Object::parse(written.as_bytes()).unwrap();
            prop_assert_eq!(members(&again), members(object));
            prop_assert_eq!(serde_json::to_string(&again).unwrap(), written);
        }
    }

    /// Every accessor answers or says where the trouble is: at a member that is there, or at one that is
    /// missing from an object that is there.
    #[test]
    fn errors_carry_the_path_of_the_field((i, body) in any_answer()) {
        let answer = read(i, &body);
        for seen in &answer.seen {
            let Err((path, message)) = &seen.outcome else { continue };
            prop_assert!(path.starts_with(&format!("{}.", body.path)), "{} in {}", path, body.path);
            if message.ends_with("is missing") {
                let (parent, field) = path.rsplit_once('.').unwrap();
                prop_assert_eq!(field, seen.field);
                prop_assert!(is_there(&answer.envelope, parent), "{}", path);
            } else {
                prop_assert!(is_there(&answer.envelope, path), "{} is not in {}", path, body.text);
            }
        }
    }

    /// Members that no accessor reads change nothing for those that do.
    #[test]
    fn unknown_members_change_no_accessor((i, body) in any_answer(), value in 0_u32..9) {
        let answer = read(i, &body);
        let joined = body.text.replacen('{', &format!("{{\"quiteNew\":{value},"), 1);
        let joined = readers()[i].read(joined.as_bytes()).unwrap().unwrap();
        prop_assert_eq!(joined.seen, answer.seen);
        prop_assert_eq!(joined.envelope.text("quiteNew").unwrap(), value.to_string());
    }

    #[test]
    fn an_order_of_any_members_has_a_standing(body in accepted(&TranQuery::SPEC)) {
        let Answer::Accepted(order) = TranQuery::read_answer(body.text.as_bytes()).unwrap() else {
            panic!("refused")
        };
        let readable = order.status().is_ok() && order.refunds().is_ok();
        prop_assert!(readable || order.standing() == Standing::Unknown);
    }

    #[test]
    fn no_bytes_make_a_reader_panic((i, body) in any_answer(), at in any::<Index>(), byte in any::<u8>()) {
        let mut bytes = body.text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = readers()[i].read(&bytes);
        let _ = readers()[i].read(&bytes[..at]);
    }
}

/// The generator has to reach what the laws are about.
#[test]
fn the_bodies_have_values_errors_and_lists_of_every_operation() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut values, mut errors, mut items) = (BTreeSet::new(), BTreeSet::new(), 0);
    for _ in 0..3_000 {
        let (i, body) = any_answer().new_tree(&mut runner).unwrap().current();
        let answer = read(i, &body);
        let name = readers()[i].spec.request_type;
        items += usize::from(
            answer.seen.iter().any(|s| matches!(&s.outcome, Err((path, _)) if path.contains('['))),
        );
        values.extend(answer.seen.iter().filter(|s| s.outcome.is_ok()).map(|_| name));
        errors.extend(answer.seen.iter().filter(|s| s.outcome.is_err()).map(|_| name));
    }
    let with_fields: BTreeSet<_> =
        readers().iter().filter(|r| !r.spec.answer.is_empty()).map(|r| r.spec.request_type).collect();
    assert_eq!(values, with_fields);
    assert_eq!(errors, with_fields);
    assert!(items > 20, "{items}");
}
