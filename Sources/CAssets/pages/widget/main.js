// The session, as the server says that it stands.
let session = null;
let healthId = null;
let prefilled = wanted;
let timer = 0;

class Failure extends Error {
  constructor(status, body, wait) {
    super(body?.message || String(status));
    this.status = status;
    this.code = body?.error || "error";
    this.errors = body?.errors;
    this.body = body || {};
    // In seconds.
    this.wait = wait;
  }
}

async function call(method, path, body) {
  const mine = token;
  let response;
  try {
    response = await fetch("/widget/v1" + path, {
      method,
      headers: { Authorization: "Bearer " + mine, ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
    });
  } catch {
    throw new Failure(0, { error: "offline" });
  }
  const answer = await response.json().catch(() => null);
  // The page has handed over another session meanwhile: this answer is of the one before.
  if (mine !== token) throw new Failure(0, { error: "superseded" });
  if (!response.ok) throw new Failure(response.status, answer, Number(response.headers.get("Retry-After")));
  return answer;
}

function again(seconds) {
  clearTimeout(timer);
  timer = setTimeout(() => refresh().catch(fail), seconds * 1000);
}

function fail(error) {
  if (error.code === "superseded") return;
  clearTimeout(timer);
  const retry = actions(button(t("retry"), refresh, { class: "primary" }));
  if (error.status === 401) {
    session = token = null;
    says("session_expired");
    tell("opescare.widget.expired", "expired");
  } else if (error.status === 0) {
    if (shown !== "offline") says("offline", retry);
    again(5);
  } else if (error.code === "consent_required") {
    refresh().catch(says.bind(null, "error", retry));
  } else {
    says("error", retry);
    tell("opescare.widget.error", "error", { code: error.code, message: t("error") });
  }
}

// How long until the server is asked again: while it waits, and whether consent is still there.
const WAITS = { consent_pending: 4, access_granted: 15 };

async function refresh() {
  clearTimeout(timer);
  const before = session?.state;
  const answer = await call("GET", "/state?frame=" + encodeURIComponent(framed));
  origins = answer.allowed_origins;
  if (isAstray()) throw new Failure(401);
  const isFirst = !session;
  session = answer;
  if (isFirst) {
    speak(asked.get("lang") || session.language || asked.get("page_lang"));
    dress(asked.get("theme") || session.theme, asked.get("color"));
  }
  // What is there stays: somebody may be typing, or have the focus.
  const isChanging = shown === "consent_required" && session.state === "declined";
  const isLeft = shown === "cancelled" && before === session.state;
  if (shown !== session.state && !isChanging && !isLeft) await draw();
  if (before !== session.state && session.state === "access_granted") tellGranted(session);
  if (isFirst) tell("opescare.widget.ready", "ready");
  again(WAITS[session.state] ?? 20);
}

// Once for each consent, whoever was first to say so.
let told = null;
function tellGranted({ consent_id, granted_at }) {
  if (!consent_id || !healthId || told === consent_id) return;
  told = consent_id;
  tell("opescare.consent.granted", "consent-granted", { health_id: healthId, granted_at, consent_id });
}

async function draw() {
  switch (session.state) {
    case "identify":
      return showIdentify();
    case "consent_required":
      return showQuestion();
    case "consent_pending":
      return showPending();
    case "access_granted":
      return showRecord();
    case "declined":
      return says("declined", actions(button(t("change"), async () => showQuestion())));
    default:
      return says("ready");
  }
}

// Goes on with a session, in place: nothing of the one before stays.
function begin(next) {
  token = next;
  session = healthId = sent = shown = told = null;
  says("loading");
  refresh().catch(fail);
}

speak(asked.get("lang") || asked.get("page_lang"));
dress(asked.get("theme"), asked.get("color"));
says("loading");
addEventListener("online", () => token && refresh().catch(fail));
if (token) begin(token);
else if (parent === window) show("error", t("error"), make("p", {}, t("noToken")), make("p", {}, t("errorNext")));
