// The dashboard: what the control API knows, kept up to date by its stream of events.

import { prepare } from "./forms.js";
import { about, after, clockText, kindText, refusalText, told, walletText } from "./story.js";
import { draw, statusClass } from "./timeline.js";
import { get, journal, listen, post, useToken } from "./wire.js";

// Entries and orders beyond these are not shown.
const [MOST_ENTRIES, MOST_ORDERS] = [5000, 200];

const $ = id => document.getElementById(id);
const state = { orders: [], notifications: [], entries: [], scripts: [], faults: [], unfired: [], clock: null, clockAt: 0, chosen: null };

function node(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

const badge = status => node("span", { class: `badge ${statusClass(status)}` }, status);

function complain(error) {
  $("problem").hidden = !error;
  $("problem").textContent = error ? error.message : "";
  if (error?.status === 401) $("token-form").hidden = false;
}

// Shows why something was refused; otherwise what it changed.
async function done(promise) {
  try {
    await promise;
    complain(null);
  } catch (error) {
    complain(error);
  }
  await refresh();
}

// --- what is shown -------------------------------------------------------------------------------------

function now() {
  const { clock } = state;
  if (!clock) return 0;
  const factor = clock.mode === "manual" ? 0 : clock.mode === "real" ? 1 : Number(clock.mode.slice(1));
  return clock.now_ms + Math.floor((performance.now() - state.clockAt) * factor);
}

function showClock() {
  const { clock } = state;
  if (!clock) return;
  $("now").textContent = clockText(now());
  $("mode").textContent = clock.mode;
  const isManual = clock.mode === "manual";
  for (const button of $("clock-buttons").children) {
    button.disabled = button.dataset.move !== "settle" && !isManual;
  }
  $("next").textContent = clock.next_event_ms === null ? "nothing is planned" : `next event ${after(now(), Math.max(now(), clock.next_event_ms))}`;
}

function wantedOrders() {
  const word = $("search").value.trim().toLowerCase();
  const merchant = $("merchant").value;
  const fits = order => (order.createdBy !== "published" || $("examples").checked)
    && (!merchant || order.merchantNo === merchant)
    && (!word || `${order.reference ?? ""} ${order.transactionNo}`.toLowerCase().includes(word));
  return state.orders.filter(fits).reverse();
}

const notificationsOf = order => state.notifications.filter(notification => notification.transactionNo === order.transactionNo);

function orderRow(order) {
  const attempts = notificationsOf(order).flatMap(notification => notification.attempts);
  const acknowledged = notificationsOf(order).some(notification => notification.acknowledged);
  const sent = attempts.length ? `${attempts.length} sent${acknowledged ? ", acknowledged" : ""}` : "";
  const button = node("button", { type: "button", "data-order": order.transactionNo, "aria-pressed": String(order.transactionNo === state.chosen) },
    node("b", {}, order.reference ?? order.transactionNo), badge(order.status),
    node("span", { class: "soft" }, `${order.amount} ${order.currency} · ${order.createdBy}`), node("span", { class: "soft end" }, sent));
  button.addEventListener("click", () => { state.chosen = order.transactionNo; show(); });
  return node("li", {}, button);
}

// Replaces what a list shows and leaves the keyboard where it was.
function renew(list, rows) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.order : null;
  list.replaceChildren(...rows);
  if (focused) list.querySelector(`[data-order="${CSS.escape(focused)}"]`)?.focus();
}

function showOrders() {
  const orders = wantedOrders();
  renew($("orders"), orders.slice(0, MOST_ORDERS).map(orderRow));
  $("no-orders").hidden = orders.length > 0;
  $("count").textContent = orders.length > MOST_ORDERS ? `(the newest ${MOST_ORDERS} of ${orders.length})` : `(${orders.length})`;
  const merchants = [...new Set(state.orders.map(order => order.merchantNo))].sort();
  if (merchants.join() !== [...$("merchant").options].slice(1).map(option => option.value).join()) {
    const chosen = $("merchant").value;
    $("merchant").replaceChildren(new Option("all", ""), ...merchants.map(merchant => new Option(merchant)));
    $("merchant").value = merchants.includes(chosen) ? chosen : "";
  }
}

function fact(name, value) {
  return value ? [node("dt", {}, name), node("dd", {}, value)] : [];
}

