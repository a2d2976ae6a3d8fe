//! What each kind of notification says.

use std::borrow::Cow;

use super::Sim;
use super::notify::Notice;
use crate::Millis;
use crate::books::{Mandate, Payout, PayoutAccount};
use crate::order::{Order, Refund, Role, Status};
use crate::profile::Notify;
use crate::view::NotificationKind;

/// What a notification says, by name.
type Fields<'a> = Vec<(&'static str, Option<Cow<'a, str>>)>;

impl Sim {
    /// Announces the final status of an order, as its kind has it.
    pub(super) fn notify(&mut self, order: &Order, at: Millis) {
        let wanted = order.status == Status::Success || self.config.profile.notify == Notify::Final;
        let Some(url) = order.ipn_url.clone().filter(|_| wanted) else { return };
        let (kind, fields) = match order.role {
            // No source describes what goes to authIpnUrl.
            Role::Hold => return,
            Role::Card => (NotificationKind::Capture, self.card_fields(order)),
            Role::Payment => (NotificationKind::Payment, self.payment_fields(order)),
        };
        let notice = Notice {
            kind,
            merchant_no: order.merchant_no.clone(),
            store_no: order.store_no.clone(),
            number: order.number.into(),
            reference: order.owned_reference(),
            status: self.status_word(order),
            url,
            fields,
        };
        self.announce(notice, at);
    }

    fn payment_fields<'o>(&self, order: &'o Order) -> Fields<'o> {
        let profile = &self.config.profile;
        let note = order.note().or(profile.notify_empty_note.then_some(""));
        vec![
            ("amount", Some(order.amount_text().into())),
            ("currency", Some((&order.currency).into())),
            ("note", note.map(Into::into)),
            ("reference", order.reference.as_deref().map(Into::into)),
            ("settleCurrency", Some((&order.settle_currency).into())),
            ("status", Some(self.status_word(order).into())),
            ("time", Some(order.changed.in_notifications(profile.notification_zone_hours).into())),
            ("transactionNo", Some(order.number.as_str().into())),
            ("vendorId", order.vendor_id().filter(|_| profile.notify_vendor_id).map(Into::into)),
        ]
    }

    fn card_fields<'o>(&self, order: &'o Order) -> Fields<'o> {
        vec![
            ("amount", Some(order.amount_text().into())),
            ("completedAt", Some(order.changed.in_utc().into())),
            ("currency", Some((&order.currency).into())),
            ("customerNo", order.customer_no().map(Into::into)),
            ("reference", order.reference.as_deref().map(Into::into)),
            ("settleCurrency", Some((&order.settle_currency).into())),
            ("status", Some(self.status_word(order).into())),
            ("transactionNo", Some(order.number.as_str().into())),
        ]
    }

    /// Announces a refund, with the fields of its answer: no source describes the message.
    pub(super) fn notify_refund(&mut self, order: &Order, refund: &Refund, url: String) {
        let fields = vec![
            ("amount", Some(order.amount_text().into())),
            ("currency", Some((&order.currency).into())),
            ("reference", order.reference.as_deref().map(Into::into)),
            ("refundAmount", Some(refund.amount.text(&order.currency).into())),
            ("refundReference", refund.reference.as_deref().map(Into::into)),
            ("refundTransactionNo", Some(refund.transaction_no.as_str().into())),
            ("settleCurrency", Some((&order.settle_currency).into())),
            ("status", Some("success".into())),
            ("transactionNo", Some(order.number.as_str().into())),
        ];
        let notice = Notice {
            kind: NotificationKind::Refund,
            merchant_no: order.merchant_no.clone(),
            store_no: order.store_no.clone(),
            number: order.number.into(),
            reference: order.owned_reference(),
            status: "success",
            url,
            fields,
        };
        self.announce(notice, refund.at);
    }

    pub(super) fn notify_payout(&mut self, merchant_no: &str, payout: &Payout, at: Millis) {
        let Some(url) = payout.ipn_url.clone() else { return };
        let notice = Notice {
            kind: NotificationKind::Payout,
            merchant_no: merchant_no.to_owned(),
            store_no: payout.store_no.clone(),
            number: payout.transaction_no.clone(),
            reference: payout.invoice_id.clone(),
            status: payout.status.as_str(),
            url,
            fields: vec![
                ("accountToken", payout.account_token.as_deref().map(Into::into)),
                ("amount", Some(payout.amount.text(&payout.currency).into())),
                ("currency", Some((&payout.currency).into())),
                ("invoiceId", payout.invoice_id.as_deref().map(Into::into)),
                ("paymentTime", Some(at.in_utc().into())),
                ("receiver", payout.receiver.as_deref().map(Into::into)),
                ("status", Some(payout.status.as_str().into())),
                ("transactionNo", Some((&payout.transaction_no).into())),
                ("vendor", Some((&payout.vendor).into())),
            ],
        };
        self.announce(notice, at);
    }

    pub(super) fn notify_mandate(&mut self, merchant_no: &str, mandate: &Mandate, at: Millis) {
        let Some(url) = mandate.ipn_url.clone() else { return };
        let empty_note = self.config.profile.notify_empty_note.then_some("");
        let notice = Notice {
            kind: NotificationKind::AutoDebit,
            merchant_no: merchant_no.to_owned(),
            store_no: mandate.store_no.clone(),
            number: mandate.auto_debit_no.clone(),
            reference: Some(mandate.auto_reference.clone()),
            status: mandate.status.as_str(),
            url,
            fields: vec![
                ("autoDebitNo", Some((&mandate.auto_debit_no).into())),
                ("autoReference", Some((&mandate.auto_reference).into())),
                ("note", mandate.note.as_deref().or(empty_note).map(Into::into)),
                ("time", Some(at.in_notifications(self.config.profile.notification_zone_hours).into())),
                ("vendor", Some((&mandate.vendor).into())),
            ],
        };
        self.announce(notice, at);
    }

    pub(super) fn notify_account(&mut self, merchant_no: &str, account: &PayoutAccount, at: Millis) {
        let Some(url) = account.ipn_url.clone() else { return };
        let notice = Notice {
            kind: NotificationKind::PayeeAccount,
            merchant_no: merchant_no.to_owned(),
            store_no: account.store_no.clone(),
            number: account.token.clone(),
            reference: account.tag.clone(),
            status: account.status.as_str(),
            url,
            fields: vec![
                ("accountStatus", Some(account.status.as_str().into())),
                ("accountTag", account.tag.as_deref().map(Into::into)),
                ("accountToken", Some((&account.token).into())),
                ("accountType", Some((&account.kind).into())),
                ("country", Some((&account.country).into())),
                ("currency", Some((&account.currency).into())),
                ("customerNo", Some((&account.customer_no).into())),
                ("payeeAccount", account.masked_number.as_deref().map(Into::into)),
            ],
        };
        self.announce(notice, at);
    }
}
