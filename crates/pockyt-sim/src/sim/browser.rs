//! Where the customer's browser goes when it leaves a page.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Sim;
use crate::books::{Mandate, PayoutAccount};
use crate::order::Order;

impl Sim {
    /// Where the customer's browser goes when it leaves the page: `callbackUrl` of an order or an account, or
    /// `autoRedirectUrl` of an agreement, with its `{macros}` filled, values percent-encoded. `None` when
    /// there is none, or nothing of that number.
    ///
    /// Macros of an order: `transactionNo`, `status`, `amount`, `currency`, `settleCurrency`, `time`
    /// (`yyyyMMddHHmmss`, of the last change), `reference`, `note`, `vendorId`, and the older
    /// `yuansferId`. Of an account: `customerNo`, `accountStatus`, `accountTag`, `accountType`,
    /// `payeeAccount`, `currency`. Of an agreement: `autoDebitNo`, `autoReference`, `vendor`, `note`, `time`.
    /// What there is not becomes empty; other braces stay. The query is not signed.
    pub fn browser_return(&self, number: &str) -> Option<String> {
        if let Some(order) = self.order_behind(number).and_then(|number| self.order(&number)) {
            return Some(filled(order.callback_url.as_deref()?, |name| self.order_macro(order, name)));
        }
        let books = self.books(self.owner(number)?)?;
        if let Some(mandate) = books.mandates.get(number) {
            let zone = self.config.profile.notification_zone_hours;
            return Some(filled(mandate.redirect_url.as_deref()?, |name| mandate_macro(mandate, zone, name)));
        }
        let account = books.accounts.get(number)?;
        Some(filled(account.callback_url.as_deref()?, |name| account_macro(account, name)))
    }

    fn order_macro(&self, order: &Order, name: &str) -> Option<String> {
        Some(match name {
            "amount" => order.amount_text(),
            "currency" => order.currency.clone(),
            "note" => order.note().unwrap_or_default().to_owned(),
            "reference" => order.owned_reference().unwrap_or_default(),
            "settleCurrency" => order.settle_currency.clone(),
            "status" => self.status_word(order).to_owned(),
            "time" => order.changed.in_notifications(self.config.profile.notification_zone_hours).into(),
            "transactionNo" | "yuansferId" => order.number.into(),
            "vendorId" => order.vendor_id().unwrap_or_default().into(),
            _ => return None,
        })
    }
}

fn mandate_macro(mandate: &Mandate, zone_hours: i8, name: &str) -> Option<String> {
    Some(match name {
        "autoDebitNo" => mandate.auto_debit_no.clone(),
        "autoReference" => mandate.auto_reference.clone(),
        "note" => mandate.note.clone().unwrap_or_default(),
        "time" => mandate.changed.in_notifications(zone_hours).into(),
        "vendor" => mandate.vendor.clone(),
        _ => return None,
    })
}

fn account_macro(account: &PayoutAccount, name: &str) -> Option<String> {
    Some(match name {
        "accountStatus" => account.status.as_str().to_owned(),
        "accountTag" => account.tag.clone().unwrap_or_default(),
        "accountType" => account.kind.clone(),
        "currency" => account.currency.clone(),
        "customerNo" => account.customer_no.clone(),
        "payeeAccount" => account.masked_number.clone().unwrap_or_default(),
        _ => return None,
    })
}

fn filled(mut rest: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut url = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once('{') {
        url.push_str(before);
        let macro_and_tail = after.split_once('}').and_then(|(name, tail)| Some((value(name)?, tail)));
        if let Some((value, tail)) = macro_and_tail {
            url.extend(utf8_percent_encode(&value, NON_ALPHANUMERIC));
            rest = tail;
        } else {
            url.push('{');
            rest = after;
        }
    }
    url.push_str(rest);
    url
}
