//! Auto-debit: a customer agrees once, and the merchant charges the wallet again and again.
//!
//! Consult; the customer signs at `authUrl`; a notification and the browser's return; apply-token; pay, as
//! often as agreed; revoke.

use crate::operation::macros::{request, view};
use crate::operation::{OsType, Terminal};
use crate::params::Part;
use crate::wire_enum::wire_enum;
use crate::{
    Amount, AutoDebitNo, AutoReference, CallbackUrl, Currency, FieldSpec, FreeText, InvalidField, IpnUrl,
    Params, PockytTime, Price, Reference, TransactionNo, TransactionStatus, Vendor,
};

/// Where the customer signs an agreement: at three of the places at which a checkout can be. There are no
/// payment fields to sign it in (`YIP`), and no source names `MWEB` for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConsentTerminal {
    /// `APP`: in the merchant's own app.
    App(OsType),
    /// `ONLINE`: at a desktop browser.
    Online,
    /// `WAP`: at a phone's browser.
    Wap(OsType),
}

impl From<ConsentTerminal> for Terminal {
    fn from(terminal: ConsentTerminal) -> Self {
        match terminal {
            ConsentTerminal::App(os) => Self::App(os),
            ConsentTerminal::Online => Self::Online,
            ConsentTerminal::Wap(os) => Self::Wap(os),
        }
    }
}

/// For a shop that has the terminal of its checkouts at hand. It fails for `YIP` and `MWEB`.
impl TryFrom<Terminal> for ConsentTerminal {
    type Error = InvalidField;

    fn try_from(terminal: Terminal) -> Result<Self, InvalidField> {
        match terminal {
            Terminal::App(os) => Ok(Self::App(os)),
            Terminal::Online => Ok(Self::Online),
            Terminal::Wap(os) => Ok(Self::Wap(os)),
            Terminal::Mweb(_) | Terminal::Yip => {
                Err(InvalidField::new("terminal", "must be ONLINE, WAP or APP for an agreement"))
            }
        }
    }
}

impl Part for ConsentTerminal {
    const FIELDS: &'static [FieldSpec] = Terminal::FIELDS;

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        Terminal::from(*self).write_to(params);
    }
}

request! {
    /// Asks a wallet for an agreement. The customer signs it at the answer's `authUrl`.
    AutoDebitConsult answers Consent {
        name: "auto-debit-consult",
        path: "/auto-debit/v3/consult",
        effect: Changes,
        settlement: Nobody,
        confidence: Older,
        envelope: In(&["result"]),
        source: "docs.yuansfer.com, auto-debit; vendor SDKs",
        unknown: "when the notification is sent: two pages contradict one another",
    }
    /// An agreement with this wallet under this identifier; the browser comes back to `auto_redirect_url`.
    new {
        /// The wallet. (An older name of the field is `customerBelongsTo`.)
        vendor: Vendor = "vendor",
        /// The merchant's identifier of the agreement.
        auto_reference: AutoReference = "autoReference",
        /// Where the browser comes back to.
        auto_redirect_url: CallbackUrl = "autoRedirectUrl",
        /// Where the customer is.
        terminal: ConsentTerminal,
    }
    optional {
        /// Where to notify of the signed agreement. Recommended.
        auto_ipn_url: IpnUrl = "autoIpnUrl",
        /// Echoed.
        note: FreeText = "note",
        /// The version of the phone's system.
        os_version: FreeText = "osVersion",
    }
}

view! {
    /// Where the customer signs the agreement.
    Consent {
        /// Pockyt's number of the agreement.
        auto_debit_no: required AutoDebitNo = "autoDebitNo",
        /// The merchant's identifier.
        auto_reference: optional String = "autoReference",
        /// The wallet, in capitals.
        vendor: optional Vendor = "vendor" | "customerBelongsTo",
        /// The page on which the customer signs.
        auth_url: optional String = "authUrl",
        /// A page without an app (one copy of the documentation).
        normal_url: optional String = "normalUrl",
        /// A link into the wallet's app (one copy of the documentation).
        applink_url: optional String = "applinkUrl",
    }
}

