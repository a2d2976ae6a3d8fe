//! The operations of the API: each ties a request, its answer, its path and what it may do to money.
//!
//! Here are the in-store and online operations of a payment's life, all of them named by Pockyt's
//! current documentation.

use crate::{Answer, DecodeError, Object, Params};

mod add;
mod cancel;
mod create_trans_qrcode;
mod prepay;
mod refund;
mod secure_pay;
mod tran_query;

pub use add::Add;
pub use cancel::{Cancel, Cancelled};
pub use create_trans_qrcode::{CreateTransQrcode, QrCode};
pub use prepay::{InStoreTransaction, Prepay};
pub use refund::{Refund, Refunded};
pub use secure_pay::{Checkout, Good, OsType, SecurePay, Terminal};
pub use tran_query::{RefundInfo, TranQuery, Transaction};

/// A call of the API.
pub trait Operation: Send + Sync {
    /// The view of an accepted answer.
    type Answer: View;

    /// What is known of the operation, as data.
    const SPEC: OperationSpec;

    /// Writes the operation's own parameters, in any order, without `merchantNo`, `storeNo` and
    /// `verifySign`. Absent ones are left out: an empty value is never sent.
    fn write_params<'a>(&'a self, params: &mut Params<'a>);

    /// Reads the body of an answer, whatever its HTTP status was.
    ///
    /// # Errors
    ///
    /// The body is not a JSON object with a `ret_code`, or is an acceptance without a result.
    fn read_answer(body: &[u8]) -> Result<Answer<Self::Answer>, DecodeError>
    where
        Self: Sized,
    {
        Answer::read::<Self>(body)
    }
}

/// A typed view on the result of an answer, which is kept as it came.
pub trait View: Send + Sized {
    /// The fields that have accessors, by their first name on the wire.
    const FIELDS: &'static [FieldSpec];

    /// Makes the view.
    fn from_objects(result: Object, envelope: Object) -> Self;
}

/// What is known of an operation.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct OperationSpec {
    /// The name used in logs and spans.
    pub name: &'static str,
    /// The path below the base URL.
    pub path: &'static str,
    /// Other paths that sources give for the same call.
    pub path_aliases: &'static [&'static str],
    /// What a call may do.
    pub effect: Effect,
    /// Whom to ask after a lost answer.
    pub settlement: Settlement,
    /// How sure the sources are.
    pub confidence: Confidence,
    /// The request's own fields.
    pub fields: &'static [FieldSpec],
    /// The member of the answer that holds the result.
    pub envelope: &'static str,
    /// The result's fields that have accessors.
    pub answer: &'static [FieldSpec],
}

/// A field on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldSpec {
    /// Pockyt's name.
    pub name: &'static str,
    /// In a request: always sent. In an answer: always shown by the documentation.
    pub required: bool,
}

/// What a call may do to money; what may be retried hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// Doing it twice may move money twice.
    MovesMoney,
    /// Nothing changes.
    Read,
}

/// Whom to ask what became of a call whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Settlement {
    /// Nobody needs to be asked: the call can be repeated.
    NotNeeded,
    /// `tran-query` of the sale; its `refundInfo` says.
    RefundInfoOfSale,
    /// `tran-query` by the reference.
    TranQueryByReference,
}

/// How sure the sources are of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Confidence {
    /// Named by Pockyt's current reference or guides.
    Current,
    /// Only in the older documentation.
    Older,
    /// Only in the vendor's SDKs.
    SdkOnly,
}

/// Every operation of this crate.
pub fn operations() -> [&'static OperationSpec; 7] {
    [
        &Add::SPEC,
        &Cancel::SPEC,
        &CreateTransQrcode::SPEC,
        &Prepay::SPEC,
        &Refund::SPEC,
        &SecurePay::SPEC,
        &TranQuery::SPEC,
    ]
}

pub(crate) const fn needed(name: &'static str) -> FieldSpec {
    FieldSpec { name, required: true }
}

pub(crate) const fn maybe(name: &'static str) -> FieldSpec {
    FieldSpec { name, required: false }
}

/// The setter of an optional field that several operations share.
macro_rules! optional {
    (description, $doc:literal) => {
        #[doc = $doc]
        pub fn description(mut self, description: $crate::FreeText) -> Self {
            self.description = Some(description);
            self
        }
    };
    (ipn_url, $doc:literal) => {
        #[doc = $doc]
        pub fn ipn_url(mut self, url: $crate::IpnUrl) -> Self {
            self.ipn_url = Some(url);
            self
        }
    };
    (store_admin_no) => {
        /// The clerk's number; an empty one is none.
        pub fn store_admin_no(mut self, number: impl Into<String>) -> Self {
            self.store_admin_no = Some(number.into()).filter(|number| !number.is_empty());
            self
        }
    };
    (timeout) => {
        /// Minutes until the unpaid order is closed; Pockyt's default is 120.
        pub fn timeout(mut self, minutes: u32) -> Self {
            self.timeout = Some(minutes);
            self
        }
    };
}
pub(crate) use optional;

/// What a new order asks for, and under which identifier.
macro_rules! asks_for {
    () => {
        /// The price that is asked for.
        pub fn price(&self) -> &$crate::Price {
            &self.price
        }

        /// The merchant's identifier of the attempt.
        pub fn reference(&self) -> &$crate::Reference {
            &self.reference
        }
    };
}
pub(crate) use asks_for;

/// Defines a view: a struct that keeps the result as it came, and an accessor for each known field.
/// `required` fields fail when absent, `optional` ones are `None`.
macro_rules! view {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$field_meta:meta])* $method:ident: $presence:ident $ty:ty = $wire:literal $(| $alias:literal)*, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name {
            result: $crate::Object,
            envelope: $crate::Object,
        }

        /// Shows which order it is about and its state, and of other fields nothing.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.result.show(stringify!($name), f)
            }
        }

        impl $name {
            $(
                $(#[$field_meta])*
                ///
                /// # Errors
                ///
                #[doc = concat!("`", $wire, "` cannot be read as this type, or is absent and must not be.")]
                pub fn $method(&self) -> Result<view!(@type $presence $ty), $crate::FieldError> {
                    self.result.$presence(&[$wire $(, $alias)*])
                }
            )*

            /// The result as it came, unknown fields included.
            pub fn result(&self) -> &$crate::Object {
                &self.result
            }

            /// The whole body as it came.
            pub fn envelope(&self) -> &$crate::Object {
                &self.envelope
            }
        }

        impl $crate::operation::View for $name {
            const FIELDS: &'static [$crate::FieldSpec] =
                &[$( view!(@spec $presence $wire) ),*];

            fn from_objects(result: $crate::Object, envelope: $crate::Object) -> Self {
                Self { result, envelope }
            }
        }
    };
    (@type required $ty:ty) => { $ty };
    (@type optional $ty:ty) => { Option<$ty> };
    (@spec required $wire:literal) => { $crate::operation::needed($wire) };
    (@spec optional $wire:literal) => { $crate::operation::maybe($wire) };
}
pub(crate) use view;
