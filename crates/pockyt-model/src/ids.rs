//! Identifiers: Pockyt's own numbers and the merchant's.

use std::fmt;

use crate::{InvalidField, Params};

mod keys;
mod merchant;
mod secret;

pub use keys::{AccountKey, AuthDetailKey, AuthInfoKey, CustomerKey, MixedKey, OrderKey};
pub use merchant::Merchant;
pub use secret::{PaymentBarcode, VaultId};

/// Defines an identifier: a text of a fixed alphabet, 1 to 64 characters.
macro_rules! identifier {
    ($( $(#[$meta:meta])* $name:ident($field:literal): $alphabet:ident; )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            pub(crate) const RULE: &'static str = $alphabet::RULE;

            /// Checks and takes the text.
            ///
            /// # Errors
            ///
            #[doc = concat!("It ", $alphabet!(), ".")]
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidField> {
                let text = text.into();
                if Self::allows(&text) { Ok(Self(text)) } else { Err(InvalidField::new($field, Self::RULE)) }
            }

            /// Whether [`Self::new`] would take this text.
            pub(crate) fn allows(text: &str) -> bool {
                (1..=64).contains(&text.len()) && text.bytes().all($alphabet::allows)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl $crate::params::Text for $name {
            fn text(&self) -> std::borrow::Cow<'_, str> {
                std::borrow::Cow::Borrowed(&self.0)
            }
        }

        impl $crate::object::FromWire for $name {
            fn from_wire(text: &str) -> Result<Self, &'static str> {
                Self::new(text).map_err(|_| Self::RULE)
            }
        }
    )* };
}

/// What merchants may make identifiers of. The alphabet is ours, since Pockyt states none: these pass
/// through URLs, forms and the signed text unchanged.
mod ours {
    pub(super) const RULE: &str = "must be 1 to 64 letters, digits or . _ - : /";

    pub(super) fn allows(b: u8) -> bool {
        b.is_ascii_alphanumeric() || b"._-:/".contains(&b)
    }
}

/// What Pockyt's numbers are made of: digits in every published example, so taken as opaque.
mod pockyts {
    pub(super) const RULE: &str = "must be 1 to 64 letters, digits, _ or -";

    pub(super) fn allows(b: u8) -> bool {
        b.is_ascii_alphanumeric() || b"_-".contains(&b)
    }
}

macro_rules! ours {
    () => {
        "is empty, longer than 64 characters, or has others than letters, digits and `. _ - : /`"
    };
}

macro_rules! pockyts {
    () => {
        "is empty, longer than 64 characters, or has others than letters, digits, `_` and `-`"
    };
}

identifier! {
    /// The merchant's own identifier of one attempt to be paid: unique for ever.
    ///
    /// Pockyt refuses a reference that it has seen, and after a lost answer it is what the merchant asks
    /// by. The alphabet is ours, since Pockyt states none: 1 to 64 of the letters, digits and `. _ - : /`,
    /// which pass through URLs, forms and the signed text unchanged.
    Reference("reference"): ours;

    /// The merchant's identifier of an auto-debit agreement, `autoReference`.
    AutoReference("autoReference"): ours;

    /// The merchant's unique identifier of a payout, `invoiceId`: what a payout is asked after by.
    InvoiceId("invoiceId"): ours;

    /// The merchant's code of a customer or payee, `customerCode`.
    CustomerCode("customerCode"): ours;

    /// The merchant's tag of a payee's account, `accountTag`.
    AccountTag("accountTag"): ours;

    /// The merchant's identifier of an authorisation, `outAuthInfoNo`.
    OutAuthInfoNo("outAuthInfoNo"): ours;

    /// The merchant's identifier of one step of an authorisation, `outAuthDetailNo`.
    OutAuthDetailNo("outAuthDetailNo"): ours;

    /// Pockyt's own number of a transaction, 18 digits in every published example.
    ///
    /// Taken as an opaque text of letters, digits, `-` and `_`.
    TransactionNo("transactionNo"): pockyts;

    /// Pockyt's number of an auto-debit agreement, 18 digits in every published example.
    AutoDebitNo("autoDebitNo"): pockyts;

    /// Pockyt's number of a mixed QR code, 18 digits in the published example. The transaction that pays
    /// it has a number of its own.
    RecordNo("recordNo"): pockyts;

    /// Pockyt's number of a customer or payee, 22 digits that begin with 2000 in every published example.
    CustomerNo("customerNo"): pockyts;

    /// Pockyt's number of a payee's account, 22 digits that begin with 2010 in every published example.
    AccountToken("accountToken"): pockyts;

    /// Pockyt's number of a payor, `P` and 8 digits in the guide.
    PayorNo("payorNo"): pockyts;

    /// Pockyt's number of a recurring schedule. No source says where it comes from.
    ScheduleNo("scheduleNo"): pockyts;

    /// Pockyt's number of an authorisation, `authInfoNo`.
    AuthInfoNo("authInfoNo"): pockyts;

    /// The number of a clerk, `storeAdminNo`.
    StoreAdminNo("storeAdminNo"): pockyts;

    /// Pockyt's number of one step of an authorisation, `authDetailNo`.
    AuthDetailNo("authDetailNo"): pockyts;
}
