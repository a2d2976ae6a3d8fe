//! A merchant number is a namespace: parallel tests that use a merchant each do not see one another.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use pockyt_sim::{ControlError, Fault, FaultKind, JournalCounts, Reply, Script, Sim, Status, Wallet};
use support::{
    Answer, BARCODE, MERCHANT, START, World, acknowledged, answered, config, deliveries, json_of, sign,
};

const OTHER: &str = "900002";
const PUBLISHED: &str = "200043";

/// A call by the second merchant.
fn other(world: &mut World, path: &str, fields: &[(&str, &str)]) -> Answer {
    let fields = [&[("merchantNo", OTHER), ("storeNo", "800002")], fields].concat();
    let body = json_of(&fields, &sign(&fields, "another-token"));
    world.send(path, None, None, body.as_bytes())
}

/// An order of the second merchant with a notification when it is paid.
fn other_qrcode(world: &mut World, reference: &str) -> Answer {
    let fields = [
        ("amount", "2"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("reference", reference),
        ("vendor", "alipay"),
        ("ipnUrl", "http://127.0.0.1:9/ipn"),
    ];
    other(world, "/app-instore/v3/create-trans-qrcode", &fields)
}

fn status(sim: &Sim, transaction_no: &str) -> Status {
    sim.transaction(transaction_no).unwrap().status
}

fn lines(world: &World, merchant_no: &str) -> Vec<String> {
    world.sim.journal_of(merchant_no).map(pockyt_sim::JournalEntry::to_json_line).collect()
}

#[test]
fn a_script_for_a_merchant_leaves_the_same_reference_of_another_alone() {
    let mut world = World::new();
    let at_once = Wallet::ConfirmAfter(Duration::ZERO);
    let waiting = other_qrcode(&mut world, "a").transaction_no();
    world.sim.set_script(Script::new("a", at_once).for_merchant(MERCHANT)).unwrap();
    assert_eq!(status(&world.sim, &waiting), Status::Pending);
    let mine = world.qrcode("a", &[]).transaction_no();
    assert_eq!(status(&world.sim, &mine), Status::Success);
    world.sim.set_script(Script::new("a", at_once).for_merchant(OTHER)).unwrap();
    assert_eq!(status(&world.sim, &waiting), Status::Success);
    assert_eq!(world.sim.scripts().len(), 2, "one for each merchant");
    world.sim.set_script(Script::new("a", Wallet::Never).for_merchant(OTHER)).unwrap();
    assert_eq!(world.sim.scripts().len(), 2, "replaced");
}

#[test]
fn a_script_that_names_the_merchant_goes_before_one_that_does_not() {
    let at_once = Wallet::ConfirmAfter(Duration::ZERO);
    let own = Script::new("a", Wallet::Never).for_merchant(MERCHANT);
    let common = Script::new("a", at_once);
    for scripts in [[&own, &common], [&common, &own]] {
        let mut world = World::new();
        for script in scripts {
            world.sim.set_script(script.clone()).unwrap();
        }
        let mine = world.qrcode("a", &[]).transaction_no();
        let theirs = other_qrcode(&mut world, "a").transaction_no();
        assert_eq!(status(&world.sim, &mine), Status::Pending);
        assert_eq!(status(&world.sim, &theirs), Status::Success);
        world.sim.set_script(common.clone()).unwrap();
        assert_eq!(status(&world.sim, &mine), Status::Pending, "it has its own");
    }
}

#[test]
fn a_fault_for_a_merchant_hits_its_requests_only() {
    let mut world = World::new();
    world.sim.set_fault(Fault::new("a", FaultKind::LoseReply).for_merchant(OTHER).operation("add")).unwrap();
    assert_eq!(world.add("a", "1").response.reply, Reply::Send);
    let fields = [("amount", "1"), ("currency", "USD"), ("reference", "a")];
    assert_eq!(other(&mut world, "/app-instore/v3/add", &fields).response.reply, Reply::Lost);
    assert!(world.sim.faults().is_empty());
}

#[test]
fn a_name_that_nobody_has_is_refused_in_scripts_and_faults() {
    let mut world = World::new();
    let unknown = Err(ControlError::UnknownMerchant);
    assert_eq!(world.sim.set_script(Script::new("a", Wallet::Never).for_merchant("1")), unknown);
    assert_eq!(world.sim.set_fault(Fault::new("a", FaultKind::LoseReply).for_merchant("1")), unknown);
    assert_eq!((world.sim.clear_scripts_of("1"), world.sim.clear_faults_of("1")), (unknown, unknown));
    assert!(world.sim.scripts_of("1").is_err() && world.sim.faults_of("1").is_err());
    let misspelt = Fault::new("a", FaultKind::LoseReply).operation("perpay");
    let refused = world.sim.set_fault(misspelt).unwrap_err();
    assert_eq!(refused, ControlError::UnknownOperation);
    assert!(refused.to_string().contains("add, prepay, create-trans-qrcode"), "{refused}");
    assert!(world.sim.scripts().is_empty() && world.sim.faults().is_empty());
}

#[test]
fn a_fault_knows_its_operation_by_every_name() {
    let names = [
        ("prepay", "prepay"),
        ("pay", "prepay"),
        ("tran-query", "tran-query"),
        ("trans-query", "tran-query"),
        ("reverse", "reverse"),
    ];
    for (given, kept) in names {
        let mut world = World::new();
        world.sim.set_fault(Fault::new("a", FaultKind::LoseReply).operation(given)).unwrap();
        assert_eq!(world.sim.faults()[0].operation.as_deref(), Some(kept), "{given}");
    }
}

#[test]
fn scripts_and_faults_of_one_merchant_are_seen_and_forgotten_alone() {
    let mut world = World::new();
    let script = |merchant: &str| Script::new("a", Wallet::Never).for_merchant(merchant);
    let fault = |merchant: &str| Fault::new("a", FaultKind::LoseReply).for_merchant(merchant);
    for merchant in [MERCHANT, OTHER] {
        world.sim.set_script(script(merchant)).unwrap();
        world.sim.set_fault(fault(merchant)).unwrap();
    }
    let (common_script, second_fault) = (Script::new("a", Wallet::Never), fault(OTHER).times(2));
    world.sim.set_script(common_script.clone()).unwrap();
    world.sim.set_fault(second_fault.clone()).unwrap();
    assert_eq!(world.sim.scripts_of(MERCHANT).unwrap().collect::<Vec<_>>(), [&script(MERCHANT)]);
    assert_eq!(world.sim.faults_of(OTHER).unwrap().collect::<Vec<_>>(), [&fault(OTHER), &second_fault]);
    world.sim.clear_scripts_of(MERCHANT).unwrap();
    world.sim.clear_faults_of(OTHER).unwrap();
    assert_eq!(world.sim.scripts(), [script(OTHER), common_script]);
    assert_eq!(world.sim.faults(), [fault(MERCHANT)]);
}

#[test]
fn scripts_and_faults_are_read_with_and_without_a_merchant() {
    let json = r#"{"merchantNo":"1","reference":"a","wallet":{"kind":"never"}}"#;
    let script: Script = serde_json::from_str(json).unwrap();
    assert_eq!(script, Script::new("a", Wallet::Never).for_merchant("1"));
    assert_eq!(serde_json::to_string(&script).unwrap(), json);
    let json = r#"{"reference":"a","kind":"lose-reply","times":1}"#;
    let fault: Fault = serde_json::from_str(json).unwrap();
    assert_eq!(fault, Fault::new("a", FaultKind::LoseReply));
    assert_eq!(serde_json::to_string(&fault).unwrap(), json);
}

/// What the first merchant gets to see of its own calls.
fn own_history(world: &mut World) -> String {
    let mut seen = String::new();
    seen.push_str(world.qrcode("a", &[]).body());
    let number = world.paid("b", "13");
    seen.push_str(world.refund("b", "3", "r1").body());
    seen.push_str(world.query("b").body());
    seen.push_str(&world.sim.notifications(Some(&number))[0].body);
    seen
}

#[test]
fn the_numbers_of_a_merchant_do_not_depend_on_the_others() {
    let alone = own_history(&mut World::new());
    let mut busy = World::new();
    for n in 0..5 {
        let number = other_qrcode(&mut busy, &n.to_string()).transaction_no();
        busy.sim.approve(&number, busy.now).unwrap();
    }
    assert_eq!(own_history(&mut busy), alone);
}

#[test]
fn no_two_merchants_share_a_number_after_any_resets() {
    let mut world = World::new();
    let mut theirs = BTreeSet::new();
    let mut mine = BTreeSet::new();
    for round in 0..3 {
        for n in 0..50 {
            theirs.insert(other_qrcode(&mut world, &format!("{round}-{n}")).transaction_no());
            mine.insert(world.add(&n.to_string(), "1").transaction_no());
        }
        world.sim.reset_merchant(MERCHANT, world.now).unwrap();
    }
    assert_eq!((theirs.len(), mine.len()), (150, 50), "a reset begins the numbers of one merchant again");
    assert!(theirs.is_disjoint(&mine));
}

#[test]
fn a_merchant_begins_again_as_if_it_had_done_nothing() {
    let mut world = World::new();
    let first = own_history(&mut world);
    world.wait(60);
    let kept = other_qrcode(&mut world, "kept").transaction_no();
    world.sim.set_script(Script::new("a", Wallet::Never).for_merchant(MERCHANT)).unwrap();
    world.sim.set_script(Script::new("a", Wallet::ConfirmOnCancel)).unwrap();
    world.sim.set_fault(Fault::new("a", FaultKind::LoseReply).for_merchant(MERCHANT)).unwrap();
    world.sim.set_fault(Fault::new("z", FaultKind::LoseReply).for_merchant(OTHER)).unwrap();
    let at = world.now;
    world.sim.reset_merchant(MERCHANT, at).unwrap();

    let orders = world.sim.transactions();
    assert!(orders.iter().all(|order| order.merchant_no != MERCHANT));
    assert_eq!(orders.last().unwrap().transaction_no, kept);
    assert!(world.sim.notifications(None).is_empty());
    assert_eq!(world.sim.scripts(), [Script::new("a", Wallet::ConfirmOnCancel)]);
    assert_eq!(world.sim.faults(), [Fault::new("z", FaultKind::LoseReply).for_merchant(OTHER)]);
    world.sim.clear_scripts();

    // The same calls at the same time of a new simulator say the same.
    let mut fresh = World::new();
    fresh.wait(60);
    assert_eq!(own_history(&mut world), own_history(&mut fresh));
    assert_ne!(first, "", "the first history is not empty");
    assert_eq!(world.sim.transactions().last().unwrap().created_by, "create-trans-qrcode");
    assert_eq!(world.now, at);
}

#[test]
fn nothing_that_was_planned_before_a_reset_happens_after_it() {
    let mut world = World::new();
    world.script("late", Wallet::ConfirmAfter(Duration::from_secs(30)));
    let before = world.qrcode("late", &[]).transaction_no();
    world.paid("b", "1");
    let under_way = deliveries(world.sim.advance(world.now)).pop().unwrap();
    assert_eq!(under_way.merchant_no, MERCHANT);
    world.sim.resend(under_way.notification, world.now).unwrap();
    world.sim.reset_merchant(MERCHANT, world.now).unwrap();
    world.sim.clear_scripts();
    assert_eq!(world.sim.next_event(), None);

    let after = world.qrcode("late", &[]).transaction_no();
    assert_eq!(before, after, "the number is given again, and the old timers do not touch it");
    world.wait(60);
    assert_eq!(status(&world.sim, &after), Status::Pending);
    let again = world.paid("b", "1");
    let delivery = deliveries(world.sim.advance(world.now)).pop().unwrap();
    assert!(delivery.attempt > under_way.attempt && delivery.notification > under_way.notification);
    assert_eq!(world.sim.delivered(under_way.attempt, acknowledged(), world.now), None);
    assert!(!world.sim.notifications(Some(&again))[0].acknowledged);
}

#[test]
fn the_others_go_on_through_a_reset() {
    let mut world = World::new();
    world
        .sim
        .set_script(Script::new("o", Wallet::ConfirmAfter(Duration::from_secs(30))).for_merchant(OTHER))
        .unwrap();
    let theirs = other_qrcode(&mut world, "o").transaction_no();
    world.wait(29);
    world.sim.reset_merchant(MERCHANT, world.now).unwrap();
    let all = world.play(20_000, &answered(500, ""));
    assert_eq!(status(&world.sim, &theirs), Status::Success);
    assert_eq!(all.len(), 9);
    assert!(all.iter().all(|delivery| delivery.merchant_no == OTHER));
}

#[test]
fn a_reset_restores_the_published_orders_of_its_merchant() {
    let mut world = World::new();
    let published = World::new().sim.transactions();
    assert!(!published.is_empty() && published.iter().all(|order| order.merchant_no == PUBLISHED));
    world.sim.reset_merchant(OTHER, world.now).unwrap();
    assert_eq!(world.sim.transactions(), published, "untouched");
    let open = published.iter().find(|order| order.status == Status::Pending || order.status == Status::Init);
    let open = open.unwrap().transaction_no.clone();
    world.sim.expire(&open, world.now).unwrap();
    assert_ne!(world.sim.transactions(), published);
    world.sim.reset_merchant(PUBLISHED, world.now).unwrap();
    assert_eq!(world.sim.transactions(), published);
}

#[test]
fn an_unknown_merchant_is_not_reset() {
    let mut world = World::new();
    assert_eq!(world.sim.reset_merchant("1", world.now), Err(ControlError::UnknownMerchant));
    assert_eq!(world.sim.journal().count(), 0);
}

#[test]
fn idempotency_keys_are_forgotten_with_their_merchant() {
    let mut world = World::new();
    let fields = [("amount", "1"), ("currency", "USD"), ("reference", "a")];
    let send = |world: &mut World| world.call_with_id("/app-instore/v3/add", &fields, Some("key"));
    let first = send(&mut world);
    assert_eq!(send(&mut world).body(), first.body());
    world.sim.reset_merchant(MERCHANT, world.now).unwrap();
    send(&mut world);
    assert!(!lines(&world, MERCHANT).last().unwrap().contains(r#""replayed":true"#));
}

#[test]
fn each_merchant_has_its_view_of_the_journal_and_its_counters() {
    let mut world = World::new();
    let number = world.paid("a", "1");
    let theirs = other_qrcode(&mut world, "o").transaction_no();
    world.sim.expire(&theirs, world.now).unwrap();
    world.play(1, &acknowledged());
    world.prepay("nothing");
    for (merchant_no, own, foreign) in [(MERCHANT, &number, &theirs), (OTHER, &theirs, &number)] {
        let view = lines(&world, merchant_no).join("\n");
        assert!(view.contains(own.as_str()) && !view.contains(foreign.as_str()), "{view}");
        let mark = format!(r#""merchantNo":"{merchant_no}""#);
        assert!(view.lines().all(|line| line.contains(&mark)), "{view}");
        assert!(view.contains("attemptJudged") && view.contains("customerAction"), "{view}");
    }
    assert_eq!(lines(&world, MERCHANT).len() + lines(&world, OTHER).len(), world.sim.journal().count());
    let counts = world.sim.journal_counts_of(MERCHANT).unwrap();
    assert_eq!((counts.requests, counts.refusals, counts.attempts, counts.acknowledged), (2, 1, 1, 1));
    assert_eq!(world.sim.journal_counts_of("1"), None);

    let before = world.sim.journal_counts();
    world.sim.reset_merchant(MERCHANT, world.now).unwrap();
    assert!(lines(&world, MERCHANT).is_empty());
    assert_eq!(world.sim.journal_counts_of(MERCHANT), Some(JournalCounts::default()));
    assert!(!lines(&world, OTHER).is_empty());
    let after = world.sim.journal_counts();
    assert_eq!(
        (after.entries, after.requests),
        (before.entries + 1, before.requests),
        "one note of the reset"
    );
    assert!(
        world.journal().ends_with(&format!(r#""merchantNo":"{MERCHANT}","event":"merchantReset"}}{}"#, "\n"))
    );
}

#[test]
fn what_the_ring_drops_is_counted_for_its_merchant() {
    let mut world = World::with(pockyt_sim::Config { journal_capacity: 2, ..config() });
    other_qrcode(&mut world, "o");
    world.add("a", "1");
    let dropped = |world: &World, no| world.sim.journal_counts_of(no).unwrap().dropped;
    assert_eq!((dropped(&world, OTHER), dropped(&world, MERCHANT)), (2, 0));
    world.sim.reset_merchant(MERCHANT, START).unwrap();
    world.add("b", "1");
    assert_eq!(dropped(&world, MERCHANT), 0, "what was dropped is from before the reset");
    world.call(
        "/app-instore/v3/prepay",
        &[("reference", "b"), ("paymentBarcode", BARCODE), ("vendor", "alipay")],
    );
    assert_eq!(dropped(&world, MERCHANT), 2);
}
