// What the journal says, in words.

export const after = (from, at) => {
  const ms = at - from;
  const [s, m, h] = [Math.floor(ms / 1000) % 60, Math.floor(ms / 60000) % 60, Math.floor(ms / 3600000)];
  const two = n => String(n).padStart(2, "0");
  if (ms < 60000) return `+${(ms / 1000).toFixed(ms % 1000 ? 1 : 0)} s`;
  return h ? `+${h}:${two(m)}:${two(s)}` : `+${m}:${two(s)}`;
};

export const clockText = ms => new Date(ms).toISOString().replace("T", " ").slice(0, 19) + " UTC";

export const kindText = kind => {
  if (typeof kind === "string") return kind;
  const [name, data] = Object.entries(kind)[0];
  const inner = typeof data === "string" ? data : Object.entries(data).map(([k, v]) =>
    typeof v === "object" && v !== null ? `${k} ${Object.values(v).join(" ")}` : `${k} ${v}`).join(", ");
  return inner ? `${name}: ${inner}` : name;
};

export const walletText = wallet => {
  const number = "ms" in wallet ? `${wallet.ms / 1000} s` : "count" in wallet ? `${wallet.count} queries` : "";
  return `${wallet.kind} ${number}`.trim();
};

export function refusalText(entry) {
  const field = entry.refusedField ? `${entry.refusedField}: ` : "";
  return `${field}${entry.refusedRule ?? ""}`;
}

export function told(entry) {
  switch (entry.event) {
    case "request": {
      const answer = entry.lost ? `${entry.retCode}, and the answer was lost` : entry.retCode;
      const rule = entry.retCode === "000100" ? "" : ` – ${refusalText(entry)}`;
      return `${entry.operation ?? entry.path} answered ${answer}${rule}`;
    }
    case "statusChanged":
      return entry.from ? `${entry.from} → ${entry.to}, by ${entry.cause}` : `made, ${entry.to}`;
    case "customerAction": return `somebody chose ${entry.action}`;
    case "refundBooked": return `${entry.refundAmount} given back`;
    case "notificationScheduled": return `notification ${entry.notification} of ${entry.status} for ${entry.url}`;
    case "attemptStarted": return `notification ${entry.notification}, attempt ${entry.number} sent`;
    case "attemptJudged":
      return `notification ${entry.notification}, attempt ${entry.number}: ${entry.failure ?? entry.status}, ${entry.verdict}`;
    case "faultUsed": return `fault: ${kindText(entry.kind)}`;
    case "resendRequested": return `notification ${entry.notification} asked for once more`;
    default: return entry.event;
  }
}

// The entries about one order.
export function about(order, notifications, entries) {
  const ids = new Set(notifications.map(notification => notification.id));
  const mine = entry => {
    if ("transactionNo" in entry && entry.transactionNo) return entry.transactionNo === order.transactionNo;
    if (entry.notification !== undefined && entry.notification !== null) return ids.has(entry.notification);
    if (!order.reference || entry.merchantNo !== order.merchantNo) return false;
    return entry.event === "request" ? entry.parameters.reference === order.reference
      : entry.event === "faultUsed" && entry.reference === order.reference;
  };
  return entries.filter(mine);
}
