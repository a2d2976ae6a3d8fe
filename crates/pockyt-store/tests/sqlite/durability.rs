//! That nothing is said to be kept before it was synced, and what a power cut leaves.

use std::path::Path;

use fastrand::Rng;

use crate::child::{Said, Task};
use crate::support::Folder;

/// What the shim has seen, line by line.
fn watch(task: &Task, folder: &Folder) -> (Said, Vec<String>) {
    let log = folder.path().join("log");
    let files = task.database.parent().unwrap();
    let said = task.finish(&[("SHIM_FOLDER", files), ("SHIM_LOG", &log)], None);
    (said, std::fs::read_to_string(log).unwrap().lines().map(str::to_owned).collect())
}

fn task(folder: &Folder, callers: u32, batch: usize) -> Task {
    let files = folder.path().join("files");
    std::fs::create_dir_all(&files).unwrap();
    Task { database: files.join("inbox.db"), first: 1, messages: 640, callers, batch }
}

/// At every moment, how many syncs of the log there were since the opening, and how many messages were
/// said to be kept.
fn syncs_and_acknowledgements(log: &[String]) -> Vec<(usize, usize)> {
    let opened = log.iter().position(|line| line == "say #opened").unwrap();
    let mut so_far = (0, 0);
    let count = |line: &String| {
        so_far.0 += usize::from(line == "sync inbox.db-wal");
        so_far.1 += usize::from(line.starts_with("say #kept"));
        so_far
    };
    log[opened..].iter().map(count).collect()
}

#[test]
fn one_call_a_commit_means_one_sync_before_each_acknowledgement() {
    let folder = Folder::new();
    let task = Task { messages: 60, ..task(&folder, 6, 1) };
    let (said, log) = watch(&task, &folder);
    assert_eq!(said.kept.len(), 60);
    for (syncs, acknowledgements) in syncs_and_acknowledgements(&log) {
        assert!(syncs >= acknowledgements, "{acknowledgements} were said to be kept after {syncs} syncs");
    }
}

#[test]
fn callers_share_a_sync_and_none_is_told_before_it() {
    let folder = Folder::new();
    let (said, log) = watch(&task(&folder, 64, 64), &folder);
    assert_eq!(said.kept.len(), 640);
    let counted = syncs_and_acknowledgements(&log);
    for (syncs, acknowledgements) in &counted {
        assert!(syncs * 64 >= *acknowledgements, "{acknowledgements} after {syncs} syncs");
    }
    let (syncs, _) = counted.last().unwrap();
    assert!(*syncs < 320, "640 messages took {syncs} syncs");
}

/// After a power cut: what was synced, and of the rest nothing or whatever happened to reach the disk.
fn pull_the_plug(files: &Path, disk: &Path, left: &Path, rng: &mut Rng, lose_all: bool) {
    std::fs::create_dir_all(left).unwrap();
    for name in ["inbox.db", "inbox.db-wal"] {
        let synced = std::fs::read(disk.join(name)).unwrap_or_default();
        let written = std::fs::read(files.join(name)).unwrap_or_default();
        let entry = disk.join(format!("{name}.entry")).exists();
        if lose_all && !entry {
            continue;
        }
        let torn = tear(&synced, &written, rng);
        std::fs::write(left.join(name), if lose_all { synced } else { torn }).unwrap();
    }
}

/// Each sector is as it was synced or as it was written last.
fn tear(synced: &[u8], written: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut torn = synced.to_vec();
    for (number, sector) in written.chunks(512).enumerate() {
        if rng.bool() {
            let range = number * 512..number * 512 + sector.len();
            torn.resize(torn.len().max(range.end), 0);
            torn[range].copy_from_slice(sector);
        }
    }
    torn
}

#[test]
fn a_power_cut_leaves_everything_that_was_acknowledged() {
    let seed = fastrand::u64(..);
    let (mut rng, mut promised, mut acknowledged) = (Rng::with_seed(seed), Said::default(), 0);
    let folder = Folder::new();
    let mut files = folder.path().join("0");
    std::fs::create_dir_all(&files).unwrap();
    for round in 1..=20 {
        let lose_all = round % 2 == 0;
        let about = format!("seed {seed}, round {round}");
        let disk = folder.path().join(format!("disk-{round}"));
        // What the last power cut left is on the disk.
        copy(&files, &disk);
        let batch = [1, 8, 64][rng.usize(..3)];
        let task = Task {
            database: files.join("inbox.db"),
            first: round * 10_000,
            messages: 9_000,
            callers: rng.u32(1..40),
            batch,
        };
        let enough = rng.usize(..40 + 4 * batch);
        let mut child = task.start(&[("SHIM_FOLDER", &files), ("SHIM_DISK", &disk)], None);
        let said = Said::read(&mut child, |said| said.kept.len() >= enough);
        acknowledged += said.kept.len();
        promised.add(said);
        let left = folder.path().join(round.to_string());
        pull_the_plug(&files, &disk, &left, &mut rng, lose_all);
        // A copy, since looking mends.
        let looked_at = folder.path().join(format!("look-{round}"));
        copy(&left, &looked_at);
        promised.assert_is_so(&looked_at.join("inbox.db"), &about);
        // It goes on from what was left, or from what mending made of it.
        files = if rng.bool() { left } else { looked_at };
    }
    assert!(acknowledged > 100, "the test has something to lose, and not only {acknowledged}");
}

#[test]
fn what_a_killed_program_had_not_synced_is_synced_before_it_is_called_a_duplicate() {
    let folder = Folder::new();
    let (files, disk) = (folder.path().join("files"), folder.path().join("disk"));
    std::fs::create_dir_all(&files).unwrap();
    std::fs::create_dir_all(&disk).unwrap();
    let task = Task { database: files.join("inbox.db"), first: 101, messages: 3, callers: 1, batch: 64 };
    let shim = [("SHIM_FOLDER", files.as_path()), ("SHIM_DISK", disk.as_path())];
    let killed = |task: &Task, shim: &[(&str, &Path)]| {
        let said = Said::read(&mut task.start(shim, None), |said| said.finished);
        assert_eq!(said.kept.len(), 3);
        said
    };
    killed(&Task { first: 1, ..task.clone() }, &shim);
    // Nothing of this reaches the disk.
    killed(&task, &[]);
    let said = killed(&task, &shim);
    let left = folder.path().join("left");
    pull_the_plug(&files, &disk, &left, &mut Rng::new(), true);
    said.assert_is_so(&left.join("inbox.db"), "duplicates");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        std::fs::copy(file.path(), to.join(&name)).unwrap();
        std::fs::write(to.join(format!("{name}.entry")), "").unwrap();
    }
}
