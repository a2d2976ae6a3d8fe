//! Payouts as of 2021: to an address instead of a registered account.

use crate::operation::macros::request;
use crate::operation::payouts::{Payout, PayoutAmount};
use crate::operation::{FieldSpec, needed};
use crate::params::Part;
use crate::person::email_address;
use crate::{FreeText, InvalidField, InvoiceId, IpnUrl, Params, PersonalText, Vendor};

/// To whom a payout of 2021 goes.
#[derive(Clone, Debug)]
pub struct Receiver {
    kind: &'static str,
    address: PersonalText,
}

impl Receiver {
    /// By an e-mail address.
    ///
    /// # Errors
    ///
    /// The text is empty, too long, has control characters, could be read as another field, or has no `@`
    /// between two other characters.
    pub fn email(address: impl Into<String>) -> Result<Self, InvalidField> {
        Ok(Self { kind: "EMAIL", address: email_address("receiver", address)? })
    }

    /// By a telephone number.
    ///
    /// # Errors
    ///
    /// As [`Receiver::email`].
    pub fn phone(number: impl Into<String>) -> Result<Self, InvalidField> {
        Ok(Self { kind: "PHONE", address: PersonalText::named("receiver", number)? })
    }

    /// By an identifier at PayPal.
    ///
    /// # Errors
    ///
    /// As [`Receiver::email`].
    pub fn paypal_id(id: impl Into<String>) -> Result<Self, InvalidField> {
        Ok(Self { kind: "PAYPAL_ID", address: PersonalText::named("receiver", id)? })
    }
}

impl Part for Receiver {
    const FIELDS: &'static [FieldSpec] = &[needed("receiver"), needed("receiverType")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        params.push("receiver", self.address.as_str());
        params.push("receiverType", self.kind);
    }
}

request! {
    /// Sends money to an address, as payouts worked in 2021. The path is that of
    /// [`PayPayout`](crate::operation::PayPayout).
    PayoutToReceiver answers Payout {
        name: "payouts-pay-2021",
        path: "/v3/payouts/pay",
        effect: MovesMoney,
        settlement: PayoutInquiry,
        confidence: Older,
        envelope: In(&["result"]),
        source: "docs.yuansfer.com, send money; vendor Java SDK",
        unknown: "whether it is still served",
    }
    /// Sends this much to this address.
    new {
        /// The merchant's identifier of the payout.
        invoice_id: InvoiceId = "invoiceId",
        /// How much.
        amount: PayoutAmount,
        /// By which wallet.
        vendor: Vendor = "vendor",
        /// To whom.
        receiver: Receiver,
        /// The subject of the e-mail to the receiver.
        subject: FreeText = "subject",
        /// What it is for.
        description: FreeText = "description",
    }
    optional {
        /// Where to notify.
        ipn_url: IpnUrl = "ipnUrl",
        /// The receiver's language.
        language: FreeText = "language",
        /// A note.
        note: FreeText = "note",
    }
}
