//! `pockyt call`.

mod fields;
mod show;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use pockyt_client::{BodyForm, CallError, CallOptions, RequestId};
use pockyt_model::operation::{Raw, RawAnswer};

use crate::exit::{CODES, Exit, usage};
use crate::operations;
use crate::remote::{RemoteArgs, block_on, duration};
use fields::Fields;

#[derive(Args)]
#[command(after_help = CODES)]
pub(crate) struct CallArgs {
    /// The operation, such as tran-query, or `raw` for one that has no name; `pockyt operations` lists them.
    #[arg(value_parser = names(), hide_possible_values = true)]
    operation: String,
    /// A parameter; repeatable. Those that no source names are sent too.
    #[arg(short, long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
    /// Take parameters from a JSON object before those; `-` is standard input. For what no command line
    /// should show.
    #[arg(long, value_name = "FILE")]
    json_body: Option<PathBuf>,
    /// Another path than the operation's own; needed for `raw`.
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// Send a form body instead of JSON.
    #[arg(long)]
    form: bool,
    /// The Pockyt-Request-ID of a call that changes something, in place of a random one.
    #[arg(long, value_name = "KEY")]
    request_id: Option<String>,
    /// How long the call may take, such as 90s or 2m.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    within: Duration,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: RemoteArgs,
}

const RAW: &str = "raw";

fn names() -> Vec<&'static str> {
    let mut names = operations::names();
    names.push(RAW);
    names
}

/// Makes one call.
pub(crate) fn run(args: &CallArgs) -> anyhow::Result<Exit> {
    let spec = operations::named(&args.operation);
    let mut fields = Fields::given(&args.fields, args.json_body.as_deref())?;
    if let Some(spec) = spec {
        fields.check(spec)?;
    }
    let path = match (&args.path, spec.map(|spec| spec.path)) {
        (Some(path), _) => path.clone(),
        (None, None | Some("")) => {
            return Err(usage(format!("no source says which path {} has: give --path", args.operation)));
        }
        (None, Some(path)) => fields.fill(path)?,
    };
    let mut raw = Raw::new(path).map_err(|error| usage(error.to_string()))?;
    for (name, value) in fields.pairs() {
        raw = raw.field(name, value);
    }
    let mut options = CallOptions::default().within(args.within);
    if let Some(spec) = spec {
        raw = raw.effect(spec.effect).settlement(spec.settlement);
        options = options.as_operation(spec);
    }
    if let Some(key) = &args.request_id {
        options = options.request_id(RequestId::new(key.as_str()).map_err(|error| usage(error.to_string()))?);
    }
    let client = args.remote.client(if args.form { BodyForm::Form } else { BodyForm::Json })?;
    let result: Result<RawAnswer, CallError> = block_on(client.call_with(&raw, options))?;
    match result {
        Ok(answer) => show::accepted(&args.operation, spec, &answer, args.json),
        Err(error) => show::failed(&error, &fields, args.json),
    }
}
