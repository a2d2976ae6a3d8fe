//! What a message cannot prove by itself is asked for.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use pockyt_ipn::{BuildError, ConfirmPolicy, Expectation, ListenerBuilder, LookupError, Notice, OrderName};
use pockyt_model::{
    Amount, Clock, Currency, InvoiceId, NotificationKind, PayoutDetails, PayoutStatus, TransactionNo,
};
use pockyt_store::{Doubt, Finished, Inbox, InboxAdmin, Mode, Quarantine, State, StoredNotice};
use proptest::prelude::*;

use crate::support::{
    FORM, Ledger, ManualClock, Pockyt, TestInbox, TestListener, builder, cuts, fields, form, genuine,
    of_kind, recut, signed, states,
};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) struct World {
    pub(crate) listener: TestListener,
    pub(crate) inbox: Arc<TestInbox>,
    pub(crate) pockyt: Arc<Pockyt>,
    pub(crate) clock: ManualClock,
    pub(crate) ledger: Ledger,
}

impl World {
    pub(crate) fn new(pockyt: Pockyt, policy: ConfirmPolicy) -> Self {
        Self::expecting(pockyt, policy, None)
    }

    /// Where each order is expected to be of this amount.
    fn expecting(pockyt: Pockyt, policy: ConfirmPolicy, expected: Option<&'static str>) -> Self {
        Self::of(pockyt, |listener| {
            let listener = listener.confirm_policy(policy);
            match expected {
                None => listener,
                Some(amount) => listener.expect(move |_: OrderName| async move {
                    let expectation = Expectation::exactly(Amount::parse(amount).unwrap(), Currency::USD);
                    Ok::<_, LookupError>(Some(expectation))
                }),
            }
        })
    }

    /// Where the listener is set up so.
    pub(crate) fn of(
        pockyt: Pockyt,
        set_up: impl FnOnce(ListenerBuilder<Arc<TestInbox>>) -> ListenerBuilder<Arc<TestInbox>>,
    ) -> Self {
        let (inbox, pockyt, clock) = (Arc::default(), Arc::new(pockyt), ManualClock::default());
        let listener = set_up(builder(&inbox).clock(clock.clone()).confirm_with(Arc::clone(&pockyt)));
        Self { listener: listener.build().unwrap(), inbox, pockyt, clock, ledger: Ledger::default() }
    }

    pub(crate) async fn deliver(&self, body: &str) -> &'static str {
        let reply = self.listener.accept(FORM, body.as_bytes()).await;
        assert_eq!((reply.status.as_u16(), reply.body), (200, "success"));
        reply.verdict.as_str()
    }

    pub(crate) async fn run(&self) -> Vec<Notice> {
        self.listener.run_until_idle(&self.ledger).await.unwrap();
        self.ledger.notices()
    }

    pub(crate) async fn only(&self, state: State) -> StoredNotice {
        let kept = self.inbox.list(state, None, 9).await.unwrap();
        let [kept] = kept.try_into().unwrap_or_else(|kept| panic!("{state:?}: {kept:?}"));
        kept
    }

    pub(crate) async fn states(&self) -> [usize; 5] {
        states(self.inbox.counts().await.unwrap())
    }
}

pub(crate) fn with_reason(stored: &StoredNotice, text: &str) {
    let reason = stored.last_reason.as_deref().unwrap_or_default();
    assert!(reason.contains(text), "{reason:?} does not say {text:?}");
}

pub(crate) fn said(notice: &Notice) -> (String, String, bool) {
    let payment = notice.payment().unwrap();
    (payment.reference().to_string(), payment.amount().to_string(), notice.is_confirmed())
}

#[tokio::test]
async fn an_ambiguous_message_is_answered_first_and_confirmed_when_it_is_handed_over() {
    let world = World::new(Pockyt::default().with(1, "13.00", "success"), ConfirmPolicy::OnDoubt);
    assert_eq!(world.deliver(&recut(1)).await, "quarantined");
    assert_eq!(world.pockyt.questions(), 0, "the answer to Pockyt waits for nobody");
    let told = world.run().await;
    assert_eq!(told.iter().map(said).collect::<Vec<_>>(), [("order-1".into(), "13.00".into(), true)]);
    assert_eq!((world.pockyt.questions(), world.states().await), (1, [0, 1, 0, 0, 0]));
    // It stands for the clean message now.
    assert_eq!(world.deliver(&genuine(1)).await, "duplicate");
    assert_eq!(world.deliver(&recut(1)).await, "duplicate");
    assert_eq!(world.run().await.len(), 1);
}

