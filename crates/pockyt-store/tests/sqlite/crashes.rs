//! A program that is killed at any moment.

use fastrand::Rng;

use crate::child::{Said, Task};
use crate::support::Folder;

#[test]
fn whatever_was_acknowledged_is_there_after_fifty_kills() {
    let seed = fastrand::u64(..);
    let (mut rng, mut promised, mut acknowledged) = (Rng::with_seed(seed), Said::default(), 0);
    let folder = Folder::new();
    for round in 1..=50 {
        let task = Task {
            database: folder.database(),
            first: round * 10_000,
            messages: 9_000,
            callers: rng.u32(1..80),
            batch: 64,
        };
        let enough = rng.usize(..200);
        let mut child = task.start(&[], None);
        if rng.u8(..8) == 0 {
            // Before it said a word, perhaps while it opens.
            child.kill().unwrap();
        }
        let said = Said::read(&mut child, |said| said.kept.len() >= enough);
        acknowledged += said.kept.len();
        promised.add(said);
        if folder.database().exists() {
            promised.assert_is_so(&folder.database(), &format!("seed {seed}, round {round}"));
        }
    }
    assert!(acknowledged > 1000, "the test has something to lose, and not only {acknowledged}");
    let counted: u64 = folder
        .sql()
        .query_row("SELECT count(*) - count(DISTINCT key) FROM pockyt_notices", [], |row| row.get(0))
        .unwrap();
    assert_eq!(counted, 0, "no message is there twice");
}
