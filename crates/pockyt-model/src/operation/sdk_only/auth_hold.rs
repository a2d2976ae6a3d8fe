//! Authorisation hold: money is set aside, and taken or released later (Alipay pre-authorisation).
//!
//! The `out…` identifiers are the merchant's, the others Pockyt's.

use crate::operation::macros::{request, view};
use crate::price::price_as;
use crate::{
    Amount, AuthDetailKey, AuthDetailNo, AuthInfoKey, AuthInfoNo, Currency, FreeText, IpnUrl,
    OutAuthDetailNo, OutAuthInfoNo, PaymentBarcode, Price, Reference, TransactionStatus, Vendor,
};

price_as! {
    /// What an unfreeze releases: a [`Price`] that is sent as `unfreezeAmount`.
    UnfreezePrice = "unfreezeAmount"
}

/// Money is set aside in two ways, which differ in how the customer takes part.
macro_rules! hold_request {
    ($(#[$meta:meta])* $name:ident = $op:literal, $path:literal, $old:literal, { $($more:tt)* }) => {
        request! {
            $(#[$meta])*
            $name answers AuthHold {
                name: $op,
                path: $path | $old,
                effect: MovesMoney,
                settlement: AuthDetailQuery,
                confidence: SdkOnly,
                envelope: Open(&["result"]),
                source: "vendor Java, C#, Python and JavaScript SDKs",
                unknown: "the answer",
            }
            /// A hold of this much, under these two identifiers.
            new {
                /// The merchant's identifier of the authorisation.
                out_auth_info_no: OutAuthInfoNo = "outAuthInfoNo",
                /// The merchant's identifier of this step.
                out_auth_detail_no: OutAuthDetailNo = "outAuthDetailNo",
                /// The wallet.
                vendor: Vendor = "vendor",
                /// How much is set aside.
                price: Price,
            }
            optional {
                /// Where to notify.
                auth_ipn_url: IpnUrl = "authIpnUrl",
                /// Echoed.
                note: FreeText = "note",
                $($more)*
            }
        }
    };
}

hold_request! {
    /// Creates a code by which a customer sets money aside.
    VoucherCreate = "voucher-create", "/app-auth/v3/voucher-create", "/app-auth/v2/voucher-create", {}
}

hold_request! {
    /// Sets money aside.
    AuthFreeze = "auth-freeze", "/app-auth/v3/auth-freeze", "/app-auth/v2/auth-freeze", {
        /// The customer's code.
        payment_barcode: PaymentBarcode = "paymentBarcode",
    }
}

request! {
    /// Releases money that was set aside.
    AuthUnfreeze answers AuthHold {
        name: "auth-unfreeze",
        path: "/app-auth/v3/auth-unfreeze" | "/app-auth/v2/auth-unfreeze",
        effect: MovesMoney,
        settlement: AuthDetailQuery,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "vendor Java, C#, Python and JavaScript SDKs",
        unknown: "the answer",
    }
    /// Releases this much of this authorisation.
    new {
        /// Which authorisation.
        authorisation: AuthInfoKey,
        /// The merchant's identifier of this step.
        out_auth_detail_no: OutAuthDetailNo = "outAuthDetailNo",
        /// How much is released.
        price: UnfreezePrice,
    }
    optional {
        /// Where to notify.
        auth_ipn_url: IpnUrl = "authIpnUrl",
    }
}

request! {
    /// Takes money that was set aside.
    AuthCapture answers AuthHold {
        name: "auth-capture",
        path: "/app-auth/v3/auth-capture" | "/app-auth/v2/auth-capture",
        effect: MovesMoney,
        settlement: AuthDetailQuery,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "vendor Java, C#, Python and JavaScript SDKs",
        unknown: "the answer; the values of authConfirmModel (Alipay's own are COMPLETE and NOT_COMPLETE)",
    }
    /// Takes this much of this authorisation.
    new {
        /// Which authorisation.
        authorisation: AuthInfoKey,
        /// The merchant's identifier of this step.
        out_auth_detail_no: OutAuthDetailNo = "outAuthDetailNo",
        /// How much is taken.
        price: Price,
        /// The merchant's identifier of the payment.
        reference: Reference = "reference",
    }
    optional {
        /// Whether the rest is released.
        auth_confirm_model: FreeText = "authConfirmModel",
        /// Where to notify.
        ipn_url: IpnUrl = "ipnUrl",
    }
}

request! {
    /// Asks what became of one step of an authorisation.
    AuthDetailQuery answers AuthHold {
        name: "auth-detail-query",
        path: "/app-auth/v3/auth-detail-query" | "/app-auth/v2/auth-detail-query",
        effect: Read,
        settlement: NotNeeded,
        confidence: SdkOnly,
        envelope: Open(&["result"]),
        source: "vendor Java, C#, Python and JavaScript SDKs",
        unknown: "the answer",
    }
    /// Asks for this step.
    new {
        /// Which authorisation.
        authorisation: AuthInfoKey,
        /// Which step.
        detail: AuthDetailKey,
    }
    optional {}
}

view! {
    /// A step of an authorisation. No source shows the fields; these carry the requests' names.
    AuthHold {
        /// Pockyt's number of the authorisation.
        auth_info_no: optional AuthInfoNo = "authInfoNo",
        /// Pockyt's number of the step.
        auth_detail_no: optional AuthDetailNo = "authDetailNo",
        /// The merchant's identifier of the authorisation.
        out_auth_info_no: optional String = "outAuthInfoNo",
        /// The merchant's identifier of the step.
        out_auth_detail_no: optional String = "outAuthDetailNo",
        /// How much, in major units of the currency.
        amount: optional Amount = "amount",
        /// The currency.
        currency: optional Currency = "currency",
        /// The state.
        status: optional TransactionStatus = "status",
    }
}
