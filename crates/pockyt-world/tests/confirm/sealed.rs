//! A sealed ipnUrl in the request: the mock posts to it.

use std::sync::Arc;
use std::time::Duration;

use pockyt_ipn::{ConfirmPolicy, SealKey, SealPolicy, SealedTerms, Sealer};
use pockyt_model::{Currency, Price, Reference};
use pockyt_store::{State, Tenant};

use crate::world::{Kept, PLAIN, World, on_each_store, paid};

on_each_store![
    what_comes_by_its_own_address_is_taken,
    what_comes_by_another_address_is_kept_and_not_told,
    what_comes_by_another_address_is_asked_about_where_somebody_is_to_ask,
];

fn sealer() -> Sealer {
    Sealer::new("sandbox", SealKey::new([8; 32]))
}

/// The address for the order of this reference and price.
fn address_of(reference: &str, price: &str) -> String {
    let terms =
        SealedTerms::payment(&Reference::new(reference).unwrap(), &Price::new(price, Currency::USD).unwrap());
    sealer()
        .url("http://shop.example/ipn", &Tenant::new("shop").unwrap(), &terms)
        .unwrap()
        .as_str()
        .to_owned()
}

async fn what_comes_by_its_own_address_is_taken<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, |builder| builder.sealer(sealer()).seal_policy(SealPolicy::Required)).await;
    let number = world.order_of("order-1", &[("ipnUrl", &address_of("order-1", "13"))]).await;
    world.pay(&number).await;
    assert!(world.is_acknowledged(&number));
    assert_eq!(world.work().await, [paid("order-1", &number, false)]);
    assert_eq!((world.questions(), world.kept(State::Quarantined).await.len()), (0, 0));
}

async fn what_comes_by_another_address_is_kept_and_not_told<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, |builder| {
        builder.sealer(sealer()).seal_policy(SealPolicy::Required).confirm_policy(ConfirmPolicy::Never)
    })
    .await;
    let plain = format!("http://shop.example{PLAIN}");
    let addresses = [
        ("another order's", address_of("order-9", "13.00")),
        ("another price's", address_of("order-1", "13.01")),
        ("none", plain),
    ];
    for (row, (name, address)) in addresses.iter().enumerate() {
        let number = world.order_of(&format!("order-{}", row + 1), &[("ipnUrl", address)]).await;
        world.pay(&number).await;
        assert!(world.is_acknowledged(&number), "{name}");
        assert_eq!(world.work().await, [], "{name}");
        assert_eq!(world.kept(State::Quarantined).await.len(), row + 1, "{name}");
    }
    world.mock.advance(Duration::from_hours(3)).await;
    assert_eq!((world.work().await, world.questions()), (Vec::new(), 0));
}

async fn what_comes_by_another_address_is_asked_about_where_somebody_is_to_ask<S: Kept>(inbox: Arc<S>) {
    let world = World::new(inbox, |builder| builder.sealer(sealer())).await;
    let addresses = [address_of("order-9", "13.00"), format!("http://shop.example{PLAIN}")];
    for (row, address) in addresses.iter().enumerate() {
        let number = world.order_of(&format!("order-{row}"), &[("ipnUrl", address)]).await;
        let body = world.pay(&number).await;
        let told = world.work().await;
        assert_eq!((told.len(), world.questions()), (row + 1, row + 1));
        assert_eq!(told[row], paid(&format!("order-{row}"), &number, true));
        // Then once more by the right address, as a duplicate.
        let right = address_of(&format!("order-{row}"), "13.00");
        let path = right.strip_prefix("http://shop.example").unwrap();
        assert_eq!(world.post(path, &body).await, (200, "success".into()));
        assert_eq!(world.work().await.len(), row + 1);
    }
}
