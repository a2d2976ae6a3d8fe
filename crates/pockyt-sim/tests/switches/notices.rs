//! Switches of notifications.

use pockyt_sim::{Acknowledgement, NotificationForm, NotificationForms, Notify};

use crate::support::{acknowledged, answered};
use crate::{everything_with, with};

#[test]
fn notification_zone_hours() {
    for (hours, time) in [(8, "time=20231115061320"), (0, "time=20231114221320"), (-8, "time=20231114141320")]
    {
        let mut world = with(|profile| profile.notification_zone_hours = hours);
        let number = world.paid("a", "1");
        assert!(world.sim.notifications(Some(&number))[0].body.contains(time));
    }
}

#[test]
fn notify() {
    for (notify, count) in [(Notify::Final, 3), (Notify::Success, 1)] {
        let mut world = with(|profile| profile.notify = notify);
        world.paid("a", "1");
        let declined = world.qrcode("b", &[]).transaction_no();
        world.sim.decline(&declined, world.now).unwrap();
        world.qrcode("c", &[]);
        world.cancel("c");
        assert_eq!(world.sim.notifications(None).len(), count);
    }
}

#[test]
fn notify_refunds() {
    for notifies in [true, false] {
        let mut world = with(|profile| profile.notify_refunds = notifies);
        world.paid("a", "1");
        let fields =
            [("reference", "a"), ("refundAmount", "0.4"), ("currency", "USD"), ("ipnUrl", "https://a.b/r")];
        world.call("/app-data-search/v3/refund", &fields);
        let bodies: Vec<String> = world.sim.notifications(None).into_iter().map(|n| n.body).collect();
        assert_eq!(bodies.iter().any(|body| body.contains("refundAmount=0.40&")), notifies, "{bodies:?}");
    }
}

#[test]
fn resend_for_ever() {
    for (for_ever, attempts) in [(false, 9), (true, 9 + 4 * 22)] {
        let mut world = with(|profile| profile.resend_for_ever = for_ever);
        world.paid("a", "1");
        assert_eq!(world.play(24 * 3600, &answered(200, "thanks")).len(), attempts);
        assert_eq!(world.sim.next_event().is_some(), for_ever);
        if for_ever {
            assert_eq!(world.play(900, &acknowledged()).len(), 1);
            assert_eq!(world.sim.next_event(), None, "until success");
        }
    }
    let mut world = with(|profile| profile.resend_for_ever = true);
    world.paid("a", "1");
    assert_eq!(world.play(30 * 24 * 3600, &answered(500, "")).len(), 1 + 7 * 24 * 4);
    assert_eq!(world.sim.next_event(), None, "a week is enough");
}

#[test]
fn notification_form() {
    let json = NotificationForm::Json;
    let all = NotificationForms {
        payment: json,
        capture: json,
        refund: json,
        auto_debit: json,
        payout: NotificationForm::Form,
        payee_account: json,
    };
    for (forms, is_turned) in [(NotificationForms::default(), false), (all, true)] {
        let mut everything = everything_with(|profile| profile.notification_form = forms);
        everything.call("capture", &[("reference", "c"), ("ipnUrl", "https://a.b/c")]);
        everything.call("refund", &[("ipnUrl", "https://a.b/c")]);
        everything.call("create-bank-account", &[("ipnUrl", "https://a.b/c")]);
        everything.world.wait(120);
        let mut kinds = std::collections::BTreeSet::new();
        for notification in everything.world.sim.notifications(None) {
            let is_payout = serde_json::to_value(notification.kind).unwrap() == "payout";
            let is_json = is_payout != is_turned;
            assert_eq!(notification.body.starts_with('{'), is_json, "{notification:?}");
            assert_eq!(notification.content_type == "application/json", is_json);
            kinds.insert(serde_json::to_string(&notification.kind).unwrap());
        }
        assert_eq!(kinds.len(), 6, "{kinds:?}");
    }
}

#[test]
fn acknowledgement() {
    for (rule, status, body, is_enough) in [
        (Acknowledgement::Trimmed, 201, " success\n", true),
        (Acknowledgement::Trimmed, 200, "\"success\"", false),
        (Acknowledgement::Exact, 200, "success", true),
        (Acknowledgement::Exact, 200, "success\n", false),
        (Acknowledgement::Exact, 201, "success", false),
    ] {
        let mut world = with(|profile| profile.acknowledgement = rule);
        world.paid("a", "1");
        world.play(1, &answered(status, body));
        assert_eq!(world.sim.notifications(None)[0].acknowledged, is_enough, "{status} {body}");
    }
}

#[test]
fn notify_vendor_id_and_empty_note() {
    for (vendor_id, empty_note) in [(true, false), (false, true)] {
        let mut everything = everything_with(|profile| {
            profile.notify_vendor_id = vendor_id;
            profile.notify_empty_note = empty_note;
        });
        everything.world.paid("a", "1");
        let all = everything.world.sim.notifications(None);
        let payment = all.iter().find(|n| n.reference.as_deref() == Some("a")).unwrap();
        assert_eq!(payment.body.contains("&vendorId=2"), vendor_id);
        assert_eq!(payment.body.contains("&note=&"), empty_note);
        let mandate = all.iter().find(|n| n.reference.as_deref() == Some("auto0")).unwrap();
        assert_eq!(mandate.body.contains("&note=&"), empty_note);
    }
}
