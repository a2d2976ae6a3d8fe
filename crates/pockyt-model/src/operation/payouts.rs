//! Payouts, their balance, and payors.

use crate::operation::macros::{request, view};
use crate::operation::raw::RawAnswer;
use crate::operation::{
    Confidence, Effect, Envelope, FieldSpec, Operation, OperationSpec, Settlement, View, needed,
};
use crate::params::Part;
use crate::wire_enum::wire_enum;
use crate::{
    AccountToken, Amount, Currency, CustomerNo, FreeText, InvalidField, InvoiceId, IpnUrl, Params, PayorNo,
    PayoutStatus, PockytTime, Price, Timestamp, TransactionNo,
};

/// What a payout sends: a positive amount and its currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutAmount {
    amount: Amount,
    currency: Currency,
}

impl PayoutAmount {
    /// An amount in major units of the currency.
    ///
    /// # Errors
    ///
    /// The amount is not a plain decimal number, is not above zero, or has more than two decimals.
    pub fn new(amount: &str, currency: Currency) -> Result<Self, InvalidField> {
        let price = Price::new(amount, currency)?;
        Ok(Self { amount: price.amount().clone(), currency })
    }

    /// The amount.
    pub fn amount(&self) -> &Amount {
        &self.amount
    }

    /// The currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }
}

impl Part for PayoutAmount {
    const FIELDS: &'static [FieldSpec] = &[needed("amount"), needed("currency")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        params.push("amount", self.amount.as_str());
        params.push("currency", self.currency.as_str());
    }
}

wire_enum! {
    /// How fast a payout to a bank travels.
    ProcessingChannel {
        /// Within the day.
        RealTimePay = "REAL_TIME_PAY",
        /// The same day.
        SameDayAch = "SAME_DAY_ACH",
        /// Pockyt's default.
        StandardAch = "STANDARD_ACH",
    }
}

request! {
    /// Sends money to a payee's account. The first answer is always `pending`.
    ///
    /// Here 000040 means that the balance does not suffice.
    PayPayout answers Payout {
        name: "payouts-pay",
        path: "/v3/payouts/pay",
        effect: MovesMoney,
        settlement: PayoutInquiry,
        confidence: Current,
        envelope: In(&["result"]),
        source: "Pockyt docs, Transfer payout; Idempotency key in Pockyt API",
        unknown: "whether timestamp is wanted; whether the text is called description or memo",
    }
    /// Sends this much to this account. Record the invoice before sending: it is what a lost answer is
    /// asked after by.
    new {
        /// Which payee.
        customer_no: CustomerNo = "customerNo",
        /// Which account.
        account_token: AccountToken = "accountToken",
        /// The merchant's identifier of the payout.
        invoice_id: InvoiceId = "invoiceId",
        /// How much.
        amount: PayoutAmount,
    }
    optional {
        /// What it is for. (The page on idempotency calls this field `memo`.)
        description: FreeText = "description",
        /// Where to notify.
        ipn_url: IpnUrl = "ipnUrl",
        /// A note.
        note: FreeText = "note",
        /// How fast it travels.
        processing_channel: ProcessingChannel = "processingChannel",
        /// The subject of the e-mail to the payee.
        subject: FreeText = "subject",
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
}

view! {
    /// A payout.
    Payout {
        /// Pockyt's number of the payout.
        transaction_no: required TransactionNo = "transactionNo",
        /// The merchant's identifier.
        invoice_id: optional String = "invoiceId",
        /// The payee.
        customer_no: optional CustomerNo = "customerNo",
        /// The account.
        account_token: optional AccountToken = "accountToken",
        /// The receiver, in the form of 2021.
        receiver: optional String = "receiver",
        /// How much, in major units of the currency.
        amount: required Amount = "amount",
        /// The currency.
        currency: required Currency = "currency",
        /// When it was made, UTC.
        created_time: optional PockytTime = "createdTime",
        /// The state.
        status: required PayoutStatus = "status",
    }
}

request! {
    /// Asks what became of a payout. A read: it may be repeated.
    PayoutInquiry answers Payout {
        name: "payouts-inquiry",
        path: "/v3/payouts/inquiry",
        effect: Read,
        settlement: NotNeeded,
        confidence: Current,
        envelope: In(&["result"]),
        source: "Pockyt docs name it; its body is from the older documentation",
        unknown: "the answer for a payout to an accountToken",
    }
    /// Asks by the merchant's identifier.
    new {
        /// Which payout.
        invoice_id: InvoiceId = "invoiceId",
    }
    optional {}
}

request! {
    /// Asks how much there is to pay out.
    PayoutBalance answers Balances {
        name: "payouts-balance",
        path: "/v3/payouts/balance",
        effect: Read,
        settlement: NotNeeded,
        confidence: Current,
        envelope: Flat,
        source: "Pockyt docs, Retrieve payor balance",
        unknown: "",
    }
    /// Asks for the balance in this currency.
    new {
        /// The currency.
        currency: Currency = "currency",
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
    optional {}
}

view! {
    /// What there is to pay out.
    Balances {
        /// By currency.
        balances: list Balance = "balance",
    }
}

view! {
    /// What there is to pay out in one currency.
    Balance {
        /// How much, in major units of the currency; a JSON number in the published example.
        amount: required Amount = "amount",
        /// The currency.
        currency: required Currency = "currency",
    }
}

request! {
    /// Registers a payor, where Pockyt is the merchant of record. The guide does not show the parameters:
    /// give them as extra fields.
    RegisterPayor answers Payor {
        name: "payor-register",
        path: "/v1/payor/register",
        effect: Changes,
        settlement: Nobody,
        confidence: Current,
        envelope: Open(&["result", "payor"]),
        source: "Pockyt guide, payor onboarding",
        unknown: "all parameters; the answer but for payorNo and status",
    }
    /// A request without parameters of its own.
    new {}
    optional {}
}

view! {
    /// A payor. It can be used once it is `APPROVED`.
    Payor {
        /// Pockyt's number.
        payor_no: optional PayorNo = "payorNo",
        /// `SUBMITTED`, `APPROVED`, `DECLINED`, `SAVED` or `EFFECTIVE`, as far as seen.
        status: optional String = "status",
    }
}

/// Uploads a payor's documents: `POST /v1/payor/upload/{payorNo}`. How the documents travel is shown nowhere:
/// give the parameters as extra fields. Source: Pockyt guide, payor onboarding.
#[derive(Clone, Debug)]
pub struct UploadPayorDocuments {
    path: String,
}

impl UploadPayorDocuments {
    /// Documents of this payor.
    pub fn new(payor_no: &PayorNo) -> Self {
        Self { path: format!("/v1/payor/upload/{payor_no}") }
    }
}

impl Operation for UploadPayorDocuments {
    type Answer = RawAnswer;

    const SPEC: OperationSpec = OperationSpec {
        name: "payor-upload",
        path: "/v1/payor/upload/{payorNo}",
        path_aliases: &[],
        effect: Effect::Changes,
        settlement: Settlement::Nobody,
        confidence: Confidence::Current,
        source: "Pockyt guide, payor onboarding",
        unknown: "all parameters and how the documents travel; the answer",
        fields: &[],
        envelope: Envelope::Open(&["result"]),
        answer: RawAnswer::FIELDS,
        request_type: "UploadPayorDocuments",
        answer_type: "RawAnswer",
    };

    fn write_params<'a>(&'a self, _: &mut Params<'a>) {}

    fn path(&self) -> &str {
        &self.path
    }
}
