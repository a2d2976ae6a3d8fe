//! The command line of `pockyt listen`.

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use pockyt_ipn::source_limit::{ForwardingHeader, SourceLimit, TrustedProxies};
use pockyt_ipn::{ListenerBuilder, Retention, SealKey, SealPolicy, Sealer};
use pockyt_model::NotificationKind;
use pockyt_sign::SigningKey;
use pockyt_store::Inbox;
use zeroize::Zeroizing;

#[cfg(feature = "client")]
use super::confirm::{ConfirmArgs, Confirming};
use super::webhook::Secret;
use crate::exit::{CODES, usage};
use crate::store::Place;
use crate::token::{TokenArgs, secret_in};

const SECRET_VARIABLE: &str = "POCKYT_WEBHOOK_SECRET";
const SEAL_VARIABLE: &str = "POCKYT_SEAL_KEY";

const DAY: Duration = Duration::from_hours(24);

/// Where to listen, what to keep, and to whom to hand it.
#[derive(Args)]
#[command(after_help = CODES)]
pub(crate) struct ListenArgs {
    /// Where to listen, over plain HTTP; port 0 takes any that is free. TLS is for a proxy in front.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    addr: SocketAddr,
    /// Where notices are kept: a file that is made when it is not there, or memory.
    #[arg(long, value_name = "sqlite:PATH|memory", value_parser = Place::read)]
    pub(super) store: Place,
    /// Post each notice to this URL as a signed webhook. Without it they are printed, a line of JSON each.
    #[arg(long, value_name = "URL")]
    forward: Option<String>,
    /// Read the secret of the webhooks, `whsec_…`, from a file. [else: POCKYT_WEBHOOK_SECRET]
    #[arg(long, value_name = "FILE", requires = "forward")]
    webhook_secret_file: Option<PathBuf>,
    /// Whose notifications arrive here: the first part of the path behind /ipn.
    #[arg(long, value_name = "NAME", default_value = "default")]
    tenant: String,
    /// Hear only notifications of this kind, the second part of the path; repeatable. [default: all]
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    kind: Vec<String>,
    #[command(flatten)]
    token: TokenArgs,
    /// Listen although Pockyt publishes the token, so that anybody can sign with it.
    #[arg(long)]
    allow_published_token: bool,
    /// Read the key of sealed ipnUrls, 64 hexadecimal digits, from a file. [else: POCKYT_SEAL_KEY]
    #[arg(long, value_name = "FILE")]
    seal_key_file: Option<PathBuf>,
    /// What is made of addresses without a seal, once there is a key.
    #[arg(long, value_enum, default_value_t = Seal::Preferred)]
    seal: Seal,
    /// The environment for which addresses are sealed: the word given to the sealer.
    #[arg(long, value_name = "NAME", default_value = "sandbox")]
    seal_environment: String,
    #[cfg(feature = "client")]
    #[command(flatten)]
    confirm: ConfirmArgs,
    /// Remove what is handled or dismissed so many days after; what makes a message a duplicate stays. Without
    /// it nothing is removed.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    prune_after: Option<u32>,
    /// Believe what proxies in this network say about the caller's address; repeatable.
    #[arg(long, value_name = "CIDR")]
    trusted_proxy: Vec<String>,
    /// The header in which they say it.
    #[arg(long, value_enum, default_value_t = Header::XForwardedFor)]
    forwarding_header: Header,
    /// What is said on standard error; debug tells why a request was refused.
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = Level::Info)]
    log: Level,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Seal {
    /// They are taken, unless they have a wrong seal.
    Preferred,
    /// They are kept in quarantine.
    Required,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Header {
    /// Forwarded
    Forwarded,
    /// X-Forwarded-For
    XForwardedFor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    Error,
    Warn,
    Info,
    Debug,
}

fn kinds() -> Vec<&'static str> {
    NotificationKind::ALL.map(NotificationKind::as_str).to_vec()
}

/// What the command line says, read and checked.
pub(super) struct Settings {
    pub(super) addr: SocketAddr,
    pub(super) forward: Option<(String, Secret)>,
    pub(super) tenant: String,
    pub(super) kinds: Vec<NotificationKind>,
    pub(super) key: SigningKey,
    pub(super) published: bool,
    pub(super) sealing: Sealing,
    #[cfg(feature = "client")]
    pub(super) confirming: Confirming,
    pub(super) retention: Option<Retention>,
    pub(super) sources: SourceLimit,
}

/// How addresses are judged; `None` when there is no key.
pub(super) struct Sealing(Option<(Sealer, SealPolicy)>);

impl Sealing {
    pub(super) fn apply<I: Inbox>(self, builder: ListenerBuilder<I>) -> ListenerBuilder<I> {
        match self.0 {
            Some((sealer, policy)) => builder.sealer(sealer).seal_policy(policy),
            None => builder,
        }
    }
}

