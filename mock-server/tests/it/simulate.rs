//! Payment histories in virtual time.

use std::num::NonZeroUsize;
use std::process::{Command, Stdio};

use pockyt_mock::FaultProfile;
use pockyt_mock::simulate::{Report, Simulation};

use crate::shell::is_there;

const BINARY: &str = env!("CARGO_BIN_EXE_pockyt-mock");

fn run(payments: u64, seed: u64, faults: FaultProfile, threads: usize) -> Report {
    Simulation { payments, seed, faults }.run(NonZeroUsize::new(threads).unwrap(), &|_| {})
}

#[test]
fn the_digest_is_that_of_the_seed_whatever_the_number_of_threads() {
    let [one, three] = [1, 3].map(|threads| run(700, 7, FaultProfile::CHAOS, threads));
    assert_eq!(one.digest, three.digest);
    assert_eq!(one.tally, three.tally);
    let other = run(700, 8, FaultProfile::CHAOS, 1);
    assert_ne!(one.digest, other.digest);
    assert_ne!(run(699, 7, FaultProfile::CHAOS, 1).digest, one.digest);
}

/// Known on every machine. What changes it on purpose changes what merchants and Pockyt say to each other.
#[test]
fn the_digest_is_the_same_on_every_machine() {
    assert_eq!(run(64, 1, FaultProfile::NONE, 1).digest, KNOWN[0]);
    assert_eq!(run(64, 1, FaultProfile::SLOW, 1).digest, KNOWN[1]);
}

const KNOWN: [&str; 2] = [
    "777815329b8a9fe2405a67c57fd63aed80a946a6f652ed11ce733571d33962af",
    "46a4ccb7541b4a1e86a76dfd4e2132dca027f88e6cc051306f2cc6fc3f62c713",
];

#[test]
fn under_every_fault_no_merchant_believes_what_pockyt_did_not_say() {
    for faults in FaultProfile::ALL {
        let tally = run(300, 3, faults, 2).tally;
        assert_eq!((tally.payments, tally.misled, tally.unresolved), (300, 0, 0), "{faults:?}");
        assert!(tally.fewest_messages >= 8, "{faults:?}: {}", tally.fewest_messages);
        assert_eq!(tally.paid + tally.declined + tally.closed, 300, "{faults:?}");
        for (made, acknowledged) in tally.attempts.iter().zip(tally.acknowledged) {
            assert!(acknowledged <= *made, "{faults:?}");
        }
    }
}

#[test]
fn faults_leave_their_traces_in_the_tally() {
    let none = run(300, 3, FaultProfile::NONE, 1).tally;
    assert_eq!((none.requests_lost, none.answers_lost, none.refused, none.ambiguous), (0, 0, 0, 0));
    assert!(none.refunded > 0 && none.partly_refunded > 0 && none.declined > 0 && none.closed > 0);
    assert!(none.attempts[8] > 0, "nobody was deaf to the end");
    let lossy = run(300, 3, FaultProfile::LOSSY, 1).tally;
    assert!(lossy.requests_lost > 0 && lossy.answers_lost > 0);
    let forger = run(300, 3, FaultProfile::FORGER, 1).tally;
    assert!(forger.refused > 0 && forger.ambiguous > 0);
}

#[test]
fn nothing_simulated_is_a_report_too() {
    let report = run(0, 0, FaultProfile::NONE, 2);
    assert_eq!(report.tally.messages, 0);
    // SHA-256 of nothing.
    assert_eq!(report.digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn the_last_line_is_the_digest_and_standard_error_stays_empty_without_a_terminal() {
    let output = Command::new(BINARY)
        .args(["simulate", "--payments", "40", "--seed", "7", "--faults", "chaos"])
        .output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty());
    let text = String::from_utf8(output.stdout).unwrap();
    let digest = text.lines().last().unwrap().strip_prefix("digest ").unwrap();
    assert!(digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digest}");
    assert_eq!(digest, run(40, 7, FaultProfile::CHAOS, 1).digest);
    for part in ["outcomes", "notifications, by attempt", "virtual", "a second", "share of"] {
        assert!(text.contains(part), "{text}");
    }
}

/// `script` runs a command in a terminal of its own; elsewhere than on Linux it takes other options.
#[test]
fn on_a_terminal_a_bar_is_drawn_and_wiped_away() {
    if !cfg!(target_os = "linux") || !is_there("script") {
        return;
    }
    let command = format!("'{BINARY}' simulate --payments 600 --threads 1 --seed 7");
    let output =
        Command::new("script").args(["-qec", &command, "/dev/null"]).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (bar, report) = text.rsplit_once("\r\x1b[K").expect("it is wiped away");
    assert!(bar.starts_with("\r[") && bar.contains(" of 600 "), "{bar:?}");
    assert!(report.starts_with("600 payments, seed 7"), "{report}");
    assert!(report.lines().last().unwrap().starts_with("digest "), "{report}");
}

#[test]
fn what_cannot_be_simulated_is_refused() {
    for arguments in [
        &["simulate"][..],
        &["simulate", "--payments", "x"],
        &["simulate", "--payments", "1", "--faults", "y"],
    ] {
        let output = Command::new(BINARY).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
