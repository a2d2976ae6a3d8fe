// Talking to the control API: JSON, and the stream of events.

const KEPT = "pockyt-mock-control-token";

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function useToken(token) {
  sessionStorage.setItem(KEPT, token);
}

function headers(more = {}) {
  const token = sessionStorage.getItem(KEPT);
  return token ? { ...more, Authorization: `Bearer ${token}` } : more;
}

async function ask(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: headers(options.headers), cache: "no-store" });
  if (answer.ok) return answer;
  const reason = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, reason.error ?? `the mock answered ${answer.status}`);
}

// With parameters as an object, or as pairs where a name comes more than once.
export const get = async (path, parameters) => (await ask(parameters ? `${path}?${new URLSearchParams(parameters)}` : path)).json();
export const remove = async path => (await ask(path, { method: "DELETE" })).json();
export const post = async (path, body) =>
  (await ask(path, { method: "POST", body: body === undefined ? "" : JSON.stringify(body) })).json();

// The newest entries, so many at the most.
export async function journal(limit) {
  const text = await (await ask(`journal?limit=${limit}`)).text();
  return text.split("\n").filter(Boolean).map(line => JSON.parse(line));
}

// Calls hear(name, data) for each event. Ends when the stream does; fetch, since EventSource sends no token.
export async function listen(after, hear) {
  const answer = await ask("events", { headers: { "Last-Event-ID": String(after) } });
  hear("open", null);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (text + value).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const field = name => block.split("\n").find(line => line.startsWith(`${name}: `))?.slice(name.length + 2);
      if (field("event")) hear(field("event"), JSON.parse(field("data")));
    }
  }
}
