//! Accounts of payees as of 2021: the payee enters the account on a page of Pockyt's.

use std::borrow::Cow;

use crate::operation::macros::request;
use crate::operation::payees::PayeeAccount;
use crate::params::Text;
use crate::wire_enum::wire_enum;
use crate::{
    AccountKey, AccountTag, CallbackUrl, ClientIp, CountryCode, Currency, CustomerNo, IpnUrl, ProfileType,
    Timestamp,
};

wire_enum! {
    /// The kind of an account that can be made.
    AccountType {
        /// Alipay.
        Alipay = "ALIPAY",
        /// A bank account.
        BankAccount = "BANK_ACCOUNT",
        /// A card.
        Card = "CARD",
        /// A cheque by post.
        PaperCheck = "PAPER_CHECK",
        /// PayPal.
        Paypal = "PAYPAL",
        /// A prepaid card.
        PrepaidCard = "PREPAID_CARD",
        /// Venmo.
        Venmo = "VENMO",
    }
}

/// The kind of an account that is asked for: one that can be made, or that of a wire transfer, which the
/// documentation names for asking only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AskedAccountType {
    /// A kind that can be made.
    Made(AccountType),
    /// A wire transfer. (`WIRE_ACCOUNT`)
    WireAccount,
}

impl From<AccountType> for AskedAccountType {
    fn from(kind: AccountType) -> Self {
        Self::Made(kind)
    }
}

impl Text for AskedAccountType {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Made(kind) => kind.as_str(),
            Self::WireAccount => "WIRE_ACCOUNT",
        })
    }
}

request! {
    /// Makes an account of a payee; the answer's `link` is the page on which the payee enters it. A
    /// notification tells the outcome.
    CreatePayeeAccount answers PayeeAccount {
        name: "customers-account-create",
        path: "/v2/customers/account/create" | "/v1/customers/account/create",
        effect: Changes,
        settlement: Nobody,
        confidence: Older,
        envelope: In(&["result"]),
        source: "docs.yuansfer.com, payouts, payee; vendor C# and Python SDKs",
        unknown: "which fields are required",
    }
    /// An account of this kind for this payee.
    new {
        /// Which payee.
        customer_no: CustomerNo = "customerNo",
        /// The kind of account.
        account_type: AccountType = "accountType",
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
    optional {
        /// The country of the account.
        account_country: CountryCode = "accountCountry",
        /// The currency of the account.
        account_currency: Currency = "accountCurrency",
        /// The merchant's tag of the account.
        account_tag: AccountTag = "accountTag",
        /// Where the browser comes back to.
        callback_url: CallbackUrl = "callbackUrl",
        /// The payee's address on the network.
        client_ip: ClientIp = "clientIp",
        /// Where to notify of the account's state.
        ipn_url: IpnUrl = "ipnUrl",
        /// Person or business.
        profile_type: ProfileType = "profileType",
    }
}

request! {
    /// Asks for an account of a payee.
    RetrievePayeeAccount answers PayeeAccount {
        name: "customers-account-retrieve",
        path: "/v2/customers/account/retrieve" | "/v1/customers/account/retrieve",
        effect: Read,
        settlement: NotNeeded,
        confidence: Older,
        envelope: In(&["result"]),
        source: "docs.yuansfer.com, payouts, payee",
        unknown: "",
    }
    /// Asks for this account.
    new {
        /// Which payee.
        customer_no: CustomerNo = "customerNo",
        /// The kind of account.
        account_type: AskedAccountType = "accountType",
        /// Which account.
        account: AccountKey,
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
    optional {}
}
