//! The operations as methods, grouped by product.
//!
//! | [`Client`](crate::Client) | Group | Confidence |
//! | --- | --- | --- |
//! | `in_store()` | [`InStore`] | current |
//! | `online()` | [`Online`] | current |
//! | `orders()` | [`Orders`] | current |
//! | `customers()` | [`Customers`] | current |
//! | `payees()` | [`Payees`] | current |
//! | `payouts()` | [`Payouts`] | current |
//! | `payors()` | [`Payors`] | current |
//! | `auto_debit()` | [`AutoDebit`] | older |
//! | `older()` | [`Older`] | older |
//! | `auth_hold()` | [`AuthHolds`] | SDK only |
//! | `reports()` | [`Reports`] | SDK only |
//! | `sdk_only()` | [`SdkOnly`] | SDK only |
//!
//! *Current* operations are named by Pockyt's reference or guides, *older* ones by the documentation before
//! it only, and *SDK only* ones by nothing but the vendor's code: whether the last two are served is
//! stated nowhere. Each method makes the call with the client's settings;
//! [`Client::call_with`](crate::Client::call_with) takes the same request together with extra fields, a key
//! or a deadline.

mod current;
mod older;
mod sdk_only;

pub use current::{Customers, InStore, Online, Orders, Payees, Payors, Payouts};
pub use older::{AutoDebit, Older};
pub use sdk_only::{AuthHolds, Reports, SdkOnly};

/// Defines a group: the client's method that gives it, its type, and a method for each operation.
///
/// What a method may do and whom to ask after a lost answer is written beside it for its documentation; a
/// test holds it against the operation's own specification.
macro_rules! group {
    (
        $(#[$meta:meta])*
        $accessor:ident: $name:ident, $confidence:ident {
            $( $(#[$method_meta:meta])*
            $method:ident($operation:ty) -> $answer:ty: $effect:ident, $settlement:ident; )*
        }
    ) => {
        impl $crate::Client {
            $(#[$meta])*
            pub fn $accessor(&self) -> $name<'_> {
                $name(self)
            }
        }

        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a>(&'a $crate::Client);

        impl $name<'_> {
            $(
                $(#[$method_meta])*
                ///
                #[doc = $crate::client::groups::group!(@effect $effect)]
                #[doc = $crate::client::groups::group!(@settlement $settlement)]
                ///
                /// # Errors
                ///
                /// See [`CallError`](crate::CallError).
                pub async fn $method(&self, request: &$operation) -> Result<$answer, $crate::CallError> {
                    self.0.call(request).await
                }
            )*

            /// The operations that have a method here, and what its documentation says of them.
            #[cfg(test)]
            pub(super) const OPERATIONS: &'static [super::Documented] = &[$( super::Documented {
                spec: <$operation as pockyt_model::Operation>::SPEC,
                effect: pockyt_model::Effect::$effect,
                settlement: pockyt_model::Settlement::$settlement,
                confidence: pockyt_model::Confidence::$confidence,
            } ),*];
        }
    };
    (@effect Changes) => { "Doing it twice may do something twice, but moves no money." };
    (@effect Idempotent) => { "Doing it twice leaves what doing it once leaves." };
    (@effect MovesMoney) => { "**Moves money:** once it may have been sent it is not repeated by itself, unless the caller said that the server honours request ids." };
    (@effect Read) => { "Changes nothing." };
    (@settlement AuthDetailQuery) => {
        "After a lost answer, [`settle`](crate::Client::settle) asks `auth-detail-query` by the merchant's own identifiers."
    };
    (@settlement MixedQuery) => {
        "After a lost answer, [`settle`](crate::Client::settle) asks `mixed-query` by the record or the reference."
    };
    (@settlement Nobody) => { "After a lost answer nobody can be asked: it stays unresolved." };
    (@settlement NotNeeded) => { "After a lost answer, make it again." };
    (@settlement PayoutInquiry) => {
        "After a lost answer, [`settle`](crate::Client::settle) asks `payouts-inquiry` by the invoice."
    };
    (@settlement RefundInfoOfSale) => {
        "After a lost answer, [`settle`](crate::Client::settle) asks `tran-query` for the sale and its refunds."
    };
    (@settlement TranQueryByReference) => {
        "After a lost answer, [`settle`](crate::Client::settle) asks `tran-query` by the reference."
    };
}
pub(crate) use group;

/// An operation, and what the documentation of its method says.
#[cfg(test)]
#[derive(Clone, Copy)]
struct Documented {
    spec: pockyt_model::OperationSpec,
    effect: pockyt_model::Effect,
    settlement: pockyt_model::Settlement,
    confidence: pockyt_model::Confidence,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn methods() -> Vec<Documented> {
        [
            InStore::OPERATIONS,
            Online::OPERATIONS,
            Orders::OPERATIONS,
            Customers::OPERATIONS,
            Payees::OPERATIONS,
            Payouts::OPERATIONS,
            Payors::OPERATIONS,
            AutoDebit::OPERATIONS,
            Older::OPERATIONS,
            AuthHolds::OPERATIONS,
            Reports::OPERATIONS,
            SdkOnly::OPERATIONS,
        ]
        .concat()
    }

    #[test]
    fn every_operation_has_exactly_one_method() {
        let methods = methods();
        for spec in pockyt_model::operations() {
            let found = methods.iter().filter(|method| method.spec.name == spec.name).count();
            assert_eq!(found, 1, "{} ({})", spec.name, spec.request_type);
        }
        assert_eq!(methods.len(), pockyt_model::operations().len());
    }

    #[test]
    fn the_documentation_of_each_method_says_what_its_operation_does() {
        for Documented { spec, effect, settlement, confidence } in methods() {
            let said = (effect, settlement, confidence);
            assert_eq!(said, (spec.effect, spec.settlement, spec.confidence), "{}", spec.name);
        }
    }
}
