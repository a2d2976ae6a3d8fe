//! A disk that fails: nothing is said to be kept that is not.

use crate::child::{Said, Task};
use crate::support::Folder;

/// One call of this kind fails in each run, from the first to the last that a run makes.
fn every_failing_call(kind: &str) -> (u32, u32) {
    let (mut failures, mut refused) = (0, 0);
    for number in (1..12).chain((12..).step_by(3)) {
        let folder = Folder::new();
        let files = folder.path().join("files");
        std::fs::create_dir_all(&files).unwrap();
        let task = Task { database: files.join("inbox.db"), first: 1, messages: 12, callers: 2, batch: 8 };
        let log = folder.path().join("log");
        let fail = Some(format!("{kind}:{number}"));
        let said = task.finish(&[("SHIM_FOLDER", &files), ("SHIM_LOG", &log)], fail);
        failures += said.failed;
        refused += u32::from(said.not_opened);
        if !said.not_opened {
            assert_eq!(said.kept.len(), 12, "one failure is over at the next try ({kind} {number})");
        }
        said.assert_is_so(&task.database, &format!("{kind} {number}"));
        // When it could not be opened, it can be now, and takes what was refused.
        let Said { kept, failed, .. } = task.finish(&[], None);
        assert_eq!((kept.len(), failed), (12, 0), "{kind} {number}");
        let log = std::fs::read_to_string(log).unwrap_or_default();
        if kind == "write" && !log.contains("full ") || number > 60 {
            break;
        }
    }
    (failures, refused)
}

#[test]
fn a_full_disk_at_any_write_fails_the_call_and_loses_nothing() {
    let (failures, refused) = every_failing_call("write");
    assert!(failures > 0 && refused > 0, "{failures} calls and {refused} openings failed");
}

#[test]
fn a_failing_sync_fails_the_call_and_loses_nothing() {
    let (failures, refused) = every_failing_call("sync");
    assert!(failures > 0 && refused > 0, "{failures} calls and {refused} openings failed");
}
