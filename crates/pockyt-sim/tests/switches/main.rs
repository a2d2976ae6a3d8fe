//! Every switch of the profile, both sides.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod answers;
mod notices;
mod requests;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use pockyt_sim::Profile;
use pockyt_sim::profile::{CHOICES, SETTLED};
use support::World;
use support::everything::Everything;

/// A world whose lenient profile has one switch turned.
fn with(turn: impl FnOnce(&mut Profile)) -> World {
    let mut profile = Profile::lenient();
    turn(&mut profile);
    World::with_profile(profile)
}

/// The same with something of every kind in it.
fn everything_with(turn: impl FnOnce(&mut Profile)) -> Everything {
    let mut profile = Profile::lenient();
    turn(&mut profile);
    Everything::new(profile)
}

#[test]
fn the_table_has_every_switch_once_and_every_profile_reads_its_own_json() {
    let json = serde_json::to_value(Profile::default()).unwrap();
    let fields: BTreeSet<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let rows: BTreeSet<&str> = CHOICES.iter().map(|choice| choice.switch).collect();
    assert_eq!(rows, fields);
    assert_eq!(CHOICES.len(), rows.len());
    for choice in CHOICES {
        let texts = [choice.sources, choice.lenient, choice.strict];
        assert!(texts.iter().all(|text| !text.is_empty()), "{}", choice.switch);
    }
    for profile in [Profile::lenient(), Profile::strict()] {
        let text = serde_json::to_string(&profile).unwrap();
        assert_eq!(serde_json::from_str::<Profile>(&text).unwrap(), profile);
    }
    assert_eq!(serde_json::from_str::<Profile>("{}").unwrap(), Profile::lenient());
}

#[test]
fn the_table_says_where_the_profiles_differ() {
    let [lenient, strict] = [Profile::lenient(), Profile::strict()].map(|p| serde_json::to_value(p).unwrap());
    for choice in CHOICES {
        let is_said_to_differ = choice.lenient != choice.strict && choice.strict != "the same";
        let differs = lenient[choice.switch] != strict[choice.switch];
        assert_eq!(is_said_to_differ, differs, "{}", choice.switch);
    }
}

#[test]
fn every_switch_is_turned_by_a_test() {
    let tests =
        [include_str!("answers.rs"), include_str!("notices.rs"), include_str!("requests.rs")].concat();
    for choice in CHOICES {
        let field: String = choice
            .switch
            .chars()
            .flat_map(|c| if c.is_ascii_uppercase() { vec!['_', c.to_ascii_lowercase()] } else { vec![c] })
            .collect();
        assert!(tests.contains(&format!("profile.{field} =")), "{field}");
    }
}

#[test]
fn questions_without_a_switch_are_asked_once_and_answered() {
    let questions: BTreeSet<&str> = SETTLED.iter().map(|settled| settled.about).collect();
    assert_eq!(questions.len(), SETTLED.len());
    for settled in SETTLED {
        assert!(!settled.sources.is_empty() && !settled.here.is_empty(), "{}", settled.about);
    }
}
