//! The control API under `/_mock/`: time, customers, scripts, faults and what happened.
//!
//! Answers are JSON; refusals are `{"error": "..."}` with 400, 403, 404, 405, 409 or 413.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::StatusCode;
use pockyt_sim::{ControlError, Fault, Millis, NotificationId, Script};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::problem::{Named, Problem};
use super::query::asked_for;
use super::{Site, body, dashboard, events, journal, notifications, openapi, orders};
use crate::clock::ClockMode;

const BODY_LIMIT: usize = 64 * 1024;

pub(super) type Answer = Result<Response, Problem>;

pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/health", get(health))
        .route("/reset", post(reset))
        .route("/clock", get(clock).post(move_clock))
        .route("/transactions", get(orders::list))
        .route("/transactions/{transaction_no}", get(transaction))
        .route("/transactions/{transaction_no}/{action}", post(operate))
        .route("/scripts", get(scripts).post(add_script).delete(clear_scripts))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/faults/unfired", get(unfired_faults))
        .route("/notifications", get(notifications::list))
        .route("/notifications/{id}/resend", post(resend))
        .route("/journal", get(journal::list))
        .route("/events", get(events::events))
        .route("/openapi.json", get(openapi::document))
        .route("/ui", get(dashboard::page))
        .route("/ui/", get(dashboard::without_slash))
        .route("/ui/{file}", get(dashboard::file))
        .fallback(async || Problem::not_found("the control API has no such path"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "the control API has no such method on this path")
        })
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    name: &'static str,
    version: &'static str,
}

async fn health() -> Response {
    ok(&Health { status: "ok", name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") })
}

/// What is to be reset: one merchant, or everything.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reset {
    merchant_no: Option<String>,
}

async fn reset(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let body = body::read(&parts.headers, body, BODY_LIMIT).await?;
    let wish = if body.is_empty() { Reset::default() } else { from_json(&body)? };
    match wish.merchant_no {
        Some(merchant_no) => site.world.reset_merchant(&merchant_no)?,
        None => site.world.reset(),
    }
    Ok(ok(&ClockView::of(&site)))
}

#[derive(Serialize)]
pub(super) struct ClockView {
    mode: String,
    now_ms: Millis,
    next_event_ms: Option<Millis>,
}

impl ClockView {
    pub(super) fn of(site: &Site) -> Self {
        let mode = match site.world.clock_mode() {
            ClockMode::Manual { .. } => "manual".to_owned(),
            ClockMode::Real => "real".to_owned(),
            ClockMode::Scaled(factor) => format!("x{factor}"),
        };
        Self { mode, now_ms: site.world.now(), next_event_ms: site.world.next_event() }
    }
}

async fn clock(State(site): State<Arc<Site>>) -> Response {
    ok(&ClockView::of(&site))
}

/// One of `{"advance_ms":N}`, `{"advance_to_next":true}`, `{"settle":true}`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Move {
    AdvanceMs(u64),
    AdvanceToNext(True),
    Settle(True),
}

/// The literal `true`; `false` would ask for nothing.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "bool")]
struct True;

impl TryFrom<bool> for True {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, Self::Error> {
        if value { Ok(Self) } else { Err("only true makes sense here") }
    }
}

async fn move_clock(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let wish: Move = read_json(request).await?;
    let is_manual = site.world.clock_mode().is_manual();
    match wish {
        Move::Settle(True) => site.pump.settle().await,
        _ if !is_manual => {
            return Err(Problem::conflict(
                "this clock moves by itself; start with --clock manual to move it",
            ));
        }
        Move::AdvanceMs(millis) => site.pump.advance(Duration::from_millis(millis)).await,
        Move::AdvanceToNext(True) => {
            site.pump.advance_to_next().await;
        }
    }
    Ok(ok(&ClockView::of(&site)))
}

async fn transaction(State(site): State<Arc<Site>>, Named(transaction_no): Named<String>) -> Answer {
    let found = site.world.view(|sim| sim.transaction(&transaction_no));
    found.map(|view| ok(&view)).ok_or_else(|| Problem::not_found("there is no such order"))
}