#[tokio::test]
async fn a_payment_is_told_once_whichever_copy_comes_first() {
    for bodies in [[recut(1), genuine(1)], [genuine(1), recut(1)]] {
        for handle_between in [false, true] {
            let world = World::new(Pockyt::default().with(1, "13.00", "success"), ConfirmPolicy::OnDoubt);
            for body in &bodies {
                world.deliver(body).await;
                if handle_between {
                    world.run().await;
                }
            }
            assert_eq!(world.run().await.len(), 1);
            assert_eq!(
                world.inbox.prune(Finished::Done, pockyt_model::UtcMillis::new(9), 9).await.unwrap(),
                { if handle_between && bodies[0] == recut(1) { 1 } else { 2 } }
            );
            for body in &bodies {
                assert_eq!(world.deliver(body).await, "duplicate");
            }
            assert_eq!(world.run().await.len(), 1);
        }
    }
}

#[tokio::test]
async fn what_is_not_confirmed_stays_in_quarantine_with_the_reason() {
    let mut nameless = fields(1, "13.00", "success");
    nameless.retain(|(name, _)| name != "transactionNo" && name != "reference");
    let rows = [
        (Pockyt::default(), recut(1), "not confirmed: Pockyt knows nothing"),
        (Pockyt::default(), form(&signed(nameless)), "not confirmed: it names nothing"),
        (Pockyt::default().with(1, "0", "success"), recut(1), "breaks a rule"),
    ];
    for (pockyt, body, reason) in rows {
        let world = World::new(pockyt, ConfirmPolicy::OnDoubt);
        world.deliver(&body).await;
        for _ in 0..20 {
            assert_eq!(world.run().await.len(), 0);
            world.clock.advance(60 * SECOND);
        }
        let kept = world.only(State::Quarantined).await;
        with_reason(&kept, reason);
        assert!(matches!(
            kept.quarantine,
            Some(Quarantine::Doubt(Doubt::Ambiguous { .. } | Doubt::Unreadable { .. }))
        ));
    }
}

#[tokio::test]
async fn an_order_that_is_not_there_yet_or_not_final_is_asked_for_again() {
    let world = World::new(Pockyt::default(), ConfirmPolicy::OnDoubt);
    world.deliver(&recut(1)).await;
    for (step, status) in ["", "pending", "closed", "success"].into_iter().enumerate() {
        if !status.is_empty() {
            world.pockyt.set(1, "13.00", status);
        }
        assert_eq!(world.run().await.len(), usize::from(status == "success"), "{status}");
        if status != "success" {
            assert_eq!(world.only(State::Waiting).await.deferrals as usize, step + 1);
        }
        world.clock.advance(60 * SECOND);
    }
    assert_eq!(world.states().await, [0, 1, 0, 0, 0]);
}

#[tokio::test]
async fn while_pockyt_cannot_be_asked_the_notice_is_held_and_nothing_is_guessed() {
    for (policy, body) in [(ConfirmPolicy::OnDoubt, recut(1)), (ConfirmPolicy::Always, genuine(1))] {
        let world = World::new(Pockyt::default().with(1, "13.00", "success"), policy);
        world.pockyt.down.store(true, Ordering::SeqCst);
        world.deliver(&body).await;
        let mut delays = Vec::new();
        for _ in 0..11 {
            assert_eq!(world.run().await.len(), 0);
            let due = world.inbox.next_due(&world.only(State::Waiting).await.route).await.unwrap().unwrap();
            delays.push(due.since(world.clock.now()).as_secs());
            world.clock.advance(due.since(world.clock.now()));
        }
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        with_reason(&world.only(State::Waiting).await, "Pockyt could not be asked");
        world.pockyt.down.store(false, Ordering::SeqCst);
        assert_eq!(world.run().await.len(), 1);
        assert_eq!(world.states().await, [0, 1, 0, 0, 0]);
    }
}

#[tokio::test]
async fn what_cannot_be_asked_for_a_day_is_a_dead_letter_and_can_be_redriven() {
    let world = World::new(Pockyt::default().with(1, "13.00", "success"), ConfirmPolicy::OnDoubt);
    world.pockyt.down.store(true, Ordering::SeqCst);
    world.deliver(&recut(1)).await;
    for question in 1..=20 {
        // Nobody worked for a day, which is not the notice's fault: its first question is not its last.
        world.clock.advance(if question == 1 { DAY } else { 5 * 60 * SECOND });
        assert_eq!(world.states().await[0], 0, "{question}");
        world.run().await;
        assert_eq!(world.pockyt.questions(), question);
    }
    let dead = world.only(State::Dead).await;
    with_reason(&dead, "could not be asked");
    world.pockyt.down.store(false, Ordering::SeqCst);
    assert!(world.listener.redrive(dead.id, Mode::Apply).await.unwrap().is_moved());
    assert_eq!(world.run().await.len(), 1);
}

