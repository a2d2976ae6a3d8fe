//! The state of a payee's account.

use pockyt_sign::{Fields, Verified};

use super::identity::lower;
use super::read::{required, text, word};
use super::{DedupeKey, Fingerprint, NotificationKind};
use crate::operation::PayeeStatus;
use crate::{AccountToken, CustomerNo, FieldError};

/// The state of a payee's account, read from a verified message (docs.yuansfer.com, payouts, payee). A
/// trigger: ask for the account.
#[derive(Clone, Debug)]
pub struct PayeeAccountNotification {
    account_token: AccountToken,
    customer_no: CustomerNo,
    account_status: PayeeStatus,
    fields: Fields<'static>,
}

impl PayeeAccountNotification {
    /// Reads a verified message as an account's notification.
    ///
    /// # Errors
    ///
    /// A required field is missing or not of its form: `accountToken` and `customerNo` as their types say,
    /// `accountStatus` letters.
    pub fn read(message: &Verified<'_>) -> Result<Self, FieldError> {
        let fields = message.fields();
        Ok(Self {
            account_token: required(fields, "accountToken")?,
            customer_no: required(fields, "customerNo")?,
            account_status: PayeeStatus::from_wire(word("accountStatus", text(fields, "accountStatus")?)?),
            fields: fields.clone().into_owned(),
        })
    }

    /// Pockyt's number of the account.
    pub fn account_token(&self) -> &AccountToken {
        &self.account_token
    }

    /// The payee.
    pub fn customer_no(&self) -> &CustomerNo {
        &self.customer_no
    }

    /// Whether it can be paid to.
    pub fn account_status(&self) -> &PayeeStatus {
        &self.account_status
    }

    /// The merchant's tag. A hint.
    pub fn account_tag(&self) -> Option<&str> {
        self.fields.get("accountTag")
    }

    /// All signed fields as they came.
    pub fn fields(&self) -> &Fields<'static> {
        &self.fields
    }

    /// Kind, account and status.
    pub fn dedupe_key(&self) -> DedupeKey {
        let status = lower(self.account_status.as_str());
        DedupeKey::of(NotificationKind::PayeeAccount, &[self.account_token.as_str(), &status])
    }

    /// What two deliveries must agree on: account, payee and status.
    pub fn fingerprint(&self) -> Fingerprint {
        let status = lower(self.account_status.as_str());
        let parts = [self.account_token.as_str(), self.customer_no.as_str(), &status];
        Fingerprint::over(NotificationKind::PayeeAccount, parts)
    }
}