async fn operate(
    State(site): State<Arc<Site>>,
    Named((transaction_no, action)): Named<(String, String)>,
) -> Answer {
    let operated = match action.as_str() {
        "approve" => site.operate(|sim, now| sim.approve(&transaction_no, now)).await,
        "decline" => site.operate(|sim, now| sim.decline(&transaction_no, now)).await,
        "expire" => site.operate(|sim, now| sim.expire(&transaction_no, now)).await,
        _ => return Err(Problem::not_found("an order can be sent approve, decline or expire")),
    };
    operated?;
    transaction(State(site), Named(transaction_no)).await
}

/// A script, and whether what it is for is still to come.
#[derive(Serialize)]
struct ScriptView {
    #[serde(flatten)]
    script: Script,
    waiting: bool,
}

async fn scripts(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let [merchant_no] = asked_for(&request, ["merchant"])?;
    list_scripts(&site, merchant_no.as_deref())
}

fn list_scripts(site: &Site, merchant_no: Option<&str>) -> Answer {
    let listed = site.world.view(|sim| {
        let listed: Vec<Script> = match merchant_no {
            Some(merchant_no) => sim.scripts_of(merchant_no)?.cloned().collect(),
            None => sim.scripts().to_vec(),
        };
        let view = |script| ScriptView { waiting: sim.is_waiting(&script), script };
        Ok::<Vec<ScriptView>, ControlError>(listed.into_iter().map(view).collect())
    });
    Ok(ok(&listed?))
}

async fn add_script(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let script: Script = read_json(request).await?;
    site.world.act(|sim, _| sim.set_script(script)).map_err(names_nothing)?;
    site.settle_if_manual().await;
    list_scripts(&site, None)
}

async fn clear_scripts(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let [merchant_no] = asked_for(&request, ["merchant"])?;
    match merchant_no.as_deref() {
        Some(merchant_no) => site.world.act(|sim, _| sim.clear_scripts_of(merchant_no))?,
        None => site.world.act(|sim, _| sim.clear_scripts()),
    }
    list_scripts(&site, merchant_no.as_deref())
}

async fn faults(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let [merchant_no] = asked_for(&request, ["merchant"])?;
    list_faults(&site, merchant_no.as_deref())
}

fn list_faults(site: &Site, merchant_no: Option<&str>) -> Answer {
    let listed: Result<Vec<Fault>, ControlError> = site.world.view(|sim| match merchant_no {
        Some(merchant_no) => Ok(sim.faults_of(merchant_no)?.cloned().collect()),
        None => Ok(sim.faults().to_vec()),
    });
    Ok(ok(&listed?))
}

async fn add_fault(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let fault: Fault = read_json(request).await?;
    site.world.act(|sim, _| sim.set_fault(fault)).map_err(names_nothing)?;
    list_faults(&site, None)
}

async fn unfired_faults(State(site): State<Arc<Site>>) -> Response {
    ok(&site.world.view(|sim| sim.unfired_faults().cloned().collect::<Vec<_>>()))
}

async fn clear_faults(State(site): State<Arc<Site>>, request: Request) -> Answer {
    let [merchant_no] = asked_for(&request, ["merchant"])?;
    match merchant_no.as_deref() {
        Some(merchant_no) => site.world.act(|sim, _| sim.clear_faults_of(merchant_no))?,
        None => site.world.act(|sim, _| sim.clear_faults()),
    }
    list_faults(&site, merchant_no.as_deref())
}

/// A name in a body that stands for nothing is a mistake in the body, not a thing that was looked for.
fn names_nothing(error: ControlError) -> Problem {
    Problem::bad_request(error.to_string())
}

async fn resend(State(site): State<Arc<Site>>, Named(id): Named<String>) -> Answer {
    let id = id.parse().map_err(|_| Problem::not_found("there is no such notification"))?;
    let id = NotificationId(id);
    site.operate(|sim, now| sim.resend(id, now)).await?;
    let resent = site.world.view(|sim| sim.notification(id));
    resent.map(|view| ok(&view)).ok_or_else(|| Problem::not_found("there is no such notification"))
}

pub(super) fn ok(value: &impl Serialize) -> Response {
    body::json(StatusCode::OK, value)
}

async fn read_json<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    let (parts, body) = request.into_parts();
    from_json(&body::read(&parts.headers, body, BODY_LIMIT).await?)
}

fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|error| Problem::bad_request(format!("not what belongs here: {error}")))
}
