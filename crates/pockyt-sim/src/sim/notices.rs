//! What each kind of notification says.

use super::Sim;
use super::notify::Notice;
use crate::Millis;
use crate::books::{Mandate, Payout, PayoutAccount};
use crate::order::{Order, Refund, Role, Status};
use crate::profile::Notify;
use crate::view::NotificationKind;

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
            number: order.transaction_no.clone(),
            reference: order.reference.clone(),
            status: self.status_word(order),
            url,
            fields,
        };
        self.announce(notice, at);
    }

    fn payment_fields(&self, order: &Order) -> Vec<(&'static str, Option<String>)> {
        let profile = &self.config.profile;
        let note = order.note.clone().or_else(|| profile.notify_empty_note.then(String::new));
        vec![
            ("amount", Some(order.amount_text())),
            ("currency", Some(order.currency.clone())),
            ("note", note),
            ("reference", order.reference.clone()),
            ("settleCurrency", Some(order.settle_currency.clone())),
            ("status", Some(self.status_word(order).to_owned())),
            ("time", Some(order.changed.in_notifications(profile.notification_zone_hours))),
            ("transactionNo", Some(order.transaction_no.clone())),
            ("vendorId", order.vendor_id.clone().filter(|_| profile.notify_vendor_id)),
        ]
    }

    fn card_fields(&self, order: &Order) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("amount", Some(order.amount_text())),
            ("completedAt", Some(order.changed.in_utc())),
            ("currency", Some(order.currency.clone())),
            ("customerNo", order.customer_no.clone()),
            ("reference", order.reference.clone()),
            ("settleCurrency", Some(order.settle_currency.clone())),
            ("status", Some(self.status_word(order).to_owned())),
            ("transactionNo", Some(order.transaction_no.clone())),
        ]
    }

    /// Announces a refund, with the fields of its answer: no source describes the message.
    pub(super) fn notify_refund(&mut self, order: &Order, refund: &Refund, url: String) {
        let fields = vec![
            ("amount", Some(order.amount_text())),
            ("currency", Some(order.currency.clone())),
            ("reference", order.reference.clone()),
            ("refundAmount", Some(refund.amount.text(&order.currency))),
            ("refundReference", refund.reference.clone()),
            ("refundTransactionNo", Some(refund.transaction_no.clone())),
            ("settleCurrency", Some(order.settle_currency.clone())),
            ("status", Some("success".into())),
            ("transactionNo", Some(order.transaction_no.clone())),
        ];
        let notice = Notice {
            kind: NotificationKind::Refund,
            merchant_no: order.merchant_no.clone(),
            store_no: order.store_no.clone(),
            number: order.transaction_no.clone(),
            reference: order.reference.clone(),
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
                ("accountToken", payout.account_token.clone()),
                ("amount", Some(payout.amount.text(&payout.currency))),
                ("currency", Some(payout.currency.clone())),
                ("invoiceId", payout.invoice_id.clone()),
                ("paymentTime", Some(at.in_utc())),
                ("receiver", payout.receiver.clone()),
                ("status", Some(payout.status.as_str().into())),
                ("transactionNo", Some(payout.transaction_no.clone())),
                ("vendor", Some(payout.vendor.clone())),
            ],
        };
        self.announce(notice, at);
    }

    pub(super) fn notify_mandate(&mut self, merchant_no: &str, mandate: &Mandate, at: Millis) {
        let Some(url) = mandate.ipn_url.clone() else { return };
        let empty_note = self.config.profile.notify_empty_note.then(String::new);
        let notice = Notice {
            kind: NotificationKind::AutoDebit,
            merchant_no: merchant_no.to_owned(),
            store_no: mandate.store_no.clone(),
            number: mandate.auto_debit_no.clone(),
            reference: Some(mandate.auto_reference.clone()),
            status: mandate.status.as_str(),
            url,
            fields: vec![
                ("autoDebitNo", Some(mandate.auto_debit_no.clone())),
                ("autoReference", Some(mandate.auto_reference.clone())),
                ("note", mandate.note.clone().or(empty_note)),
                ("time", Some(at.in_notifications(self.config.profile.notification_zone_hours))),
                ("vendor", Some(mandate.vendor.clone())),
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
                ("accountTag", account.tag.clone()),
                ("accountToken", Some(account.token.clone())),
                ("accountType", Some(account.kind.clone())),
                ("country", Some(account.country.clone())),
                ("currency", Some(account.currency.clone())),
                ("customerNo", Some(account.customer_no.clone())),
                ("payeeAccount", account.masked_number.clone()),
            ],
        };
        self.announce(notice, at);
    }
}
