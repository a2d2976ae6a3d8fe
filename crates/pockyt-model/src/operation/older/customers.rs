//! Changing a customer.

use crate::operation::Customer;
use crate::operation::macros::request;
use crate::{Country, CustomerCode, CustomerNo, DateOfBirth, Person, PersonalText, ProfileType, Timestamp};

request! {
    /// Changes what is known of a customer.
    UpdateCustomer answers Customer {
        name: "customers-update",
        path: "/v1/customers/update",
        effect: Idempotent,
        settlement: NotNeeded,
        confidence: Older,
        envelope: In(&["customer", "result"]),
        source: "docs.yuansfer.com, update customer",
        unknown: "the answer: its example looks copied from the creation of a payee",
    }
    /// Changes this customer.
    new {
        /// Which customer.
        customer_no: CustomerNo = "customerNo",
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
    optional {
        /// Name and e-mail address.
        person: Person,
        /// The city.
        city: PersonalText = "city",
        /// The company.
        company: PersonalText = "company",
        /// The country's name.
        country: PersonalText = "country",
        /// The country by its letters, and the state.
        country_code: Country,
        /// The merchant's code of the customer.
        customer_code: CustomerCode = "customerCode",
        /// The date of birth.
        date_of_birth: DateOfBirth = "dateOfBirth",
        /// The language.
        lang: PersonalText = "lang",
        /// The number of the mobile telephone.
        mobile_number: PersonalText = "mobileNumber",
        /// The telephone number.
        phone: PersonalText = "phone",
        /// Person or business.
        profile_type: ProfileType = "profileType",
        /// The street.
        street: PersonalText = "street",
        /// The street's second line.
        street2: PersonalText = "street2",
        /// The postal code.
        zip: PersonalText = "zip",
    }
}
