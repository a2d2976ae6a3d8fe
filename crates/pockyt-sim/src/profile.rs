//! The choices where the vendor's sources contradict one another or are silent.

mod choice;
mod settled;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use choice::{CHOICES, Choice};
pub use settled::{SETTLED, Settled};

/// How this Pockyt behaves where the sources leave a choice.
///
/// Every field can be set by itself; [`Profile::lenient`] accepts whatever some official source
/// accepts, [`Profile::strict`] demands whatever some official source demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own, named by its field")]
pub struct Profile {
    /// Which fields are required: those on which all sources agree, or those that any source requires, among
    /// them `osType` with `terminal` WAP and APP, and `paymentCount` and `frequency` with `creditType`
    /// recurring.
    pub requirements: Requirements,
    /// Refuse any empty value with 000020. Otherwise only an empty required field is refused, with 000023.
    /// The vendor's SDKs part over sending them.
    pub refuse_empty_values: bool,
    /// Refuse `transactionNo` and `reference` together even when they name the same order (000022).
    /// The reference pages mark both required, every SDK sends one.
    pub refuse_both_identifiers: bool,
    /// Refuse a vendor that no source names, amounts below the minimum of the vendor's PHP SDK, and pairs
    /// of vendor and currency that this SDK refuses.
    pub refuse_unlisted_values: bool,
    /// Refuse a currency that no source names for the vendor (000022). The published examples are exempt:
    /// one pairs `alipay` with `PHP`.
    pub refuse_foreign_currencies: bool,
    /// Refuse a fraction of a currency that has none (000023). No source has a rule for IDR, JPY and KRW.
    pub refuse_fractions: bool,
    /// The greatest amount, in major units; none: ten digits. Undocumented.
    pub max_amount: Option<u64>,
    /// The most characters of a reference of any kind. Undocumented; the samples have up to 32.
    pub max_reference_length: u32,
    /// Refuse a request whose `timestamp` is further from now than so many minutes (000023). Undocumented.
    pub timestamp_tolerance_minutes: Option<u32>,
    /// HTTP status of the wrong-signature answer. The older documentation says 400.
    pub wrong_signature_status: u16,
    /// Name of the message in the wrong-signature answer: most pages print `retMsg`, some `ret_msg`.
    pub wrong_signature_key: MessageKey,
    /// HTTP status of all other refusals. Samples with codes say 200, one page says 400.
    pub refusal_status: u16,
    /// Refuse a repeated `reference`, `refundReference`, `invoiceId`, `autoReference` or `outAuthDetailNo`.
    /// Otherwise a second thing is made, and the reference names the newest.
    pub refuse_duplicates: bool,
    /// The code for a repeated reference; the sources give the text but no code. 000022 or 000023 fits.
    pub duplicate_code: DuplicateCode,
    /// Honour `Pockyt-Request-ID` on every call that changes something. The guide says so; the
    /// reference shows it for payouts only. Otherwise only `payouts-pay` honours it.
    pub honour_request_id: bool,
    /// How long a `Pockyt-Request-ID` is remembered, in minutes; none: for ever. Undocumented.
    pub request_id_minutes: Option<u32>,
    /// Refuse a `Pockyt-Request-ID` that comes again with another body (000022). Otherwise the stored
    /// answer is sent. Undocumented.
    pub refuse_reused_request_id: bool,
    /// What a cancel of a paid order answers. Undocumented; the money goes back in any case, and
    /// `tran-query` answers `success` with `refundInfo`.
    pub cancel_of_paid: CancelOfPaid,
    /// Refuse to cancel what is closed or given back already (000040). Otherwise the same answer comes
    /// again. Undocumented.
    pub refuse_repeated_cancel: bool,
    /// The code of a refund above what is left. Undocumented.
    pub excess_refund_code: RefusalCode,
    /// The code of a refund of an order that is not paid. Undocumented.
    pub unpaid_refund_code: RefusalCode,
    /// What `tran-query` says of an order that was refunded in full. Only `success` is ever shown.
    pub refunded_status: RefundedStatus,
    /// The word for a payment that failed. The status tables say `failed`, a plug-in knows `fail`.
    pub failed_word: FailedWord,
    /// How a payment is answered that the wallet refuses before the call is answered. Undocumented.
    pub refused_payment: RefusedPayment,
    /// Write amounts as JSON numbers everywhere, as the field tables say. The samples have strings, but for
    /// cancel, automatic debits and the balance.
    pub amounts_as_numbers: bool,
    /// The key of the customer in answers about customers: the prose says `customer`, the sample `result`.
    pub customer_key: CustomerKey,
    /// Put `status` into the answer of an automatic debit. A vendor back end reads it; no sample has it.
    pub auto_debit_status: bool,
    /// How long the token of an automatic debit is good, in days. The sample's is good for 180.
    pub access_token_days: u32,
    /// Ask the customer of every card payment for a second factor. Otherwise only where a script or a
    /// magic value makes the payment wait.
    pub three_d_secure: bool,
    /// Which final statuses are notified. Only `success` is promised.
    pub notify: Notify,
    /// Notify a refund whose request named an `ipnUrl`. One page has the field; none describes the message.
    pub notify_refunds: bool,
    /// Go on resending every 15 minutes after the schedule, until `success`, for a week. One page says "at
    /// regular intervals until success", the others 8 resends within 2 hours.
    pub resend_for_ever: bool,
    /// How each kind of notification is written.
    pub notification_form: NotificationForms,
    /// Which answers of a listener count as acknowledgement.
    pub acknowledgement: Acknowledgement,
    /// The zone of `time` in notifications, in hours east of UTC. It is not stated; Pockyt works in UTC+8.
    pub notification_zone_hours: i8,
    /// Put the channel's `vendorId` into notifications of paid orders. Documented; the only genuine
    /// notification that is published lacks it.
    pub notify_vendor_id: bool,
    /// Put an empty, signed `note` into notifications of orders without one, to test listeners.
    pub notify_empty_note: bool,
}

