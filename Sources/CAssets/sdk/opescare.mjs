/**
 * The client of OpesCare Connect: one module, Node 18 or later and browsers, nothing else.
 *
 *     import { OpesCareClient } from "./opescare.mjs";
 *     const client = await OpesCareClient.create({ clientId: "…", clientSecret: "…" });
 *     const patient = await client.healthIds.resolve({ health_id: "CM-HID-7KQ9-MP42-X8D1" });
 *
 * `new OpesCareSDK({ token: "sdk_test_…" })` does what an SDK token opens. What fails rejects with an
 * OpesCareError. Neither a secret nor a secret token belongs into a page.
 */

const ADDRESSES = { sandbox: "http://opescare.test", production: "https://api.opescare.health" };
// Absent in browsers, where no delivery arrives.
const nodeCrypto = globalThis.process?.versions?.node ? await import("node:crypto") : null;

/**
 * What was refused, or did not arrive. `status` is HTTP's, 0 when there was no answer; `code` is the server's
 * word, such as consent_required; `errors` has the complaints by field; `requestId` is what to report.
 */
export class OpesCareError extends Error {
  constructor(message, status = 0, body = {}, retryAfter = null) {
    const code = body?.error ?? null;
    const sentence = body?.message ?? message;
    const requestId = body?.request_id ?? null;
    super((code ? `${code}: ${sentence}` : sentence) + (requestId ? ` (${requestId})` : ""));
    this.name = new.target.name;
    this.status = this.statusCode = status;
    this.code = code;
    this.requestId = requestId;
    this.errors = body?.errors ?? {};
    this.responseBody = body ?? {};
    this.retryAfter = retryAfter;
  }
}
/** The credentials or the token are not, or no longer, in force. */
export class AuthenticationError extends OpesCareError {}
/** The credentials do not open this. */
export class AuthorizationError extends OpesCareError {}
/** The patient has not consented. */
export class ConsentRequiredError extends AuthorizationError {}
/** The request is wrong; `errors` says where. */
export class ValidationError extends OpesCareError {}
/** There is no such patient, facility or thing. */
export class NotFoundError extends OpesCareError {}
export { NotFoundError as NotFoundException };
/** The idempotency key was used with another body. */
export class IdempotencyConflictError extends OpesCareError {}
/** Too many requests; `retryAfter` is in seconds. */
export class RateLimitError extends OpesCareError {}
/** The server failed, at every try. */
export class ServerError extends OpesCareError {}
/** No answer arrived, at any try. */
export class NetworkError extends OpesCareError {}
/** A delivery is not the server's, was changed, or is too old. */
export class WebhookSignatureError extends OpesCareError {}

const KINDS = {
  400: ValidationError, 401: AuthenticationError, 403: AuthorizationError, 404: NotFoundError,
  413: ValidationError, 415: ValidationError, 422: ValidationError, 429: RateLimitError,
};
const CODES = {
  consent_required: ConsentRequiredError,
  idempotency_conflict: IdempotencyConflictError,
  invalid_client: AuthenticationError,
};

const now = () => performance.now() / 1000;
const sleep = seconds => new Promise(done => setTimeout(done, seconds * 1000));

