//! A merchant at the simulator.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

pub mod everything;

use std::time::Duration;

use pockyt_sign::{ApiToken, SigningKey, algorithm};
use pockyt_sim::{
    Account, ApiRequest, ApiResponse, Config, Delivery, DeliveryOutcome, Effect, Millis, Profile, Script,
    Sim, Wallet,
};
use serde_json::Value;

pub const TOKEN: &str = "test-token-of-merchant-900001";
pub const MERCHANT: &str = "900001";
pub const STORE: &str = "800001";
pub const START: Millis = Millis(1_700_000_000_000);

pub struct World {
    pub sim: Sim,
    pub now: Millis,
}

/// What came back, decoded.
#[derive(Debug)]
pub struct Answer {
    pub response: ApiResponse,
    pub json: Value,
}

pub fn config() -> Config {
    let own = Account::new(MERCHANT, STORE, &ApiToken::new(TOKEN).unwrap());
    let other = Account::new("900002", "800002", &ApiToken::new("another-token").unwrap());
    let accounts = Account::published().into_iter().chain([own, other]).collect();
    Config { accounts, seed: 7, ..Config::default() }
}

impl World {
    pub fn new() -> Self {
        Self::with(config())
    }

    pub fn with(config: Config) -> Self {
        Self { sim: Sim::new(config, START), now: START }
    }

    pub fn with_profile(profile: Profile) -> Self {
        Self::with(Config { profile, ..config() })
    }

    pub fn with_wallet(wallet: Wallet) -> Self {
        Self::with(Config { wallet, ..config() })
    }

    pub fn call(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.call_with_id(path, fields, None)
    }

    pub fn call_with_id(&mut self, path: &str, fields: &[(&str, &str)], request_id: Option<&str>) -> Answer {
        let body = signed_json(&with_account(fields), TOKEN);
        self.send(path, Some("application/json"), request_id, body.as_bytes())
    }

    pub fn send(
        &mut self,
        path: &str,
        content_type: Option<&str>,
        request_id: Option<&str>,
        body: &[u8],
    ) -> Answer {
        let request = ApiRequest { method: "POST", path, content_type, request_id, body };
        Answer::of(self.sim.handle(&request, self.now))
    }

    pub fn add(&mut self, reference: &str, amount: &str) -> Answer {
        let fields =
            [("amount", amount), ("currency", "USD"), ("settleCurrency", "USD"), ("reference", reference)];
        self.call("/app-instore/v3/add", &fields)
    }

    pub fn prepay(&mut self, reference: &str) -> Answer {
        let fields = [("reference", reference), ("paymentBarcode", BARCODE), ("vendor", "alipay")];
        self.call("/app-instore/v3/prepay", &fields)
    }

