//! Free text that Pockyt shows and echoes.

use std::borrow::Cow;
use std::fmt;

use pockyt_sign::reads_as_another_field;

use crate::InvalidField;
use crate::params::Text;

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
        check(&text, 100).map_err(|rule| InvalidField::new("text", rule))?;
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

impl Text for FreeText {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

/// Something about a person: a name, an address, a telephone number. 1 to 200 characters, no control
/// characters, nothing that could be read as another field. `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonalText(String);

impl PersonalText {
    /// Checks and takes the text. The limit is ours; Pockyt states none.
    ///
    /// # Errors
    ///
    /// The rule it breaks; the field is named `text`.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidField> {
        Self::named("text", text)
    }

    pub(crate) fn named(field: &'static str, text: impl Into<String>) -> Result<Self, InvalidField> {
        let text = text.into();
        check(&text, 200).map_err(|rule| InvalidField::new(field, rule))?;
        Ok(Self(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Text for PersonalText {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl fmt::Debug for PersonalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalText(redacted)")
    }
}

fn check(text: &str, limit: usize) -> Result<(), &'static str> {
    if text.is_empty() {
        return Err("is empty; leave it out instead");
    }
    if text.chars().count() > limit {
        return Err(if limit == 100 {
            "is longer than 100 characters"
        } else {
            "is longer than 200 characters"
        });
    }
    if text.chars().any(char::is_control) {
        return Err("has control characters");
    }
    if reads_as_another_field(text) {
        return Err("could be read as another field: it has & and a name and = in it");
    }
    Ok(())
}
