//! The stories as tests: each ends as it must, and the same seed tells the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use pockyt_world::{Narrator, demo, stories};

async fn told(seed: u64) -> (Vec<String>, Vec<String>) {
    let narrator = Narrator::silent();
    let report = demo::play(seed, None, &narrator).await.unwrap();
    assert_eq!(report.failed, 0, "{}", narrator.lines().join("\n"));
    assert_eq!(report.played, stories::all().len());
    (narrator.lines(), report.journal)
}

#[tokio::test]
async fn every_story_ends_as_it_must_and_two_runs_are_equal() {
    let first = told(1).await;
    assert_eq!(told(1).await, first);
    let other = told(2).await;
    assert_ne!(other.1, first.1, "the seed makes no difference");
}

#[tokio::test]
async fn an_unknown_story_is_an_error() {
    assert!(demo::play(1, Some(99), &Narrator::silent()).await.is_err());
}

/// Nothing that is told or written down shows a secret, a port or a barcode.
#[tokio::test]
async fn what_is_told_holds_no_secret() {
    let (lines, journal) = told(3).await;
    let all = lines.join("\n") + &journal.join("\n");
    for secret in [
        "5cbfb079f15b150122261c8537086d77a",
        "186abea4b8610d7ff03768255588597a",
        "286498530672949108",
        "127.0.0.1",
    ] {
        assert!(!all.contains(secret), "{secret} is in it");
    }
}
