//! Notifications: what they say, when they come, and what stops them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use std::time::Duration;

use pockyt_sign::{ApiToken, Received, SigningKey, Verifier};
use pockyt_sim::{Config, ControlError, DeliveryOutcome, FailureReason, Millis, Profile, Schedule, Verdict};
use support::{START, TOKEN, World, acknowledged, answered, config, deliveries};

fn offsets(world: &mut World, outcome: &DeliveryOutcome) -> Vec<u64> {
    world.paid("a", "13");
    world.play(20_000, outcome).iter().map(|delivery| delivery.at.0 - START.0).collect()
}

#[test]
fn the_first_delivery_is_due_at_the_change_of_status_and_is_signed() {
    let mut world = World::new();
    let number = world.paid("a", "13");
    assert_eq!(world.sim.next_event(), Some(START));
    let delivery = deliveries(world.sim.advance(START)).pop().unwrap();
    assert_eq!((delivery.number, delivery.at, delivery.url.as_str()), (1, START, "http://127.0.0.1:9/ipn"));
    assert_eq!(delivery.content_type, "application/x-www-form-urlencoded");
    let verifier = Verifier::new(SigningKey::new(&ApiToken::new(TOKEN).unwrap()));
    let Received::Verified(message) = verifier.form(&delivery.body).unwrap() else { panic!("ambiguous") };
    let fields: Vec<(&str, &str)> = message.fields().iter().filter(|(name, _)| *name != "vendorId").collect();
    assert_eq!(
        fields,
        [
            ("amount", "13.00"),
            ("currency", "USD"),
            ("reference", "a"),
            ("settleCurrency", "USD"),
            ("status", "success"),
            ("time", "20231115061320"),
            ("transactionNo", number.as_str()),
        ]
    );
    let vendor_id = message.fields().get("vendorId").unwrap();
    assert!(vendor_id.starts_with("20231115") && vendor_id.len() == 28);
}

#[test]
fn silence_is_resent_eight_times_within_two_hours_by_every_schedule() {
    for schedule in Schedule::ALL {
        let mut world = World::with(Config { schedule, ..config() });
        let outcome = DeliveryOutcome::Failed { reason: FailureReason::Refused };
        let offsets = offsets(&mut world, &outcome);
        let mut expected = vec![0];
        expected.extend(schedule.resends().map(|offset| u64::try_from(offset.as_millis()).unwrap()));
        if schedule == Schedule::Adversarial {
            let no_later = offsets.iter().zip(&expected).skip(1).all(|(is, most)| is <= most);
            assert!(no_later, "{offsets:?} within {expected:?}");
        } else {
            assert_eq!(offsets, expected, "{schedule}");
        }
        assert!(offsets.is_sorted() && offsets.len() == 9 && offsets[8] <= 7_200_000);
        assert_eq!(world.sim.next_event(), None);
        assert_eq!(schedule.to_string().parse(), Ok(schedule));
        assert!(!world.sim.notifications(None)[0].acknowledged);
    }
    assert_eq!(Schedule::Even.resends()[7], Duration::from_secs(7200));
}

#[test]
fn without_verdicts_the_schedule_goes_on() {
    let mut world = World::new();
    world.paid("a", "13");
    let all = world.wait(20_000);
    assert_eq!(all.iter().map(|delivery| delivery.number).collect::<Vec<_>>(), (1..=9).collect::<Vec<_>>());
    assert_eq!(world.sim.delivered(all[3].attempt, acknowledged(), world.now), Some(Verdict::Acknowledged));
    assert_eq!(world.sim.delivered(all[3].attempt, acknowledged(), world.now), None, "judged once");
}

#[test]
fn an_acknowledgement_stops_the_schedule() {
    let padded = |length: usize| format!("{:length$}", "success");
    let (longest, too_long) = (padded(1024), padded(1025));
    let cases = [
        (200, longest.as_str(), true, false),
        (200, too_long.as_str(), false, false),
        (200, "success", true, true),
        (201, "success", true, false),
        (200, " success\r\n", true, false),
        (200, "SUCCESS", false, false),
        (200, "\"success\"", false, false),
        (200, "", false, false),
        (200, "successful", false, false),
        (500, "success", false, false),
        (302, "success", false, false),
    ];
    for (status, body, lenient, strict) in cases {
        for (profile, acknowledged) in [(Profile::lenient(), lenient), (Profile::strict(), strict)] {
            let mut world = World::with_profile(profile);
            let count = offsets(&mut world, &answered(status, body)).len();
            assert_eq!(count, if acknowledged { 1 } else { 9 }, "{status} {body:?}");
            assert_eq!(world.sim.notifications(None)[0].acknowledged, acknowledged);
            assert_eq!(world.sim.journal_counts().acknowledged, u64::from(acknowledged));
        }
    }
}

