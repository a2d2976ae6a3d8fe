//! Cards, and what is kept of them. A card's number is checked and forgotten.

use std::time::Duration;

use super::Sim;
use super::handle::{Call, Done};
use crate::Wallet;
use crate::order::{Order, Role, Status};
use crate::refusal::Refusal;

impl Sim {
    /// Charges a card: paid at once, or pending at the page under `authUrl` until the customer confirms.
    pub(super) fn capture(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let otherwise = if self.config.profile.three_d_secure {
            Wallet::Never
        } else {
            Wallet::ConfirmAfter(Duration::ZERO)
        };
        let order = self.draft(call, Status::Pending)?;
        self.wallet_for(call.merchant_no, order.reference.as_deref(), otherwise)?;
        let number = order.number;
        let role = if call.operation.name == "capture" { Role::Card } else { Role::Payment };
        self.open(Order { role, has_cashier: true, ..order });
        let reply = self.let_customer_act(number, otherwise)?;
        let order = self.charged(number)?;
        let done = self.done(call, order)?;
        Ok(Done { reply, ..done })
    }

    /// Says whether a card payment was approved, and keeps the card if it was.
    pub(super) fn order_process(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let order = self.find(call.merchant_no, &call.params)?;
        if order.status == Status::Success && order.vault_id().is_none() {
            self.keep_card(call, &order.number);
        }
        let order = self.order(order.number).cloned().unwrap_or(order);
        self.done(call, &order)
    }

    fn keep_card(&mut self, call: &Call<'_>, transaction_no: &str) {
        let Some(namespace) = self.namespaces.get_mut(call.merchant_no) else { return };
        let vault_id = namespace.next_code(32);
        namespace.books.vaults.insert(vault_id.clone());
        if let Some(order) = namespace.orders.get_mut(transaction_no) {
            order.rare_mut().vault_id = Some(vault_id);
        }
        self.write_record(call, "vault", transaction_no, None, (None, "kept"));
    }

    /// Changes or ends a series. Some SDKs cannot name it; then the newest is meant.
    pub(super) fn update_recurring(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let unknown = || Refusal::unknown("scheduleNo", "this merchant has no such series");
        let schedules = self.books(call.merchant_no).map(|books| &books.schedules).ok_or_else(unknown)?;
        let found = match call.params.get("scheduleNo") {
            Some(number) => schedules.get_key_value(number),
            None => schedules.last_key_value(),
        };
        let (number, is_active) =
            found.map(|(number, active)| (number.clone(), *active)).ok_or_else(unknown)?;
        if !is_active {
            return Err(Refusal::status("scheduleNo", "the series has been cancelled"));
        }
        if call.params.is("status", "CANCELLED") {
            if let Some(books) = self.books_mut(call.merchant_no) {
                books.schedules.insert(number.clone(), false);
            }
            self.write_record(call, "series", &number, None, (Some("active"), "cancelled"));
        }
        Self::nothing_known(call)
    }
}
