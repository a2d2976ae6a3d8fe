//! Orders at a glance, newest first: the same as the whole list, from any place, of all merchants or of one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use pockyt_sim::{ControlError, Glance, NotificationId, Sim, TransactionView};
use support::{MERCHANT, World, json_of, sign};

const OTHER: &str = "900002";

/// Orders of two merchants, several hundred in turns of unequal length, after a reset of one of them.
fn crowd() -> World {
    let mut world = World::new();
    for round in 0..3 {
        for number in 0..50 + 37 * round {
            world.qrcode(&format!("a-{round}-{number}"), &[]);
        }
        if round == 1 {
            world.sim.reset_merchant(OTHER, world.now).unwrap();
        }
        for number in 0..64 {
            other(&mut world, &format!("b-{round}-{number}"));
        }
    }
    world
}

fn other(world: &mut World, reference: &str) {
    let fields = [
        ("merchantNo", OTHER),
        ("storeNo", "800002"),
        ("amount", "2"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("reference", reference),
        ("vendor", "alipay"),
    ];
    let body = json_of(&fields, &sign(&fields, "another-token"));
    world.send("/app-instore/v3/create-trans-qrcode", None, None, body.as_bytes());
}

fn newest_first(sim: &Sim, merchant_no: Option<&str>, before: Option<&str>) -> Vec<TransactionView> {
    let before = before.map(|number| sim.place(number).unwrap());
    sim.newest_first(merchant_no, before).unwrap().map(Glance::view).collect()
}

#[test]
fn the_list_backwards_is_the_whole_list_of_all_and_of_each_merchant() {
    let world = crowd();
    let sim = &world.sim;
    let all: Vec<TransactionView> = sim.transactions().into_iter().rev().collect();
    assert_eq!(all.len(), 3 + 50 + 87 + 124 + 2 * 64);
    assert_eq!(newest_first(sim, None, None), all);
    for merchant_no in [MERCHANT, OTHER, "200043", "202333"] {
        let of_it: Vec<_> = all.iter().filter(|order| order.merchant_no == merchant_no).cloned().collect();
        assert_eq!(newest_first(sim, Some(merchant_no), None), of_it, "{merchant_no}");
    }
    for (place, order) in all.iter().enumerate() {
        let number = Some(order.transaction_no.as_str());
        assert_eq!(newest_first(sim, None, number), all[place + 1..], "before {number:?}");
        let of_it: Vec<_> =
            all[place + 1..].iter().filter(|order| order.merchant_no == MERCHANT).cloned().collect();
        assert_eq!(newest_first(sim, Some(MERCHANT), number), of_it, "before {number:?}");
    }
}

#[test]
fn a_glance_says_what_the_view_says() {
    let world = crowd();
    for glance in world.sim.newest_first(None, None).unwrap() {
        let view = glance.view();
        assert_eq!(glance.transaction_no(), view.transaction_no);
        assert_eq!(glance.reference(), view.reference.as_deref());
        assert_eq!(glance.created_by(), view.created_by);
        assert_eq!(Some(glance.place()), world.sim.place(&view.transaction_no));
    }
}

#[test]
fn what_is_unknown_has_no_place_and_no_orders() {
    let world = World::new();
    assert_eq!(world.sim.place("1"), None);
    assert_eq!(world.sim.place("400000000000000001"), None);
    assert_eq!(world.sim.newest_first(Some("1"), None).err(), Some(ControlError::UnknownMerchant));
}

#[test]
fn notifications_are_found_after_any_of_them() {
    let mut world = World::new();
    for number in 0..5 {
        world.paid(&format!("a-{number}"), "1");
    }
    let all = world.sim.notifications(None);
    assert_eq!(all.len(), 5);
    for from in 0..=5 {
        let after = NotificationId(from.try_into().unwrap());
        let found: Vec<_> = world.sim.notifications_after(after).collect();
        let expected: Vec<_> = all[from..].iter().map(|n| (n.id, n.transaction_no.as_str())).collect();
        assert_eq!(found, expected);
    }
    assert_eq!(world.sim.notifications_after(NotificationId(u64::MAX)).count(), 0);
}