impl ListenArgs {
    /// Says on standard error what happens.
    pub(super) fn log_events(&self) {
        let level = match self.log {
            Level::Error => tracing_subscriber::filter::LevelFilter::ERROR,
            Level::Warn => tracing_subscriber::filter::LevelFilter::WARN,
            Level::Info => tracing_subscriber::filter::LevelFilter::INFO,
            Level::Debug => tracing_subscriber::filter::LevelFilter::DEBUG,
        };
        let log =
            tracing_subscriber::fmt().with_max_level(level).with_target(false).with_writer(std::io::stderr);
        // There is none yet, and without one only the log would be missing.
        let _ = log.try_init();
    }

    /// Everything, the token last: only then may it be asked for.
    pub(super) fn settings(&self) -> anyhow::Result<Settings> {
        let mut proxies = TrustedProxies::none().header(match self.forwarding_header {
            Header::Forwarded => ForwardingHeader::Forwarded,
            Header::XForwardedFor => ForwardingHeader::XForwardedFor,
        });
        for network in &self.trusted_proxy {
            proxies = proxies.and(network).map_err(|error| usage(format!("--trusted-proxy: {error}")))?;
        }
        let kinds = match self.kind.as_slice() {
            [] => NotificationKind::ALL.to_vec(),
            words => words.iter().filter_map(|word| NotificationKind::from_word(word)).collect(),
        };
        let forward = match &self.forward {
            Some(to) => Some((to.clone(), self.webhook_secret()?)),
            None => None,
        };
        let days = |days| Retention::default().handled(DAY * days);
        let sealing = self.sealing()?;
        #[cfg(feature = "client")]
        let (confirming, key) = self.confirming_and_key()?;
        #[cfg(not(feature = "client"))]
        let key = self.token.key()?;
        Ok(Settings {
            addr: self.addr,
            forward,
            tenant: self.tenant.clone(),
            kinds,
            published: self.allow_published_token,
            sealing,
            #[cfg(feature = "client")]
            confirming,
            retention: self.prune_after.map(days),
            sources: SourceLimit::default().trusted_proxies(proxies),
            key,
        })
    }

    /// The token is read once, since it may be asked for.
    #[cfg(feature = "client")]
    fn confirming_and_key(&self) -> anyhow::Result<(Confirming, SigningKey)> {
        let mut key = None;
        let confirming = self.confirm.confirming(|| {
            let token = self.token.token()?;
            key = Some(SigningKey::new(&token));
            Ok(token)
        })?;
        Ok((confirming, key.map_or_else(|| self.token.key(), Ok)?))
    }

    fn webhook_secret(&self) -> anyhow::Result<Secret> {
        let text =
            secret(self.webhook_secret_file.as_deref(), "the file of the webhook secret", SECRET_VARIABLE)?;
        let none = || usage(format!("--forward needs --webhook-secret-file FILE or {SECRET_VARIABLE}"));
        Secret::read(&text.ok_or_else(none)?).map_err(usage)
    }

    fn sealing(&self) -> anyhow::Result<Sealing> {
        let policy = match self.seal {
            Seal::Preferred => SealPolicy::Preferred,
            Seal::Required => SealPolicy::Required,
        };
        let text = secret(self.seal_key_file.as_deref(), "the file of the seal key", SEAL_VARIABLE)?;
        let Some(text) = text else {
            let wanted = policy == SealPolicy::Required;
            let problem = format!("--seal required needs --seal-key-file FILE or {SEAL_VARIABLE}");
            return if wanted { Err(usage(problem)) } else { Ok(Sealing(None)) };
        };
        let key = seal_key(&text).ok_or_else(|| usage("a seal key is 64 hexadecimal digits"))?;
        Ok(Sealing(Some((Sealer::new(self.seal_environment.clone(), key), policy))))
    }
}

/// A secret in a file or in the environment; no command line has it.
fn secret(
    file: Option<&Path>,
    source: &'static str,
    variable: &str,
) -> anyhow::Result<Option<Zeroizing<String>>> {
    match file {
        Some(path) => secret_in(path, source).map(Some),
        None => match env::var(variable) {
            Ok(text) if !text.is_empty() => Ok(Some(Zeroizing::new(text))),
            Err(env::VarError::NotUnicode(_)) => Err(usage(format!("{variable} is not UTF-8"))),
            _ => Ok(None),
        },
    }
}

fn seal_key(text: &str) -> Option<SealKey> {
    let mut bytes = Zeroizing::new([0; 32]);
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(SealKey::new(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_key_is_64_digits() {
        assert!(seal_key(&"0fA9".repeat(16)).is_some());
        for text in ["", "00", &"0g".repeat(32), &"0".repeat(63), &"0".repeat(65), &"é".repeat(32)] {
            assert!(seal_key(text).is_none(), "{text}");
        }
    }
}
