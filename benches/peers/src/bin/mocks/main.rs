//! pockyt-mock beside bare hyper and beside other mocks, over loopback, and what else it promises of speed:
//! `cargo run --release --features mocks --bin mocks [-- ROUNDS]`.
//!
//! Every server is a process of its own. pockyt-mock is the program as it is installed, built beside this one;
//! the others are this program again (see [`rivals`]). They take turns within each round, and each round
//! begins with another one. A ratio is taken within a round; what is printed is the median of the rounds.

mod figures;
mod load;
mod merchant;
mod process;
mod rivals;
mod shop;
mod speed;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use pockyt_peers::Error;

use rivals::Rival;

const ROUNDS: usize = 15;

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(role), Some(name)) if role == rivals::ROLE => {
            Rival::named(&name).ok_or("no such rival")?.serve()
        }
        (rounds, _) => measure(rounds.map_or(Ok(ROUNDS), |rounds| rounds.parse())?),
    }
}

fn measure(rounds: usize) -> Result<(), Error> {
    let program = built()?;
    speed::side_by_side(&program, rounds)?;
    println!();
    figures::starts(&program)?;
    figures::two_hours(&program)?;
    figures::namespaces(&program)?;
    figures::without_socket()?;
    figures::memory(&program)
}

/// Builds the mock as it is installed, and says where it is.
fn built() -> Result<PathBuf, Error> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // What `cargo run` says of this package would make build scripts of that one run again.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            command.env_remove(name);
        }
    }
    let built = command
        .args(["build", "--release", "--package", "pockyt-mock", "--bin", "pockyt-mock"])
        .args(["--message-format", "json-render-diagnostics", "--manifest-path", manifest])
        .stderr(Stdio::inherit())
        .output()?;
    let lines = String::from_utf8(built.stdout)?;
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut executables = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    executables.next_back().ok_or_else(|| "pockyt-mock was not built".into())
}
