//! Notifications of every kind, each at every address.

use std::sync::Arc;

use pockyt_ipn::Verdict;
use pockyt_model::NotificationKind;
use pockyt_store::{Inbox, InboxAdmin, State};

use crate::support::{FORM, JSON, Ledger, builder, cuts, form, json, of_kind, signed, states};

/// Whether a message of one kind can be read as one of another. An unknown kind has no required fields, and of a
/// refund no more is known than that it names a transaction. Both are triggers, so that does no harm.
fn reads_as(kind: NotificationKind, address: NotificationKind) -> bool {
    use NotificationKind::{Payment, Payout, Refund, Unknown};
    kind == address || address == Unknown || (address == Refund && matches!(kind, Payment | Payout))
}

#[tokio::test]
async fn only_a_payment_at_a_payments_address_is_ever_a_payment() {
    for (kind, address) in NotificationKind::ALL
        .into_iter()
        .flat_map(|kind| NotificationKind::ALL.map(|address| (kind, address)))
    {
        let message = signed(of_kind(kind));
        for (content_type, body) in [(FORM, form(&message)), (JSON, json(&message))] {
            let about = format!("{kind} at {address}: {body}");
            let listener = builder(&Arc::default()).kind(address).build().unwrap();
            let reply = listener.accept(content_type, body.as_bytes()).await;
            assert_eq!((reply.status.as_u16(), reply.body), (200, "success"), "{about}");
            let readable = reads_as(kind, address);
            assert_eq!(matches!(reply.verdict, Verdict::Recorded(_)), readable, "{about}");
            assert_eq!(matches!(reply.verdict, Verdict::Quarantined(_)), !readable, "{about}");
            let again = listener.accept(content_type, body.as_bytes()).await;
            assert!(matches!(again.verdict, Verdict::Duplicate(_)), "{about}");

            let ledger = Ledger::default();
            listener.run_until_idle(&ledger).await.unwrap();
            let told = ledger.notices();
            assert_eq!(told.len(), usize::from(readable), "{about}");
            let money = |of: NotificationKind| usize::from(readable && address == of);
            let payments = told.iter().filter(|notice| notice.payment().is_some()).count();
            let payouts = told.iter().filter(|notice| notice.payout().is_some()).count();
            assert_eq!(payments, money(NotificationKind::Payment), "{about}");
            assert_eq!(payouts, money(NotificationKind::Payout), "{about}");
            for notice in told {
                assert_eq!((notice.kind(), notice.tenant().as_str()), (address, "shop"), "{about}");
                let triggers = !matches!(address, NotificationKind::Payment | NotificationKind::Payout);
                assert_eq!(notice.is_trigger(), triggers, "{about}");
                assert!(!notice.is_confirmed() && !notice.was_released(), "{about}");
            }
            let kept = listener.inbox().list(State::Quarantined, None, 9).await.unwrap();
            assert_eq!(kept.len(), usize::from(!readable), "{about}");
        }
    }
}

#[tokio::test]
async fn ambiguous_messages_of_every_kind_are_kept_once_and_handed_to_nobody() {
    for kind in NotificationKind::ALL.into_iter().filter(|kind| *kind != NotificationKind::Unknown) {
        let listener = builder(&Arc::default()).kind(kind).build().unwrap();
        for cut in cuts(of_kind(kind)).into_iter().skip(1) {
            assert_eq!(listener.accept(FORM, form(&cut).as_bytes()).await.body, "success", "{kind}");
        }
        let ledger = Ledger::default();
        listener.run_until_idle(&ledger).await.unwrap();
        assert_eq!(ledger.notices().len(), 0, "{kind}");
        assert_eq!(states(listener.inbox().counts().await.unwrap()), [0, 0, 0, 1, 0], "{kind}");
    }
}

#[tokio::test]
async fn each_state_of_a_payout_is_told_once_and_another_amount_is_a_conflict() {
    let listener = builder(&Arc::default()).kind(NotificationKind::Payout).build().unwrap();
    let accept = async |changes: &[(&str, &str)]| {
        let mut message = of_kind(NotificationKind::Payout);
        for (name, value) in changes {
            message.iter_mut().find(|(field, _)| field == name).unwrap().1 = (*value).to_owned();
        }
        listener.accept(FORM, form(&signed(message)).as_bytes()).await.verdict.as_str()
    };
    assert_eq!(accept(&[("status", "pending")]).await, "recorded");
    assert_eq!(accept(&[]).await, "recorded");
    assert_eq!(accept(&[("status", "COMPLETED"), ("amount", "60")]).await, "duplicate");
    assert_eq!(accept(&[("amount", "61")]).await, "conflict");
    assert_eq!(accept(&[("status", "returned")]).await, "recorded");
    let ledger = Ledger::default();
    listener.run_until_idle(&ledger).await.unwrap();
    let told: Vec<String> =
        ledger.notices().iter().map(|notice| notice.payout().unwrap().status().to_string()).collect();
    assert_eq!(told, ["pending", "success", "returned"]);
}
