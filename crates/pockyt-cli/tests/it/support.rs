//! Runs the built program.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A token that must not be found in anything that is printed.
pub(crate) const CANARY: &str = "canary-5f0c2b7e91d84a36";

/// Its MD5, with which anybody can sign.
const CANARY_KEY: &str = "eed02ce4b5e14be5601290159c60e6e2";

/// The program with a clean environment.
pub(crate) fn pockyt(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pockyt"));
    command.args(args);
    for variable in [
        "POCKYT_API_TOKEN",
        "POCKYT_MERCHANT",
        "POCKYT_SEAL_KEY",
        "POCKYT_WEBHOOK_SECRET",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
    ] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What one run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        let ran = Self {
            code: output.status.code().expect("it was not killed"),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        for secret in [CANARY, CANARY_KEY] {
            assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "a secret was printed: {ran:?}");
        }
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran
    }
}

/// Runs to the end with this on standard input.
pub(crate) fn run_with(mut command: Command, input: &[u8]) -> Ran {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_vec();
    // In a thread, since the answers must be read meanwhile.
    let writing = std::thread::spawn(move || {
        // A program that refuses its arguments does not read.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("it ends");
    writing.join().expect("writing does not panic");
    output.into()
}

/// Runs to the end with nothing on standard input.
pub(crate) fn run(mut command: Command) -> Ran {
    command.output().expect("it starts").into()
}

/// Runs with the canary in the environment.
pub(crate) fn run_signed(args: &[&str], input: &[u8]) -> Ran {
    let mut command = pockyt(args);
    command.env("POCKYT_API_TOKEN", CANARY);
    run_with(command, input)
}

/// A file that is gone when this is.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(content: impl AsRef<[u8]>) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, content).expect("the file is written");
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("the path is UTF-8")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
