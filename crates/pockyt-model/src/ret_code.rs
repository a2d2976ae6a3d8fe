//! `ret_code`: whether a request was accepted, and if not, roughly why.

use std::fmt;

/// The code of an answer (Pockyt docs, response codes). The list is open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RetCode(String);

impl RetCode {
    pub(crate) fn from_wire(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the request was accepted: `000100`. That is not yet a payment.
    pub fn is_success(&self) -> bool {
        self.0 == "000100"
    }

    /// What the code table says, in our words; `None` for a code that is not in it.
    pub fn meaning(&self) -> Option<&'static str> {
        Some(match self.0.as_str() {
            "000000" => "system error",
            "000010" => "API version error",
            "000020" => "a required parameter is missing",
            "000021" => "a parameter matches nothing in the system",
            "000022" => "parameters do not match one another",
            "000023" => "a parameter's value is wrong",
            "000030" => "access denied",
            "000040" => "the transaction's status does not allow it, or, in payouts, the balance does not",
            "000080" => "the wallet's side reported an error",
            "000100" => "success",
            _ => return None,
        })
    }

    /// What may be done after it.
    pub fn class(&self) -> RetCodeClass {
        match self.0.as_str() {
            "000100" => RetCodeClass::Success,
            "000010" | "000020" | "000021" | "000022" | "000023" | "000030" | "000040" => {
                RetCodeClass::Permanent
            }
            // 000000 and 000080, and any code that is new.
            _ => RetCodeClass::AskFirst,
        }
    }
}

impl fmt::Display for RetCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What may be done after an answer. Pockyt does not say; the classes are inferred from the meanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetCodeClass {
    /// Something went wrong on the other side: query the order before anything else.
    AskFirst,
    /// The same request will be refused again.
    Permanent,
    /// Accepted.
    Success,
}