wire_enum! {
    /// Why a token is asked for.
    GrantType {
        /// The customer has just signed.
        AuthorizationCode = "AUTHORIZATION_CODE",
        /// The token has expired.
        RefreshToken = "REFRESH_TOKEN",
    }
}

request! {
    /// Has Pockyt fetch the wallet's token for a signed agreement. The token itself stays with Pockyt.
    AutoDebitApplyToken answers MandateToken {
        name: "auto-debit-apply-token",
        path: "/auto-debit/v3/apply-token",
        effect: Changes,
        settlement: Nobody,
        confidence: Older,
        envelope: In(&["result"]),
        source: "docs.yuansfer.com, auto-debit; vendor SDKs",
        unknown: "",
    }
    /// A token for this agreement.
    new {
        /// Which agreement.
        auto_debit_no: AutoDebitNo = "autoDebitNo",
        /// Why.
        grant_type: GrantType = "grantType",
    }
    optional {}
}

view! {
    /// How long payments can be asked for.
    MandateToken {
        /// Pockyt's number of the agreement.
        auto_debit_no: required AutoDebitNo = "autoDebitNo",
        /// The merchant's identifier.
        auto_reference: optional String = "autoReference",
        /// The wallet, in capitals.
        vendor: optional Vendor = "vendor" | "customerBelongsTo",
        /// Until when payments can be asked for, UTC+8 with its offset.
        access_token_expiry_time: optional PockytTime = "accessTokenExpiryTime",
        /// Until when the token can be renewed, UTC+8 with its offset.
        refresh_token_expiry_time: optional PockytTime = "refreshTokenExpiryTime",
    }
}

request! {
    /// Charges the wallet of an agreement.
    AutoDebitPay answers AutoDebitPayment {
        name: "auto-debit-pay",
        path: "/auto-debit/v3/pay",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: Older,
        envelope: In(&["result"]),
        source: "docs.yuansfer.com, auto-debit; vendor SDKs",
        unknown: "",
    }
    /// Charges this price.
    new {
        /// Which agreement.
        auto_debit_no: AutoDebitNo = "autoDebitNo",
        /// The price that is asked for.
        price: Price,
        /// The merchant's identifier of the attempt.
        reference: Reference = "reference",
    }
    optional {
        /// Where to notify of the payment.
        ipn_url: IpnUrl = "ipnUrl",
    }
}

view! {
    /// A payment that was asked for. Being answered is not being paid, unless the status says so.
    AutoDebitPayment {
        /// Pockyt's number of the payment.
        transaction_no: required TransactionNo = "transactionNo",
        /// Pockyt's number of the agreement.
        auto_debit_no: optional AutoDebitNo = "autoDebitNo",
        /// The merchant's identifier, as Pockyt has it.
        reference: optional String = "reference",
        /// The price; a JSON number in the published example.
        amount: required Amount = "amount",
        /// The currency of the price.
        currency: required Currency = "currency",
        /// The currency the merchant is paid in.
        settle_currency: optional Currency = "settleCurrency",
        /// The state; only in a sample shop of the vendor's, not in the documentation.
        status: optional TransactionStatus = "status",
    }
}

request! {
    /// Ends an agreement.
    AutoDebitRevoke answers Mandate {
        name: "auto-debit-revoke",
        path: "/auto-debit/v3/revoke",
        effect: Idempotent,
        settlement: NotNeeded,
        confidence: Older,
        envelope: In(&["result"]),
        source: "docs.yuansfer.com, auto-debit; vendor SDKs",
        unknown: "what a second revoke answers",
    }
    /// Ends this agreement.
    new {
        /// Which agreement.
        auto_debit_no: AutoDebitNo = "autoDebitNo",
    }
    optional {}
}

view! {
    /// An agreement.
    Mandate {
        /// Pockyt's number.
        auto_debit_no: required AutoDebitNo = "autoDebitNo",
        /// The merchant's identifier.
        auto_reference: optional String = "autoReference",
        /// The wallet, in capitals.
        vendor: optional Vendor = "vendor" | "customerBelongsTo",
    }
}
