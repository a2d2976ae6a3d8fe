//! `pockyt poll`.

mod ending;
mod line;

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use clap::Args;
use pockyt_client::{AtDeadline, BodyForm, Client, PollError, Polling, Settled, What};
use pockyt_model::{Currency, OrderKey, Price, Reference, TransactionNo};

use crate::exit::{CODES, Exit, usage};
use crate::remote::{RemoteArgs, block_on, duration};
use ending::Ending;
use line::Line;

#[derive(Args)]
#[command(after_help = CODES)]
#[group(id = "order", args = ["reference", "transaction_no"], required = true, multiple = false)]
pub(crate) struct PollArgs {
    /// The order by the merchant's own reference.
    #[arg(long, value_name = "REFERENCE")]
    reference: Option<String>,
    /// The order by Pockyt's number.
    #[arg(long, value_name = "NUMBER")]
    transaction_no: Option<String>,
    /// How long to ask, such as 90s, 15m or 2h.
    #[arg(long, value_name = "TIME", default_value = "90s", value_parser = duration)]
    deadline: Duration,
    /// At the deadline, cancel the order and ask what the cancel left. A payment that comes through
    /// meanwhile is given back.
    #[arg(long)]
    cancel: bool,
    /// The price that was asked for: an order of another is somebody else's.
    #[arg(long, value_name = "AMOUNT:CURRENCY")]
    expect: Option<String>,
    /// Print one line of JSON at the end.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: RemoteArgs,
}

/// Asks until the order is final, or the time is over.
pub(crate) fn run(args: &PollArgs) -> anyhow::Result<Exit> {
    let order = args.order()?;
    let polling = args.polling()?;
    let client = args.remote.client(BodyForm::Json)?;
    let name = args.reference.as_ref().or(args.transaction_no.as_ref()).map_or("", String::as_str);
    let line = Line::new(name, args.deadline, args.remote.pace(), io::stderr().is_terminal());
    let (outcome, questions) = block_on(watched(&client, order, &polling, line))?;
    Ending::of(name, &outcome, questions).print(args.json)
}

impl PollArgs {
    fn order(&self) -> anyhow::Result<OrderKey> {
        let order = match (&self.reference, &self.transaction_no) {
            (Some(reference), _) => Reference::new(reference.as_str()).map(OrderKey::from),
            (None, number) => TransactionNo::new(number.as_deref().unwrap_or_default()).map(OrderKey::from),
        };
        order.map_err(|error| usage(error.to_string()))
    }

    fn polling(&self) -> anyhow::Result<Polling> {
        let action = if self.cancel { AtDeadline::CancelAndConfirm } else { AtDeadline::Leave };
        let polling = Polling::until(self.deadline).at_deadline(action);
        let Some(expected) = &self.expect else { return Ok(polling) };
        let (amount, currency) = expected.split_once(':').unwrap_or((expected, ""));
        let price = Currency::new(currency).and_then(|currency| Price::new(amount, currency));
        let price = price
            .map_err(|error| usage(format!("--expect is AMOUNT:CURRENCY, such as 13.00:USD: {error}")))?;
        Ok(polling.expecting(price))
    }
}

/// Makes all steps of a poll and shows where it is.
async fn watched(
    client: &Client,
    order: OrderKey,
    polling: &Polling,
    mut line: Line,
) -> (Result<Settled, PollError>, u32) {
    let mut poller = client.poller(order, polling);
    let mut outcome = Ok(Settled::Unresolved { last: None });
    loop {
        let step = line.during(poller.next()).await;
        match step {
            Ok(Some(step)) => match step.what {
                What::Settled(settled) => outcome = Ok(settled),
                what => line.saw(&what, step.ticket.questions()),
            },
            Ok(None) => break,
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    line.clear();
    (outcome, poller.ticket().questions())
}
