//! What is shown of notices.

use pockyt_sign::explain::masked;
use pockyt_store::{BodyFormat, Doubt, Identity, Quarantine, Standing, StoredNotice, Variant};
use serde::Serialize;

use crate::body::{self, Format};
use crate::output::{self, printable};
use crate::store::moment;

/// A line for each, or a line of JSON.
pub(super) fn list(notices: &[StoredNotice], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return notices.iter().try_for_each(|notice| output::print_json(&Summary::of(notice)));
    }
    let line = |notice: &StoredNotice| {
        let Summary { notice: id, route, received_at, attempts, why, .. } = Summary::of(notice);
        format!(
            "{id:>8}  {received_at}  {route:24}  {attempts:>3}  {}\n",
            printable(&why.unwrap_or_default())
        )
    };
    let mut table: String = notices.iter().map(line).collect();
    if !table.is_empty() {
        table.insert_str(
            0,
            &format!("{:>8}  {:24}  {:24}  {:>3}  {}\n", "notice", "received", "route", "att", "why"),
        );
    }
    Ok(output::print(table.as_bytes())?)
}

/// What a list shows.
#[derive(Serialize)]
struct Summary {
    notice: u64,
    state: &'static str,
    route: String,
    received_at: String,
    changed_at: String,
    /// Attempts that ended, whichever way.
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Summary {
    fn of(notice: &StoredNotice) -> Self {
        Self {
            notice: notice.id.get(),
            state: notice.standing.state().as_str(),
            route: notice.route.to_string(),
            received_at: moment(notice.received_at),
            changed_at: moment(notice.changed_at),
            attempts: notice.failures.saturating_add(notice.deferrals),
            why: match (&notice.standing, &notice.quarantine) {
                (Standing::Quarantined, Some(quarantine)) => Some(doubt(quarantine)),
                _ => notice.last_reason.clone(),
            },
        }
    }
}

fn doubt(quarantine: &Quarantine) -> String {
    match quarantine {
        Quarantine::Conflict { with } => format!("notice {with} has the same key and says otherwise"),
        Quarantine::Doubt(Doubt::Ambiguous { field }) => {
            format!("the field {field} can be read in more than one way")
        }
        Quarantine::Doubt(Doubt::Unreadable { problem }) => format!("it cannot be read: {problem}"),
        Quarantine::Doubt(Doubt::Mismatch { problem }) => format!("it is not what was expected: {problem}"),
        other => format!("{other:?}"),
    }
}

/// All that is known of one.
#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    summary: Summary,
    failures: u32,
    deferrals: u32,
    key_label: String,
    /// Of a clean notice, what makes it the same as another.
    #[serde(skip_serializing_if = "Option::is_none")]
    dedupe_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quarantine: Option<String>,
    /// Other messages that say the same in all that matters.
    variants: Vec<String>,
    format: &'static str,
    /// `name=value`, with card data hidden, and never the signature: who has it could send the notice again.
    fields: Vec<String>,
}

/// Prints one with its fields.
pub(super) fn one(
    notice: &StoredNotice,
    variants: &[Variant],
    reveal: bool,
    as_json: bool,
) -> anyhow::Result<()> {
    let whole = Whole {
        summary: Summary::of(notice),
        failures: notice.failures,
        deferrals: notice.deferrals,
        key_label: notice.key_label.clone(),
        dedupe_key: match &notice.identity {
            Identity::Clean { key, .. } => Some(key.clone()),
            _ => None,
        },
        last_reason: notice.last_reason.clone(),
        quarantine: notice.quarantine.as_ref().map(doubt),
        variants: variants.iter().map(|variant| moment(variant.received_at)).collect(),
        format: notice.format.as_str(),
        fields: fields(notice, reveal),
    };
    if as_json {
        return output::print_json(&whole);
    }
    Ok(output::print(table(&whole).as_bytes())?)
}

fn table(whole: &Whole) -> String {
    let summary = &whole.summary;
    let mut lines = vec![
        ("notice", summary.notice.to_string()),
        ("state", summary.state.to_owned()),
        ("route", summary.route.clone()),
        ("received", summary.received_at.clone()),
        ("changed", summary.changed_at.clone()),
        ("attempts", format!("{} failed, {} put off", whole.failures, whole.deferrals)),
        ("key", whole.key_label.clone()),
        ("dedupe key", whole.dedupe_key.clone().unwrap_or_default()),
        ("last reason", whole.last_reason.clone().unwrap_or_default()),
        ("quarantine", whole.quarantine.clone().unwrap_or_default()),
        ("said again", whole.variants.join(", ")),
        ("format", whole.format.to_owned()),
    ];
    lines.retain(|(_, text)| !text.is_empty());
    let lines = lines.into_iter().map(|(title, text)| format!("{title:12}  {}\n", printable(&text)));
    let fields = whole.fields.iter().map(|field| format!("  {}\n", printable(field)));
    lines.chain(fields).collect()
}

/// The fields of the body, without its signature.
fn fields(notice: &StoredNotice, reveal: bool) -> Vec<String> {
    let format = match notice.format {
        BodyFormat::Json => Format::Json,
        _ => Format::Form,
    };
    let pairs = body::pairs(&notice.body, format).unwrap_or_default();
    let pairs = pairs.into_iter().filter(|(name, _)| name != "verifySign");
    pairs
        .map(|(name, value)| {
            if reveal {
                return format!("{name}={value}");
            }
            let shown = masked(&[(name, value)]);
            shown.strip_suffix('&').map_or_else(String::new, str::to_owned)
        })
        .filter(|field| !field.is_empty())
        .collect()
}