function attemptRow(attempt, from) {
  const answer = attempt.failure ?? (attempt.status === null ? "on its way" : `${attempt.status} ${attempt.body ?? ""}`);
  const verdict = attempt.verdict === "acknowledged" ? "good" : attempt.verdict ? "bad" : "soft";
  return node("tr", {}, node("td", {}, String(attempt.number)), node("td", {}, after(from, attempt.dueAt)), node("td", {}, answer),
    node("td", { class: verdict }, attempt.verdict ?? ""));
}

function notificationView(notification, from) {
  const button = node("button", { type: "button", "data-order": `resend-${notification.id}` }, "Send once more");
  button.addEventListener("click", () => done(post(`notifications/${notification.id}/resend`)));
  const table = node("table", {}, node("thead", {}, node("tr", {}, ...["attempt", "at", "answer", "verdict"].map(name => node("th", { scope: "col" }, name)))),
    node("tbody", {}, ...notification.attempts.map(attempt => attemptRow(attempt, from))));
  const next = notification.nextDueAt === null ? "" : `, next at ${after(from, notification.nextDueAt)}`;
  return node("div", {}, node("p", {}, `${notification.kind} ${notification.status} to ${notification.url}${next} `, button), node("div", { class: "table" }, table));
}

const logRow = (entry, text, from) => node("li", {}, node("time", {}, from === null ? clockText(entry.at).slice(11, 19) : after(from, entry.at)), node("span", {}, text));

function showDetail() {
  const order = state.orders.find(order => order.transactionNo === state.chosen);
  $("detail").hidden = !order;
  $("no-detail").hidden = Boolean(order);
  $("detail-title").textContent = order ? `Timeline of ${order.reference ?? order.transactionNo}` : "Timeline";
  if (!order) return;
  const notifications = notificationsOf(order);
  const entries = about(order, notifications, state.entries);
  const from = entries.length ? entries[0].at : now();
  $("d-amount").textContent = `${order.amount} ${order.currency}`;
  $("d-status").textContent = order.status;
  $("d-status").className = `badge ${statusClass(order.status)}`;
  for (const button of $("actions").querySelectorAll("button")) {
    button.disabled = !(order.status === "pending" || (order.status === "init" && button.dataset.action === "expire"));
  }
  $("d-cashier").hidden = !order.cashierUrl;
  // Only the mock writes it; relative, it is right behind a proxy too.
  $("d-cashier").href = `../cashier/${encodeURIComponent(order.transactionNo)}`;
  const width = $("timeline").clientWidth || 640;
  $("timeline").replaceChildren(draw(order, notifications, entries, now(), width));
  $("facts").replaceChildren(...fact("Number", order.transactionNo), ...fact("Merchant", `${order.merchantNo}, store ${order.storeNo}`),
    ...fact("Created", `${order.createTime} (UTC+8) by ${order.createdBy}`), ...fact("Paid", order.paymentTime && `${order.paymentTime} (UTC+8)`),
    ...fact("Expires", order.expiresAt && clockText(order.expiresAt)), ...fact("Method", order.vendor), ...fact("Notified at", order.ipnUrl),
    ...fact("Given back", order.refunds.length ? `${order.refundedAmount} in ${order.refunds.length}` : ""));
  renew($("notifications"), notifications.length ? notifications.map(notification => notificationView(notification, from)) : [node("p", { class: "soft" }, "None.")]);
  const story = $("story");
  const isAtEnd = story.scrollTop + story.clientHeight >= story.scrollHeight - 4;
  story.replaceChildren(...entries.map(entry => logRow(entry, told(entry), from)));
  if (isAtEnd) story.scrollTop = story.scrollHeight;
}

function showRules() {
  const key = JSON.stringify;
  const unfired = new Set(state.unfired.map(key));
  const place = item => [item.reference && `about ${item.reference}`, item.operation, item.path, item.merchantNo && `merchant ${item.merchantNo}`].filter(Boolean).join(", ");
  const fault = fault => node("li", {}, node("code", {}, kindText(fault.kind)), ` ${place(fault) || "anything"}, ${fault.times} more `,
    node("span", { class: "badge" }, unfired.has(key(fault)) ? "not hit yet" : "has hit"));
  const script = script => node("li", {}, node("b", {}, script.reference), " ", node("code", {}, walletText(script.wallet)), " ",
    node("span", { class: "badge" }, script.waiting ? "waits for its order" : "has its order"));
  $("faults").replaceChildren(...(state.faults.length ? state.faults.map(fault) : [node("li", { class: "soft" }, "None is set.")]));
  $("scripts").replaceChildren(...(state.scripts.length ? state.scripts.map(script) : [node("li", { class: "soft" }, "None is set.")]));
}