function newKey() {
  const random = nodeCrypto ? nodeCrypto.randomBytes(16) : crypto.getRandomValues(new Uint8Array(16));
  return Array.from(random, byte => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends requests, again where that is safe, within a total time. */
class Transport {
  constructor({ baseUrl, timeout, maxTries, totalTimeout }) {
    if (!/^https?:\/\//.test(baseUrl)) throw new TypeError("baseUrl is such as https://api.example.org");
    Object.assign(this, { baseUrl: baseUrl.replace(/\/+$/, ""), timeout, maxTries, totalTimeout });
  }

  /** Answers other than 429 and 5xx are final; every try sends the same bytes and the same key. */
  async tryOften(method, target, body, headers, until) {
    const content = body === undefined ? undefined : JSON.stringify(body);
    for (let count = 1; ; count++) {
      try {
        return await this.tryOnce(method, target, content, headers, until);
      } catch (error) {
        const isPassing = [RateLimitError, ServerError, NetworkError].some(kind => error instanceof kind);
        const pause = error.retryAfter ?? Math.random() * Math.min(8, 0.5 * 2 ** count);
        if (!isPassing || count >= this.maxTries || now() + pause >= until) throw error;
        await sleep(pause);
      }
    }
  }

  async tryOnce(method, target, content, headers, until) {
    let answer, text;
    try {
      answer = await fetch(this.baseUrl + target, {
        method,
        headers: {
          Accept: "application/json",
          ...(content === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        body: content,
        // A redirect would carry the token to another server; a browser's own credentials are not asked for.
        redirect: "manual",
        credentials: "omit",
        signal: AbortSignal.timeout(Math.max(1, Math.min(this.timeout, until - now()) * 1000)),
      });
      text = await answer.text();
    } catch (error) {
      const why = error.cause?.code ?? error.cause?.message ?? error.message;
      const isTrust = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(why);
      const Kind = isTrust ? OpesCareError : NetworkError;
      throw new Kind(`no answer from ${this.baseUrl}: ${why}`);
    }
    let found = null;
    try {
      found = text ? JSON.parse(text) : {};
    } catch {
      // What is not JSON comes from something before the server.
    }
    if (answer.ok && found !== null) return found;
    if (answer.ok) throw new ServerError("the answer is not JSON: is this the right address?", answer.status);
    const Kind = CODES[found?.error] ?? KINDS[answer.status] ?? (answer.status >= 500 ? ServerError : OpesCareError);
    const wait = answer.headers.get("Retry-After");
    throw new Kind(
      `the server answered ${answer.status}`, answer.status, found, /^\d+$/.test(wait) ? Number(wait) : null);
  }
}

/** A token of a client, fetched anew a minute before it ends; or an SDK token, which stays. */
class Credentials {
  #transport;
  #client;
  #token;
  #end;
  #asking = null;

  constructor(transport, { clientId, clientSecret, scope, token }) {
    if (Boolean(token) === Boolean(clientId && clientSecret))
      throw new TypeError("give clientId and clientSecret, or token");
    this.#transport = transport;
    this.#client = { clientId, clientSecret, scope };
    this.#token = token;
    this.#end = token ? Infinity : 0;
  }

  get canRenew() {
    return this.#end !== Infinity;
  }

  /** The token to send; another one than `refused`. */
  async token(until, refused) {
    if (now() < this.#end && this.#token !== refused) return this.#token;
    this.#asking ??= this.#ask(until).finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #ask(until) {
    const { clientId, clientSecret, scope } = this.#client;
    const fields = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
    if (scope) fields.scope = scope;
    const began = now();
    const answer = await this.#transport.tryOften("POST", "/api/v1/connect/auth/token", fields, {}, until);
    this.#end = began + answer.expires_in - Math.min(60, answer.expires_in / 2);
    return (this.#token = answer.access_token);
  }
}

/** One segment of a path; an empty one or dots would lead elsewhere. */
function segment(value) {
  const text = String(value ?? "");
  if (["", ".", ".."].includes(text)) throw new TypeError("an id is missing");
  return encodeURIComponent(text);
}

/** The fields that have a value, by the names that the server knows: facilityId is facility_id. */
function given(fields) {
  const named = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    named.map(([name, value]) => [name.replace(/[A-Z]/g, letter => "_" + letter.toLowerCase()), value]));
}

async function collected(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

class Module {
  #send;

  constructor(send) {
    this.#send = send;
  }

  call(method, path, options = {}) {
    return this.#send(method, path, options);
  }

  /** Every page of a list, each asked for when it is needed. */
  async *eachPage(path, query) {
    for (let cursor; ; ) {
      const page = await this.call("GET", path, { query: cursor ? { ...query, cursor } : query });
      yield page;
      cursor = page.next_cursor;
      if (!cursor) return;
    }
  }

  async *eachItem(path, query, name) {
    for await (const page of this.eachPage(path, query)) yield* page[name];
  }
}

/**
 * Throws WebhookSignatureError unless a delivery was signed with the secret, within so many seconds.
 *
 * `rawPayload` is the body as it arrived, a string or bytes, before anything reads it; `signatureHeader` the
 * value of X-OpesCare-Signature. For servers: not in browsers.
 */
export function verifySignature(rawPayload, signatureHeader, secret, tolerance = 300) {
  if (!nodeCrypto) throw new Error("deliveries are verified on a server");
  const parts = String(signatureHeader ?? "").split(",").map(part => {
    const mark = part.indexOf("=");
    return [part.slice(0, Math.max(0, mark)), part.slice(mark + 1)];
  });
  const times = parts.filter(([name]) => name === "t").map(([, value]) => value);
  const signatures = parts.filter(([name]) => name === "v1").map(([, value]) => value);
  if (times.length !== 1 || !/^\d{1,15}$/.test(times[0]) || !signatures.length)
    throw new WebhookSignatureError("the signature has not the form t=SECONDS,v1=HEX");
  const mac = nodeCrypto.createHmac("sha256", secret).update(times[0] + ".").update(rawPayload).digest("hex");
  const expected = Buffer.from(mac);
  // Every one is compared, in constant time.
  const isRight = signatures.map(each => {
    const bytes = Buffer.from(each);
    return bytes.length === expected.length && nodeCrypto.timingSafeEqual(bytes, expected);
  });
  if (!isRight.includes(true)) throw new WebhookSignatureError("the signature is not the secret's");
  if (Math.abs(Date.now() / 1000 - Number(times[0])) > tolerance)
    throw new WebhookSignatureError("the delivery is too old");
}

/** The event of a delivery that `verifySignature` let pass. */
export function parseEvent(rawPayload) {
  const event = JSON.parse(typeof rawPayload === "string" ? rawPayload : new TextDecoder().decode(rawPayload));
  if (typeof event?.type !== "string") throw new TypeError("the delivery has no type");
  return event;
}

class WebhookModule extends Module {
  verifySignature(...words) {
    return verifySignature(...words);
  }

  parseEvent(rawPayload) {
    return parseEvent(rawPayload);
  }
}

// Made by scripts/sdk from openapi.yaml: begin.

class Patients extends Module {
  /** Who looked at a patient's chart, newest first. */
  getPatientAccessLog(healthId, fields = {}) {
    return this.call("GET", `/api/v1/connect/patients/${segment(healthId)}/access-log`, { query: given(fields) });
  }

  /** Look up a patient by Health ID. */
  find(healthId, fields = {}) {
    return this.call("GET", `/api/v1/connect/patient/search`, { query: given({ health_id: healthId, ...fields }) });
  }

  /** Look for patients by phone, national id, Health ID or exact demographics. */
  search(fields = {}) {
    return this.call("POST", `/api/v1/connect/patients/search`, { body: given(fields) });
  }

  /** Put right what is registered of a patient. */
  correctPatient(healthId, fields = {}, idempotencyKey) {
    return this.call("PATCH", `/api/v1/connect/patients/${segment(healthId)}`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** Say that somebody made sure who a patient is. */
  verifyPatient(healthId, fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/patients/${segment(healthId)}/verification`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** What was corrected of a patient, newest first. */
  listPatientCorrections(healthId, fields = {}) {
    return this.call("GET", `/api/v1/connect/patients/${segment(healthId)}/corrections`, { query: given(fields) });
  }

  /** Take a correction back. */
  undoPatientCorrection(healthId, correctionId, fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/patients/${segment(healthId)}/corrections/${segment(correctionId)}/undo`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** Demographics, allergies, active medications, recent labs and visits; needs consent. */
  getSummary(healthId) {
    return this.call("GET", `/api/v1/connect/patients/${segment(healthId)}/summary`);
  }

  /** Blood type and allergies; medications where consent or break-glass opens them. */
  getEmergencyProfile(healthId) {
    return this.call("GET", `/api/v1/connect/patients/${segment(healthId)}/emergency-profile`);
  }
}

class HealthIds extends Module {
  /** Find a patient's Health ID, or register the patient. */
  resolve(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/patients/resolve`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** Check a Health ID's form and whether it is registered. */
  verify(healthId) {
    return this.call("GET", `/api/v1/connect/patients/verify/${segment(healthId)}`);
  }
}

class Consents extends Module {
  /** What this patient allows your client to read. */
  get(healthId) {
    return this.call("GET", `/api/v1/connect/patient/${segment(healthId)}/consent`);
  }

  /** Record that the patient granted consent to your client. */
  grant(healthId, fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/patient/${segment(healthId)}/consent/grant`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** End every consent of this patient for your client, at once. */
  revoke(healthId, fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/patient/${segment(healthId)}/consent/revoke`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** Ask for consent; a later grant answers it. */
  request(healthId, fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/consents/request`, { body: given({ health_id: healthId, ...fields }), key: idempotencyKey ?? true });
  }

  /** Is there consent for this scope now? */
  verify(healthId, scope, fields = {}) {
    return this.call("POST", `/api/v1/connect/consents/verify`, { body: given({ health_id: healthId, scope: scope, ...fields }) });
  }

  /** Break-glass. Open the whole record for an hour, on your word and on record. */
  requestEmergencyAccess(healthId, reason, emergencyType = "clinical_emergency", fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/emergency-access/request`, { body: given({ health_id: healthId, reason: reason, emergency_type: emergencyType, ...fields }), key: idempotencyKey ?? true });
  }
}

class Widget extends Module {
  /** Open a widget session. */
  createWidgetSession(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/widget/sessions`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** End a widget session, at once. */
  endWidgetSession(sessionId) {
    return this.call("DELETE", `/api/v1/connect/widget/sessions/${segment(sessionId)}`);
  }

  /** Open a widget session; the shorter spelling of `createWidgetSession`. */
  createWidgetSessionShort(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/widgets/sessions`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** End a widget session; the shorter spelling of `endWidgetSession`. */
  endWidgetSessionShort(sessionId) {
    return this.call("DELETE", `/api/v1/widgets/sessions/${segment(sessionId)}`);
  }
}

class Records extends Module {
  /** A patient's records, newest first; needs an active consent that covers the type. */
  list(healthId, fields = {}) {
    return this.call("GET", `/api/v1/connect/patient/${segment(healthId)}/records`, { query: given(fields) });
  }

  /** Goes through all: A patient's records, newest first; needs an active consent that covers the type. */
  pages(healthId, fields = {}) {
    return this.eachPage(`/api/v1/connect/patient/${segment(healthId)}/records`, given(fields));
  }

  /** Add an encounter, with its diagnoses and vitals. */
  pushEncounter(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/records/encounters`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** Add a lab result. */
  pushLabResult(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/records/lab-results`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** Add a prescription. */
  pushPrescription(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/records/prescriptions`, { body: given(fields), key: idempotencyKey ?? true });
  }
}

class Inventory extends Module {
  /** A pharmacy's stock, as it last reported it. */
  pharmacy(facilityId, fields = {}) {
    return this.call("GET", `/api/v1/connect/inventory/pharmacy/${segment(facilityId)}`, { query: given(fields) });
  }

  /** Goes through all: A pharmacy's stock, as it last reported it. */
  eachPharmacyItem(facilityId, fields = {}) {
    return this.eachItem(`/api/v1/connect/inventory/pharmacy/${segment(facilityId)}`, given(fields), "items");
  }

  /** A blood bank's units by group and component, as it last reported them. */
  blood(facilityId, fields = {}) {
    return this.call("GET", `/api/v1/connect/inventory/blood/${segment(facilityId)}`, { query: given(fields) });
  }

  /** Goes through all: A blood bank's units by group and component, as it last reported them. */
  eachBloodItem(facilityId, fields = {}) {
    return this.eachItem(`/api/v1/connect/inventory/blood/${segment(facilityId)}`, given(fields), "items");
  }

  /** Report your facility's pharmacy stock; good items are stored, the others listed. */
  syncPharmacyStock(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/inventory/pharmacy-stock/sync`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** Report your facility's blood; unscreened and expired units are left out and listed. */
  syncBloodStock(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/inventory/blood-stock/sync`, { body: given(fields), key: idempotencyKey ?? true });
  }
}

class Payments extends Module {
  /** Record your facility's or the provider's side of one payment, or of up to 5,000. */
  record(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/payments`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** One day's payments from both sides, and where they disagree. */
  reconciliation(date, fields = {}) {
    return this.call("GET", `/api/v1/connect/reconciliation`, { query: given({ date: date, ...fields }) });
  }

  /** Goes through all: One day's payments from both sides, and where they disagree. */
  eachReconciliationPage(date, fields = {}) {
    return this.eachPage(`/api/v1/connect/reconciliation`, given({ date: date, ...fields }));
  }
}

class Webhooks extends WebhookModule {
  /** The events that you may see, oldest first, for a receiver that was down. */
  events(fields = {}) {
    return this.call("GET", `/api/v1/connect/webhooks/events`, { query: given(fields) });
  }

  /** Goes through all: The events that you may see, oldest first, for a receiver that was down. */
  eachEvent(fields = {}) {
    return this.eachItem(`/api/v1/connect/webhooks/events`, given(fields), "events");
  }

  /** Deliver one event again, to each of your subscriptions that takes it. */
  replay(eventId, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/webhooks/events/${segment(eventId)}/replay`, { key: idempotencyKey ?? true });
  }

  /** What was delivered, what waits and what failed, newest first. */
  deliveries(fields = {}) {
    return this.call("GET", `/api/v1/connect/webhooks/deliveries`, { query: given(fields) });
  }

  /** Goes through all: What was delivered, what waits and what failed, newest first. */
  eachDelivery(fields = {}) {
    return this.eachItem(`/api/v1/connect/webhooks/deliveries`, given(fields), "deliveries");
  }

  /** Subscribe a URL to events. */
  subscribe(callbackUrl, subscribedEvents, description, fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/webhooks/subscriptions`, { body: given({ callback_url: callbackUrl, subscribed_events: subscribedEvents, description: description, ...fields }), key: idempotencyKey ?? true });
  }

  /** Your active subscriptions, without their secrets. */
  list() {
    return this.call("GET", `/api/v1/connect/webhooks/subscriptions`);
  }

  /** End a subscription; what waits for it is not delivered any more. */
  unsubscribe(subscriptionId) {
    return this.call("DELETE", `/api/v1/connect/webhooks/subscriptions/${segment(subscriptionId)}`);
  }

  /** Get a new secret. */
  rotateSecret(subscriptionId, fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/webhooks/subscriptions/${segment(subscriptionId)}/rotate-secret`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** Deliver a period's events again. */
  replaySubscription(subscriptionId, fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/webhooks/subscriptions/${segment(subscriptionId)}/replay`, { body: given(fields), key: idempotencyKey ?? true });
  }
}

class SDKWidget extends Module {
  /** Open a widget session. */
  createWidgetSession(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/connect/widget/sessions`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** End a widget session, at once. */
  endWidgetSession(sessionId) {
    return this.call("DELETE", `/api/v1/connect/widget/sessions/${segment(sessionId)}`);
  }

  /** Open a widget session; the shorter spelling of `createWidgetSession`. */
  createWidgetSessionShort(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/widgets/sessions`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** End a widget session; the shorter spelling of `endWidgetSession`. */
  endWidgetSessionShort(sessionId) {
    return this.call("DELETE", `/api/v1/widgets/sessions/${segment(sessionId)}`);
  }
}

class SDKAppointments extends Module {
  /** A day of your own facility, by time. */
  list(fields = {}) {
    return collected(this.eachItem(`/api/v1/sdk/appointments`, given(fields), "appointments"));
  }

  /** Book a patient at your own facility. */
  create(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/sdk/appointments`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** One appointment of your own facility. */
  get(appointmentId) {
    return this.call("GET", `/api/v1/sdk/appointments/${segment(appointmentId)}`);
  }

  /** Cancel an appointment; one that is cancelled stays as it is. */
  cancel(appointmentId, idempotencyKey) {
    return this.call("POST", `/api/v1/sdk/appointments/${segment(appointmentId)}/cancel`, { key: idempotencyKey ?? true });
  }
}

class SDKFacilities extends Module {
  /** Your own facility, by id or reference. */
  get(facilityId) {
    return this.call("GET", `/api/v1/sdk/facilities/${segment(facilityId)}`);
  }

  /** What your own facility's pharmacy has of each medicine. */
  stock(facilityId, fields = {}) {
    return this.call("GET", `/api/v1/sdk/facilities/${segment(facilityId)}/stock`, { query: given(fields) });
  }

  /** Goes through all: What your own facility's pharmacy has of each medicine. */
  eachStockItem(facilityId, fields = {}) {
    return this.eachItem(`/api/v1/sdk/facilities/${segment(facilityId)}/stock`, given(fields), "items");
  }
}

class SDKTokens extends Module {
  /** What the token that you send may do. */
  introspect() {
    return this.call("GET", `/api/v1/sdk/token/introspect`);
  }
}

class SDKPatients extends Module {
  /** Who is registered under a Health ID; as `searchPatient`. */
  get(healthId) {
    return this.call("GET", `/api/v1/sdk/patient/${segment(healthId)}`);
  }

  /** Demographics, allergies, active medications, recent labs and visits; needs consent. */
  getSummary(healthId) {
    return this.call("GET", `/api/v1/sdk/patients/${segment(healthId)}/summary`);
  }

  /** A patient's visits, newest first; needs consent. */
  encounters(healthId, fields = {}) {
    return this.call("GET", `/api/v1/sdk/patients/${segment(healthId)}/encounters`, { query: given(fields) });
  }

  /** Goes through all: A patient's visits, newest first; needs consent. */
  eachEncounter(healthId, fields = {}) {
    return this.eachItem(`/api/v1/sdk/patients/${segment(healthId)}/encounters`, given(fields), "encounters");
  }
}

class SDKWebhooks extends WebhookModule {
  /** Subscribe a URL to events; as `createSubscription`. */
  subscribe(fields = {}, idempotencyKey) {
    return this.call("POST", `/api/v1/sdk/webhooks/subscriptions`, { body: given(fields), key: idempotencyKey ?? true });
  }

  /** Your client's active subscriptions, without their secrets. */
  list() {
    return this.call("GET", `/api/v1/sdk/webhooks/subscriptions`);
  }

  /** End a subscription; what waits for it is not delivered any more. */
  unsubscribe(subscriptionId) {
    return this.call("DELETE", `/api/v1/sdk/webhooks/subscriptions/${segment(subscriptionId)}`);
  }
}

const CLIENT_MODULES = {
  patients: Patients,
  healthIds: HealthIds,
  consents: Consents,
  widget: Widget,
  records: Records,
  inventory: Inventory,
  payments: Payments,
  webhooks: Webhooks,
};
const SDK_MODULES = {
  widget: SDKWidget,
  appointments: SDKAppointments,
  facilities: SDKFacilities,
  tokens: SDKTokens,
  patients: SDKPatients,
  webhooks: SDKWebhooks,
};

// Made by scripts/sdk from openapi.yaml: end.

/**
 * `timeout` is of one try and `totalTimeout` of a call, in seconds; `maxTries` counts the first. `scope`, words
 * separated by spaces, may narrow what the client's token does. `actingUser` is which person acts, for the audit
 * log: a text, or a function that says who it is now.
 */
class Base {
  #transport;
  #credentials;
  #actingUser;

  constructor(modules, options = {}) {
    const { environment = "sandbox", timeout = 30, maxTries = 4, totalTimeout = 60 } = options;
    const baseUrl = options.baseUrl ?? ADDRESSES[environment];
    if (!baseUrl) throw new TypeError("environment is sandbox or production");
    this.#transport = new Transport({ baseUrl, timeout, maxTries, totalTimeout });
    this.#credentials = new Credentials(this.#transport, options);
    this.#actingUser = options.actingUser;
    const send = (...words) => this.#send(...words);
    for (const [name, Kind] of Object.entries(modules)) this[name] = new Kind(send);
  }

  /** A client whose credentials were tried: wrong ones reject here, and not at the first call. */
  static async create(options) {
    const client = new this(options);
    await client.#credentials.token(now() + client.#transport.totalTimeout);
    return client;
  }

  /** `key` is the caller's idempotency key, or true for one of our own; the same at every try. */
  async #send(method, path, { query, body, key }) {
    const until = now() + this.#transport.totalTimeout;
    const told = Object.entries(query ?? {}).filter(([, value]) => value !== null);
    const text = String(new URLSearchParams(told.map(([name, value]) => [name, String(value)])));
    const target = path + (text ? "?" + text : "");
    const headers = key === undefined ? {} : { "Idempotency-Key": key === true ? newKey() : key };
    const who = typeof this.#actingUser === "function" ? this.#actingUser() : this.#actingUser;
    // Fields are bytes: the server reads them as UTF-8.
    if (who != null) headers["X-Acting-User"] = String.fromCharCode(...new TextEncoder().encode(who));
    const token = await this.#credentials.token(until);
    const send = token =>
      this.#transport.tryOften(
        method, target, body, { ...headers, Authorization: "Bearer " + token }, until);
    try {
      return await send(token);
    } catch (error) {
      if (error.status !== 401 || !this.#credentials.canRenew) throw error;
      return send(await this.#credentials.token(until, token));
    }
  }
}

/** What a client of Connect may do, by its id and secret. */
export class OpesCareClient extends Base {
  constructor(options) {
    super(CLIENT_MODULES, options);
  }
}

/** What an SDK token opens: new OpesCareSDK({ token: "sdk_test_…" }). */
export class OpesCareSDK extends Base {
  constructor(options) {
    super(SDK_MODULES, options);
  }

  /** One facility: `.get()` and `.stock()`. */
  facility(facilityId) {
    return {
      get: () => this.facilities.get(facilityId),
      stock: fields => this.facilities.stock(facilityId, fields),
    };
  }

  /** What the token is, and how long it lasts. */
  introspect() {
    return this.tokens.introspect();
  }
}
