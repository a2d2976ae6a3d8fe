// The picture of one order: calls, status and notification attempts over time, as inline SVG.

import { after, told } from "./story.js";

const NS = "http://www.w3.org/2000/svg";
const [LEFT, RIGHT, LANE, TOP] = [104, 34, 46, 14];
const STEPS = [1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 21600, 86400].map(s => s * 1000);

function el(name, attributes, text) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

const titled = (element, title) => {
  element.append(el("title", {}, title));
  return element;
};

export const statusClass = status =>
  ({ success: "good", failed: "bad", closed: "bad", pending: "wait" })[status] ?? "init";

// Marks that would lie on one another become one, with a count.
function grouped(marks, x) {
  const groups = [];
  for (const mark of marks) {
    const last = groups.at(-1);
    if (last && x(mark.at) - last.x < 20) {
      last.marks.push(mark);
    } else {
      groups.push({ x: x(mark.at), marks: [mark] });
    }
  }
  return groups;
}

// How far apart the labels of the axis are.
function step(span, width) {
  const wanted = span / Math.max(2, Math.floor(width / 90));
  return STEPS.find(step => step >= wanted) ?? Math.ceil(wanted / 86400000) * 86400000;
}

export function draw(order, notifications, entries, now, width) {
  const calls = entries.filter(entry => entry.event === "request");
  const changes = entries.filter(entry => entry.event === "statusChanged");
  const attempts = notifications.flatMap(notification => notification.attempts.map(attempt => ({
    at: attempt.dueAt, name: String(attempt.number), kind: attempt.verdict === "acknowledged" ? "good" : attempt.verdict ? "bad" : "",
    title: `attempt ${attempt.number}: ${attempt.failure ?? attempt.status ?? "on its way"}${attempt.verdict ? `, ${attempt.verdict}` : ""}`,
  })));
  const planned = notifications.filter(notification => notification.nextDueAt !== null).map(notification => ({
    at: notification.nextDueAt, name: String(notification.attempts.length + 1), kind: "planned", title: "the next attempt",
  }));
  const marks = [...attempts, ...planned].sort((a, b) => a.at - b.at);
  const times = [...entries.map(entry => entry.at), ...marks.map(mark => mark.at)];
  const first = Math.min(...times, now);
  const last = Math.max(...times, Math.min(now, Math.max(...times, first) + 60000), first + 1000);
  const inner = Math.max(160, width - LEFT - RIGHT);
  const x = at => LEFT + (Math.min(at, last) - first) / (last - first) * inner;
  const bottom = TOP + 3 * LANE;
  const svg = el("svg", { viewBox: `0 0 ${LEFT + inner + RIGHT} ${bottom + 40}`, role: "img" });
  const acknowledged = attempts.filter(attempt => attempt.kind === "good").length;
  svg.setAttribute("aria-label", `${calls.length} calls, now ${order.status}, ${attempts.length} notification attempts, ${acknowledged} acknowledged, over ${after(first, last).slice(1)}`);

  const every = step(last - first, inner);
  for (let at = 0; at <= last - first; at += every) {
    const place = x(first + at);
    svg.append(el("line", { class: "grid", x1: place, x2: place, y1: TOP, y2: bottom }));
    svg.append(el("text", { class: "tick", x: place, y: bottom + 16, "text-anchor": "middle" }, at ? after(0, at) : "0"));
  }
  ["calls", "status", "notifications"].forEach((lane, row) =>
    svg.append(el("text", { class: "lane", x: 0, y: TOP + row * LANE + LANE / 2 + 4 }, lane)));

  for (const group of grouped(calls.map(call => ({ at: call.at, call })), x)) {
    const refused = group.marks.some(({ call }) => call.retCode !== "000100" || call.lost);
    const title = group.marks.map(({ call }) => told(call)).join("\n");
    const y = TOP + LANE / 2;
    const mark = el("path", { class: refused ? "call bad" : "call", d: `M${group.x} ${y - 10} l10 10 l-10 10 l-10 -10 z` });
    svg.append(titled(mark, title));
    if (group.marks.length > 1) svg.append(el("text", { class: "on-mark", x: group.x, y: y + 4 }, group.marks.length));
  }

  const ends = changes.slice(1).map(change => change.at).concat(last);
  changes.forEach((change, index) => {
    const [from, to] = [x(change.at), x(Math.max(ends[index], change.at))];
    const size = Math.max(to - from, 4);
    const y = TOP + LANE + 12;
    const bar = el("rect", { class: `bar ${statusClass(change.to)}`, x: from, y, width: size, height: 22, rx: 3 });
    svg.append(titled(bar, told(change)));
    if (size > change.to.length * 7 + 8) {
      svg.append(el("text", { class: `bar-text ${statusClass(change.to)}`, x: from + 6, y: y + 15 }, change.to));
    }
  });

  for (const group of grouped(marks, x)) {
    const worst = group.marks.at(-1);
    const y = TOP + 2 * LANE + LANE / 2;
    const mark = el("circle", { class: `attempt ${worst.kind}`, cx: group.x, cy: y, r: 10 });
    svg.append(titled(mark, group.marks.map(mark => mark.title).join("\n")));
    const name = group.marks.length > 1 ? `×${group.marks.length}` : worst.name;
    svg.append(el("text", { class: `on-mark ${worst.kind}`, x: group.x, y: y + 4 }, name));
  }

  if (now <= last) {
    const place = x(now);
    svg.append(el("line", { class: "now", x1: place, x2: place, y1: TOP - 8, y2: bottom + 22 }));
    const anchor = place > LEFT + inner - 30 ? "end" : place < LEFT + 30 ? "start" : "middle";
    svg.append(el("text", { class: "now-text", x: place, y: bottom + 34, "text-anchor": anchor }, `now ${after(first, now)}`));
  }
  return svg;
}
