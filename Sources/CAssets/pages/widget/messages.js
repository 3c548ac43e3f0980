// Messages with the page around: only with one of the session's origins, and nothing clinical in them.
let origins = document.body.dataset.origins.split(" ").filter(Boolean);
let parentOrigin = null;

// "http://localhost:*" is this machine at any port, in a sandbox.
const isAllowed = origin =>
  origins.some(one =>
    one.endsWith(":*")
      ? origin === one.slice(0, -2) || (origin.startsWith(one.slice(0, -1)) && /:\d+$/.test(origin))
      : one === origin,
  );

function tell(type, event, data = {}) {
  if (parent === window) return;
  const message = { source: "opescare-widget", session_id: session?.session_id ?? null, type, event, data };
  if (data.consent_id) message.consent_grant_id = data.consent_id;
  const known = parentOrigin ?? [...(location.ancestorOrigins ?? [])].slice(0, 1).find(isAllowed);
  // Whose page it is, not every browser says: the message reaches none but the one that is named.
  for (const origin of known ? [known] : origins.filter(one => !one.endsWith("*")))
    parent.postMessage(message, origin);
}

// Whether the page around is none of the session's any more, as far as the browser says whose it is.
function isAstray() {
  const page = parentOrigin ?? location.ancestorOrigins?.[0];
  return parent !== window && page !== undefined && !isAllowed(page);
}

addEventListener("message", event => {
  if (event.source !== parent || parent === window || !isAllowed(event.origin)) return;
  if (event.data?.type !== "opescare.token" || !/^wgt_[\w.-]+$/.test(event.data.token)) return;
  parentOrigin = event.origin;
  if (event.data.token === token && session) return;
  if (typeof event.data.patient === "string") prefilled = event.data.patient.slice(0, 64);
  begin(event.data.token);
});

new ResizeObserver(() => {
  tell("opescare.widget.resize", "resize", { height: Math.ceil(document.body.getBoundingClientRect().height) });
}).observe(document.body);