    pub fn qrcode(&mut self, reference: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("amount", "0.11"),
            ("currency", "USD"),
            ("settleCurrency", "USD"),
            ("reference", reference),
            ("vendor", "alipay"),
            ("needQrcode", "true"),
            ("ipnUrl", "http://127.0.0.1:9/ipn"),
        ];
        fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        fields.extend(more);
        self.call("/app-instore/v3/create-trans-qrcode", &fields)
    }

    pub fn query(&mut self, reference: &str) -> Answer {
        self.call("/app-data-search/v3/tran-query", &[("reference", reference)])
    }

    pub fn cancel(&mut self, reference: &str) -> Answer {
        self.call("/app-data-search/v3/cancel", &[("reference", reference)])
    }

    pub fn refund(&mut self, reference: &str, amount: &str, refund_reference: &str) -> Answer {
        let mut fields = vec![("reference", reference), ("refundAmount", amount), ("currency", "USD")];
        if !refund_reference.is_empty() {
            fields.push(("refundReference", refund_reference));
        }
        self.call("/app-data-search/v3/refund", &fields)
    }

    /// An order that is paid.
    pub fn paid(&mut self, reference: &str, amount: &str) -> String {
        let answer = self.qrcode(reference, &[("amount", amount)]);
        let number = answer.transaction_no();
        self.sim.approve(&number, self.now).unwrap();
        number
    }

    pub fn script(&mut self, reference: &str, wallet: Wallet) {
        self.sim.set_script(Script::new(reference, wallet)).unwrap();
    }

    pub fn wait(&mut self, seconds: u64) -> Vec<Delivery> {
        let target = self.now.plus(Duration::from_secs(seconds));
        let deliveries = deliveries(self.sim.advance(target));
        self.now = target;
        deliveries
    }

    /// Plays everything up to a time, a step at a time, each delivery answered alike.
    pub fn play(&mut self, seconds: u64, outcome: &DeliveryOutcome) -> Vec<Delivery> {
        let target = self.now.plus(Duration::from_secs(seconds));
        let mut all = Vec::new();
        while let Some(at) = self.sim.next_event().filter(|at| *at <= target) {
            self.now = self.now.max(at);
            for delivery in deliveries(self.sim.advance(at)) {
                self.sim.delivered(delivery.attempt, outcome.clone(), self.now).unwrap();
                all.push(delivery);
            }
        }
        self.now = target;
        all
    }

    pub fn status(&mut self, reference: &str) -> String {
        self.query(reference).text("status")
    }

    pub fn journal(&self) -> String {
        self.sim.journal().map(|entry| entry.to_json_line() + "\n").collect()
    }
}

pub const BARCODE: &str = "286498530672949108";

impl Answer {
    pub fn of(response: ApiResponse) -> Self {
        let json = serde_json::from_slice(&response.body).unwrap();
        Self { response, json }
    }

    pub fn code(&self) -> &str {
        self.json["ret_code"].as_str().unwrap()
    }

    pub fn text(&self, field: &str) -> String {
        self.json["result"][field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field} in {}", self.json))
            .to_owned()
    }

    pub fn transaction_no(&self) -> String {
        self.text("transactionNo")
    }

    pub fn header(&self, name: &str) -> &str {
        let headers = &self.response.headers;
        headers.iter().find(|(candidate, _)| *candidate == name).map_or("", |(_, value)| value.as_str())
    }

    pub fn field(&self) -> &str {
        self.header("Pockyt-Mock-Field")
    }

    pub fn rule(&self) -> &str {
        self.header("Pockyt-Mock-Rule")
    }

    pub fn body(&self) -> &str {
        std::str::from_utf8(&self.response.body).unwrap()
    }
}

pub fn deliveries(effects: Vec<Effect>) -> Vec<Delivery> {
    effects
        .into_iter()
        .map(|effect| match effect {
            Effect::Deliver(delivery) => delivery,
            other => panic!("unknown effect {other:?}"),
        })
        .collect()
}

pub fn with_account<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let given = |name| fields.iter().any(|(candidate, _)| *candidate == name);
    let account = [("merchantNo", MERCHANT), ("storeNo", STORE)];
    account.into_iter().filter(|(name, _)| !given(*name)).chain(fields.iter().copied()).collect()
}

pub fn sign(fields: &[(&str, &str)], token: &str) -> String {
    algorithm::signature(fields, &SigningKey::from_any_text(token)).to_string()
}

pub fn signed_json(fields: &[(&str, &str)], token: &str) -> String {
    json_of(fields, &sign(fields, token))
}

pub fn json_of(fields: &[(&str, &str)], signature: &str) -> String {
    let members: Vec<String> = fields
        .iter()
        .copied()
        .chain([("verifySign", signature)])
        .map(|(name, value)| format!("{}:{}", Value::from(name), Value::from(value)))
        .collect();
    format!("{{{}}}", members.join(","))
}

pub fn signed_form(fields: &[(&str, &str)], token: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).append_pair("verifySign", &sign(fields, token)).finish()
}

pub fn acknowledged() -> DeliveryOutcome {
    DeliveryOutcome::Answered { status: 200, body: b"success".to_vec() }
}

pub fn answered(status: u16, body: &str) -> DeliveryOutcome {
    DeliveryOutcome::Answered { status, body: body.as_bytes().to_vec() }
}