#[tokio::test]
async fn an_unexpected_amount_is_confirmed_or_kept_as_the_query_says() {
    // What came, what Pockyt answers, what is expected, and the amount that the handler is told.
    let rows = [
        ("1.00", "13.00", "13", Some("13.00")),
        ("1.00", "1.00", "13", None),
        ("13.00", "1.00", "13", Some("13.00")),
    ];
    for (came, known, expected, told) in rows {
        let pockyt = Pockyt::default().with(1, known, "success");
        let world = World::expecting(pockyt, ConfirmPolicy::OnDoubt, Some(expected));
        world.deliver(&form(&signed(fields(1, came, "success")))).await;
        let heard: Vec<String> = world.run().await.iter().map(|notice| said(notice).1).collect();
        assert_eq!(heard, told.into_iter().map(str::to_owned).collect::<Vec<_>>(), "{came} {known}");
        if told.is_none() {
            with_reason(&world.only(State::Quarantined).await, "Pockyt confirmed it as it is");
        }
        // The genuine message under the same key is no second payment.
        world.deliver(&form(&signed(fields(1, known, "success")))).await;
        assert_eq!(world.run().await.len(), usize::from(told.is_some()), "{came} {known}");
    }
}

#[tokio::test]
async fn policies_ask_about_what_they_say() {
    let above = |amount| ConfirmPolicy::Above(Amount::parse(amount).unwrap(), Currency::USD);
    let other = ConfirmPolicy::Above(Amount::parse("1000").unwrap(), Currency::PHP);
    let rows = [
        (ConfirmPolicy::Never, false, false),
        (ConfirmPolicy::OnDoubt, false, true),
        (above("13"), false, true),
        (above("12.99"), true, true),
        (other, true, true),
        (ConfirmPolicy::Always, true, true),
    ];
    for (policy, clean, doubtful) in rows {
        for (body, asks) in [(genuine(1), clean), (recut(1), doubtful)] {
            let world = World::new(Pockyt::default().with(1, "13", "success"), policy.clone());
            world.deliver(&body).await;
            let told = world.run().await;
            assert_eq!(world.pockyt.questions() == 1, asks, "{policy:?}");
            let heard = asks || body == genuine(1);
            assert_eq!(
                told.iter().map(Notice::is_confirmed).collect::<Vec<_>>(),
                vec![asks; usize::from(heard)]
            );
        }
        // What is not final moves no money, and is not asked about.
        let world = World::new(Pockyt::default(), policy);
        world.deliver(&form(&signed(fields(1, "13.00", "pending")))).await;
        assert_eq!((world.run().await.len(), world.pockyt.questions()), (1, 0));
    }
}

#[tokio::test]
async fn a_state_that_the_query_does_not_know_is_waited_for_and_loses_nothing() {
    let world = World::new(Pockyt::default().with(1, "13.00", "closed"), ConfirmPolicy::Always);
    world.deliver(&genuine(1)).await;
    assert_eq!(world.run().await.len(), 0);
    with_reason(&world.only(State::Waiting).await, "another state");
    world.pockyt.set(1, "13.00", "success");
    world.clock.advance(SECOND);
    assert_eq!(world.run().await.len(), 1);
}

#[tokio::test]
async fn another_amount_than_was_told_is_told_as_the_query_says() {
    let world = World::new(Pockyt::default().with(1, "14.00", "success"), ConfirmPolicy::Always);
    world.deliver(&genuine(1)).await;
    assert_eq!(world.run().await.iter().map(|notice| said(notice).1).collect::<Vec<_>>(), ["14.00"]);
    assert_eq!(world.deliver(&form(&signed(fields(1, "14", "success")))).await, "duplicate");
}

#[tokio::test]
async fn a_confirmation_that_contradicts_what_was_told_is_for_people() {
    let world = World::new(Pockyt::default().with(1, "14.00", "success"), ConfirmPolicy::OnDoubt);
    world.deliver(&genuine(1)).await;
    assert_eq!(world.run().await.len(), 1);
    world.deliver(&recut(1)).await;
    assert_eq!(world.run().await.len(), 1);
    with_reason(&world.only(State::Quarantined).await, "contradicts notice 1");
}

#[tokio::test]
async fn payouts_are_confirmed_by_their_invoice() {
    let pockyt = Arc::new(Pockyt::default());
    pockyt.payouts.lock().unwrap().push(PayoutDetails {
        transaction_no: TransactionNo::new("318453016214317262").unwrap(),
        invoice_id: InvoiceId::new("invoice-1").unwrap(),
        amount: Amount::parse("60.00").unwrap(),
        currency: Currency::USD,
        status: PayoutStatus::from_wire("completed"),
    });
    let listener = builder(&Arc::default()).kind(NotificationKind::Payout).confirm_with(Arc::clone(&pockyt));
    let listener = listener.build().unwrap();
    let mut cut = of_kind(NotificationKind::Payout);
    let (_, number) = cut.pop().unwrap();
    cut[3].1.push_str(&format!("&transactionNo={number}"));
    listener.accept(FORM, form(&signed(cut)).as_bytes()).await;
    let ledger = Ledger::default();
    listener.run_until_idle(&ledger).await.unwrap();
    let [notice] = &ledger.notices()[..] else { panic!("not told once") };
    assert_eq!(notice.payout().unwrap().amount().as_str(), "60.00");
    assert!(notice.is_confirmed());
}

