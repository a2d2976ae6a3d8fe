//! Registering payees.

use std::fmt;

use crate::object::FromWire;
use crate::operation::macros::{request, view};
use crate::operation::raw::RawAnswer;
use crate::{
    Address, Country, CustomerCode, CustomerNo, DateOfBirth, PayeeProfile, PayorNo, Person, PersonalText,
    PockytTime, Timestamp,
};

request! {
    /// Registers a payee. The e-mail address and the document must be new to Pockyt, so doing it twice is
    /// refused rather than done.
    RegisterPayee answers Payee {
        name: "payee-register",
        path: "/v3/payee/register",
        effect: Changes,
        settlement: Nobody,
        confidence: Current,
        envelope: In(&["customer", "result"]),
        source: "Pockyt docs, Register payee",
        unknown: "which code a repeated e-mail address answers",
    }
    /// A payee by who they are, where they live and how the law knows them. A person must be over 18
    /// (integrators' notes); that is for Pockyt to say.
    new {
        /// Name and e-mail address.
        person: Person,
        /// Person or business, and the document.
        profile: PayeeProfile,
        /// The date of birth.
        date_of_birth: DateOfBirth = "dateOfBirth",
        /// Where they live.
        address: Address,
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
    optional {
        /// The country's name.
        country: PersonalText = "country",
        /// The merchant's code of the payee.
        customer_code: CustomerCode = "customerCode",
        /// The language.
        lang: PersonalText = "lang",
        /// The payor, where Pockyt is the merchant of record.
        payor_no: PayorNo = "payorNo",
        /// The telephone number.
        phone: PersonalText = "phone",
        /// The street's second line.
        street2: PersonalText = "street2",
    }
}

request! {
    /// Asks for a payee.
    RetrievePayee answers Payee {
        name: "payee-retrieve",
        path: "/v3/payee/retrieve",
        effect: Read,
        settlement: NotNeeded,
        confidence: Current,
        envelope: In(&["customer", "result"]),
        source: "Pockyt docs, Retrieve payee",
        unknown: "",
    }
    /// Asks for this payee.
    new {
        /// Which payee.
        customer_no: CustomerNo = "customerNo",
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
    optional {
        /// The merchant's code (the vendor's PHP SDK wants both).
        customer_code: CustomerCode = "customerCode",
    }
}

request! {
    /// Changes what is known of a payee. Where Pockyt is the merchant of record, e-mail address and payor
    /// can be given and not change.
    UpdatePayee answers RawAnswer {
        name: "payee-update",
        path: "/v3/payee/update",
        effect: Idempotent,
        settlement: NotNeeded,
        confidence: Current,
        envelope: Open(&["customer", "result"]),
        source: "Pockyt docs, Update payee",
        unknown: "the answer; whether timestamp is wanted",
    }
    /// Changes this payee.
    new {
        /// Which payee.
        customer_no: CustomerNo = "customerNo",
    }
    optional {
        /// Name and e-mail address.
        person: Person,
        /// The city.
        city: PersonalText = "city",
        /// The country's name.
        country: PersonalText = "country",
        /// The country by its letters, and the state.
        country_code: Country,
        /// The merchant's code of the payee.
        customer_code: CustomerCode = "customerCode",
        /// The date of birth.
        date_of_birth: DateOfBirth = "dateOfBirth",
        /// The language.
        lang: PersonalText = "lang",
        /// The number of the mobile telephone.
        mobile_number: PersonalText = "mobileNumber",
        /// The payor, where Pockyt is the merchant of record.
        payor_no: PayorNo = "payorNo",
        /// The telephone number.
        phone: PersonalText = "phone",
        /// Person or business, and the document.
        profile: PayeeProfile,
        /// The street.
        street: PersonalText = "street",
        /// The street's second line.
        street2: PersonalText = "street2",
        /// When the call is made; the documentation does not list it here.
        timestamp: Timestamp = "timestamp",
        /// The postal code.
        zip: PersonalText = "zip",
    }
}

view! {
    /// A payee. Personal data is reachable and never shown by `Debug`.
    Payee {
        /// Pockyt's number.
        customer_no: required CustomerNo = "customerNo",
        /// The merchant's code.
        customer_code: optional String = "customerCode",
        /// The first name.
        first_name: optional String = "firstName",
        /// The last name.
        last_name: optional String = "lastName",
        /// The e-mail address.
        email: optional String = "email",
        /// Whether the payee can be paid; only in answers to [`RetrievePayee`].
        payee_status: optional PayeeStatus = "payeeStatus",
        /// When the payee was registered, UTC.
        created_time: optional PockytTime = "createdTime",
        /// When the payee was last changed, UTC.
        updated_time: optional PockytTime = "updatedTime",
        /// `INDIVIDUAL` or `BUSINESS`.
        profile_type: optional String = "profileType",
        /// The country by two letters.
        country_code: optional String = "countryCode",
        /// The country's name.
        country: optional String = "country",
        /// The state.
        state: optional String = "state",
        /// The city.
        city: optional String = "city",
        /// The street.
        street: optional String = "street",
        /// The postal code.
        zip: optional String = "zip",
        /// The telephone number.
        phone: optional String = "phone",
        /// The date of birth, `yyyy-MM-dd`.
        date_of_birth: optional String = "dateOfBirth",
        /// The language.
        lang: optional String = "lang",
    }
}

/// Whether a payee, or a payee's account, can be paid. Read without regard to case, since the sources
/// write `Activated`, `ACTIVE` and `activated`. The set is open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PayeeStatus {
    /// Can be paid.
    Activated,
    /// Was switched off.
    Deactivated,
    /// Was refused.
    Declined,
    /// Cannot be used (accounts).
    Invalid,
    /// A value this crate does not know.
    Other(String),
    /// Not decided yet.
    Pending,
}

impl PayeeStatus {
    /// Reads any text.
    pub fn from_wire(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "activated" | "active" => Self::Activated,
            "deactivated" => Self::Deactivated,
            "declined" => Self::Declined,
            "invalid" => Self::Invalid,
            "pending" => Self::Pending,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// Pockyt's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Activated => "Activated",
            Self::Deactivated => "Deactivated",
            Self::Declined => "Declined",
            Self::Invalid => "Invalid",
            Self::Other(text) => text,
            Self::Pending => "Pending",
        }
    }
}

impl fmt::Display for PayeeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromWire for PayeeStatus {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Ok(Self::from_wire(text))
    }
}
