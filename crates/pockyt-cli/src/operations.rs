//! `pockyt operations`: what `pockyt call` knows.

use clap::Args;
use pockyt_model::{Effect, FieldGroup, OperationSpec, Settlement, operations};
use serde::Serialize;

use crate::exit::{CODES, Exit};
use crate::output;

#[derive(Args)]
#[command(after_help = CODES)]
pub(crate) struct OperationsArgs {
    /// The operation of which to tell all that is known.
    #[arg(value_parser = names(), hide_possible_values = true)]
    name: Option<String>,
    /// Print one line of JSON for each.
    #[arg(long)]
    json: bool,
}

/// The names of all operations.
pub(crate) fn names() -> Vec<&'static str> {
    operations().iter().map(|spec| spec.name).collect()
}

/// The operation of this name.
pub(crate) fn named(name: &str) -> Option<&'static OperationSpec> {
    operations().iter().copied().find(|spec| spec.name == name)
}

/// Lists the operations, or tells of one.
pub(crate) fn run(args: &OperationsArgs) -> anyhow::Result<Exit> {
    let chosen = |spec: &&&OperationSpec| args.name.as_ref().is_none_or(|name| name == spec.name);
    let chosen: Vec<_> = operations().iter().filter(chosen).copied().collect();
    if args.json {
        for spec in chosen {
            output::print_json(&Told::of(spec))?;
        }
    } else {
        let text = match (&args.name, chosen.as_slice()) {
            (Some(_), [spec]) => about(spec),
            _ => list(&chosen),
        };
        output::print(text.as_bytes())?;
    }
    Ok(Exit::Fine)
}

fn list(specs: &[&OperationSpec]) -> String {
    let width = specs.iter().map(|spec| spec.name.len()).max().unwrap_or_default();
    let line = |spec: &&OperationSpec| {
        let (confidence, effect) = (spec.confidence.as_str(), effect(spec.effect));
        format!("{:width$}  {confidence:8}  {effect:12}  {}\n", spec.name, path(spec))
    };
    specs.iter().map(line).collect()
}

fn about(spec: &OperationSpec) -> String {
    let mut lines = vec![
        ("name", spec.name.to_owned()),
        ("path", path(spec).to_owned()),
        ("also", spec.path_aliases.join(", ")),
        ("effect", effect(spec.effect).to_owned()),
        ("after a lost answer", asked(spec.settlement).to_owned()),
        ("known from", format!("{} ({})", spec.source, spec.confidence.as_str())),
        ("not known", spec.unknown.to_owned()),
    ];
    lines.extend(
        spec.fields
            .iter()
            .map(|group| (if group.required { "always" } else { "optional" }, fields(group, group.required))),
    );
    lines.retain(|(_, text)| !text.is_empty());
    lines.into_iter().map(|(title, text)| format!("{title:19}  {text}\n")).collect()
}

/// The fields of a group, those that it can do without in brackets.
fn fields(group: &FieldGroup, required: bool) -> String {
    if let Some(names) = alternatives(group) {
        return format!("{}{}", if required { "one of " } else { "" }, names.join(", "));
    }
    let one = |field: &pockyt_model::FieldSpec| {
        if field.required { field.name.to_owned() } else { format!("[{}]", field.name) }
    };
    group.fields.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The names of a group none of which is needed by itself.
pub(crate) fn alternatives(group: &FieldGroup) -> Option<Vec<&'static str>> {
    let free = !group.fields.is_empty() && group.fields.iter().all(|field| !field.required);
    free.then(|| group.fields.iter().map(|field| field.name).collect())
}

fn path(spec: &OperationSpec) -> &'static str {
    if spec.path.is_empty() { "(give it by --path)" } else { spec.path }
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Changes => "changes",
        Effect::Idempotent => "idempotent",
        Effect::Read => "read",
        _ => "moves-money",
    }
}

/// Whom to ask, as a word.
pub(crate) fn asked(settlement: Settlement) -> &'static str {
    match settlement {
        Settlement::AuthDetailQuery => "ask auth-detail-query",
        Settlement::MixedQuery => "ask mixed-query",
        Settlement::NotNeeded => "make it again",
        Settlement::PayoutInquiry => "ask payouts-inquiry",
        Settlement::RefundInfoOfSale => "ask tran-query for the sale",
        Settlement::TranQueryByReference => "ask tran-query",
        _ => "nobody can be asked",
    }
}

#[derive(Serialize)]
struct Told {
    name: &'static str,
    path: &'static str,
    path_aliases: &'static [&'static str],
    effect: &'static str,
    after_a_lost_answer: &'static str,
    confidence: &'static str,
    source: &'static str,
    unknown: &'static str,
    fields: Vec<Field>,
}

#[derive(Serialize)]
struct Field {
    name: &'static str,
    required: bool,
}

impl Told {
    fn of(spec: &OperationSpec) -> Self {
        Self {
            name: spec.name,
            path: spec.path,
            path_aliases: spec.path_aliases,
            effect: effect(spec.effect),
            after_a_lost_answer: asked(spec.settlement),
            confidence: spec.confidence.as_str(),
            source: spec.source,
            unknown: spec.unknown,
            fields: spec.fields().map(|field| Field { name: field.name, required: field.required }).collect(),
        }
    }
}
