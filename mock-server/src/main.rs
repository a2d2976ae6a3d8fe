//! `pockyt-mock`: a mock of the Pockyt payment API for code in any language.

use std::io::{self, Write};
use std::net::SocketAddr;

use anyhow::{Context, bail};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand};
use pockyt_mock::{Allow, Builder, ClockMode, Merchant, MockPockyt, Profile, Schedule};

#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API, the cashier page and the control API until interrupted.
    Serve(Serve),
}

#[derive(Args)]
struct Serve {
    /// Where to listen; port 0 takes a free one. The first line on standard output says which.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// How time passes: real, manual, or xN (N times faster).
    #[arg(long, value_name = "real|manual|xN", default_value = "real")]
    clock: ClockMode,
    /// Seed of everything that looks random.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Choices where Pockyt's sources differ: lenient or strict.
    #[arg(long, value_name = "NAME", default_value = "lenient")]
    profile: Profile,
    /// One more merchant beside the two published sandbox accounts; repeatable.
    #[arg(long = "merchant", value_name = "NO:STORE:TOKEN")]
    merchants: Vec<String>,
    /// When notifications are resent: even, doubling, alipay-scaled or burst.
    #[arg(long, value_name = "NAME", default_value = "even")]
    ipn_schedule: Schedule,
    /// Let notifications go beyond loopback to this host, address or network; repeatable.
    #[arg(long = "ipn-allow", value_name = "HOST_OR_CIDR")]
    ipn_allow: Vec<Allow>,
    /// Deliver notifications for HOST:PORT to ADDR:PORT; repeatable.
    #[arg(long, value_name = "HOST:PORT=ADDR:PORT", value_parser = read_resolve)]
    resolve: Vec<(String, SocketAddr)>,
    /// The control API wants this as `Authorization: Bearer`. Needed to use it beyond loopback.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "POCKYT_MOCK_CONTROL_TOKEN",
        hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new()
    )]
    control_token: Option<String>,
    /// Base of the URLs in answers, when clients reach the mock under another name.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Command::Serve(serve) = Cli::parse().command;
    let listen = serve.listen;
    let mock = serve.into_builder()?.start().await.with_context(|| format!("cannot listen on {listen}"))?;
    greet(&mock)?;
    interrupted().await.context("cannot wait for an interrupt")?;
    mock.shutdown().await;
    Ok(())
}

impl Serve {
    fn into_builder(self) -> anyhow::Result<Builder> {
        let mut builder = MockPockyt::builder()
            .listen(self.listen)
            .clock(self.clock)
            .seed(self.seed)
            .profile(self.profile)
            .schedule(self.ipn_schedule);
        for (position, text) in self.merchants.iter().enumerate() {
            // Read here and not by clap, which would repeat the token when it cannot be read.
            let merchant: Merchant = text
                .parse()
                .with_context(|| format!("the --merchant number {} cannot be used", position + 1))?;
            builder = builder.merchant(merchant);
        }
        for destination in self.ipn_allow {
            builder = builder.allow_notifications_to(destination);
        }
        for (host_and_port, address) in self.resolve {
            builder = builder.resolve(&host_and_port, address);
        }
        if let Some(token) = self.control_token {
            builder = builder.control_token(token);
        }
        if let Some(url) = self.public_url {
            let url = url.trim_end_matches('/');
            if !url.starts_with("http://") && !url.starts_with("https://") {
                bail!("--public-url is a URL such as http://pockyt.example:8080");
            }
            builder = builder.public_url(url);
        }
        Ok(builder)
    }
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

/// One line for programs on standard output, some for people on standard error.
fn greet(mock: &MockPockyt) -> io::Result<()> {
    let url = mock.url();
    let mut out = io::stdout().lock();
    writeln!(out, "listening on {url}")?;
    out.flush()?;
    writeln!(
        io::stderr().lock(),
        "Pockyt mock. Published sandbox accounts: merchant 200043 store 300014, merchant 202333 store 301854.\n\
         API base URL {url} - control API {url}/_mock/clock - cashier pages {url}/cashier/<transactionNo>\n\
         Ctrl-C stops it."
    )
}

#[cfg(unix)]
async fn interrupted() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupt = tokio::signal::ctrl_c() => interrupt,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interrupted() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
