//! How much is kept: of an order, and of a question.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use std::time::Duration;

use allocation_counter::measure;
use pockyt_sim::{ApiRequest, Config, DeliveryOutcome, Effect, Wallet};

use support::{BARCODE, TOKEN, World, config, signed_json, with_account};

/// A journal that is soon full, so that what grows is what is kept for good.
fn world(wallet: Wallet) -> World {
    World::with(Config { journal_capacity: 50, wallet, ..config() })
}

fn call(world: &mut World, path: &str, fields: &[(&str, &str)]) {
    let body = signed_json(&with_account(fields), TOKEN);
    let request = ApiRequest {
        method: "POST",
        path,
        content_type: Some("application/json"),
        request_id: None,
        body: body.as_bytes(),
    };
    let answer = world.sim.handle(&request, world.now);
    assert!(
        answer.body.windows(6).any(|code| code == b"000100"),
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
}

fn web(world: &mut World, place: usize) {
    let reference = format!("shop-order-{place:08}");
    let fields = [
        ("amount", "12.50"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("vendor", "alipay"),
        ("terminal", "ONLINE"),
        ("ipnUrl", "http://shop.example/pockyt/notifications"),
        ("callbackUrl", "http://shop.example/thanks?order={reference}"),
        ("reference", &reference),
    ];
    call(world, "/online/v3/secure-pay", &fields);
}

fn code(world: &mut World, place: usize) {
    let reference = format!("till-order-{place:08}");
    let fields = [
        ("amount", "12.50"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("vendor", "wechatpay"),
        ("ipnUrl", "http://shop.example/pockyt/notifications"),
        ("reference", &reference),
    ];
    call(world, "/app-instore/v3/create-trans-qrcode", &fields);
}

/// An order that is paid, notified and acknowledged.
fn paid(world: &mut World, place: usize) {
    let reference = format!("till-order-{place:08}");
    let fields = [
        ("amount", "12.50"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("ipnUrl", "http://shop.example/pockyt/notifications"),
        ("reference", &reference),
    ];
    call(world, "/app-instore/v3/add", &fields);
    let fields = [("reference", reference.as_str()), ("paymentBarcode", BARCODE), ("vendor", "alipay")];
    call(world, "/app-instore/v3/prepay", &fields);
    let now = world.now;
    for effect in world.sim.advance(now) {
        let Effect::Deliver(delivery) = effect else { panic!("no answer was held") };
        let outcome = DeliveryOutcome::Answered { status: 200, body: b"success".to_vec() };
        world.sim.delivered(delivery.attempt, outcome, now);
    }
}

/// What so many more orders add to what is kept, in bytes for each.
fn bytes_per_order(world: &mut World, before: usize, more: usize, make: impl Fn(&mut World, usize)) -> i64 {
    for place in 0..before {
        make(world, place);
    }
    let grown = measure(|| {
        for place in before..before + more {
            make(world, place);
        }
    });
    grown.bytes_current / i64::try_from(more).unwrap()
}

#[test]
fn an_order_takes_at_most_300_bytes_with_its_timer_and_its_places_in_the_indexes() {
    for (name, make) in [("web", web as fn(&mut World, usize)), ("code", code)] {
        // The indexes double in this range.
        let bytes = bytes_per_order(&mut world(Wallet::Never), 1500, 3000, make);
        assert!((100..=300).contains(&bytes), "{name}: {bytes}");
    }
}

#[test]
fn a_paid_order_keeps_no_more_when_its_notification_is_long_over() {
    // The latest 10,000 notifications that are over are kept as well.
    let mut world = world(Wallet::ConfirmAfter(Duration::ZERO));
    let bytes = bytes_per_order(&mut world, 10_500, 3000, paid);
    assert!((100..=300).contains(&bytes), "{bytes}");
    assert_eq!(world.sim.notifications(None).len(), 10_000);
}

#[test]
fn questions_leave_nothing_behind() {
    let mut world = world(Wallet::Never);
    code(&mut world, 0);
    let ask = |world: &mut World, times: usize| {
        for _ in 0..times {
            call(world, "/app-data-search/v3/tran-query", &[("reference", "till-order-00000000")]);
        }
    };
    ask(&mut world, 200);
    let grown = measure(|| ask(&mut world, 5000));
    assert!(grown.bytes_current.abs() < 1000, "{}", grown.bytes_current);
}
