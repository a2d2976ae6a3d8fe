//! `add`, `prepay` and `create-trans-qrcode`.

use std::sync::Arc;

use super::Sim;
use super::handle::{Call, Done};
use crate::agenda::OrderTimer;
use crate::check;
use crate::fixtures;
use crate::namespace::Namespace;
use crate::number::Number;
use crate::order::{Barcode, CODE, Order, Status, Terms};
use crate::profile::RefusedPayment;
use crate::refusal::Refusal;
use crate::{Reply, Wallet};

impl Sim {
    /// Makes an order without a channel. Nobody can pay it before `prepay` or `create-trans-qrcode`.
    pub(super) fn add(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let order = self.draft(call, Status::Init)?;
        let number = order.number;
        self.open(order);
        self.done(call, self.made(number)?)
    }

    /// Charges a wallet: `pending`, unless the customer answers at once.
    ///
    /// The same code again while the order is pending gives the present state; anything else is 000040.
    pub(super) fn prepay(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let order = self.found(call.merchant_no, &call.params)?;
        let number = order.number;
        let barcode = Barcode::new(call.params.get("paymentBarcode").unwrap_or_default());
        let mut reply = Reply::Send;
        match order.status {
            Status::Init => {
                check::vendor_takes(&self.config.profile, call.params.get("vendor"), &order.currency)?;
                reply = self.show_barcode(call, number, barcode)?;
            }
            Status::Pending if order.barcode == Some(barcode) => {}
            Status::Pending => {
                return Err(Refusal::status("paymentBarcode", "the order waits for another customer"));
            }
            status => {
                let rule = format!("the order is {}; only an unpaid one can be charged", status.as_str());
                return Err(Refusal::status("transactionNo", rule));
            }
        }
        let done = self.done(call, self.charged(number)?)?;
        Ok(Done { reply, ..done })
    }

    fn show_barcode(&mut self, call: &Call<'_>, number: Number, barcode: Barcode) -> Result<Reply, Refusal> {
        let order = self.made(number)?;
        let wallet = self.wallet_for(call.merchant_no, order.reference.as_deref(), self.config.wallet)?;
        let before = Arc::clone(&order.terms);
        let terms = before.as_texts();
        let vendor = call.params.get("vendor").or(terms.vendor);
        let store_admin_no = call.params.get("storeAdminNo").or(terms.store_admin_no);
        self.set_terms(number, &Terms { vendor, store_admin_no, ..terms });
        if let Some(order) = self.order_mut(number) {
            order.barcode = Some(barcode);
        }
        if let Wallet::BookLate(delay) = wallet {
            // The channel has it, and we are not told: the order stays as it was.
            let key = self.agenda.add_timer(call.now.plus(delay), OrderTimer::Book.of(number));
            if let Some(books) = self.books_mut(call.merchant_no) {
                books.timers.insert(key);
            }
            return Ok(Reply::Lost);
        }
        self.change_status(number, Status::Pending, call.now, "merchant");
        self.start_expiry(number);
        self.start_wallet(number, wallet);
        Ok(Reply::Send)
    }

    /// The order after a wallet was asked for the money, unless it said no and the profile has a code for
    /// that.
    pub(super) fn charged(&self, transaction_no: Number) -> Result<&Order, Refusal> {
        let order = self.made(transaction_no)?;
        let is_refused = order.status == Status::Failed
            && self.config.profile.refused_payment == RefusedPayment::ChannelError;
        if is_refused {
            Err(Refusal::channel("reference", "the wallet refused the payment"))
        } else {
            Ok(order)
        }
    }

    /// An order that is in the books.
    fn made(&self, number: Number) -> Result<&Order, Refusal> {
        self.order(number).ok_or_else(|| Refusal::unknown("transactionNo", "this merchant has no such order"))
    }

    /// Makes an order that waits for whoever scans its code.
    ///
    /// It is `pending` at once, since the channel knows it. Nobody scans unless told to.
    pub(super) fn create_trans_qrcode(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let transaction_no = if call.params.get("transactionNo").is_some() {
            self.take_added_order(call)?
        } else {
            self.open_waiting(call)?
        };
        let code = self.next_order_code(transaction_no);
        if let Some(order) = self.order_mut(transaction_no) {
            order.code = Some(code);
            order.has_cashier = true;
            order.wants_qrcode = !call.params.is("needQrcode", "false");
        }
        self.wait_for_customer(call, transaction_no)
    }

    /// Makes an order that waits for its customer; nothing when the call is to end in a system error.
    pub(super) fn open_waiting(&mut self, call: &Call<'_>) -> Result<Number, Refusal> {
        let order = self.draft(call, Status::Pending)?;
        self.wallet_for(call.merchant_no, order.reference.as_deref(), Wallet::Never)?;
        let transaction_no = order.number;
        self.open(order);
        Ok(transaction_no)
    }

    /// The vendor's PHP SDK can name an order made by `add` instead of giving a reference.
    fn take_added_order(&mut self, call: &Call<'_>) -> Result<Number, Refusal> {
        let order = self.find(call.merchant_no, &call.params)?;
        if order.amount != call.params.amount("amount")?
            || call.params.get("currency") != Some(&order.currency)
        {
            return Err(Refusal::mismatch("amount", "it is not the amount of that transactionNo"));
        }
        if order.status != Status::Init {
            let rule = format!("the order is {}; only a new one can get a code", order.status.as_str());
            return Err(Refusal::status("transactionNo", rule));
        }
        let terms = order.terms.as_texts();
        let ipn_url = call.params.get("ipnUrl").or(terms.ipn_url);
        let terms = Terms { vendor: call.params.get("vendor"), ipn_url, ..terms };
        self.set_terms(order.number, &terms);
        self.change_status(order.number, Status::Pending, call.now, "merchant");
        Ok(order.number)
    }

    /// Starts the scripted customer, if any, and answers.
    pub(super) fn wait_for_customer(
        &mut self,
        call: &Call<'_>,
        transaction_no: Number,
    ) -> Result<Done, Refusal> {
        let reply = self.let_customer_act(transaction_no, Wallet::Never)?;
        let done = self.done(call, self.charged(transaction_no)?)?;
        Ok(Done { reply, ..done })
    }

    /// Lets the customer of an order behave as its reference says, or like this; whether the answer is lost.
    pub(super) fn let_customer_act(
        &mut self,
        transaction_no: Number,
        otherwise: Wallet,
    ) -> Result<Reply, Refusal> {
        let Some(order) = self.order(transaction_no) else { return Ok(Reply::Send) };
        let wallet = self.wallet_for(&order.merchant_no, order.reference.as_deref(), otherwise)?;
        self.start_wallet(transaction_no, wallet);
        let is_late = matches!(wallet, Wallet::BookLate(_));
        if let Some(order) = self.order_mut(transaction_no).filter(|_| is_late) {
            order.is_hidden = true;
        }
        Ok(if is_late { Reply::Lost } else { Reply::Send })
    }

    fn next_order_code(&mut self, number: Number) -> [u8; CODE] {
        if fixtures::deep_link(&number).is_some() {
            // It has a link of its own.
            return [b'0'; CODE];
        }
        self.namespaces.of_order_mut(number).map_or([b'0'; CODE], Namespace::next_order_code)
    }

    fn set_terms(&mut self, number: Number, terms: &Terms<&str>) {
        if let Some(namespace) = self.namespaces.of_order_mut(number) {
            namespace.orders.set_terms(number, terms);
        }
    }
}
