//! How a poll ended, for people and for programs.

use pockyt_client::{PollError, Settled};
use pockyt_model::operation::Transaction;
use pockyt_model::{Object, Standing};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::exit::Exit;
use crate::output::{self, BAD, DOUBTFUL, GOOD};
use crate::remote::{explained, verdict};

pub(super) struct Ending<'a> {
    exit: Exit,
    outcome: &'static str,
    sentence: String,
    questions: u32,
    order: Option<&'a Object>,
}

impl<'a> Ending<'a> {
    pub(super) fn of(name: &str, outcome: &'a Result<Settled, PollError>, questions: u32) -> Self {
        let (exit, outcome, meaning, order) = match outcome {
            Ok(Settled::Final(order)) => {
                let (exit, outcome, meaning) = standing(order.standing());
                (exit, outcome, meaning.to_owned(), Some(order))
            }
            Ok(Settled::Unresolved { last }) => {
                let meaning = match last {
                    Some(_) => "not final when the time was over: not failed either, ask again later",
                    None => "nobody knew it, or nobody answered: not failed either, ask again later",
                };
                (Exit::Unresolved, "unresolved", meaning.to_owned(), last.as_ref())
            }
            Err(PollError::ReferenceTaken(order)) => {
                let meaning = "the answer is about another order: its price, reference or number differs";
                (Exit::Conflict, "another-order", meaning.to_owned(), Some(&**order))
            }
            Err(PollError::Refused(error)) => {
                let (exit, outcome) = verdict(error);
                (exit, outcome, explained(error), None)
            }
            Err(error) => (Exit::Conflict, "another-order", error.to_string(), None),
        };
        let price = order.map(price).unwrap_or_default();
        let times = if questions == 1 { "question" } else { "questions" };
        Self {
            exit,
            outcome,
            sentence: format!("{name}{price}: {meaning} ({questions} {times})"),
            questions,
            order: order.map(Transaction::result),
        }
    }

    pub(super) fn print(&self, as_json: bool) -> anyhow::Result<Exit> {
        #[derive(Serialize)]
        struct Shown<'a> {
            outcome: &'a str,
            sentence: &'a str,
            questions: u32,
            order: Option<Box<RawValue>>,
        }
        if as_json {
            let order =
                self.order.map(|order| RawValue::from_string(order.as_str().to_owned())).transpose()?;
            let (outcome, sentence) = (self.outcome, self.sentence.as_str());
            output::print_json(&Shown { outcome, sentence, questions: self.questions, order })?;
        } else {
            let style = match self.exit {
                Exit::Fine => GOOD,
                Exit::Unresolved | Exit::GivenBack => DOUBTFUL,
                _ => BAD,
            };
            output::print_verdict(style, self.outcome, &self.sentence)?;
        }
        Ok(self.exit)
    }
}

fn price(order: &Transaction) -> String {
    match (order.amount(), order.currency()) {
        (Ok(amount), Ok(currency)) => format!(", {} {}", amount.as_str(), currency.as_str()),
        _ => String::new(),
    }
}

fn standing(standing: Standing) -> (Exit, &'static str, &'static str) {
    match standing {
        Standing::Paid => (Exit::Fine, "paid", "paid, and nothing given back"),
        Standing::PartRefunded => (Exit::GivenBack, "part-refunded", "paid, and a part of it given back"),
        Standing::Refunded => (Exit::GivenBack, "refunded", "paid, and all of it given back"),
        Standing::Reversed => (Exit::GivenBack, "reversed", "cancelled after it was paid"),
        Standing::Unpaid => (Exit::Unpaid, "unpaid", "failed or closed: nothing was taken"),
        Standing::Conflict => {
            (Exit::Conflict, "conflict", "its refunds contradict its state: a person must look")
        }
        _ => (Exit::Unresolved, "unresolved", "its state cannot be read: ask again later"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_paid_order_ends_with_zero() {
        for (state, exit) in [
            (Standing::Paid, 0),
            (Standing::PartRefunded, 10),
            (Standing::Refunded, 10),
            (Standing::Reversed, 10),
            (Standing::Unpaid, 9),
            (Standing::Conflict, 11),
            (Standing::Open, 7),
            (Standing::Unknown, 7),
        ] {
            assert_eq!(standing(state).0 as u8, exit, "{state:?}");
        }
    }
}
