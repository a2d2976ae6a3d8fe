// Setting faults and scripts.

import { post, remove } from "./wire.js";

const FAULTS = {
  "the answer is lost, the call is booked": "lose-reply",
  "the request is lost": "lose-request",
  "reset without an answer, booked": "reset-reply",
  "reset before the request is read": "reset-before-read",
  "503, not booked": { "server-error": { status: 503 } },
  "502, booked": { "server-error": { status: 502, booked: true } },
  "the answer comes 10 s late": { "delay-answer": { ms: 10000 } },
  "half of the body is missing": "truncate-body",
  "a web page instead of JSON": { "replace-body": "html" },
  "the answer is about another order": "wrong-answer",
  "refused as if signed wrongly": "reject-signature",
  "the notification is dropped": { notification: "drop" },
  "the notification comes twice": { notification: "duplicate" },
  "a forged notification comes first": { notification: "forge" },
  "a re-cut notification comes first": { notification: "recut" },
};

const SCRIPTS = {
  "confirms after so many seconds": n => ({ kind: "confirm-after", ms: Math.round(n * 1000) }),
  "declines after so many seconds": n => ({ kind: "decline-after", ms: Math.round(n * 1000) }),
  "confirms after so many queries": n => ({ kind: "confirm-after-queries", count: Math.round(n) }),
  "never answers": () => ({ kind: "never" }),
  "confirms just before a cancel": () => ({ kind: "confirm-on-cancel" }),
  "has not enough money": () => ({ kind: "insufficient" }),
};

const $ = id => document.getElementById(id);

const fill = (select, names) => select.append(...Object.keys(names).map(name => new Option(name)));

// done(promise) is told of each attempt.
export function prepare(done) {
  fill($("fault-kind"), FAULTS);
  fill($("script-kind"), SCRIPTS);
  $("fault-form").addEventListener("submit", event => {
    event.preventDefault();
    const kind = FAULTS[$("fault-kind").value];
    const [reference, operation] = [$("fault-reference").value.trim(), $("fault-operation").value.trim()];
    const wish = { kind, times: Number($("fault-times").value) };
    if (reference) wish.reference = reference;
    if (operation) wish.operation = operation;
    done(post("faults", wish));
  });
  $("script-form").addEventListener("submit", event => {
    event.preventDefault();
    const wallet = SCRIPTS[$("script-kind").value](Number($("script-number").value));
    done(post("scripts", { reference: $("script-reference").value.trim(), wallet }));
  });
  $("clear-faults").addEventListener("click", () => done(remove("faults")));
  $("clear-scripts").addEventListener("click", () => done(remove("scripts")));
}
