//! Asking Pockyt about what a notification cannot prove by itself.

use clap::Args;
use pockyt_client::{BodyForm, Client};
use pockyt_ipn::{ConfirmPolicy, ListenerBuilder};
use pockyt_model::{Amount, Currency};
use pockyt_sign::ApiToken;
use pockyt_store::Inbox;

use crate::exit::usage;
use crate::remote::PockytArgs;

/// Whom to ask, and about what.
#[derive(Args)]
pub(super) struct ConfirmArgs {
    /// The numbers of merchant and store, such as 200043:300014: with them Pockyt can be asked.
    #[arg(long, value_name = "NO:STORE", env = "POCKYT_MERCHANT")]
    merchant: Option<String>,
    /// What Pockyt is asked about before it is handed on. [default: on-doubt with --merchant, else never]
    #[arg(long, value_name = "never|on-doubt|always|above:AMOUNT:CURRENCY", value_parser = policy)]
    confirm: Option<ConfirmPolicy>,
    #[command(flatten)]
    pockyt: PockytArgs,
}

/// Somebody to ask, if anybody.
pub(super) struct Confirming(Option<Asking>);

struct Asking {
    address: String,
    client: Client,
    policy: ConfirmPolicy,
}

impl Confirming {
    /// The address at which Pockyt is asked, if it is.
    pub(super) fn asks(&self) -> Option<&str> {
        self.0.as_ref().map(|asking| asking.address.as_str())
    }

    pub(super) fn apply<I: Inbox>(self, builder: ListenerBuilder<I>) -> ListenerBuilder<I> {
        match self.0 {
            Some(Asking { client, policy, .. }) => builder.confirm_with(client).confirm_policy(policy),
            None => builder,
        }
    }
}

impl ConfirmArgs {
    /// What is wrong with the arguments is found before a token is asked for.
    pub(super) fn confirming(
        &self,
        token: impl FnOnce() -> anyhow::Result<ApiToken>,
    ) -> anyhow::Result<Confirming> {
        let policy = match (&self.confirm, &self.merchant) {
            (Some(ConfirmPolicy::Never), _) => return Ok(Confirming(None)),
            (None, None) if !self.pockyt.is_given() => return Ok(Confirming(None)),
            (_, None) => {
                return Err(usage("to ask Pockyt, --merchant NO:STORE or POCKYT_MERCHANT is needed"));
            }
            (policy, Some(_)) => policy.clone().unwrap_or_default(),
        };
        let merchant = self.merchant.as_deref().unwrap_or_default();
        let address = self.pockyt.environment()?.base_url().to_owned();
        let client = self.pockyt.client(merchant, BodyForm::Json, token)?;
        Ok(Confirming(Some(Asking { address, client, policy })))
    }
}

fn policy(text: &str) -> Result<ConfirmPolicy, String> {
    let (word, price) = text.split_once(':').map_or((text, None), |(word, price)| (word, Some(price)));
    match (word, price) {
        ("always", None) => Ok(ConfirmPolicy::Always),
        ("never", None) => Ok(ConfirmPolicy::Never),
        ("on-doubt", None) => Ok(ConfirmPolicy::OnDoubt),
        ("above", Some(price)) => above(price),
        _ => Err("it is never, on-doubt, always or above:AMOUNT:CURRENCY".into()),
    }
}

fn above(price: &str) -> Result<ConfirmPolicy, String> {
    let rule = || String::from("above is above:AMOUNT:CURRENCY, such as above:100.00:USD");
    let (amount, currency) = price.split_once(':').ok_or_else(rule)?;
    let amount = Amount::parse(amount).map_err(|error| format!("{}: {error}", rule()))?;
    let currency = Currency::new(currency).map_err(|error| format!("{}: {error}", rule()))?;
    Ok(ConfirmPolicy::Above(amount, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_words() {
        let hundred = ConfirmPolicy::Above(Amount::parse("100.00").unwrap(), Currency::USD);
        for (text, expected) in [
            ("never", ConfirmPolicy::Never),
            ("on-doubt", ConfirmPolicy::OnDoubt),
            ("always", ConfirmPolicy::Always),
            ("above:100.00:USD", hundred),
        ] {
            assert_eq!(policy(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            "Always",
            "always:",
            "above",
            "above:",
            "above:1",
            "above:x:USD",
            "above:1:usd",
            "never:1:USD",
        ] {
            assert!(policy(text).is_err(), "{text}");
        }
    }
}
