class Failure extends Error {
  constructor(body, status, retryAfter) {
    super(body.message || String(status));
    this.body = body;
    this.status = status;
    this.retryAfter = retryAfter;
  }
  get code() {
    return this.body.error || "internal_error";
  }
  // What to do, then what the server says of it.
  sentence() {
    const known = "e_" + this.code;
    let text = WORDS[language][known]
      ? t(known, this.code === "rate_limit_exceeded" ? this.retryAfter : this.body.request_id)
      : "";
    if (!WORDS[language][known] || ["conflict", "validation_failed"].includes(this.code))
      text +=
        (text ? " " : "") +
        (this.body.errors
          ? Object.entries(this.body.errors)
              .map(([field, messages]) => field + " " + messages.join(", "))
              .join("; ")
          : this.message);
    return text;
  }
}
const random = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");
async function call(method, path, body) {
  const headers = { "X-Requested-With": "fetch" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  // A click that is sent twice by a bad connection counts once.
  if (method === "POST") headers["Idempotency-Key"] = random();
  let response;
  try {
    response = await fetch("/api/v1/admin" + path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Failure({ error: "network" }, 0);
  }
  const text = await response.text();
  let value = {};
  try {
    value = text ? JSON.parse(text) : {};
  } catch {
    // What is between us and the server answered.
  }
  if (response.ok) return value;
  const failure = new Failure(value, response.status, response.headers.get("Retry-After"));
  if (response.status === 401 && path !== "/session") showDoor(t("sessionEnded"));
  throw failure;
}
const get = (path, query = {}) => {
  const parameters = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  return call("GET", path + (String(parameters) ? "?" + parameters : ""));
};
