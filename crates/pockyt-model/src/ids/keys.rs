//! What Pockyt wants exactly one of.

use super::{
    AccountTag, AccountToken, AuthDetailNo, AuthInfoNo, CustomerCode, CustomerNo, OutAuthDetailNo,
    OutAuthInfoNo, Params, RecordNo, Reference, TransactionNo,
};
use crate::FieldSpec;
use crate::operation::maybe;
use crate::params::Part;

/// Defines a choice between two identifiers of the same thing.
macro_rules! one_of {
    ($( $(#[$meta:meta])* $name:ident {
        $( $(#[$variant_meta:meta])* $variant:ident = $field:literal, )*
    } )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant($variant), )*
        }

        impl Part for $name {
            /// One of them is always sent.
            const FIELDS: &'static [FieldSpec] = &[$( maybe($field) ),*];

            fn write<'a>(&'a self, params: &mut Params<'a>) {
                match self {
                    $( Self::$variant(id) => params.push($field, id.as_str()), )*
                }
            }
        }

        $(
            impl From<$variant> for $name {
                fn from(id: $variant) -> Self {
                    Self::$variant(id)
                }
            }
        )*
    )* };
}

one_of! {
    /// Which order is meant. Pockyt wants exactly one of the two; every vendor SDK refuses both at once.
    OrderKey {
        /// The merchant's own identifier: the one that is known even after a lost answer.
        Reference = "reference",
        /// Pockyt's number.
        TransactionNo = "transactionNo",
    }

    /// Which mixed QR code is meant.
    MixedKey {
        /// Pockyt's number of the code.
        RecordNo = "recordNo",
        /// The merchant's own identifier: the one that is known even after a lost answer.
        Reference = "reference",
    }

    /// Which customer is meant: one of the two by the older documentation and the vendor's C# SDK.
    CustomerKey {
        /// The merchant's code.
        CustomerCode = "customerCode",
        /// Pockyt's number.
        CustomerNo = "customerNo",
    }

    /// Which account of a payee is meant.
    AccountKey {
        /// The merchant's tag.
        AccountTag = "accountTag",
        /// Pockyt's number.
        AccountToken = "accountToken",
    }

    /// Which authorisation is meant: exactly one of the two, by the vendor's C# and Python SDKs.
    AuthInfoKey {
        /// Pockyt's number.
        AuthInfoNo = "authInfoNo",
        /// The merchant's own identifier.
        OutAuthInfoNo = "outAuthInfoNo",
    }

    /// Which step of an authorisation is meant: exactly one of the two.
    AuthDetailKey {
        /// Pockyt's number.
        AuthDetailNo = "authDetailNo",
        /// The merchant's own identifier.
        OutAuthDetailNo = "outAuthDetailNo",
    }
}
