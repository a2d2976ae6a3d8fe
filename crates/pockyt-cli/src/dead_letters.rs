//! `pockyt dead-letters`: notices that were given up or are in quarantine.

mod show;

use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};
use pockyt_store::{Decided, Decision, InboxAdmin, Mode, NoticeId, SqliteStore, State};
use serde::Serialize;

use crate::exit::{CODES, Exit, usage};
use crate::output;
use crate::store::{Place, now, open};

#[derive(Args)]
#[command(after_help = CODES)]
pub(crate) struct DeadLettersArgs {
    /// Where the notices are kept. A listener may be running on it.
    #[arg(long, value_name = "sqlite:PATH", value_parser = Place::read)]
    store: Place,
    /// Print one line of JSON for each notice.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List notices, the oldest first.
    List {
        /// Those in this state.
        #[arg(long, value_enum, default_value_t = Shown::Dead)]
        state: Shown,
        /// Only those with a higher number.
        #[arg(long, value_name = "ID")]
        after: Option<u64>,
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: usize,
    },
    /// Tell all that is known of one notice.
    Inspect {
        /// Its number.
        id: u64,
        /// Hide nothing in its fields.
        #[arg(long)]
        reveal: bool,
    },
    /// Have dead notices handled again, with their attempts counted anew.
    Redrive(Choice),
    /// Have notices in quarantine handled after all. The handler is told that they were released.
    Release(Reasoned),
    /// Settle dead notices, or ones in quarantine, without handling them.
    Dismiss(Reasoned),
}

/// The states that are worth a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shown {
    Dead,
    Dismissed,
    Done,
    Leased,
    Quarantined,
    Waiting,
}

impl Shown {
    fn state(self) -> State {
        match self {
            Self::Dead => State::Dead,
            Self::Dismissed => State::Dismissed,
            Self::Done => State::Done,
            Self::Leased => State::Leased,
            Self::Quarantined => State::Quarantined,
            Self::Waiting => State::Waiting,
        }
    }
}

#[derive(Args)]
struct Choice {
    /// Their numbers.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<u64>,
    /// Only say what would come of it.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
struct Reasoned {
    #[command(flatten)]
    choice: Choice,
    /// Who says so and why; it is kept with the notice.
    #[arg(long, value_name = "TEXT", default_value = "decided by hand")]
    why: String,
}

/// Does what the command line says.
pub(crate) fn run(args: &DeadLettersArgs) -> anyhow::Result<Exit> {
    let store = existing(&args.store)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(act(&store, args))
}

/// The store; one that is not there is not made.
fn existing(place: &Place) -> anyhow::Result<SqliteStore> {
    match place {
        Place::Memory => Err(usage("--store memory belongs to the listener alone; this needs sqlite:PATH")),
        Place::Sqlite(path) if !Path::is_file(path) => {
            Err(usage(format!("there is no store at {}", path.display())))
        }
        Place::Sqlite(path) => open(path),
    }
}

async fn act(store: &SqliteStore, args: &DeadLettersArgs) -> anyhow::Result<Exit> {
    match &args.action {
        Action::List { state, after, limit } => {
            let notices = store.list(state.state(), after.map(NoticeId::new), *limit).await?;
            show::list(&notices, args.json)?;
            Ok(Exit::Fine)
        }
        Action::Inspect { id, reveal } => {
            let id = NoticeId::new(*id);
            let Some(notice) = store.get(id).await? else {
                output::error(&format!("there is no notice {id}, or it was pruned"));
                return Ok(Exit::Refused);
            };
            show::one(&notice, &store.variants(id).await?, *reveal, args.json)?;
            Ok(Exit::Fine)
        }
        Action::Redrive(choice) => decide(store, choice, &Decision::Redrive, args.json).await,
        Action::Release(Reasoned { choice, why }) => {
            decide(store, choice, &Decision::Release { why: why.clone() }, args.json).await
        }
        Action::Dismiss(Reasoned { choice, why }) => {
            decide(store, choice, &Decision::Dismiss { why: why.clone() }, args.json).await
        }
    }
}

/// What came of a decision, for programs.
#[derive(Serialize)]
struct Told {
    notice: u64,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'static str>,
    dry_run: bool,
}

async fn decide(
    store: &SqliteStore,
    choice: &Choice,
    decision: &Decision,
    as_json: bool,
) -> anyhow::Result<Exit> {
    let mode = if choice.dry_run { Mode::DryRun } else { Mode::Apply };
    let mut exit = Exit::Fine;
    for id in &choice.ids {
        let decided = store.decide(NoticeId::new(*id), decision.clone(), now(), mode).await?;
        if !decided.is_moved() {
            exit = Exit::Refused;
        }
        tell(*id, decided, choice.dry_run, as_json)?;
    }
    Ok(exit)
}

fn tell(notice: u64, decided: Decided, dry_run: bool, as_json: bool) -> anyhow::Result<()> {
    let (outcome, from, to) = match decided {
        Decided::Moved { from, to } => ("moved", Some(from.as_str()), Some(to.as_str())),
        Decided::Refused { state } => ("refused", Some(state.as_str()), None),
        _ => ("missing", None, None),
    };
    if as_json {
        return output::print_json(&Told { notice, outcome, from, to, dry_run });
    }
    let would = if dry_run { "would go" } else { "went" };
    let text = match (from, to) {
        (Some(from), Some(to)) => format!("{notice}: {would} from {from} to {to}"),
        (Some(from), None) => format!("{notice}: is {from}, of which this cannot be decided"),
        _ => format!("{notice}: there is no such notice, or it was pruned"),
    };
    output::print(format!("{text}\n").as_bytes())?;
    Ok(())
}
