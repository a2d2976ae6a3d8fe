//! How the program ends.

use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::output;

/// What the exit code says. Scripts rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; the message is verified; the signature is right as it is.
    Fine = 0,
    /// A file, a pipe or a line of the input could not be used.
    Failed = 1,
    /// The command line or the token is not as it should be.
    Usage = 2,
    /// The signature is right, but the message can be read in more than one way.
    Ambiguous = 3,
    /// The message is not believed, the parameters are not signed, or nothing explains the signature.
    Rejected = 4,
    /// A known variation explains the signature.
    Explained = 5,
    /// Pockyt refused the call, or a notice was not in a state for what was asked; nothing was done.
    #[cfg(any(feature = "client", feature = "listen"))]
    Refused = 6,
    /// Nobody knows yet what became of the call or of the order.
    #[cfg(feature = "client")]
    Unresolved = 7,
    /// There is no answer, and nothing was done.
    #[cfg(feature = "client")]
    NoAnswer = 8,
    /// The order failed or was closed.
    #[cfg(feature = "client")]
    Unpaid = 9,
    /// The order was paid, and a part or all of it given back.
    #[cfg(feature = "client")]
    GivenBack = 10,
    /// What was answered is about another order, or contradicts itself.
    #[cfg(feature = "client")]
    Conflict = 11,
}

/// The same numbers for `--help`.
pub(crate) const CODES: &str = "\
Exit codes:
  0  done; verified; explain: the signature is right as it is; call: accepted; poll: paid
  1  a file, store, socket or pipe failed, or a line given to --lines was bad
  2  wrong usage, or no usable token
  3  the signature is right, but the message is ambiguous
  4  verify: rejected; sign: the parameters are refused; explain: nothing known explains it
  5  explain: a known variation explains it
  6  call, poll: refused, and nothing was done; dead-letters: there is no such notice, or none to decide so
  7  call: nobody knows whether it was done; poll: not final at the deadline
  8  call, poll: no answer, and nothing was done
  9  poll: failed or closed
 10  poll: paid, and given back in part or whole
 11  poll: another order, or one that contradicts itself";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A mistake in how the program was called.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// A [`Usage`] mistake as an error.
pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
    Usage(message.into()).into()
}

/// Says on standard error what went wrong. A reader who has left is told nothing.
pub(crate) fn report(error: &anyhow::Error) -> Exit {
    let is_closed_pipe = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    if !error.chain().any(is_closed_pipe) {
        output::error(&format!("{error:#}"));
    }
    if error.is::<Usage>() { Exit::Usage } else { Exit::Failed }
}
