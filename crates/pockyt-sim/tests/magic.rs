//! How customers behave, chosen by script, by a magic value in the reference, or by the configuration.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use std::time::Duration;

use pockyt_sim::catalogue;
use pockyt_sim::magic::{PREFIX, TABLE, find};
use pockyt_sim::{Config, Fault, FaultKind, JournalEvent, Profile, Reply, Schedule, Wallet};
use support::everything::Everything;
use support::{World, acknowledged, answered, config};

#[test]
fn the_table_is_sound() {
    for magic in &TABLE {
        assert_eq!(find(&format!("a-{}{}-b", PREFIX.to_uppercase(), magic.word.to_uppercase())), Some(magic));
        let beginnings = TABLE.iter().filter(|other| magic.word.starts_with(other.word)).count();
        assert_eq!(beginnings, 1, "no word begins another: {}", magic.word);
        assert!(!magic.effect.is_empty());
    }
    for plain in ["", "mock", "mock-", "mockingbird-never", "mock_never", "nevermock-nev", "ééé", "mock-ö"]
    {
        assert_eq!(find(plain), None, "{plain}");
    }
    assert_eq!(find("mock-mock-never").unwrap().word, "never");
    assert_eq!(find("mock-slow-mock-never").unwrap().word, "slow");
}

/// The statuses that queries see at once, and after so many seconds.
fn seen(reference: &str, by_code: bool, after: u64) -> (String, String) {
    let mut world = World::with_wallet(Wallet::ConfirmAfter(Duration::from_secs(2)));
    if by_code {
        world.qrcode(reference, &[]);
    } else {
        world.add(reference, "1");
        world.prepay(reference);
    }
    let first = world.query(reference);
    world.wait(after);
    let word = |answer: &support::Answer| match answer.code() {
        "000100" => answer.text("status"),
        code => code.to_owned(),
    };
    let last = world.query(reference);
    (word(&first), word(&last))
}

#[test]
fn each_magic_value_does_what_it_says() {
    for (reference, by_code, after, first, last) in [
        ("mock-confirm", true, 0, "success", "success"),
        ("mock-decline", true, 5, "pending", "failed"),
        ("mock-error", true, 9, "000021", "000021"),
        ("mock-error", false, 9, "init", "init"),
        ("mock-insufficient", true, 0, "failed", "failed"),
        ("mock-late", true, 59, "000021", "000021"),
        ("mock-late", true, 60, "000021", "success"),
        ("mock-late", false, 59, "init", "init"),
        ("mock-late", false, 60, "init", "success"),
        ("mock-never", false, 7199, "pending", "pending"),
        ("mock-never", false, 7200, "pending", "closed"),
        ("mock-on-cancel", true, 9, "pending", "pending"),
        ("mock-polls", true, 9, "pending", "pending"),
        ("mock-return", true, 0, "success", "success"),
        ("mock-slow", false, 19, "pending", "pending"),
        ("mock-slow", false, 20, "pending", "success"),
        ("plain", true, 9, "pending", "pending"),
        ("plain", false, 2, "pending", "success"),
    ] {
        let is = seen(reference, by_code, after);
        assert_eq!((is.0.as_str(), is.1.as_str()), (first, last), "{reference} {by_code} {after}");
    }
    let mut world = World::new();
    world.qrcode("mock-polls", &[]);
    let statuses: Vec<String> = (0..5).map(|_| world.status("mock-polls")).collect();
    assert_eq!(statuses, ["pending", "pending", "pending", "success", "success"]);
    world.qrcode("mock-on-cancel", &[]);
    assert_eq!(world.cancel("mock-on-cancel").code(), "000100");
    assert_eq!(world.status("mock-on-cancel"), "success");
}

#[test]
fn a_payment_booked_late_is_answered_by_silence_and_then_notified() {
    let mut world = World::new();
    let answer = world.qrcode("mock-late", &[]);
    assert_eq!(answer.response.reply, Reply::Lost);
    assert_eq!(world.cancel("mock-late").code(), "000021", "nobody can cancel what is not to be seen");
    assert_eq!(world.qrcode("mock-late", &[]).code(), "000023", "and yet the reference is used");
    assert_eq!(world.play(59, &acknowledged()).len(), 0);
    assert_eq!(world.play(1, &acknowledged()).len(), 1);
    assert_eq!(world.status("mock-late"), "success");
    assert_eq!(
        world
            .sim
            .transactions()
            .iter()
            .filter(|order| order.reference.as_deref() == Some("mock-late"))
            .count(),
        1
    );
    world.sim.reset_merchant(support::MERCHANT, world.now).unwrap();
    world.add("mock-late", "1");
    assert_eq!(world.prepay("mock-late").response.reply, Reply::Lost);
    world.sim.reset_merchant(support::MERCHANT, world.now).unwrap();
    assert_eq!(world.sim.next_event(), None, "a reset stops it");
}

