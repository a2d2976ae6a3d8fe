//! reqwest, serde_json and a naive signer.

use std::collections::BTreeMap;

use pockyt_benches::{TOKEN, naive};
use serde::Deserialize;

use crate::Error;
use crate::query::{MERCHANT, NUMBER};

/// A [`reqwest::Client`] with its defaults.
#[derive(Clone, Debug)]
pub struct Reqwest {
    client: reqwest::Client,
    base_url: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "an application reads more of it than this one")]
struct Answer {
    ret_code: String,
    ret_msg: String,
    result: Transaction,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "an application reads more of it than this one")]
struct Transaction {
    amount: String,
    currency: String,
    reference: String,
    settle_currency: String,
    status: String,
    transaction_no: String,
    transaction_type: String,
}

impl Reqwest {
    /// Against the server at this URL.
    pub fn new(base_url: &str) -> Self {
        Self { client: reqwest::Client::new(), base_url: base_url.to_owned() }
    }

    pub(super) async fn ask(&self) -> Result<(), Error> {
        let params = [("merchantNo", MERCHANT.0), ("storeNo", MERCHANT.1), ("transactionNo", NUMBER)];
        let signature = naive::sign(&params, TOKEN);
        let mut body: BTreeMap<&str, &str> = params.into();
        body.insert("verifySign", &signature);
        let url = format!("{}/app-data-search/v3/tran-query", self.base_url);
        let answer: Answer = self.client.post(url).json(&body).send().await?.json().await?;
        if answer.ret_code != "000100" || answer.result.status != "success" {
            return Err("another status".into());
        }
        Ok(())
    }
}
