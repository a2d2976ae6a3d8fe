// The dashboard: what the control API knows, kept up to date by its stream of events.

import { prepare } from "./forms.js";
import { about, after, clockText, kindText, refusalText, told, walletText } from "./story.js";
import { draw, statusClass } from "./timeline.js";
import { get, journal, listen, post, useToken } from "./wire.js";

// Entries beyond these are not shown.
const [MOST_ENTRIES, MOST_REFUSALS] = [5000, 200];
// Orders shown at first and with each step further back, and at the most: beyond that, searching is quicker.
const [PAGE, MOST_ORDERS] = [50, 500];
// Milliseconds between two looks at what changed.
const PAUSE = 200;

const $ = id => document.getElementById(id);
const state = {
  // The newest orders that fit, oldest first; how many are wanted, and whether there are more.
  orders: [], wanted: PAGE, hasMore: false,
  // The order of the timeline, which need not be among them.
  chosen: null, order: null,
  // The notifications of an order by its number, which of these are out of date, and whose a notification is.
  notifications: new Map(), outdated: new Set(), owners: new Map(),
  merchants: new Set(), entries: [], scripts: [], faults: [], unfired: [], clock: null, clockAt: 0,
  // Where the keyboard goes on once older orders are there.
  goOnAfter: null,
};

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

const notificationsOf = order => state.notifications.get(order.transactionNo) ?? [];

function orderRow(order) {
  const attempts = notificationsOf(order).flatMap(notification => notification.attempts);
  const acknowledged = notificationsOf(order).some(notification => notification.acknowledged);
  const sent = attempts.length ? `${attempts.length} sent${acknowledged ? ", acknowledged" : ""}` : "";
  const button = node("button", { type: "button", "data-order": order.transactionNo, "aria-pressed": String(order.transactionNo === state.chosen) },
    node("b", {}, order.reference ?? order.transactionNo), badge(order.status),
    node("span", { class: "soft" }, `${order.amount} ${order.currency} · ${order.createdBy}`), node("span", { class: "soft end" }, sent));
  button.addEventListener("click", () => { choose(order); show(); });
  return node("li", {}, button);
}

// Replaces what a list shows and leaves the keyboard where it was.
function renew(list, rows) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.order : null;
  list.replaceChildren(...rows);
  if (focused) list.querySelector(`[data-order="${CSS.escape(focused)}"]`)?.focus();
}

function choose(order) {
  state.order = order;
  state.chosen = order?.transactionNo ?? null;
}

function showOrders() {
  const { orders, hasMore } = state;
  renew($("orders"), orders.map(orderRow).reverse());
  $("no-orders").hidden = orders.length > 0;
  $("count").textContent = hasMore ? `(the newest ${orders.length})` : `(${orders.length})`;
  const isFull = orders.length >= MOST_ORDERS;
  $("more").hidden = !hasMore || isFull;
  $("most").hidden = !hasMore || !isFull;
  const older = state.goOnAfter && $("orders").querySelector(`[data-order="${CSS.escape(state.goOnAfter)}"]`)?.parentElement.nextElementSibling;
  if (older) {
    older.firstElementChild.focus();
    state.goOnAfter = null;
  }
}

function showMerchants() {
  const merchants = [...state.merchants].sort();
  if (merchants.length === $("merchant").options.length - 1) return;
  const chosen = $("merchant").value;
  $("merchant").replaceChildren(new Option("all", ""), ...merchants.map(merchant => new Option(merchant)));
  $("merchant").value = chosen;
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
  const { order } = state;
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
  $("refusals").replaceChildren(...refused.slice(0, MOST_REFUSALS).map(entry => logRow(entry, text(entry), null)));
  $("no-refusals").hidden = refused.length > 0;
  $("refusal-count").textContent = refused.length ? `(${refused.length})` : "";
}

function show() {
  showClock();
  showOrders();
  showMerchants();
  showDetail();
  showRules();
  showRefusals();
}

// --- what is known -------------------------------------------------------------------------------------

function setClock(clock) {
  state.clock = clock;
  state.clockAt = performance.now();
}

