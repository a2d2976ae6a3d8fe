//! An online checkout in axum: `POST /checkout` makes an order and sends the browser to Pockyt's cashier
//! page; `GET /thanks` is where the browser comes back to, and asks Pockyt, since whoever types the address
//! can write any status into it. Runs against the mock: `cargo run --example checkout`.
#![allow(clippy::print_stdout, reason = "an example tells what it does")]

use std::error::Error;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use pockyt_client::Client;
use pockyt_model::operation::Terminal;
use pockyt_model::operation::{SecurePay, TranQuery};
use pockyt_model::{CallbackUrl, Currency, Price, Reference, Standing, Vendor};

#[derive(Clone)]
struct Shop {
    client: Client,
    /// Where the browser comes back to, with `{reference}` for Pockyt to fill in.
    back: CallbackUrl,
}

/// What the basket's form sends.
#[derive(serde::Deserialize)]
struct Basket {
    order: String,
    amount: String,
}

#[derive(serde::Deserialize)]
struct Back {
    reference: String,
}

/// The shop's pages.
pub fn shop(client: Client, back: CallbackUrl) -> Router {
    Router::new()
        .route("/checkout", post(checkout))
        .route("/thanks", get(thanks))
        .with_state(Shop { client, back })
}

async fn checkout(State(shop): State<Shop>, Form(basket): Form<Basket>) -> Response {
    let request = || {
        let price = Price::new(&basket.amount, Currency::USD)?;
        let reference = Reference::new(basket.order.clone())?;
        Ok::<_, pockyt_model::InvalidField>(SecurePay::new(
            price,
            Vendor::ALIPAY,
            Terminal::Online,
            reference,
            shop.back.clone(),
        ))
    };
    let Ok(request) = request() else { return StatusCode::UNPROCESSABLE_ENTITY.into_response() };
    match shop.client.online().secure_pay(&request).await {
        Ok(order) => match order.cashier_url() {
            Ok(Some(page)) => Redirect::to(&page).into_response(),
            _ => StatusCode::BAD_GATEWAY.into_response(),
        },
        // The order may exist: the customer tries again under another reference only when it does not.
        Err(error) if error.may_have_moved_money() => {
            (StatusCode::ACCEPTED, "we are asking Pockyt about your order").into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

async fn thanks(State(shop): State<Shop>, Query(back): Query<Back>) -> Response {
    let Ok(reference) = Reference::new(back.reference) else { return StatusCode::NOT_FOUND.into_response() };
    match shop.client.orders().query(&TranQuery::by_reference(reference)).await.map(|order| order.standing())
    {
        Ok(Standing::Paid) => "thank you, it is paid".into_response(),
        Ok(Standing::Unpaid) => "it was not paid".into_response(),
        Ok(_) | Err(_) => "we are waiting for the payment".into_response(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    use pockyt_client::{Credentials, Environment};
    use pockyt_mock::{ClockMode, MockPockyt};
    use pockyt_model::Merchant;
    use pockyt_sign::ApiToken;

    let mock = MockPockyt::builder().clock(ClockMode::Real).start().await?;
    let token = ApiToken::new("5cbfb079f15b150122261c8537086d77a")?;
    let credentials = Credentials::new(Merchant::new("200043", "300014")?, &token);
    let client = Client::builder(Environment::at(mock.url())?, credentials).build()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let shop_url = format!("http://{}", listener.local_addr()?);
    println!("curl -i {shop_url}/checkout -d order=web-1 -d amount=42.00");
    let back = CallbackUrl::new(format!("{shop_url}/thanks?reference={{reference}}"))?;
    axum::serve(listener, shop(client, back)).await?;
    Ok(())
}