function showRefusals() {
  const refused = state.entries.filter(entry => entry.event === "request" && entry.retCode !== "000100").reverse();
  const text = entry => `${entry.operation ?? entry.path} ${entry.parameters.reference ?? ""} answered ${entry.retCode} – ${refusalText(entry)}`;
  $("refusals").replaceChildren(...refused.slice(0, MOST_ORDERS).map(entry => logRow(entry, text(entry), null)));
  $("no-refusals").hidden = refused.length > 0;
  $("refusal-count").textContent = refused.length ? `(${refused.length})` : "";
}

function show() {
  showClock();
  showOrders();
  showDetail();
  showRules();
  showRefusals();
}

// --- what is known -------------------------------------------------------------------------------------

function setClock(clock) {
  state.clock = clock;
  state.clockAt = performance.now();
}

let [isFetching, isStale] = [false, false];

// What the views say now. Asked for again and again it asks once more, not once each.
async function refresh() {
  if (isFetching) {
    isStale = true;
    return;
  }
  isFetching = true;
  try {
    do {
      isStale = false;
      const names = ["transactions", "notifications", "scripts", "faults", "faults/unfired", "clock"];
      const [orders, notifications, scripts, faults, unfired, clock] = await Promise.all(names.map(get));
      tell(orders);
      Object.assign(state, { orders, notifications, scripts, faults, unfired });
      setClock(clock);
      if (!orders.some(order => order.transactionNo === state.chosen)) state.chosen = wantedOrders()[0]?.transactionNo ?? null;
      show();
    } while (isStale);
  } catch (error) {
    complain(error);
  } finally {
    isFetching = false;
  }
}

// For those who do not see the picture.
function tell(orders) {
  const before = new Map(state.orders.map(order => [order.transactionNo, order.status]));
  const changed = orders.find(order => before.size && before.get(order.transactionNo) !== order.status);
  if (changed) $("news").textContent = `Order ${changed.reference ?? changed.transactionNo} is ${changed.status}`;
}

function setLink(text, kind) {
  $("link").textContent = text;
  $("link").className = `badge ${kind}`;
}

function hear(name, data) {
  if (name === "open") {
    setLink("live", "good");
  } else if (name === "journal") {
    state.entries.push(data);
    state.entries.splice(0, state.entries.length - MOST_ENTRIES);
    refresh();
  } else if (name === "clock") {
    setClock(data);
    refresh();
  } else {
    throw new Error(name);
  }
}

// Reads everything, then what is new; begins again when the mock does or the line breaks.
async function follow() {
  for (;;) {
    try {
      state.entries = (await journal()).slice(-MOST_ENTRIES);
      await refresh();
      complain(null);
      await listen(state.entries.at(-1)?.seq ?? 0, hear);
      setLink("disconnected", "bad");
    } catch (error) {
      if (error.status) complain(error);
      if (!["reset", "missed"].includes(error.message)) setLink("disconnected", "bad");
      if (error.status === 401) return;
      if (["reset", "missed"].includes(error.message)) continue;
    }
    await new Promise(resolve => setTimeout(resolve, 2000));
  }
}

$("clock-buttons").addEventListener("click", event => {
  const move = event.target.dataset.move;
  if (!move) return;
  done(post("clock", move === "next" ? { advance_to_next: true } : move === "settle" ? { settle: true } : { advance_ms: Number(move) }));
});
$("actions").addEventListener("click", event => {
  const action = event.target.dataset.action;
  if (action) done(post(`transactions/${encodeURIComponent(state.chosen)}/${action}`));
});
for (const id of ["search", "merchant", "examples"]) $(id).addEventListener("input", showOrders);
$("token-form").addEventListener("submit", event => {
  event.preventDefault();
  useToken($("token").value);
  $("token-form").hidden = true;
  follow();
});
addEventListener("resize", showDetail);
setInterval(showClock, 1000);
prepare(done);
follow();