impl Profile {
    /// Accepts what some official source accepts. The default.
    pub fn lenient() -> Self {
        Self {
            requirements: Requirements::Lenient,
            refuse_empty_values: false,
            refuse_both_identifiers: false,
            refuse_unlisted_values: false,
            refuse_foreign_currencies: true,
            refuse_fractions: true,
            max_amount: None,
            max_reference_length: 128,
            timestamp_tolerance_minutes: None,
            wrong_signature_status: 400,
            wrong_signature_key: MessageKey::RetMsgCamel,
            refusal_status: 200,
            refuse_duplicates: true,
            duplicate_code: DuplicateCode::BadValue,
            honour_request_id: true,
            request_id_minutes: None,
            refuse_reused_request_id: false,
            cancel_of_paid: CancelOfPaid::Closed,
            refuse_repeated_cancel: false,
            excess_refund_code: RefusalCode::Status,
            unpaid_refund_code: RefusalCode::Status,
            refunded_status: RefundedStatus::Success,
            failed_word: FailedWord::Failed,
            refused_payment: RefusedPayment::Answered,
            amounts_as_numbers: false,
            customer_key: CustomerKey::Customer,
            auto_debit_status: false,
            access_token_days: 180,
            three_d_secure: false,
            notify: Notify::Final,
            notify_refunds: true,
            resend_for_ever: false,
            notification_form: NotificationForms::default(),
            acknowledgement: Acknowledgement::Trimmed,
            notification_zone_hours: 8,
            notify_vendor_id: true,
            notify_empty_note: false,
        }
    }

