//! The client as the one who is asked whether a notification is so.

use pockyt_model::operation::{Payout, PayoutInquiry, TranQuery, Transaction};
use pockyt_model::{
    Confirm, Confirmation, Confirming, FieldError, InvoiceId, OrderKey, PaymentDetails, PayoutDetails,
    Question, Reference, Refusal, Standing, TransactionStatus, Unconfirmed,
};

use crate::{CallError, Client, ErrorKind};

/// Asks `tran-query` or `payouts/inquiry` with the client's own credentials and budgets, repeating what may be
/// repeated. An answer that names another order or invoice than was asked after is [`Unconfirmed::Other`], and
/// so is the record of a refund or a void. A sale that was refunded, in part or whole, is not confirmed as paid.
impl Confirm for Client {
    fn confirm<'a>(&'a self, question: &'a Question) -> Confirming<'a> {
        Box::pin(async move {
            match question {
                Question::Payment(order) => {
                    let answer = self.call(&TranQuery::new(order.clone())).await.map_err(unconfirmed)?;
                    payment(order, &answer).map(Confirmation::Payment)
                }
                Question::Payout(invoice) => {
                    let answer =
                        self.call(&PayoutInquiry::new(invoice.clone())).await.map_err(unconfirmed)?;
                    payout(invoice, &answer).map(Confirmation::Payout)
                }
                // A question that this version does not know cannot be answered by it.
                _ => Err(Unconfirmed::Unreadable("this question cannot be asked".into())),
            }
        })
    }
}

fn unconfirmed(error: CallError) -> Unconfirmed {
    if error.refusal().is_some_and(Refusal::is_not_found) {
        return Unconfirmed::NotFound;
    }
    match error.kind() {
        ErrorKind::OtherTransaction => Unconfirmed::Other,
        _ => Unconfirmed::Unreachable(Box::new(error)),
    }
}

fn payment(asked: &OrderKey, answer: &Transaction) -> Result<PaymentDetails, Unconfirmed> {
    if !answer.is_payment() {
        return Err(Unconfirmed::Other);
    }
    let named = answer.reference().map_err(unreadable)?.unwrap_or_default();
    let reference = Reference::new(named)
        .map_err(|error| Unconfirmed::Unreadable(format!("{} {}", error.field(), error.rule())))?;
    let transaction_no = answer.transaction_no().map_err(unreadable)?;
    let is_asked = match asked {
        OrderKey::Reference(asked) => *asked == reference,
        OrderKey::TransactionNo(asked) => *asked == transaction_no,
        _ => false,
    };
    if !is_asked {
        return Err(Unconfirmed::Other);
    }
    let status = answer.status().map_err(unreadable)?;
    if status == TransactionStatus::Success && answer.standing() != Standing::Paid {
        // Pockyt leaves a refunded order at `success`, which must not pass for paid.
        return Err(Unconfirmed::Unreadable("refundInfo lists refunds of it".into()));
    }
    Ok(PaymentDetails {
        transaction_no,
        reference,
        amount: answer.amount().map_err(unreadable)?,
        currency: answer.currency().map_err(unreadable)?,
        status,
    })
}

fn payout(asked: &InvoiceId, answer: &Payout) -> Result<PayoutDetails, Unconfirmed> {
    if answer.invoice_id().map_err(unreadable)?.as_deref() != Some(asked.as_str()) {
        return Err(Unconfirmed::Other);
    }
    Ok(PayoutDetails {
        transaction_no: answer.transaction_no().map_err(unreadable)?,
        invoice_id: asked.clone(),
        amount: answer.amount().map_err(unreadable)?,
        currency: answer.currency().map_err(unreadable)?,
        status: answer.status().map_err(unreadable)?,
    })
}

/// The field and the rule; not its value.
#[expect(clippy::needless_pass_by_value, reason = "it maps errors")]
fn unreadable(error: FieldError) -> Unconfirmed {
    Unconfirmed::Unreadable(error.to_string())
}

#[cfg(test)]
mod tests {
    use pockyt_model::{Answer, Operation, TransactionNo};

    use super::*;

    fn sale(fields: &str) -> Transaction {
        let body = format!(r#"{{"ret_code":"000100","result":{{{fields}}}}}"#);
        match TranQuery::read_answer(body.as_bytes()) {
            Ok(Answer::Accepted(sale)) => sale,
            other => unreachable!("{other:?}"),
        }
    }

    const SALE: &str =
        r#""transactionNo":"297553638241892410","reference":"order-1","amount":"13.00","currency":"USD""#;

    fn by_number(number: &str) -> OrderKey {
        TransactionNo::new(number).unwrap().into()
    }

    #[test]
    fn what_is_confirmed_is_the_answer() {
        let answer = sale(&format!(r#"{SALE},"status":"success""#));
        for asked in [by_number("297553638241892410"), Reference::new("order-1").unwrap().into()] {
            let payment = payment(&asked, &answer).unwrap();
            let said = (payment.reference.as_str(), payment.amount.as_str(), payment.status.as_str());
            assert_eq!(said, ("order-1", "13.00", "success"));
        }
    }

    #[test]
    fn what_is_about_something_else_or_refunded_or_unnamed_is_not_confirmed() {
        let refunded = r#""refundInfo":[{"refundTransactionNo":"1","refundAmount":"1.00"}]"#;
        let rows = [
            ("2", format!(r#"{SALE},"status":"success""#), "other"),
            (
                "297553638241892410",
                format!(r#"{SALE},"status":"success","transactionType":"refund""#),
                "other",
            ),
            ("297553638241892410", format!(r#"{SALE},"status":"success",{refunded}"#), "unreadable"),
            ("297553638241892410", SALE.replace("order-1", ""), "unreadable"),
            ("297553638241892410", SALE.into(), "unreadable"),
        ];
        for (asked, answer, expected) in rows {
            let refused = payment(&by_number(asked), &sale(&answer)).unwrap_err();
            assert_eq!(refused.as_str(), expected, "{answer}");
        }
    }
}
