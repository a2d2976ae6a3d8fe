//! Several tenants and kinds behind one service.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use pockyt_ipn::{IpnRouter, Listener};
use pockyt_model::NotificationKind;
use pockyt_sign::{ApiToken, SigningKey};
use pockyt_store::{Inbox, InboxAdmin, State};
use tower_service::Service;

use crate::support::{FORM, Ledger, TestInbox, builder, form, genuine, of_kind, signed, signed_with};

fn other_key() -> SigningKey {
    SigningKey::new(&ApiToken::new("the token of the cafe").unwrap())
}

fn router(inbox: &Arc<TestInbox>) -> IpnRouter<Arc<TestInbox>> {
    let cafe = Listener::builder(other_key(), Arc::clone(inbox)).tenant("cafe");
    IpnRouter::default()
        .with_each(builder(inbox).build_each(&NotificationKind::ALL).unwrap())
        .with(cafe.build().unwrap())
}

/// Status, headers and body.
type Answer = (u16, Vec<(String, String)>, String);

async fn send(router: &IpnRouter<Arc<TestInbox>>, method: Method, path: &str, body: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header("content-type", FORM.unwrap());
    let request = request.body(Full::<bytes::Bytes>::from(body.to_owned())).unwrap();
    let (head, body) = router.service().call(request).await.unwrap().into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().into()));
    (head.status.as_u16(), headers.collect(), body)
}

async fn post(router: &IpnRouter<Arc<TestInbox>>, path: &str, body: &str) -> Answer {
    send(router, Method::POST, path, body).await
}

#[tokio::test]
async fn each_tenant_and_kind_has_an_address_and_its_own_token() {
    let inbox = Arc::default();
    let router = router(&inbox);
    for kind in NotificationKind::ALL {
        let answer = post(&router, &format!("/ipn/shop/{kind}"), &form(&signed(of_kind(kind)))).await;
        assert_eq!((answer.0, answer.2.as_str()), (200, "success"), "{kind}");
    }
    let cafes = form(&signed_with(&other_key(), of_kind(NotificationKind::Payment)));
    assert_eq!(post(&router, "/ipn/cafe/pay", &cafes).await.0, 200);
    assert_eq!(post(&router, "/ipn/shop/pay", &cafes).await.0, 401);
    assert_eq!(post(&router, "/ipn/cafe/pay", &genuine(1)).await.0, 401);
    let ledger = Ledger::default();
    assert_eq!(router.run_until_idle(&ledger).await.unwrap(), 7);
    let mut told: Vec<String> =
        ledger.notices().iter().map(|notice| format!("{}/{}", notice.tenant(), notice.kind())).collect();
    told.sort();
    let expected = ["cafe/pay", "shop/mandate", "shop/pay", "shop/payee-account", "shop/payout"];
    assert_eq!(told, [expected.as_slice(), &["shop/refund", "shop/unknown"]].concat());
}

#[tokio::test]
async fn nobody_learns_whether_somebody_listens() {
    let inbox: Arc<TestInbox> = Arc::default();
    let router = router(&inbox);
    let unsigned = form(&of_kind(NotificationKind::Payment));
    let genuine = genuine(1);
    let forged = genuine.replace("amount=13", "amount=14");
    let too_long = format!("{unsigned}&x={}", "y".repeat(64 * 1024));
    let bodies = [
        (Method::POST, forged.as_str(), 401),
        (Method::POST, &unsigned, 401),
        (Method::POST, "", 401),
        (Method::POST, "a=%zz", 400),
        (Method::POST, "a=1&a=2", 400),
        (Method::POST, &too_long, 413),
        (Method::GET, "", 405),
    ];
    let nowhere = [
        "/ipn/tavern/pay",
        "/ipn/shop/bill",
        "/ipn/shop",
        "/ipn/shop/pay/00/00",
        "/ipn",
        "/",
        "/elsewhere/shop/pay",
        "/ipnshop/pay",
        "/ipn//pay",
        "/ipn/cafe/refund",
    ];
    for (method, body, status) in bodies {
        let somewhere = send(&router, method.clone(), "/ipn/shop/pay", body).await;
        assert_eq!(somewhere.0, status, "{body}");
        for path in nowhere {
            assert_eq!(send(&router, method.clone(), path, body).await, somewhere, "{path} {body}");
        }
    }
    // With a right signature too, and nothing is kept.
    for path in nowhere {
        let answer = post(&router, path, &genuine).await;
        assert_eq!((answer.0, answer.2.as_str()), (401, "not accepted"), "{path}");
    }
    assert_eq!(State::ALL.map(|state| inbox_count(&inbox, state)), [0; 6]);
    let elsewhere = router.counts_elsewhere();
    assert_eq!(elsewhere.refused.get("unknown-route"), Some(&40));
    assert_eq!(elsewhere.deliveries, 80);
}

fn inbox_count(inbox: &TestInbox, state: State) -> usize {
    futures_util::FutureExt::now_or_never(inbox.counts()).unwrap().unwrap().of(state)
}

#[tokio::test]
async fn the_path_can_begin_elsewhere_or_have_been_taken_off() {
    for (base, path) in [("/hooks/pockyt/", "/hooks/pockyt/shop/pay"), ("", "/shop/pay")] {
        let inbox = Arc::default();
        let router = router(&inbox).base(base);
        assert_eq!(post(&router, path, &genuine(1)).await.0, 200, "{path}");
        assert_eq!(post(&router, "/ipn/shop/pay", &genuine(1)).await.0, 401, "{path}");
        assert_eq!(inbox.list(State::Waiting, None, 9).await.unwrap().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_listeners_run_side_by_side_and_stop_together() {
    let inbox = Arc::default();
    let router = router(&inbox);
    for kind in NotificationKind::ALL {
        post(&router, &format!("/ipn/shop/{kind}"), &form(&signed(of_kind(kind)))).await;
    }
    let slow = |_: pockyt_ipn::Notice| async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        pockyt_ipn::Handled::Done
    };
    let started = tokio::time::Instant::now();
    // Told to stop while all six are at work.
    router.run_until(&slow, tokio::time::sleep(Duration::from_secs(1))).await;
    assert_eq!(started.elapsed().as_secs(), 10);
    assert_eq!(inbox.list(State::Done, None, 9).await.unwrap().len(), 6);
}
