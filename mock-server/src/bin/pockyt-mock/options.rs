//! The command line.

use std::error::Error;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use pockyt_mock::{
    Account, AccountError, Allow, Builder, ClockMode, FaultProfile, MockPockyt, Profile, Schedule,
};

use crate::simulate::Simulate;

#[derive(Parser)]
#[command(version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the API, the cashier page and the control API until interrupted.
    Serve(Box<Serve>),
    /// Run payment histories with their notifications in virtual time, without sockets, and print a report
    /// whose last line is a digest of everything that was sent.
    Simulate(Simulate),
}

#[derive(Args)]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes a free one. The first line on standard output says which.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// How time passes: real, manual, or xN (N times faster).
    #[arg(long, value_name = "real|manual|xN", default_value = "real")]
    clock: ClockMode,
    /// Seed of everything that looks random.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Choices where Pockyt's sources differ: lenient or strict.
    #[arg(long, value_name = "NAME", default_value = "lenient")]
    profile: Profile,
    /// One more account beside the two published sandbox accounts; repeatable.
    #[arg(long = "merchant", value_name = "NO:STORE:TOKEN", value_parser = AccountParser)]
    pub(crate) accounts: Vec<Account>,
    /// When notifications are resent: even, doubling, alipay-scaled, burst or adversarial.
    #[arg(long, value_name = "NAME", default_value = "even")]
    ipn_schedule: Schedule,
    /// Faults that strike by themselves, by the name of a profile: none, lossy, flaky, slow, garbled, post,
    /// forger or chaos.
    #[arg(long, value_name = "NAME", default_value = "none")]
    faults: FaultProfile,
    /// Let notifications go beyond loopback to this host, address or network; repeatable.
    #[arg(long = "ipn-allow", value_name = "HOST_OR_CIDR")]
    ipn_allow: Vec<Allow>,
    /// Deliver notifications for HOST:PORT to ADDR:PORT; repeatable.
    #[arg(long, value_name = "HOST:PORT=ADDR:PORT", value_parser = read_resolve)]
    resolve: Vec<(String, SocketAddr)>,
    /// Speak https as well as http, on the same port. The certificate is for localhost, the address that is
    /// listened on, and each --tls-host.
    #[arg(long)]
    pub(crate) tls: bool,
    /// A host name that clients reach the mock by, such as Pockyt's own; repeatable. Implies --tls.
    #[arg(long = "tls-host", value_name = "NAME")]
    tls_hosts: Vec<String>,
    /// Where the certificate authority is kept that clients have to trust; made on first use, with its key
    /// beside it in a file that ends in .key. Implies --tls.
    #[arg(long, value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// Deliver notifications to https listeners whose certificates come from this authority; repeatable.
    #[arg(long = "ipn-ca", value_name = "FILE", value_parser = read_authority)]
    ipn_authorities: Vec<Vec<u8>>,
    /// The control API wants this as `Authorization: Bearer`. Needed to use it beyond loopback.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "POCKYT_MOCK_CONTROL_TOKEN",
        hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub(crate) control_token: Option<String>,
    /// Threads that serve. Requests are carried out one after another whatever their number; more pay where many
    /// clients connect by TLS.
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN)]
    pub(crate) threads: NonZeroUsize,
    /// Base of the URLs in answers, when clients reach the mock under another name.
    #[arg(long, value_name = "URL", value_parser = read_public_url)]
    public_url: Option<String>,
}

/// Where the authority is kept unless told otherwise.
const DEFAULT_AUTHORITY: &str = "pockyt-mock-ca.pem";

impl Serve {
    /// Where the authority is that clients have to trust.
    pub(crate) fn authority(&self) -> Option<PathBuf> {
        let speaks_tls = self.tls || self.tls_ca.is_some() || !self.tls_hosts.is_empty();
        speaks_tls.then(|| self.tls_ca.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_AUTHORITY)))
    }

    pub(crate) fn into_builder(self) -> Builder {
        let authority = self.authority();
        let mut builder = MockPockyt::builder()
            .listen(self.listen)
            .clock(self.clock)
            .seed(self.seed)
            .profile(self.profile)
            .schedule(self.ipn_schedule)
            .fault_profile(self.faults);
        for account in self.accounts {
            builder = builder.account(account);
        }
        for destination in self.ipn_allow {
            builder = builder.allow_notifications_to(destination);
        }
        for (host_and_port, address) in self.resolve {
            builder = builder.resolve(&host_and_port, address);
        }
        if let Some(kept_in) = authority {
            builder = builder.tls(self.tls_hosts).tls_authority_in(kept_in);
        }
        for authority in self.ipn_authorities {
            builder = builder.trust_listeners_of(authority);
        }
        if let Some(token) = self.control_token {
            builder = builder.control_token(token);
        }
        if let Some(url) = self.public_url {
            builder = builder.public_url(url);
        }
        builder
    }
}

/// Reads an account. Clap's own readers repeat what they cannot read, and this holds a token.
#[derive(Clone)]
struct AccountParser;

impl TypedValueParser for AccountParser {
    type Value = Account;

    fn parse_ref(
        &self,
        command: &clap::Command,
        option: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Account, clap::Error> {
        let read = value.to_str().ok_or(AccountError::Form).and_then(str::parse::<Account>);
        read.map_err(|error| {
            let option = option.map_or_else(|| "--merchant".to_owned(), ToString::to_string);
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            let message = format!(
                "invalid value for '{option}': {error}{cause}\n\nFor more information, try '--help'.\n"
            );
            clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}

fn read_authority(path: &str) -> Result<Vec<u8>, String> {
    let pem = std::fs::read(path).map_err(|error| error.to_string())?;
    let is_certificate = pem.windows(22).any(|window| window == b"-----BEGIN CERTIFICATE");
    if is_certificate { Ok(pem) } else { Err("expected certificates in PEM".to_owned()) }
}

fn read_resolve(text: &str) -> Result<(String, SocketAddr), String> {
    let form = || "written HOST:PORT=ADDR:PORT, as in shop.example:80=127.0.0.1:3000".to_owned();
    let (name, address) = text.split_once('=').ok_or_else(form)?;
    let (host, port) = name.rsplit_once(':').ok_or_else(form)?;
    if host.is_empty() || port.parse::<u16>().is_err() {
        return Err(form());
    }
    Ok((name.to_owned(), address.parse().map_err(|_| form())?))
}

/// Without a slash at its end, since paths are put after it.
fn read_public_url(text: &str) -> Result<String, &'static str> {
    const FORM: &str = "expected a URL such as http://pockyt.example:8080, without user, query and fragment";
    let url = text.trim_end_matches('/');
    let uri: http::Uri = url.parse().map_err(|_| FORM)?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    if is_web && has_host && !url.contains(['@', '?', '#']) { Ok(url.to_owned()) } else { Err(FORM) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_a_base_to_which_paths_can_be_added() {
        for (text, expected) in [
            ("http://pockyt.example", Some("http://pockyt.example")),
            ("https://pockyt.example:8443//", Some("https://pockyt.example:8443")),
            ("http://tools.example/pockyt/", Some("http://tools.example/pockyt")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("pockyt.example", None),
            ("ftp://pockyt.example", None),
            ("http://", None),
            ("http:///path", None),
            ("http://pockyt.example/?a=1", None),
            ("http://pockyt.example/#a", None),
            ("http://me@pockyt.example", None),
            ("http://pockyt example", None),
            ("", None),
        ] {
            assert_eq!(read_public_url(text).ok().as_deref(), expected, "{text}");
        }
    }
}
