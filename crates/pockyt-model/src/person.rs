//! People: customers and payees. Nothing about them is ever shown by `Debug`.

use std::borrow::Cow;

use crate::card::secret_text;
use crate::operation::{maybe, needed};
use crate::params::{Part, Text};
use crate::wire_enum::wire_enum;
use crate::{FieldSpec, InvalidField, Params, PersonalText};

/// Who somebody is: two names and an e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    first_name: PersonalText,
    last_name: PersonalText,
    email: PersonalText,
}

impl Person {
    /// A person by name and address.
    ///
    /// # Errors
    ///
    /// A text is empty, too long, has control characters or could be read as another field; or the e-mail
    /// address has no `@` between two other characters.
    pub fn new(
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        email: impl Into<String>,
    ) -> Result<Self, InvalidField> {
        let email = email_address("email", email)?;
        Ok(Self {
            first_name: PersonalText::named("firstName", first_name)?,
            last_name: PersonalText::named("lastName", last_name)?,
            email,
        })
    }
}

/// A text with an `@` between two others. Whether it is an address only a letter to it can tell.
pub(crate) fn email_address(
    field: &'static str,
    address: impl Into<String>,
) -> Result<PersonalText, InvalidField> {
    let address = PersonalText::named(field, address)?;
    match address.as_str().split_once('@') {
        Some((user, host)) if !user.is_empty() && !host.is_empty() => Ok(address),
        _ => Err(InvalidField::new(field, "must be an e-mail address")),
    }
}

impl Part for Person {
    const FIELDS: &'static [FieldSpec] = &[needed("email"), needed("firstName"), needed("lastName")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        params.push("email", self.email.as_str());
        params.push("firstName", self.first_name.as_str());
        params.push("lastName", self.last_name.as_str());
    }
}

/// A country by its two capital letters, as in ISO 3166. (A tutorial shows `1`; the documentation's field
/// lists want letters.)
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CountryCode(String);

impl CountryCode {
    /// Reads a code.
    ///
    /// # Errors
    ///
    /// The text is not two capital letters.
    pub fn new(code: impl Into<String>) -> Result<Self, InvalidField> {
        let code = code.into();
        if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self(code))
        } else {
            Err(InvalidField::new("countryCode", "must be two capital letters"))
        }
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Text for CountryCode {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

/// The country somebody lives in, with the state that the United States need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    code: CountryCode,
    state: Option<PersonalText>,
}

impl Country {
    /// The United States, and the state by its two letters (the vendor's PHP SDK demands it).
    ///
    /// # Errors
    ///
    /// The state is not two capital letters.
    pub fn united_states(state: &str) -> Result<Self, InvalidField> {
        let state = CountryCode::new(state).map_err(|error| InvalidField::new("state", error.rule()))?;
        Ok(Self { code: CountryCode("US".to_owned()), state: Some(PersonalText::named("state", state.0)?) })
    }

    /// Any other country, without a state.
    ///
    /// # Errors
    ///
    /// It is not two capital letters, or `US`, which needs a state.
    pub fn new(code: &str) -> Result<Self, InvalidField> {
        let code = CountryCode::new(code)?;
        if code.as_str() == "US" {
            return Err(InvalidField::new("state", "is needed for the United States"));
        }
        Ok(Self { code, state: None })
    }

    /// Any country with a state or province.
    ///
    /// # Errors
    ///
    /// As [`Country::united_states`] and [`Country::new`].
    pub fn with_state(code: &str, state: &str) -> Result<Self, InvalidField> {
        if code == "US" {
            return Self::united_states(state);
        }
        Ok(Self { state: Some(PersonalText::named("state", state)?), ..Self::new(code)? })
    }
}

impl Part for Country {
    const FIELDS: &'static [FieldSpec] = &[needed("countryCode"), maybe("state")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        params.push("countryCode", self.code.as_str());
        params.push_some("state", self.state.as_ref().map(PersonalText::as_str));
    }
}

/// Where a payee lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    country: Country,
    city: PersonalText,
    street: PersonalText,
    zip: PersonalText,
}

impl Address {
    /// An address. Pockyt wants the state of every payee.
    ///
    /// # Errors
    ///
    /// The country has no state, or a text is empty, too long, has control characters or could be read as
    /// another field.
    pub fn new(
        country: Country,
        city: impl Into<String>,
        street: impl Into<String>,
        zip: impl Into<String>,
    ) -> Result<Self, InvalidField> {
        if country.state.is_none() {
            return Err(InvalidField::new("state", "is needed"));
        }
        Ok(Self {
            country,
            city: PersonalText::named("city", city)?,
            street: PersonalText::named("street", street)?,
            zip: PersonalText::named("zip", zip)?,
        })
    }
}

impl Part for Address {
    const FIELDS: &'static [FieldSpec] =
        &[needed("city"), needed("countryCode"), needed("state"), needed("street"), needed("zip")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        params.push("city", self.city.as_str());
        self.country.write(params);
        params.push("street", self.street.as_str());
        params.push("zip", self.zip.as_str());
    }
}

secret_text! {
    /// The number of an identity document.
    GovernmentIdNumber("governmentId", "must be 1 to 64 visible ASCII characters without & and ="): |text| {
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'&' && b != b'=')
    };
}

/// An identity document: its kind and its number.
#[derive(Clone, Debug)]
pub struct GovernmentId {
    kind: GovernmentIdType,
    number: GovernmentIdNumber,
}

impl GovernmentId {
    /// A document by kind and number.
    pub fn new(kind: GovernmentIdType, number: GovernmentIdNumber) -> Self {
        Self { kind, number }
    }
}

impl Part for GovernmentId {
    const FIELDS: &'static [FieldSpec] = &[needed("governmentId"), needed("governmentIdType")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        params.push("governmentId", self.number.text());
        params.push("governmentIdType", self.kind.as_str());
    }
}

wire_enum! {
    /// The kind of an identity document, `governmentIdType`.
    GovernmentIdType {
        /// A business's certificate of registration.
        BusinessRegistrationCert = "BUSINESS_REGISTRATION_CERT",
        /// A driver's licence.
        DriverLicense = "DRIVER_LICENSE",
        /// A national identity card.
        IdCard = "ID_CARD",
        /// A passport.
        Passport = "PASSPORT",
        /// A social security number of the United States.
        Ssn = "SSN",
    }

    /// Whether somebody is a person or a business, `profileType`.
    ProfileType {
        /// A business.
        Business = "BUSINESS",
        /// A person; Pockyt's default for customers.
        Individual = "INDIVIDUAL",
    }
}

/// Who a payee is to the law: a person is registered with a document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PayeeProfile {
    /// A business; the documentation asks for no document.
    Business(Option<GovernmentId>),
    /// A person.
    Individual(GovernmentId),
}

impl Part for PayeeProfile {
    const FIELDS: &'static [FieldSpec] =
        &[maybe("governmentId"), maybe("governmentIdType"), needed("profileType")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        let (kind, id) = match self {
            Self::Business(id) => (ProfileType::Business, id.as_ref()),
            Self::Individual(id) => (ProfileType::Individual, Some(id)),
        };
        if let Some(id) = id {
            id.write(params);
        }
        params.push("profileType", kind.as_str());
    }
}