#[test]
fn failures_and_closures_are_notified_too_unless_only_success_is() {
    for (profile, count) in [(Profile::lenient(), 3), (Profile::strict(), 1)] {
        let mut world = World::with_profile(profile);
        world.paid("a", "1");
        let declined = world.qrcode("b", &[]).transaction_no();
        world.sim.decline(&declined, world.now).unwrap();
        world.qrcode("c", &[]);
        world.cancel("c");
        let all = world.sim.notifications(None);
        assert_eq!(all.len(), count);
        let statuses: Vec<&str> = all.iter().map(|notification| notification.status).collect();
        assert_eq!(statuses, ["success", "failed", "closed"][..count]);
    }
}

#[test]
fn an_order_without_ipn_url_is_not_notified() {
    let mut world = World::new();
    world.add("a", "1");
    world.prepay("a");
    assert!(world.wait(10).is_empty());
    assert_eq!(world.status("a"), "success");
}

#[test]
fn notes_are_echoed_and_an_empty_one_can_be_forced() {
    let pay = |profile, note: &[(&str, &str)]| {
        let mut world = World::with_profile(profile);
        let mut fields = vec![
            ("amount", "1"),
            ("currency", "USD"),
            ("vendor", "alipay"),
            ("terminal", "ONLINE"),
            ("reference", "a"),
            ("ipnUrl", "http://127.0.0.1/ipn"),
        ];
        fields.extend(note);
        let number = world.call("/online/v3/secure-pay", &fields).transaction_no();
        world.sim.approve(&number, world.now).unwrap();
        world.sim.notifications(Some(&number))[0].body.clone()
    };
    assert!(pay(Profile::lenient(), &[("note", "a b&c")]).contains("&note=a+b%26c&"));
    assert!(!pay(Profile::lenient(), &[]).contains("note"));
    let empty = Profile { notify_empty_note: true, notify_vendor_id: false, ..Profile::lenient() };
    let body = pay(empty, &[]);
    assert!(body.contains("&note=&") && !body.contains("vendorId"));
    let verifier = Verifier::new(SigningKey::new(&ApiToken::new(TOKEN).unwrap()));
    let Received::Verified(message) = verifier.form(body.as_bytes()).unwrap() else { panic!("ambiguous") };
    assert_eq!(message.fields().get("note"), Some(""), "signed with the empty note");
}

#[test]
fn a_resend_by_hand_adds_an_attempt_and_leaves_the_schedule_alone() {
    let mut world = World::new();
    world.paid("a", "1");
    world.play(1, &acknowledged());
    let id = world.sim.notifications(None)[0].id;
    assert_eq!(world.sim.next_event(), None);
    world.sim.resend(id, world.now).unwrap();
    assert_eq!(world.sim.next_event(), Some(world.now));
    let again = world.play(20_000, &answered(500, ""));
    assert_eq!(again.len(), 1, "the schedule stays stopped");
    assert_eq!(again[0].number, 2);
    let view = &world.sim.notifications(None)[0];
    assert!(view.acknowledged && view.next_due_at.is_none());
    assert_eq!(view.attempts[1].status, Some(500));
    let unknown = pockyt_sim::NotificationId(99);
    assert_eq!(world.sim.resend(unknown, world.now), Err(ControlError::UnknownNotification));
}

#[test]
fn the_view_shows_every_attempt_with_its_answer_and_verdict() {
    let mut world = World::new();
    let number = world.paid("a", "1");
    world.play(1, &answered(503, &"x".repeat(5000)));
    world.play(900, &DeliveryOutcome::Failed { reason: FailureReason::TimedOut });
    let view = serde_json::to_value(world.sim.notifications(Some(&number))).unwrap();
    let attempts = view[0]["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 2);
    assert_eq!((&attempts[0]["status"], &attempts[0]["verdict"]), (&503.into(), &"not-acknowledged".into()));
    assert_eq!(attempts[0]["body"].as_str().unwrap().len(), 1024);
    assert_eq!((&attempts[1]["failure"], &attempts[1]["number"]), (&"timed-out".into(), &2.into()));
    assert_eq!(view[0]["nextDueAt"], START.0 + 1_800_000);
    assert!(world.sim.notifications(Some("1")).is_empty());
}

#[test]
fn a_late_shell_gets_a_delivery_that_fell_due_while_a_request_was_answered() {
    let mut world = World::new();
    world.script("a", pockyt_sim::Wallet::ConfirmAfter(Duration::from_secs(5)));
    world.qrcode("a", &[]);
    world.now = world.now.plus(Duration::from_secs(60));
    assert_eq!(world.status("a"), "success");
    let due = Millis(START.0 + 5000);
    assert_eq!(world.sim.next_event(), Some(due));
    let delivery = deliveries(world.sim.advance(world.now)).pop().unwrap();
    assert_eq!(delivery.at, due);
}
