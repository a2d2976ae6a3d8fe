//! Customers and payees.

use pockyt_model::operation::older::UpdateCustomer;
use pockyt_model::operation::{CreateCustomer, RegisterPayee, RetrieveCustomer, RetrievePayee, UpdatePayee};
use pockyt_model::{
    Address, Country, GovernmentId, GovernmentIdNumber, GovernmentIdType, PayeeProfile, ProfileType,
};

use super::support::{
    BORN, CODE, CUSTOMER, PAYOR, PERSON, Row, TIMESTAMP, born, case, code, customer, geneva, payor, person,
    personal, row, timestamp,
};

const GENEVA: &[(&str, &str)] = &[("countryCode", "CH"), ("state", "Kanton Genf")];
const CITY: &[(&str, &str)] = &[("city", "Finchtown")];
const STREET: &[(&str, &str)] = &[("street", "7 Canary Wharf")];
const ZIP: &[(&str, &str)] = &[("zip", "94777")];
const BUSINESS: &[(&str, &str)] = &[("profileType", "BUSINESS")];
const INDIVIDUAL: &[(&str, &str)] = &[("profileType", "INDIVIDUAL")];
const MORE: &[(&str, &str)] = &[("country", "Helvetia"), ("lang", "lang-canary"), ("phone", "+41 555 0177")];
const MOBILE: &[(&str, &str)] = &[("mobileNumber", "+41 555 0188")];
const STREET2: &[(&str, &str)] = &[("street2", "rear nest")];
const COMPANY: &[(&str, &str)] = &[("company", "Aviary Ltd")];
const PASSPORT: &[(&str, &str)] = &[("governmentIdType", "PASSPORT"), ("governmentId", "CANARYID42")];

pub(crate) fn rows() -> Vec<Row> {
    vec![
        create_customer(),
        row(
            vec![
                case(RetrieveCustomer::new(customer(), timestamp()), &[CUSTOMER, TIMESTAMP]),
                case(RetrieveCustomer::new(code(), timestamp()), &[CODE, TIMESTAMP]),
            ],
            vec![],
        ),
        update_customer(),
        register_payee(),
        row(
            vec![case(RetrievePayee::new(customer(), timestamp()), &[CUSTOMER, TIMESTAMP])],
            vec![case(
                RetrievePayee::new(customer(), timestamp()).customer_code(code()),
                &[CUSTOMER, TIMESTAMP, CODE],
            )],
        ),
        update_payee(),
    ]
}

fn document(kind: GovernmentIdType) -> GovernmentId {
    GovernmentId::new(kind, GovernmentIdNumber::new("CANARYID42").unwrap())
}

fn create_customer() -> Row {
    let minimal = |country| CreateCustomer::new(person(), country, timestamp());
    let full = minimal(geneva())
        .city(personal("Finchtown"))
        .company(personal("Aviary Ltd"))
        .country(personal("Helvetia"))
        .customer_code(code())
        .date_of_birth(born())
        .lang(personal("lang-canary"))
        .mobile_number(personal("+41 555 0188"))
        .phone(personal("+41 555 0177"))
        .profile_type(ProfileType::Individual)
        .street(personal("7 Canary Wharf"))
        .street2(personal("rear nest"))
        .zip(personal("94777"));
    let common = [PERSON, TIMESTAMP].concat();
    let options = [CITY, COMPANY, CODE, BORN, MORE, MOBILE, INDIVIDUAL, STREET, STREET2, ZIP].concat();
    let swiss: &[_] = &[("countryCode", "CH")];
    let american: &[_] = &[("countryCode", "US"), ("state", "QZ")];
    row(
        vec![
            case(minimal(Country::new("CH").unwrap()), &[&common, swiss]),
            case(minimal(Country::united_states("QZ").unwrap()), &[&common, american]),
        ],
        vec![case(full, &[&common, GENEVA, &options])],
    )
}

fn update_customer() -> Row {
    let update = || UpdateCustomer::new(customer(), timestamp());
    let full = update()
        .person(person())
        .city(personal("Finchtown"))
        .company(personal("Aviary Ltd"))
        .country(personal("Helvetia"))
        .country_code(geneva())
        .customer_code(code())
        .date_of_birth(born())
        .lang(personal("lang-canary"))
        .mobile_number(personal("+41 555 0188"))
        .phone(personal("+41 555 0177"))
        .profile_type(ProfileType::Business)
        .street(personal("7 Canary Wharf"))
        .street2(personal("rear nest"))
        .zip(personal("94777"));
    let options = [CITY, COMPANY, CODE, BORN, MORE, MOBILE, BUSINESS, STREET, STREET2, ZIP].concat();
    row(
        vec![case(update(), &[CUSTOMER, TIMESTAMP])],
        vec![case(full, &[CUSTOMER, TIMESTAMP, PERSON, GENEVA, &options])],
    )
}

fn register_payee() -> Row {
    let address = || Address::new(geneva(), "Finchtown", "7 Canary Wharf", "94777").unwrap();
    let minimal = |profile| RegisterPayee::new(person(), profile, born(), address(), timestamp());
    let full = minimal(PayeeProfile::Individual(document(GovernmentIdType::Passport)))
        .country(personal("Helvetia"))
        .customer_code(code())
        .lang(personal("lang-canary"))
        .payor_no(payor())
        .phone(personal("+41 555 0177"))
        .street2(personal("rear nest"));
    let common = [PERSON, BORN, GENEVA, CITY, STREET, ZIP, TIMESTAMP].concat();
    let individual = |kind, word: &str| {
        let document: &[_] = &[("governmentIdType", word), ("governmentId", "CANARYID42")];
        case(minimal(PayeeProfile::Individual(self::document(kind))), &[&common, INDIVIDUAL, document])
    };
    row(
        vec![case(minimal(PayeeProfile::Business(None)), &[&common, BUSINESS])],
        vec![
            case(full, &[&common, INDIVIDUAL, PASSPORT, MORE, CODE, PAYOR, STREET2]),
            case(
                minimal(PayeeProfile::Business(Some(document(GovernmentIdType::BusinessRegistrationCert)))),
                &[
                    &common,
                    BUSINESS,
                    &[("governmentIdType", "BUSINESS_REGISTRATION_CERT"), ("governmentId", "CANARYID42")],
                ],
            ),
            individual(GovernmentIdType::Ssn, "SSN"),
            individual(GovernmentIdType::IdCard, "ID_CARD"),
            individual(GovernmentIdType::DriverLicense, "DRIVER_LICENSE"),
        ],
    )
}

fn update_payee() -> Row {
    let update = || UpdatePayee::new(customer());
    let full = update()
        .person(person())
        .city(personal("Finchtown"))
        .country(personal("Helvetia"))
        .country_code(geneva())
        .customer_code(code())
        .date_of_birth(born())
        .lang(personal("lang-canary"))
        .mobile_number(personal("+41 555 0188"))
        .payor_no(payor())
        .phone(personal("+41 555 0177"))
        .profile(PayeeProfile::Individual(document(GovernmentIdType::Passport)))
        .street(personal("7 Canary Wharf"))
        .street2(personal("rear nest"))
        .timestamp(timestamp())
        .zip(personal("94777"));
    let options =
        [PAYOR, CITY, CODE, BORN, MORE, MOBILE, INDIVIDUAL, PASSPORT, STREET, STREET2, ZIP].concat();
    row(vec![case(update(), &[CUSTOMER])], vec![case(full, &[CUSTOMER, TIMESTAMP, PERSON, GENEVA, &options])])
}