#[tokio::test]
async fn triggers_are_never_asked_about_by_the_listener() {
    let kinds = NotificationKind::ALL.into_iter().filter(|kind| kind.is_trigger());
    for kind in kinds.filter(|kind| *kind != NotificationKind::Unknown) {
        let pockyt = Arc::new(Pockyt::default());
        let listener = builder(&Arc::default()).kind(kind).confirm_with(Arc::clone(&pockyt));
        let listener = listener.confirm_policy(ConfirmPolicy::Always).build().unwrap();
        for message in cuts(of_kind(kind)) {
            listener.accept(FORM, form(&message).as_bytes()).await;
        }
        let ledger = Ledger::default();
        listener.run_until_idle(&ledger).await.unwrap();
        assert_eq!((ledger.notices().len(), pockyt.questions()), (1, 0), "{kind}");
        assert_eq!(states(listener.inbox().counts().await.unwrap()), [0, 1, 0, 1, 0]);
    }
}

#[tokio::test]
async fn what_is_released_though_it_cannot_be_believed_is_asked_about_or_goes_back() {
    let world = World::new(Pockyt::default().with(1, "13.00", "success"), ConfirmPolicy::Never);
    world.deliver(&recut(1)).await;
    assert_eq!((world.run().await.len(), world.pockyt.questions()), (0, 0));
    let id = world.only(State::Quarantined).await.id;
    let without = builder(&world.inbox).clock(world.clock.clone()).build().unwrap();
    assert!(without.release(id, "looks fine", Mode::Apply).await.unwrap().is_moved());
    without.run_until_idle(&world.ledger).await.unwrap();
    with_reason(&world.only(State::Quarantined).await, "there is nobody to ask");
    assert!(world.listener.release(id, "ask", Mode::Apply).await.unwrap().is_moved());
    assert_eq!((world.run().await.len(), world.pockyt.questions()), (1, 1));
}

#[test]
fn a_policy_that_asks_without_doubt_wants_somebody_to_ask() {
    for policy in [ConfirmPolicy::Always, ConfirmPolicy::Above(Amount::zero(), Currency::USD)] {
        let built = builder(&Arc::default()).confirm_policy(policy).build();
        assert_eq!(built.unwrap_err(), BuildError::NobodyToAsk);
    }
}

/// Every cut of messages about two orders in any order, with handling in between: each order that is paid is told
/// exactly once, whichever cuts of it came, and what is told is what Pockyt answers.
async fn play(deliveries: Vec<(usize, bool)>, paid: [bool; 2], policy: ConfirmPolicy) {
    let world = World::new(Pockyt::default(), policy.clone());
    let mut bodies = Vec::new();
    for payment in 1..=2 {
        world.pockyt.set(payment, "13.00", if paid[payment as usize - 1] { "success" } else { "closed" });
        bodies.extend(cuts(fields(payment, "13.00", "success")).iter().map(|cut| form(cut)));
    }
    let mut delivered = [false; 2];
    for (at, handle) in deliveries {
        let at = at % bodies.len();
        delivered[at * 2 / bodies.len()] = true;
        world.deliver(&bodies[at]).await;
        if handle {
            world.run().await;
        }
    }
    let told = world.run().await;
    for payment in 1..=2_u32 {
        let of_this: Vec<&Notice> =
            told.iter().filter(|notice| said(notice).0 == format!("order-{payment}")).collect();
        assert!(of_this.len() <= 1, "{of_this:?}");
        let at = payment as usize - 1;
        assert!(of_this.len() == 1 || !(paid[at] && delivered[at]), "any cut of it is enough to be told");
        for notice in of_this {
            assert!(notice.is_confirmed() || policy == ConfirmPolicy::OnDoubt, "{notice:?}");
            let genuine_alone = !notice.is_confirmed();
            assert!(paid[payment as usize - 1] || genuine_alone, "an unpaid order was told as paid");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_cut_of_a_message_is_ever_handed_over_unconfirmed(
        deliveries in proptest::collection::vec((any::<usize>(), any::<bool>()), 0..24),
        paid in any::<[bool; 2]>(),
        always in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let policy = if always { ConfirmPolicy::Always } else { ConfirmPolicy::OnDoubt };
        runtime.unwrap().block_on(play(deliveries, paid, policy));
    }
}
