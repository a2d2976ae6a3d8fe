//! What each kind of notification says.

use super::Sim;
use super::notify::Notice;
use crate::Millis;
use crate::answer::Members;
use crate::books::{Mandate, Payout, PayoutAccount};
use crate::number::Number;
use crate::order::{Order, Refund, Role, Status};
use crate::profile::Notify;
use crate::view::NotificationKind;

impl Sim {
    /// Announces the final status of an order, as its kind has it.
    pub(super) fn notify(&mut self, number: Number, at: Millis) {
        let notice = self.order(number).and_then(|order| self.notice_of(order));
        if let Some(prepared) = notice.map(|notice| self.prepared(&notice, at)) {
            self.announce(prepared);
        }
    }

    fn notice_of<'o>(&self, order: &'o Order) -> Option<Notice<'o>> {
        let wanted = order.status == Status::Success || self.config.profile.notify == Notify::Final;
        let url = order.ipn_url.as_deref().filter(|_| wanted)?;
        let number = order.number.as_str();
        let (kind, fields) = match order.role {
            // No source describes what goes to authIpnUrl.
            Role::Hold => return None,
            Role::Card => (NotificationKind::Capture, self.card_fields(order, number)),
            Role::Payment => (NotificationKind::Payment, self.payment_fields(order, number)),
        };
        Some(Notice {
            kind,
            merchant_no: &order.merchant_no,
            store_no: &order.store_no,
            number,
            reference: order.reference.as_deref(),
            status: self.status_word(order),
            url,
            fields,
        })
    }

    fn payment_fields<'o>(&self, order: &'o Order, number: &'o str) -> Members<'o> {
        let profile = &self.config.profile;
        let note = order.note().or(profile.notify_empty_note.then_some(""));
        vec![
            ("amount", order.amount.short(&order.currency).into()),
            ("currency", (&order.currency).into()),
            ("note", note.into()),
            ("reference", order.reference.as_deref().into()),
            ("settleCurrency", (&order.settle_currency).into()),
            ("status", self.status_word(order).into()),
            ("time", order.changed.in_notifications(profile.notification_zone_hours).into()),
            ("transactionNo", number.into()),
            ("vendorId", order.vendor_id().filter(|_| profile.notify_vendor_id).into()),
        ]
    }

    fn card_fields<'o>(&self, order: &'o Order, number: &'o str) -> Members<'o> {
        vec![
            ("amount", order.amount.short(&order.currency).into()),
            ("completedAt", order.changed.in_utc().into()),
            ("currency", (&order.currency).into()),
            ("customerNo", order.customer_no().into()),
            ("reference", order.reference.as_deref().into()),
            ("settleCurrency", (&order.settle_currency).into()),
            ("status", self.status_word(order).into()),
            ("transactionNo", number.into()),
        ]
    }

    /// Announces a refund, with the fields of its answer: no source describes the message.
    pub(super) fn notify_refund(&mut self, order: &Order, refund: &Refund, url: &str) {
        let fields = vec![
            ("amount", order.amount.short(&order.currency).into()),
            ("currency", (&order.currency).into()),
            ("reference", order.reference.as_deref().into()),
            ("refundAmount", refund.amount.short(&order.currency).into()),
            ("refundReference", refund.reference.as_deref().into()),
            ("refundTransactionNo", refund.transaction_no.as_str().into()),
            ("settleCurrency", (&order.settle_currency).into()),
            ("status", "success".into()),
            ("transactionNo", order.number.as_str().into()),
        ];
        let notice = Notice {
            kind: NotificationKind::Refund,
            merchant_no: &order.merchant_no,
            store_no: &order.store_no,
            number: &order.number,
            reference: order.reference.as_deref(),
            status: "success",
            url,
            fields,
        };
        let prepared = self.prepared(&notice, refund.at);
        self.announce(prepared);
    }

    pub(super) fn notify_payout(&mut self, merchant_no: &str, payout: &Payout, at: Millis) {
        let Some(url) = payout.ipn_url.as_deref() else { return };
        let notice = Notice {
            kind: NotificationKind::Payout,
            merchant_no,
            store_no: &payout.store_no,
            number: &payout.transaction_no,
            reference: payout.invoice_id.as_deref(),
            status: payout.status.as_str(),
            url,
            fields: vec![
                ("accountToken", payout.account_token.as_deref().into()),
                ("amount", payout.amount.short(&payout.currency).into()),
                ("currency", (&payout.currency).into()),
                ("invoiceId", payout.invoice_id.as_deref().into()),
                ("paymentTime", at.in_utc().into()),
                ("receiver", payout.receiver.as_deref().into()),
                ("status", payout.status.as_str().into()),
                ("transactionNo", (&payout.transaction_no).into()),
                ("vendor", (&payout.vendor).into()),
            ],
        };
        let prepared = self.prepared(&notice, at);
        self.announce(prepared);
    }

    pub(super) fn notify_mandate(&mut self, merchant_no: &str, mandate: &Mandate, at: Millis) {
        let Some(url) = mandate.ipn_url.as_deref() else { return };
        let empty_note = self.config.profile.notify_empty_note.then_some("");
        let notice = Notice {
            kind: NotificationKind::AutoDebit,
            merchant_no,
            store_no: &mandate.store_no,
            number: &mandate.auto_debit_no,
            reference: Some(&mandate.auto_reference),
            status: mandate.status.as_str(),
            url,
            fields: vec![
                ("autoDebitNo", (&mandate.auto_debit_no).into()),
                ("autoReference", (&mandate.auto_reference).into()),
                ("note", mandate.note.as_deref().or(empty_note).into()),
                ("time", at.in_notifications(self.config.profile.notification_zone_hours).into()),
                ("vendor", (&mandate.vendor).into()),
            ],
        };
        let prepared = self.prepared(&notice, at);
        self.announce(prepared);
    }

    pub(super) fn notify_account(&mut self, merchant_no: &str, account: &PayoutAccount, at: Millis) {
        let Some(url) = account.ipn_url.as_deref() else { return };
        let notice = Notice {
            kind: NotificationKind::PayeeAccount,
            merchant_no,
            store_no: &account.store_no,
            number: &account.token,
            reference: account.tag.as_deref(),
            status: account.status.as_str(),
            url,
            fields: vec![
                ("accountStatus", account.status.as_str().into()),
                ("accountTag", account.tag.as_deref().into()),
                ("accountToken", (&account.token).into()),
                ("accountType", (&account.kind).into()),
                ("country", (&account.country).into()),
                ("currency", (&account.currency).into()),
                ("customerNo", (&account.customer_no).into()),
                ("payeeAccount", account.masked_number.as_deref().into()),
            ],
        };
        let prepared = self.prepared(&notice, at);
        self.announce(prepared);
    }
}
