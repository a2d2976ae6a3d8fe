//! Dead letters and quarantine by the listener.

use std::sync::Arc;

use pockyt_ipn::Handled;
use pockyt_model::NotificationKind;
use pockyt_store::{Decided, Inbox, Mode, State};

use crate::support::{FORM, Script, TestListener, builder, fields, form, genuine, recut, signed, states};

async fn with_two_dead_and_two_in_quarantine() -> TestListener {
    let inbox = Arc::default();
    let listener = builder(&inbox).build().unwrap();
    for body in [genuine(1), genuine(2), recut(3), recut(4)] {
        listener.accept(FORM, body.as_bytes()).await;
    }
    listener.run_until_idle(&Script::new(vec![Handled::dead("unknown product"); 2])).await.unwrap();
    // Others of the same inbox are not this listener's business.
    let other = builder(&inbox).tenant("cafe").build().unwrap();
    let unknown = builder(&inbox).kind(NotificationKind::Unknown).build().unwrap();
    other.accept(FORM, recut(5).as_bytes()).await;
    unknown.accept(FORM, recut(6).as_bytes()).await;
    listener
}

#[tokio::test]
async fn each_listener_lists_its_own_page_by_page() {
    let listener = with_two_dead_and_two_in_quarantine().await;
    let ids =
        |notices: Vec<pockyt_store::StoredNotice>| notices.iter().map(|n| n.id.get()).collect::<Vec<_>>();
    let page = ids(listener.dead_letters(None, 1).await.unwrap());
    assert_eq!(page.len(), 1);
    let after = Some(pockyt_store::NoticeId::new(page[0]));
    assert_eq!([page, ids(listener.dead_letters(after, 9).await.unwrap())].concat(), [1, 2]);
    assert_eq!(ids(listener.quarantined(None, 9).await.unwrap()), [3, 4]);
    assert_eq!(ids(listener.quarantined(None, 0).await.unwrap()), [0_u64; 0]);
}

#[tokio::test]
async fn a_notice_is_inspected_with_its_variants() {
    let listener = with_two_dead_and_two_in_quarantine().await;
    let id = listener.dead_letters(None, 1).await.unwrap()[0].id;
    let mut other = fields(1, "13", "success");
    other[4].1 = "20221020142818".into();
    listener.accept(FORM, form(&signed(other)).as_bytes()).await;
    let inspection = listener.inspect(id).await.unwrap().unwrap();
    assert_eq!(inspection.notice.last_reason.as_deref(), Some("unknown product"));
    assert_eq!(inspection.variants.len(), 1);
    assert!(!format!("{inspection:?}").contains("verifySign"), "bodies are not shown by Debug");
    assert!(listener.inspect(pockyt_store::NoticeId::new(99)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_dry_run_says_what_would_come_of_it_and_does_nothing() {
    let listener = with_two_dead_and_two_in_quarantine().await;
    let dead = listener.dead_letters(None, 1).await.unwrap()[0].id;
    let doubted = listener.quarantined(None, 1).await.unwrap()[0].id;
    let before = states(listener.inbox().counts().await.unwrap());
    let moved = |from, to| Decided::Moved { from, to };
    let to_waiting = listener.redrive(dead, Mode::DryRun).await.unwrap();
    assert_eq!(to_waiting, moved(State::Dead, State::Waiting));
    let released = listener.release(doubted, "why not", Mode::DryRun).await.unwrap();
    assert_eq!(released, moved(State::Quarantined, State::Waiting));
    for id in [dead, doubted] {
        assert!(listener.dismiss(id, "refunded", Mode::DryRun).await.unwrap().is_moved());
    }
    assert_eq!(
        listener.redrive(doubted, Mode::DryRun).await.unwrap(),
        Decided::Refused { state: State::Quarantined }
    );
    assert_eq!(states(listener.inbox().counts().await.unwrap()), before);

    assert_eq!(listener.redrive(dead, Mode::Apply).await.unwrap(), to_waiting);
    assert!(listener.dismiss(doubted, "refunded", Mode::Apply).await.unwrap().is_moved());
    assert_eq!(listener.run_until_idle(&Script::new(Vec::new())).await.unwrap(), 1);
    assert_eq!(listener.quarantined(None, 9).await.unwrap().len(), 1);
}
