//! The accounts of payees.

use super::{BankAccount, BankAccountPurpose, PayeeStatus};
use crate::operation::macros::{request, view};
use crate::operation::raw::{RawAnswer, checked_path};
use crate::operation::{
    Confidence, Effect, Envelope, FieldGroup, Operation, OperationSpec, Settlement, View, needed,
};
use crate::params::Text;
use crate::{
    AccountKey, AccountTag, AccountToken, ClientIp, CountryCode, Currency, CustomerNo, InvalidField, IpnUrl,
    Params, PayorNo, PockytTime, Timestamp,
};

request! {
    /// Lists the accounts of a payee, or one of them.
    PayoutAccounts answers PayeeAccounts {
        name: "payout-accounts",
        path: "/v3/payee/payout-accounts" | "/v3/payout-accounts",
        effect: Read,
        settlement: NotNeeded,
        confidence: Current,
        envelope: Flat,
        source: "Pockyt docs, Retrieve payee's payout accounts; integrators' notes",
        unknown: "",
    }
    /// Lists this payee's accounts.
    new {
        /// Which payee.
        customer_no: CustomerNo = "customerNo",
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
    optional {
        /// Only this account.
        account: AccountKey,
    }
}

view! {
    /// The accounts of a payee.
    PayeeAccounts {
        /// The accounts.
        accounts: list PayeeAccount = "accounts",
        /// Whose they are.
        owner: object PayeeOwner = "user",
    }
}

view! {
    /// An account of a payee.
    PayeeAccount {
        /// Pockyt's number of the account.
        account_token: required AccountToken = "accountToken",
        /// The merchant's tag.
        account_tag: optional String = "accountTag",
        /// `BANK_ACCOUNT`, `CARD`, `PAYPAL`, `VENMO` and others.
        account_type: optional String = "accountType",
        /// The country by two letters.
        country: optional String = "country",
        /// The currency.
        currency: optional Currency = "currency",
        /// When it was made, UTC.
        created_at: optional PockytTime = "createdAt" | "timestamp",
        /// The card's number, masked by Pockyt.
        masked_card_number: optional String = "cardNumber",
        /// Whether it can be paid to.
        status: optional PayeeStatus = "status" | "accountStatus",
        /// The payee.
        customer_no: optional CustomerNo = "customerNo",
        /// The page on which the payee enters the account (older documentation).
        link: optional String = "link",
    }
}

view! {
    /// Whose accounts they are.
    PayeeOwner {
        /// Pockyt's number of the payee.
        customer_no: required CustomerNo = "customerNo",
        /// The first name.
        first_name: optional String = "firstName",
        /// The last name.
        last_name: optional String = "lastName",
        /// The e-mail address.
        email: optional String = "email",
    }
}

request! {
    /// Asks which fields an account needs in a country and currency. The documentation shows neither
    /// parameters nor answer: give the parameters as extra fields.
    AccountConfigurations answers RawAnswer {
        name: "account-configurations",
        path: "/v3/payee/account/configurations",
        effect: Read,
        settlement: NotNeeded,
        confidence: Current,
        envelope: Open(&["result"]),
        source: "Pockyt docs, Fetch payee bank/crypto parameter schema",
        unknown: "all parameters; the answer",
    }
    /// A request without parameters of its own.
    new {}
    optional {}
}

request! {
    /// Adds a bank account to a payee.
    CreateBankAccount answers AccountCreated {
        name: "create-bank-account",
        path: "/v3/payee/account/create/bank-account",
        effect: Changes,
        settlement: Nobody,
        confidence: Current,
        envelope: Open(&["account", "result"]),
        source: "Pockyt docs, Add payee bank account",
        unknown: "the answer; the name of the holder's field",
    }
    /// Adds this account to this payee.
    new {
        /// Which payee.
        customer_no: CustomerNo = "customerNo",
        /// The account.
        account: BankAccount,
        /// What the account is for.
        purpose: BankAccountPurpose = "bankAccountPurpose",
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
    fixed {
        "accountType" = "BANK_ACCOUNT",
    }
    optional {
        /// The merchant's tag of the account.
        account_tag: AccountTag = "accountTag",
        /// The payee's address on the network.
        client_ip: ClientIp = "clientIp",
        /// Where to notify of the account's state.
        ipn_url: IpnUrl = "ipnUrl",
        /// The payor, where Pockyt is the merchant of record.
        payor_no: PayorNo = "payorNo",
    }
}

request! {
    /// Adds a wallet of a cryptocurrency to a payee. The names of the fields for blockchain, address and
    /// destination tag are shown nowhere: give them as extra fields.
    CreateCryptoAccount answers AccountCreated {
        name: "create-crypto-account",
        path: "/v3/payee/account/create/crypto",
        effect: Changes,
        settlement: Nobody,
        confidence: Current,
        envelope: Open(&["account", "result"]),
        source: "Pockyt docs, Add a cryptocurrency wallet funding method",
        unknown: "names of the fields for blockchain, wallet address and destination tag; the answer",
    }
    /// Adds a wallet to this payee.
    new {
        /// Which payee.
        customer_no: CustomerNo = "customerNo",
        /// The country of the account.
        account_country: CountryCode = "accountCountry",
        /// The currency of the account.
        account_currency: Currency = "accountCurrency",
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
    optional {
        /// The merchant's tag of the account.
        account_tag: AccountTag = "accountTag",
        /// The payor, where Pockyt is the merchant of record.
        payor_no: PayorNo = "payorNo",
    }
}

view! {
    /// An account that was added. No source shows the fields; payouts are sent to an `accountToken`.
    AccountCreated {
        /// Pockyt's number of the account.
        account_token: optional AccountToken = "accountToken",
        /// Whether it can be paid to.
        status: optional PayeeStatus = "status" | "accountStatus",
    }
}

/// Deletes an account of a payee. No source shows the path, so the caller gives it.
///
/// Source: Pockyt docs, Delete payee funding account. Refused when the payor is `DECLINED` or `SAVED`, where
/// Pockyt is the merchant of record.
#[derive(Clone, Debug)]
pub struct DeletePayeeAccount {
    path: String,
    customer_no: CustomerNo,
    account_token: AccountToken,
    timestamp: Timestamp,
}

impl DeletePayeeAccount {
    /// Deletes this account of this payee, by a call of this path.
    ///
    /// # Errors
    ///
    /// The path does not begin with `/`, or has other than visible ASCII characters, `?` or `#`.
    pub fn at(
        path: impl Into<String>,
        customer_no: CustomerNo,
        account_token: AccountToken,
        timestamp: Timestamp,
    ) -> Result<Self, InvalidField> {
        Ok(Self { path: checked_path(path.into())?, customer_no, account_token, timestamp })
    }
}

impl Operation for DeletePayeeAccount {
    type Answer = RawAnswer;

    const SPEC: OperationSpec = OperationSpec {
        name: "delete-payee-account",
        path: "",
        path_aliases: &[],
        effect: Effect::Idempotent,
        settlement: Settlement::NotNeeded,
        confidence: Confidence::Current,
        source: "Pockyt docs, Delete payee funding account",
        unknown: "the path; the answer",
        fields: &[FieldGroup {
            required: true,
            fields: &[needed("accountToken"), needed("customerNo"), needed("timestamp")],
        }],
        envelope: Envelope::Open(&["result"]),
        answer: RawAnswer::FIELDS,
        request_type: "DeletePayeeAccount",
        answer_type: "RawAnswer",
    };

    fn write_params<'a>(&'a self, params: &mut Params<'a>) {
        params.push("accountToken", self.account_token.text());
        params.push("customerNo", self.customer_no.text());
        params.push("timestamp", self.timestamp.text());
    }

    fn path(&self) -> &str {
        &self.path
    }
}
