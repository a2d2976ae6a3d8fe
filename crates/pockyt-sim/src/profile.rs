//! The choices where the vendor's sources contradict one another or are silent.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How this Pockyt behaves where the sources leave a choice.
///
/// Every field can be set by itself; [`Profile::lenient`] accepts whatever some official source
/// accepts, [`Profile::strict`] demands whatever some official source demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own, named by its field")]
pub struct Profile {
    /// Which fields are required: those on which all sources agree, or those that any source requires.
    pub requirements: Requirements,
    /// Refuse any empty value with 000020. Otherwise only an empty required field is refused, with 000023.
    /// The vendor's SDKs part over sending them.
    pub refuse_empty_values: bool,
    /// Refuse `transactionNo` and `reference` together even when they name the same order (000022).
    /// The reference pages mark both required, every SDK sends one.
    pub refuse_both_identifiers: bool,
    /// Refuse a vendor that no source names and amounts below the minimum of the vendor's PHP SDK.
    pub refuse_unlisted_values: bool,
    /// HTTP status of the wrong-signature answer. The older documentation says 400.
    pub wrong_signature_status: u16,
    /// Name of the message in the wrong-signature answer: most pages print `retMsg`, some `ret_msg`.
    pub wrong_signature_key: MessageKey,
    /// The code for a repeated reference; the sources give the text but no code. 000022 or 000023 fits.
    pub duplicate_code: DuplicateCode,
    /// Honour `Pockyt-Request-ID` on every call that changes something. The guide says so; the
    /// reference shows it for payouts only.
    pub honour_request_id: bool,
    /// Refuse a `Pockyt-Request-ID` that comes again with another body (000022). Otherwise the stored
    /// answer is sent. Undocumented.
    pub refuse_reused_request_id: bool,
    /// What a cancel of a paid order answers. Undocumented; the money goes back in any case, and
    /// `tran-query` answers `success` with `refundInfo`.
    pub cancel_of_paid: CancelOfPaid,
    /// Which final statuses are notified. Only `success` is promised.
    pub notify: Notify,
    /// Which answers of a listener count as acknowledgement.
    pub acknowledgement: Acknowledgement,
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
            wrong_signature_status: 400,
            wrong_signature_key: MessageKey::RetMsgCamel,
            duplicate_code: DuplicateCode::BadValue,
            honour_request_id: true,
            refuse_reused_request_id: false,
            cancel_of_paid: CancelOfPaid::Closed,
            notify: Notify::Final,
            acknowledgement: Acknowledgement::Trimmed,
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
            notify: Notify::Success,
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
