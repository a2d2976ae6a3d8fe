//! Reaching Pockyt: who calls, and where.

mod pace;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use pockyt_client::{
    BodyForm, BuildError, CallError, Client, Credentials, Environment, ErrorKind, Roots, Tls,
};
use pockyt_model::Merchant;
use pockyt_sign::ApiToken;

use crate::exit::{Exit, usage};
use crate::token::TokenArgs;
pub(crate) use pace::Pace;

/// Who calls, and where.
#[derive(Args)]
pub(crate) struct RemoteArgs {
    /// The numbers of merchant and store, such as 200043:300014.
    #[arg(long, value_name = "NO:STORE", env = "POCKYT_MERCHANT")]
    merchant: String,
    #[command(flatten)]
    token: TokenArgs,
    #[command(flatten)]
    pockyt: PockytArgs,
}

/// Where Pockyt is.
#[derive(Args)]
pub(crate) struct PockytArgs {
    /// Where Pockyt is. [default: sandbox]
    #[arg(long, value_name = "NAME", value_enum)]
    environment: Option<Place>,
    /// Another place: https, or http to this machine, such as a mock.
    #[arg(long, value_name = "URL", conflicts_with = "environment")]
    base_url: Option<String>,
    /// Trust the certificates of this PEM file, and no others.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// The clock there runs N times as fast, as that of `pockyt-mock serve --clock xN`.
    #[arg(long, value_name = "xN", default_value = "x1", hide_default_value = true, value_parser = Pace::read)]
    clock: Pace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Place {
    /// mapi.yuansfer.com: real money
    Production,
    /// mapi.pockyt.io: real money
    ProductionPockytIo,
    /// mapi.yuansferdev.com
    Sandbox,
    /// mapi.yuansfer.yunkeguan.com
    SandboxYunkeguan,
}

impl Place {
    fn environment(self) -> Environment {
        match self {
            Self::Production => Environment::PRODUCTION,
            Self::ProductionPockytIo => Environment::PRODUCTION_POCKYT_IO,
            Self::Sandbox => Environment::SANDBOX,
            Self::SandboxYunkeguan => Environment::SANDBOX_YUNKEGUAN,
        }
    }
}

impl RemoteArgs {
    /// How fast the clock there runs.
    pub(crate) fn pace(&self) -> Pace {
        self.pockyt.clock
    }

    /// A client; what is wrong with the arguments is found before a token is asked for.
    pub(crate) fn client(&self, form: BodyForm) -> anyhow::Result<Client> {
        self.pockyt.client(&self.merchant, form, || self.token.token())
    }
}

impl PockytArgs {
    /// Whether somebody said where.
    #[cfg(feature = "listen")]
    pub(crate) fn is_given(&self) -> bool {
        self.environment.is_some() || self.base_url.is_some() || self.ca_file.is_some()
    }

    /// Where that is.
    pub(crate) fn environment(&self) -> anyhow::Result<Environment> {
        match &self.base_url {
            None => Ok(self.environment.unwrap_or(Place::Sandbox).environment()),
            Some(url) => Environment::at(url).map_err(|error| usage(error.to_string())),
        }
    }

    /// A client of this merchant, `NO:STORE`.
    pub(crate) fn client(
        &self,
        merchant: &str,
        form: BodyForm,
        token: impl FnOnce() -> anyhow::Result<ApiToken>,
    ) -> anyhow::Result<Client> {
        let numbers = merchant.split_once(':').unwrap_or((merchant, ""));
        let merchant = Merchant::new(numbers.0, numbers.1)
            .map_err(|error| usage(format!("--merchant is NO:STORE, such as 200043:300014: {error}")))?;
        let environment = self.environment()?;
        let tls = match &self.ca_file {
            None => Tls::default(),
            Some(path) => {
                let pem = fs::read(path).context("cannot read the file of certificates")?;
                Tls::default().roots(Roots::from_pem(&pem).map_err(refused)?)
            }
        };
        let credentials = Credentials::new(merchant, &token()?);
        let builder = Client::builder(environment, credentials).body_form(form).tls(tls).timer(self.clock);
        builder.build().map_err(refused)
    }
}

fn refused(error: BuildError) -> anyhow::Error {
    usage(error.to_string())
}

/// Runs to the end.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.context("cannot wait for the network")?.block_on(future))
}

/// What a failed call means for the exit code, and the word for it.
pub(crate) fn verdict(error: &CallError) -> (Exit, &'static str) {
    match error.kind() {
        ErrorKind::Build => (Exit::Usage, "not-made"),
        _ if error.may_have_taken_effect() => (Exit::Unresolved, "unresolved"),
        ErrorKind::Api(_) => (Exit::Refused, "refused"),
        ErrorKind::NotSent => (Exit::NoAnswer, "not-sent"),
        _ => (Exit::NoAnswer, "no-answer"),
    }
}

/// What went wrong, with Pockyt's own words and the causes below.
pub(crate) fn explained(error: &CallError) -> String {
    let mut text = error.to_string();
    let mut add = |more: &str| {
        if !more.is_empty() && !text.contains(more) {
            text.push_str(": ");
            text.push_str(more);
        }
    };
    add(error.refusal().map(|refusal| refusal.message().trim()).unwrap_or_default());
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        add(&cause.to_string());
        next = cause.source();
    }
    text
}

/// A time such as `90s`, `15m` or `2h`; a bare number is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, &'static str> {
    const RULE: &str = "a time is a number of seconds, or a number with s, m or h behind it";
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) if text.ends_with('m') => (number, 60),
        Some(number) if text.ends_with('h') => (number, 60 * 60),
        Some(number) => (number, 1),
        None => (text, 1),
    };
    let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let seconds = number.parse::<u64>().ok().filter(|_| digits).and_then(|number| number.checked_mul(unit));
    seconds.map(Duration::from_secs).ok_or(RULE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("15m", 900), ("2h", 7200), ("0", 0)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "1.5h", "-1", "+1", "1d", "1 s", "99999999999999999999", "9999999999999999999h"]
        {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
