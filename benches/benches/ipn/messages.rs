//! Notifications, signed beforehand.

use pockyt_sign::{ApiToken, SigningKey, algorithm};

pub(crate) const TENANT: &str = "shop";

pub(crate) fn key() -> SigningKey {
    SigningKey::new(&ApiToken::new("a-token-of-the-benchmarks-own").expect("it is well formed"))
}

/// Distinct notifications, as bodies and as whole requests.
pub(crate) struct Batch {
    pub(crate) bodies: Vec<Vec<u8>>,
    pub(crate) requests: Vec<Vec<u8>>,
}

impl Batch {
    /// The notifications of payments whose numbers grow, as Pockyt's do.
    pub(crate) fn signed(first: u64, count: usize) -> Self {
        Self::of((0..count as u64).map(|n| 305_680_500_880_000_000 + (first + n) * 17))
    }

    /// The notifications of these transaction numbers.
    pub(crate) fn of(numbers: impl Iterator<Item = u64>) -> Self {
        let key = key();
        let bodies: Vec<_> = numbers.map(|number| body(&key, number)).collect();
        let requests = bodies.iter().map(|body| request(body)).collect();
        Self { bodies, requests }
    }

    pub(crate) fn len(&self) -> usize {
        self.bodies.len()
    }
}

fn body(key: &SigningKey, number: u64) -> Vec<u8> {
    let (number, reference) = (number.to_string(), format!("order-{number}"));
    let fields = [
        ("amount", "499.95"),
        ("currency", "USD"),
        ("reference", &reference),
        ("settleCurrency", "USD"),
        ("status", "success"),
        ("time", "20261122142817"),
        ("transactionNo", &number),
    ];
    let signature = algorithm::signature(&fields, key);
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str(&format!("{name}={value}&"));
    }
    body.push_str(&format!("verifySign={}", signature.as_str()));
    body.into_bytes()
}

fn request(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /ipn/shop/payment HTTP/1.1\r\nhost: shop.example\r\nuser-agent: Pockyt\r\naccept: */*\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