function wish() {
  const [search, merchant] = [$("search").value.trim(), $("merchant").value];
  // One more than is shown says that there are more.
  const wish = { limit: state.wanted + 1, published: $("examples").checked };
  return { ...wish, ...(search && { search }), ...(merchant && { merchant }) };
}

// The chosen order as it is now; the newest one when there is none.
async function chosenAmong(orders) {
  const newest = orders.at(-1) ?? null;
  const shown = orders.find(order => order.transactionNo === state.chosen);
  if (shown || !state.chosen) return shown ?? newest;
  try {
    return await get(`transactions/${encodeURIComponent(state.chosen)}`);
  } catch (error) {
    if (error.status === 404) return newest;
    throw error;
  }
}

// Asks for the notifications of these orders, as far as they are not known or have changed; forgets the others.
async function learnNotifications(orders) {
  const { notifications, outdated, owners } = state;
  const shown = new Set(orders.map(order => order.transactionNo));
  for (const number of notifications.keys()) if (!shown.has(number)) forget(number);
  const wanted = [...shown].filter(number => !notifications.has(number) || outdated.has(number));
  for (let from = 0; from < wanted.length; from += PAGE) {
    const numbers = wanted.slice(from, from + PAGE);
    // Before they are asked for: what changes while the answer is on its way is out of date again.
    for (const number of numbers) {
      outdated.delete(number);
      notifications.set(number, notifications.get(number) ?? []);
    }
    const found = await get("notifications", numbers.map(number => ["transaction", number])).catch(error => {
      for (const number of numbers) outdated.add(number);
      throw error;
    });
    for (const number of numbers) notifications.set(number, found.filter(notification => notification.transactionNo === number));
    for (const { id, transactionNo } of found) owners.set(id, transactionNo);
  }
}

function forget(number) {
  for (const { id } of state.notifications.get(number)) state.owners.delete(id);
  state.notifications.delete(number);
  state.outdated.delete(number);
}

async function learn() {
  const names = ["scripts", "faults", "faults/unfired", "clock"];
  const [found, scripts, faults, unfired, clock] = await Promise.all([get("transactions", wish()), ...names.map(name => get(name))]);
  const orders = found.slice(-state.wanted);
  const order = await chosenAmong(orders);
  await learnNotifications(order && !orders.includes(order) ? [...orders, order] : orders);
  Object.assign(state, { orders, hasMore: found.length > orders.length, scripts, faults, unfired });
  choose(order);
  setClock(clock);
  for (const { merchantNo } of [...orders, ...state.entries]) if (merchantNo) state.merchants.add(merchantNo);
  show();
}

let [isLearning, isStale] = [false, false];

// What the views say now. Asked for again and again it asks once more, not once each.
async function refresh() {
  if (isLearning) {
    isStale = true;
    return;
  }
  isLearning = true;
  try {
    for (;;) {
      isStale = false;
      await learn();
      if (!isStale) return;
      await new Promise(resolve => setTimeout(resolve, PAUSE));
    }
  } catch (error) {
    complain(error);
  } finally {
    isLearning = false;
  }
}

// What an entry says about what is known. The text is for those who do not see the picture.
function note(entry) {
  const number = entry.transactionNo ?? state.owners.get(entry.notification);
  if (state.notifications.has(number)) {
    state.outdated.add(number);
    if (entry.notification) state.owners.set(entry.notification, number);
  }
  if (entry.event === "statusChanged") $("news").textContent = `Order ${entry.reference ?? entry.transactionNo} is ${entry.to}`;
}

function setLink(text, kind) {
  $("link").textContent = text;
  $("link").className = `badge ${kind}`;
}

function hear(name, data) {
  if (name === "open") {
    setLink("live", "good");
  } else if (name === "journal") {
    note(data);
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
      state.entries = await journal(MOST_ENTRIES);
      for (const known of [state.notifications, state.outdated, state.owners]) known.clear();
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
for (const id of ["search", "merchant", "examples"]) {
  $(id).addEventListener("input", () => {
    state.wanted = PAGE;
    refresh();
  });
}
$("more").addEventListener("click", () => {
  state.goOnAfter = state.orders[0]?.transactionNo ?? null;
  state.wanted = Math.min(state.wanted + PAGE, MOST_ORDERS);
  refresh();
});
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
