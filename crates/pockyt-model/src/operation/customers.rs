//! Customers, whom address verification and saved cards need.

use crate::operation::macros::{request, view};
use crate::{
    Country, CustomerCode, CustomerKey, CustomerNo, DateOfBirth, Person, PersonalText, PockytTime,
    ProfileType, Timestamp,
};

request! {
    /// Registers a customer. Doing it twice may register two.
    CreateCustomer answers Customer {
        name: "customers-create",
        path: "/v1/customers/create",
        effect: Changes,
        settlement: Nobody,
        confidence: Current,
        envelope: In(&["customer", "result"]),
        source: "Pockyt docs, Register customer",
        unknown: "what a repeated e-mail address or customerCode answers",
    }
    /// A customer by name, e-mail address and country.
    new {
        /// Name and e-mail address.
        person: Person,
        /// The country.
        country_code: Country,
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
    optional {
        /// The city.
        city: PersonalText = "city",
        /// The company.
        company: PersonalText = "company",
        /// The country's name.
        country: PersonalText = "country",
        /// The merchant's code of the customer.
        customer_code: CustomerCode = "customerCode",
        /// The date of birth.
        date_of_birth: DateOfBirth = "dateOfBirth",
        /// The language.
        lang: PersonalText = "lang",
        /// The number of the mobile telephone.
        mobile_number: PersonalText = "mobileNumber",
        /// The number of the telephone.
        phone: PersonalText = "phone",
        /// Person or business; Pockyt's default is a person.
        profile_type: ProfileType = "profileType",
        /// The street.
        street: PersonalText = "street",
        /// The street's second line.
        street2: PersonalText = "street2",
        /// The postal code.
        zip: PersonalText = "zip",
    }
}

request! {
    /// Asks for a customer.
    RetrieveCustomer answers Customer {
        name: "customers-retrieve",
        path: "/v1/customers/retrieve",
        effect: Read,
        settlement: NotNeeded,
        confidence: Current,
        envelope: In(&["customer", "result"]),
        source: "Pockyt docs name it; its body is from the older documentation",
        unknown: "",
    }
    /// Asks by either identifier.
    new {
        /// Which customer.
        customer: CustomerKey,
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
    optional {}
}

view! {
    /// A customer. Personal data is reachable and never shown by `Debug`.
    Customer {
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
        /// When the customer was registered, UTC.
        created_time: optional PockytTime = "createdTime" | "timestamp",
        /// When the customer was last changed, UTC.
        updated_time: optional PockytTime = "updatedTime",
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
        /// The street's second line.
        street2: optional String = "street2",
        /// The postal code.
        zip: optional String = "zip",
        /// The telephone number.
        phone: optional String = "phone",
        /// The date of birth, `yyyy-MM-dd`.
        date_of_birth: optional String = "dateOfBirth",
        /// The language.
        lang: optional String = "lang",
        /// A page for the customer (only in an example of the older update).
        link: optional String = "link",
    }
}