#[test]
fn a_payout_booked_late_is_not_to_be_seen_and_then_paid() {
    let mut all = Everything::new(Profile::lenient());
    let answer = all.call("payouts-pay", &[("invoiceId", "mock-late")]);
    assert_eq!(answer.response.reply, Reply::Lost);
    assert_eq!(all.call("payouts-inquiry", &[("invoiceId", "mock-late")]).code(), "000021");
    assert_eq!(all.call("payouts-pay", &[("invoiceId", "mock-late")]).code(), "000023");
    all.world.wait(60);
    assert_eq!(all.call("payouts-inquiry", &[("invoiceId", "mock-late")]).text("status"), "success");
    assert_eq!(all.call("payouts-pay", &[("invoiceId", "mock-insufficient")]).field(), "amount");
    all.call("payouts-pay", &[("invoiceId", "mock-return")]);
    all.world.wait(60);
    assert_eq!(all.call("payouts-inquiry", &[("invoiceId", "mock-return")]).text("status"), "returned");
}

#[test]
fn a_system_error_leaves_nothing_behind_and_names_itself() {
    let mut all = Everything::new(Profile::lenient());
    for (name, field) in [
        ("secure-pay", "reference"),
        ("create-trans-qrcode", "reference"),
        ("capture", "reference"),
        ("generate-mixed-code", "reference"),
        ("micropay-prepay", "reference"),
        ("acquire-create", "reference"),
        ("auto-debit-pay", "reference"),
        ("auto-debit-consult", "autoReference"),
        ("auth-freeze", "outAuthInfoNo"),
        ("payouts-pay", "invoiceId"),
    ] {
        let reference = format!("mock-error-{name}");
        let refused = all.call(name, &[(field, &reference)]);
        assert_eq!(refused.body(), r#"{"ret_code":"000000","ret_msg":"system error"}"#, "{name}");
        assert_eq!(refused.response.status, 200);
        assert_eq!(all.world.query(&reference).code(), "000021", "{name}");
        assert_eq!(all.call(name, &[(field, &reference)]).code(), "000000", "not a duplicate");
    }
}

#[test]
fn a_script_goes_before_a_magic_value_and_that_before_the_configuration() {
    let mut world = World::with_wallet(Wallet::ConfirmAfter(Duration::ZERO));
    world.script("mock-never-1", Wallet::DeclineAfter(Duration::ZERO));
    for (reference, status) in [("mock-never-1", "failed"), ("mock-never-2", "pending"), ("3", "success")] {
        world.add(reference, "1");
        assert_eq!(world.prepay(reference).text("transactionStatus"), status);
    }
}

#[test]
fn a_script_turns_a_waiting_customer_away() {
    let mut world = World::new();
    world.qrcode("a", &[]);
    world.script("a", Wallet::Insufficient);
    assert_eq!(world.status("a"), "failed");
    world.qrcode("b", &[]);
    world.script("b", Wallet::BookLate(Duration::from_secs(3)));
    assert_eq!(world.status("b"), "pending", "it was to be seen before");
    world.wait(3);
    assert_eq!(world.status("b"), "success");
}

#[test]
fn unknown_paths_name_those_that_are_near() {
    let mut world = World::new();
    for (path, near) in [
        ("/app-instore/v3/ad", "/app-instore/v3/add"),
        ("/app-instore/v4/prepay", "/app-instore/v3/prepay"),
        ("/v3/payee/retreive", "/v3/payee/retrieve"),
        ("/APP-DATA-SEARCH/V3/TRAN-QUERY", "/app-data-search/v3/tran-query"),
        ("/v1/payor/upload/", "/v1/payor/upload/{payorNo}"),
    ] {
        let answer = world.send(path, None, None, b"{}");
        assert_eq!((answer.response.status, answer.code(), answer.field()), (404, "000010", "path"));
        assert!(answer.rule().contains(near), "{path}: {}", answer.rule());
    }
    let long = "/".repeat(100_000);
    assert!(world.send(&long, None, None, b"{}").rule().len() <= 300);
    assert_eq!(catalogue::near("").len(), 3);
    for odd in ["/v1/payor/upload/a/b", "/app-instore/v3/add/", "app-instore/v3/add"] {
        assert_eq!(catalogue::at_path(odd), None, "{odd}");
    }
}

#[test]
fn bad_amounts_are_refused_everywhere() {
    for operation in catalogue::operations() {
        for field in operation.fields.iter().filter(|field| format!("{:?}", field.rule) == "Amount") {
            for bad in ["-1", "1.001", "1e3", "NaN", "１３", "0", "1,000", "0x10", "12345678901"] {
                let refused = Everything::new(Profile::lenient()).call(operation.name, &[(field.name, bad)]);
                assert_eq!(
                    (refused.code(), refused.field()),
                    ("000023", field.name),
                    "{} {bad}",
                    operation.name
                );
            }
        }
    }
}

#[test]
fn faults_find_requests_by_the_name_that_they_have() {
    let mut all = Everything::new(Profile::lenient());
    all.world.sim.set_fault(Fault::new("paid", FaultKind::LoseReply).operation("refund")).unwrap();
    assert_eq!(all.call("refund", &[]).response.reply, Reply::Lost);
}

/// Fields that are changed from the good ones.
type Changes<'a> = &'a [(&'static str, &'a str)];

#[test]
fn faults_find_things_by_the_merchant_s_name_for_them() {
    let all = Everything::new(Profile::lenient());
    let (record, mandate) = (all.record.clone(), all.mandate.clone());
    let cases: [(&str, &str, Changes<'_>); 10] = [
        ("invoice0", "payouts-inquiry", &[("invoiceId", "invoice0")]),
        ("new-invoice", "payouts-pay", &[("invoiceId", "new-invoice")]),
        ("new-auto", "auto-debit-consult", &[("autoReference", "new-auto")]),
        ("auto0", "auto-debit-apply-token", &[("autoDebitNo", &mandate)]),
        // It has a reference of its own, and is about the agreement too.
        ("auto0", "auto-debit-pay", &[("autoDebitNo", &mandate), ("reference", "debit")]),
        ("debit", "auto-debit-pay", &[("autoDebitNo", &mandate), ("reference", "debit")]),
        ("new-hold", "auth-freeze", &[("outAuthInfoNo", "new-hold")]),
        ("hold0", "auth-capture", &[("reference", "taken")]),
        ("mixed0", "mixed-query", &[("recordNo", &record)]),
        ("mixed0", "mixed-cancel", &[("recordNo", &record)]),
    ];
    for (reference, operation, fields) in cases {
        for (wanted, reply) in [(reference, Reply::Lost), ("another", Reply::Send)] {
            let mut all = Everything::new(Profile::lenient());
            all.world.sim.set_fault(Fault::new(wanted, FaultKind::LoseReply)).unwrap();
            assert_eq!(all.call(operation, fields).response.reply, reply, "{operation} {wanted}");
        }
    }
}

#[test]
fn an_adversary_is_late_doubles_overtakes_and_ends() {
    let world = |seed| World::with(Config { seed, schedule: Schedule::Adversarial, ..config() });
    let (mut late, mut doubled, mut overtaken, mut despite, mut at_once) = (0, 0, 0, 0, 0);
    for seed in 0..40 {
        let mut first = world(seed);
        first.paid("a", "1");
        first.play(60, &answered(500, ""));
        first.now = first.now.plus(Duration::ZERO);
        first.paid("b", "1");
        let silent = first.play(3 * 3600, &answered(500, ""));
        let offsets = |reference: &str| -> Vec<u64> {
            let all = first.sim.notifications(None);
            let told = all.iter().find(|n| n.reference.as_deref() == Some(reference)).unwrap();
            assert_eq!(told.attempts.len(), 9, "{seed}");
            told.attempts.iter().map(|attempt| attempt.due_at.0 - support::START.0).collect()
        };
        let (a, b) = (offsets("a"), offsets("b"));
        assert!(!silent.is_empty() && a[8] <= 7_200_000 && b[8] <= 7_260_000);
        assert_eq!(first.sim.next_event(), None);
        late += usize::from(a[0] > 0);
        at_once += usize::from(a[0] == 0);
        doubled += usize::from(a.windows(2).any(|pair| pair[0] == pair[1]));
        overtaken += usize::from(a[0] > b[0]);
        let mut heard = world(seed);
        heard.paid("a", "1");
        let sent = heard.play(3 * 3600, &acknowledged()).len();
        assert!(sent <= 4 && heard.sim.next_event().is_none(), "{seed}: {sent}");
        let due: Vec<u64> =
            heard.sim.notifications(None)[0].attempts.iter().map(|attempt| attempt.due_at.0).collect();
        despite += usize::from(due.last() > due.first());
        let again = {
            let mut again = world(seed);
            again.paid("a", "1");
            again.play(3 * 3600, &acknowledged());
            again.journal()
        };
        assert_eq!(again, heard.journal(), "the same seed does the same");
    }
    for count in [late, doubled, overtaken, despite, at_once] {
        assert!(
            count > 4,
            "late {late}, doubled {doubled}, overtaken {overtaken}, despite {despite}, at once {at_once}"
        );
    }
}

#[test]
fn every_decision_is_in_the_journal() {
    let mut all = Everything::new(Profile::lenient());
    all.call("payouts-pay", &[]);
    all.world.wait(60);
    let kinds: std::collections::BTreeSet<&str> = all
        .world
        .sim
        .journal()
        .filter_map(|entry| match &entry.event {
            JournalEvent::RecordChanged { kind, .. } => Some(*kind),
            _ => None,
        })
        .collect();
    let expected = [
        "account",
        "agreement",
        "customer",
        "hold",
        "hold-step",
        "mixed-code",
        "payee",
        "payor",
        "payout",
        "series",
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
}
