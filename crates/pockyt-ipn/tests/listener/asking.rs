//! What is asked, and what is made of the answer, when somebody tampers with the question.

use std::sync::Arc;
use std::time::Duration;

use pockyt_ipn::{ConfirmPolicy, Expectation, IpnRouter, LookupError, OrderName, SealKey, Sealer};
use pockyt_model::{Amount, Currency, OrderKey, Question};
use pockyt_store::{Doubt, Inbox, Quarantine, State};

use crate::confirming::{World, said, with_reason};
use crate::support::{Pockyt, builder, cuts, fields, form, genuine, signed, states};

const SECOND: Duration = Duration::from_secs(1);

/// Knows `order-1` at 13 and no other.
async fn one_order(name: OrderName) -> Result<Option<Expectation>, LookupError> {
    let OrderName::Payment(reference) = name else { return Ok(None) };
    let expected = Expectation::exactly(Amount::parse("13")?, Currency::USD);
    Ok((reference.as_str() == "order-1").then_some(expected))
}

fn world_with_one_order(pockyt: Pockyt, policy: ConfirmPolicy) -> World {
    World::of(pockyt, |listener| listener.confirm_policy(policy).expect(one_order))
}

#[tokio::test]
async fn what_is_compared_with_the_order_is_the_answer_and_not_only_the_message() {
    let sealer = || Sealer::new("test", SealKey::new([7; 32]));
    for known in ["1.00", "14.00"] {
        let always = world_with_one_order(Pockyt::default().with(1, known, "success"), ConfirmPolicy::Always);
        let untagged = World::of(Pockyt::default().with(1, known, "success"), |listener| {
            listener.sealer(sealer()).expect(one_order)
        });
        for world in [always, untagged] {
            world.deliver(&genuine(1)).await;
            assert_eq!(world.run().await.len(), 0, "{known} is not what the order is worth");
            let kept = world.only(State::Quarantined).await;
            assert!(matches!(kept.quarantine, Some(Quarantine::Doubt(Doubt::Mismatch { .. }))));
            with_reason(&kept, "Pockyt confirmed it as it is");
        }
    }
}

#[tokio::test]
async fn a_message_that_names_another_order_holds_up_nothing_that_pockyt_knows_better() {
    let world = world_with_one_order(Pockyt::default().with(1, "13.00", "success"), ConfirmPolicy::Always);
    let mut forged = fields(1, "13.00", "success");
    forged[2].1 = "no-such-order".into();
    assert_eq!(world.deliver(&form(&signed(forged))).await, "recorded");
    assert_eq!(world.deliver(&genuine(1)).await, "conflict");
    let told = world.run().await;
    assert_eq!(told.iter().map(said).collect::<Vec<_>>(), [("order-1".into(), "13.00".into(), true)]);
}

#[tokio::test]
async fn a_state_that_ended_in_success_is_told_as_that_once() {
    let success = || form(&signed(fields(1, "13.00", "success")));
    let closed = || form(&signed(fields(1, "13.00", "closed")));
    for deliveries in [vec![closed()], vec![closed(), success()], vec![success(), closed()]] {
        for handle_between in [false, true] {
            let world = World::new(Pockyt::default().with(1, "13.00", "success"), ConfirmPolicy::Always);
            for body in deliveries.iter().chain(&deliveries) {
                world.deliver(body).await;
                if handle_between {
                    world.run().await;
                }
            }
            let told = world.run().await;
            assert_eq!(told.iter().map(said).collect::<Vec<_>>(), [("order-1".into(), "13.00".into(), true)]);
            let [dead, _, rest @ ..] = world.states().await;
            assert_eq!((dead, rest), (0, [0; 3]), "nothing waits for people");
        }
    }
}

