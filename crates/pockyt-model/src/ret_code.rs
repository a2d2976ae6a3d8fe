//! `ret_code`: whether a request was accepted, and if not, roughly why.

use std::fmt;

use crate::{Effect, OperationSpec, Settlement};

/// The code of an answer (Pockyt docs, response codes). The list is open.
#[derive(Clone, PartialEq, Eq, Hash)]
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

    /// What it says as the answer to this operation: 000040 is a status in payments and a balance in
    /// payouts (the documentation's two code tables part over it).
    pub fn reason(&self, operation: &OperationSpec) -> Reason {
        match self.0.as_str() {
            "000000" => Reason::SystemError,
            "000010" => Reason::ApiVersion,
            "000020" => Reason::Missing,
            "000021" => Reason::NotFound,
            "000022" => Reason::Mismatch,
            "000023" => Reason::BadValue,
            "000030" => Reason::AccessDenied,
            "000040" if operation.settlement == Settlement::PayoutInquiry => Reason::BalanceTooLow,
            "000040" => Reason::WrongStatus,
            "000080" => Reason::VendorError,
            "000100" => Reason::Success,
            _ => Reason::Other,
        }
    }

    /// What may be done after it, whatever the operation was.
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

    /// What may be done after it as the answer to this operation: what is to be asked first after a call
    /// that changes something may simply be repeated after a read.
    pub fn class_for(&self, operation: &OperationSpec) -> RetCodeClass {
        match self.class() {
            RetCodeClass::AskFirst if operation.effect == Effect::Read => RetCodeClass::MaybeTransient,
            class => class,
        }
    }
}

/// Shows a code that is one, 1 to 16 letters or digits; anything else a server may write there is not
/// repeated, since this goes into logs.
impl fmt::Display for RetCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_code = (1..=16).contains(&self.0.len()) && self.0.bytes().all(|b| b.is_ascii_alphanumeric());
        f.write_str(if is_code { &self.0 } else { "(no code)" })
    }
}

impl fmt::Debug for RetCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RetCode({self})")
    }
}

/// What may be done after an answer. Pockyt does not say; the classes are inferred from the meanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetCodeClass {
    /// Something went wrong on the other side: query the order before anything else.
    AskFirst,
    /// Something went wrong on the other side, and nothing was to change: try again later.
    MaybeTransient,
    /// The same request will be refused again.
    Permanent,
    /// Accepted.
    Success,
}

/// What a code says, by Pockyt's code tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// 000030: no right to do it.
    AccessDenied,
    /// 000010: API version error.
    ApiVersion,
    /// 000023: a parameter's value is wrong.
    BadValue,
    /// 000040 in payouts: there is not enough to pay out.
    BalanceTooLow,
    /// 000022: parameters do not match one another.
    Mismatch,
    /// 000020: a required parameter is missing.
    Missing,
    /// 000021: a parameter matches nothing in the system. That does not prove that a payment was not booked.
    NotFound,
    /// A code that is not in the tables.
    Other,
    /// 000100.
    Success,
    /// 000000: a system error, or a wrong signature; see
    /// [`Refusal::is_wrong_signature`](crate::Refusal::is_wrong_signature).
    SystemError,
    /// 000080: the wallet's side reported an error.
    VendorError,
    /// 000040 in payments: the transaction's status does not allow it.
    WrongStatus,
}