    /// Demands what some official source demands, and promises only what all promise.
    pub fn strict() -> Self {
        Self {
            requirements: Requirements::Strict,
            refuse_empty_values: true,
            refuse_both_identifiers: true,
            refuse_unlisted_values: true,
            refuse_reused_request_id: true,
            refuse_repeated_cancel: true,
            refused_payment: RefusedPayment::ChannelError,
            notify: Notify::Success,
            notify_refunds: false,
            acknowledgement: Acknowledgement::Exact,
            ..Self::lenient()
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::lenient()
    }
}

/// A name that is not a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a profile is one of lenient, strict")]
pub struct UnknownProfile;

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "lenient" => Ok(Self::lenient()),
            "strict" => Ok(Self::strict()),
            _ => Err(UnknownProfile),
        }
    }
}

/// Which column of the catalogue says what is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Requirements {
    /// Required is what every source requires.
    Lenient,
    /// Required is what any current or older official source requires.
    Strict,
}

/// How the message of the wrong-signature answer is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MessageKey {
    /// `ret_msg`, as in all other answers.
    #[serde(rename = "ret_msg")]
    RetMsg,
    /// `retMsg`, as most pages print it.
    #[serde(rename = "retMsg")]
    RetMsgCamel,
}

/// The code of "Duplicate request error".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DuplicateCode {
    /// 000023, a bad value.
    #[serde(rename = "000023")]
    BadValue,
    /// 000022, parameters that do not match.
    #[serde(rename = "000022")]
    Mismatch,
}

/// The `status` in the answer to a cancel that became a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CancelOfPaid {
    /// `closed`, the only value that is ever shown.
    Closed,
    /// `reversed`, which a vendor plug-in knows.
    Reversed,
    /// `success`.
    Success,
}

/// Which final statuses are notified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notify {
    /// `success`, `failed` and `closed`: the status tables list all three for notifications.
    Final,
    /// `success` only, which is all that is promised.
    Success,
}

/// What a listener must answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acknowledgement {
    /// Status 200 and exactly the seven bytes `success`.
    Exact,
    /// Any 2xx, and `success` with white space around it.
    Trimmed,
}

/// A code for a refusal that the sources leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RefusalCode {
    /// 000022, parameters that do not match.
    #[serde(rename = "000022")]
    Mismatch,
    /// 000023, a bad value.
    #[serde(rename = "000023")]
    BadValue,
    /// 000040, a status that does not allow it.
    #[serde(rename = "000040")]
    Status,
}

/// The `status` of an order that was refunded in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefundedStatus {
    /// `reversed`.
    Reversed,
    /// `success`, with `refundInfo`.
    Success,
}

/// The word for a payment that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailedWord {
    /// `fail`.
    Fail,
    /// `failed`.
    Failed,
}

/// How a payment is answered that the wallet refuses at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusedPayment {
    /// The ordinary answer; its status, or the next query, says `failed`.
    Answered,
    /// 000080, an error of the channel. The order has failed all the same.
    ChannelError,
}

/// The key of the customer in answers about customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CustomerKey {
    /// `customer`.
    Customer,
    /// `result`.
    Result,
}

/// How a notification is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotificationForm {
    /// As form fields.
    Form,
    /// As a JSON object of strings.
    Json,
}

/// How each kind of notification is written: the texts say form, the payout samples are JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NotificationForms {
    /// Payments by wallet, at a till or on the web.
    pub payment: NotificationForm,
    /// Payments by card.
    pub capture: NotificationForm,
    /// Refunds.
    pub refund: NotificationForm,
    /// Agreements to automatic debits.
    pub auto_debit: NotificationForm,
    /// Payouts.
    pub payout: NotificationForm,
    /// Accounts of payees.
    pub payee_account: NotificationForm,
}

impl Default for NotificationForms {
    /// JSON for payouts, a form for all else.
    fn default() -> Self {
        Self {
            payment: NotificationForm::Form,
            capture: NotificationForm::Form,
            refund: NotificationForm::Form,
            auto_debit: NotificationForm::Form,
            payout: NotificationForm::Json,
            payee_account: NotificationForm::Form,
        }
    }
}