#[tokio::test]
async fn a_success_that_the_query_knows_as_a_failure_is_for_people() {
    let world = World::new(Pockyt::default().with(1, "13.00", "failed"), ConfirmPolicy::Always);
    world.deliver(&genuine(1)).await;
    for _ in 0..300 {
        assert_eq!(world.run().await.len(), 0);
        world.clock.advance(300 * SECOND);
    }
    with_reason(&world.only(State::Dead).await, "another state");
}

/// Whoever cuts a message first must not choose what is asked, since all other cuts are duplicates of his.
#[tokio::test]
async fn every_cut_of_a_message_asks_the_same_question() {
    let mut whole = fields(1, "13.00", "success");
    whole.push(("note".into(), "before you ask: a=b & c".into()));
    for cut in cuts(whole) {
        let world = World::new(Pockyt::default().with(1, "13.00", "success"), ConfirmPolicy::OnDoubt);
        let body = form(&cut);
        let verdict = world.deliver(&body).await;
        let told = world.run().await;
        assert_eq!(told.iter().map(|told| said(told).0).collect::<Vec<_>>(), ["order-1"], "{body}");
        if verdict == "quarantined" {
            let asked = world.pockyt.asked.lock().unwrap();
            let [Question::Payment(OrderKey::TransactionNo(number))] = &asked[..] else {
                panic!("{asked:?}")
            };
            assert_eq!(number.as_str(), "305680500880000001");
        }
    }
}

#[tokio::test]
async fn a_number_that_a_customer_wrote_into_a_note_is_not_asked_about() {
    let mut genuine = fields(1, "13.00", "success");
    genuine.insert(2, ("note".into(), "x&transactionNo=305680500880000002".into()));
    // The same signed text, with everything after the customer's number inside it.
    let mut recut = genuine[..2].to_vec();
    recut.push(("note".into(), "x".into()));
    let swallowed: Vec<String> =
        genuine[3..].iter().map(|(name, value)| format!("&{name}={value}")).collect();
    recut.push(("transactionNo".into(), format!("305680500880000002{}", swallowed.concat())));
    for first in [genuine.clone(), recut.clone()] {
        let pockyt = Pockyt::default().with(1, "13.00", "success").with(2, "1.00", "success");
        let world = World::new(pockyt, ConfirmPolicy::OnDoubt);
        assert_eq!(world.deliver(&form(&signed(first))).await, "quarantined");
        assert_eq!(world.deliver(&form(&signed(genuine.clone()))).await, "duplicate");
        assert_eq!(world.run().await.iter().map(|told| said(told).0).collect::<Vec<_>>(), ["order-1"]);
    }
}

#[tokio::test]
async fn what_follows_a_success_is_not_taken_for_it_while_the_query_lags() {
    let reversed = fields(1, "13.00", "reversed");
    for (body, policy) in [
        (form(&signed(reversed.clone())), ConfirmPolicy::Always),
        (form(&cuts(reversed)[4]), ConfirmPolicy::OnDoubt),
    ] {
        let world = World::new(Pockyt::default().with(1, "13.00", "success"), policy);
        world.deliver(&body).await;
        assert_eq!(world.run().await.len(), 0);
        world.pockyt.set(1, "13.00", "reversed");
        world.clock.advance(SECOND);
        let told = world.run().await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].payment().unwrap().status().as_str(), "reversed");
    }
}

#[tokio::test]
async fn an_address_with_a_slash_at_its_end_has_no_tag() {
    use http::Request;
    use http_body_util::Full;
    use tower_service::Service;

    let inbox = Arc::default();
    let listener = builder(&inbox).sealer(Sealer::new("test", SealKey::new([7; 32]))).build().unwrap();
    let router = IpnRouter::default().with(listener);
    let request = Request::post("/ipn/shop/pay/").body(Full::<bytes::Bytes>::from(genuine(1))).unwrap();
    assert_eq!(router.service().call(request).await.unwrap().status(), 200);
    assert_eq!(states(inbox.counts().await.unwrap()), [0, 0, 0, 0, 1], "taken as without a tag");
}
