//! Free text that Pockyt shows and echoes.

use std::fmt;

use pockyt_sign::reads_as_another_field;

use crate::InvalidField;

/// A description or a note: 1 to 100 characters, no control characters.
///
/// A text that holds `&name=` is refused. Pockyt echoes notes in notifications, whose signed text is not
/// escaped: such a note would make a genuine notification readable as another one. `Tom & Ann` passes.
///
/// ```
/// use pockyt_model::FreeText;
///
/// assert!(FreeText::new("Tom & Ann").is_ok());
/// assert!(FreeText::new("gift&amount=0.01").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FreeText(String);

impl FreeText {
    /// Checks and takes the text. The limit of 100 characters is that of the vendor's Java and C# SDKs.
    ///
    /// # Errors
    ///
    /// The rule it breaks; the field is named `text`.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidField> {
        let text = text.into();
        let refuse = |rule| Err(InvalidField::new("text", rule));
        if text.is_empty() {
            return refuse("is empty; leave it out instead");
        }
        if text.chars().count() > 100 {
            return refuse("is longer than 100 characters");
        }
        if text.chars().any(char::is_control) {
            return refuse("has control characters");
        }
        if reads_as_another_field(&text) {
            return refuse("could be read as another field: it has & and a name and = in it");
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FreeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
