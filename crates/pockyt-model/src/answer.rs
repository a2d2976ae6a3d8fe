//! The envelope of every answer: a code, a message, and the result.

use std::fmt;

use crate::operation::{Envelope, View};
use crate::{DecodeError, Object, Operation, RetCode};

/// What Pockyt answered to a request.
#[derive(Clone, Debug)]
#[must_use]
pub enum Answer<T> {
    /// `ret_code` 000100. For a payment this means that it was taken in, not that it was paid.
    Accepted(T),
    /// Any other `ret_code`.
    Refused(Refusal),
}

impl<T: View> Answer<T> {
    pub(crate) fn read<O: Operation<Answer = T>>(body: &[u8]) -> Result<Self, DecodeError> {
        let wanted = match O::SPEC.envelope {
            Envelope::Flat => &[],
            Envelope::In(names) | Envelope::Open(names) => names,
        };
        let (envelope, read) = Object::parse_answer(body, wanted)?;
        let wanting = || DecodeError::new("$.ret_code", "an answer has a ret_code");
        let code = envelope.text("ret_code").ok_or_else(wanting)?;
        if *code != *"000100" {
            let code = RetCode::from_wire(&code);
            let message = envelope.optional(&["ret_msg", "retMsg"]).ok().flatten().unwrap_or_default();
            return Ok(Self::Refused(Refusal { code, message, envelope }));
        }
        let result = match (read, O::SPEC.envelope) {
            (Some(result), _) => result,
            (None, Envelope::Flat) => envelope,
            (None, Envelope::In(names)) => envelope.first_object(names)?.ok_or_else(|| {
                let name = names.first().unwrap_or(&"");
                DecodeError::new(format!("$.{name}"), "an accepted request is answered with a result")
            })?,
            (None, Envelope::Open(names)) => {
                // A result of another shape than an object is reachable in the envelope.
                envelope.first_object(names).ok().flatten().unwrap_or(envelope)
            }
        };
        Ok(Self::Accepted(T::from_object(result)))
    }
}

/// A refused request.
///
/// `Display` and `Debug` show the code and what the code table says of it, not Pockyt's own prose.
#[derive(Clone)]
pub struct Refusal {
    code: RetCode,
    message: String,
    envelope: Object,
}

impl Refusal {
    /// The code.
    pub fn code(&self) -> &RetCode {
        &self.code
    }

    /// `ret_msg` (or `retMsg`), with blanks as they came. Prose: do not decide by it.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The whole body.
    pub fn envelope(&self) -> &Object {
        &self.envelope
    }

    /// Whether the signature was refused. Pockyt's documentation shows that as code 000000 with a
    /// message that names `verifySign`.
    pub fn is_wrong_signature(&self) -> bool {
        self.code.as_str() == "000000" && self.message.to_ascii_lowercase().contains("verifysign")
    }

    /// Whether Pockyt has seen this reference or this request before. The documentation gives the words
    /// "Duplicate request error" and no code.
    pub fn is_duplicate(&self) -> bool {
        self.message.to_ascii_lowercase().contains("duplicate")
    }

    /// Whether Pockyt knows nothing by these identifiers (000021). That does not prove that a payment
    /// was not booked: it may still be on its way.
    pub fn is_not_found(&self) -> bool {
        self.code.as_str() == "000021"
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({self})")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_wrong_signature() {
            return f.write_str("a wrong signature: check token, merchantNo and storeNo");
        }
        write!(f, "ret_code {}", self.code)?;
        if let Some(meaning) = self.code.meaning() {
            write!(f, " ({meaning})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
