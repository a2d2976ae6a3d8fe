//! Bank accounts, by country.

use crate::card::{CardNumber, secret_text};
use crate::operation::{FieldSpec, maybe, needed};
use crate::params::{Part, Text};
use crate::person::GovernmentIdNumber;
use crate::wire_enum::wire_enum;
use crate::{CountryCode, Currency, InvalidField, Params};

secret_text! {
    /// The number of a bank account.
    BankAccountNumber("bankAccountId", "must be 1 to 40 letters, digits or -"): |text| {
        (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };

    /// A routing number of the United States, `branchId`.
    RoutingNumber("branchId", "must be 9 digits"): |text| {
        text.len() == 9 && text.bytes().all(|b| b.is_ascii_digit())
    };

    /// The code of a bank, `bankCode`.
    BankCode("bankCode", "must be 1 to 40 letters, digits, _ or -"): |text| {
        (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    };
}

wire_enum! {
    /// What a bank account is for.
    BankAccountPurpose {
        /// Checking.
        Checking = "CHECKING",
        /// Savings.
        Savings = "SAVINGS",
    }
}

/// A bank account. Each country wants other fields; what the holder's name is called on the wire is shown
/// nowhere, so it is given as an extra field where it is wanted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BankAccount {
    /// In China, in CNY: by the card of the account, the bank, and the holder's identity card.
    China {
        /// The number of the account's card.
        card_number: CardNumber,
        /// The bank.
        bank_code: BankCode,
        /// The number of the holder's identity card.
        id_card: GovernmentIdNumber,
    },
    /// Elsewhere.
    Elsewhere(BankAccountElsewhere),
    /// In the United States, in USD: by account and routing number.
    UnitedStates {
        /// The account.
        number: BankAccountNumber,
        /// The bank's branch.
        routing_number: RoutingNumber,
    },
}

/// A bank account in a country for which the documentation lists no fields.
/// [`AccountConfigurations`](super::AccountConfigurations) tells which are wanted; give them as extra fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankAccountElsewhere {
    country: CountryCode,
    currency: Currency,
}

impl BankAccountElsewhere {
    /// An account in this country and currency.
    ///
    /// # Errors
    ///
    /// The country is China or the United States, whose accounts need the fields of their own variants.
    pub fn new(country: CountryCode, currency: Currency) -> Result<Self, InvalidField> {
        if matches!(country.as_str(), "CN" | "US") {
            return Err(InvalidField::new(
                "accountCountry",
                "is one whose accounts have fields of their own",
            ));
        }
        Ok(Self { country, currency })
    }
}

impl Part for BankAccount {
    const FIELDS: &'static [FieldSpec] = &[
        needed("accountCountry"),
        needed("accountCurrency"),
        maybe("bankAccountId"),
        maybe("bankCode"),
        maybe("branchId"),
        maybe("cardNumber"),
        maybe("governmentId"),
        maybe("governmentIdType"),
    ];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        match self {
            Self::China { card_number, bank_code, id_card } => {
                params.push("accountCountry", "CN");
                params.push("accountCurrency", "CNY");
                params.push("bankCode", bank_code.text());
                params.push("cardNumber", card_number.text());
                params.push("governmentId", id_card.text());
                params.push("governmentIdType", "ID_CARD");
            }
            Self::Elsewhere(BankAccountElsewhere { country, currency }) => {
                params.push("accountCountry", country.as_str());
                params.push("accountCurrency", currency.as_str());
            }
            Self::UnitedStates { number, routing_number } => {
                params.push("accountCountry", "US");
                params.push("accountCurrency", "USD");
                params.push("bankAccountId", number.text());
                params.push("branchId", routing_number.text());
            }
        }
    }
}
