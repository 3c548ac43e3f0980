// The sandbox's documented credentials: no secret, and refused by every production server.
const SANDBOX = {
  demo_full_sandbox: "demo_full_secret_sandbox_2026",
  demo_dev_sandbox: "demo_secret_sandbox_2026",
  opeshisos_production: "prod_secret_opeshisos_2026",
};
// Schemes of openapi.json whose fields have inputs above.
const KEYS = { agentId: "agent-id", agentKey: "agent-key", apiKey: "api-key" };
// /docs/sandbox is this page for who integrates a desktop system.
const FIRST = location.pathname.startsWith("/docs/sandbox")
  ? { tag: "Healthcare", operation: "upsertClinic" }
  : { operation: "searchPatient" };
let token = null,
  api = null,
  shown = null;

const resolve = value =>
  value && value.$ref
    ? resolve(
        value.$ref
          .slice(2)
          .split("/")
          .reduce((node, key) => node[key], api),
      )
    : value;

// A value that a schema allows, to start from.
function sample(schema, depth = 0) {
  schema = resolve(schema) || {};
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.anyOf && !schema.properties) return sample(schema.anyOf[0], depth);
  const type = [].concat(schema.type || "object")[0];
  if (type === "array") return depth > 4 ? [] : [sample(schema.items, depth + 1)];
  if (type === "integer" || type === "number") return schema.minimum || 1;
  if (type === "boolean") return true;
  if (type === "string")
    return schema.format === "date"
      ? "2026-06-01"
      : schema.format === "date-time"
        ? "2026-06-01T08:00:00Z"
        : "";
  const names = schema.required || Object.keys(schema.properties || {}),
    result = {};
  for (const name of names) result[name] = sample((schema.properties || {})[name], depth + 1);
  return result;
}

// JSON with line breaks; anything else as it is.
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// What openapi.json says, in its own language.
const inEnglish = (tag, text) => make(tag, { lang: "en" }, text);

const quote = text => "'" + text.replaceAll("'", "'\\''") + "'";

function operations() {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
}

function list() {
  const nav = document.querySelector("nav");
  nav.replaceChildren();
  for (const tag of [...api.tags].sort(
    (left, right) => (right.name === FIRST.tag) - (left.name === FIRST.tag),
  )) {
    const items = operations().filter(item => (item.operation.tags || []).includes(tag.name));
    if (!items.length) continue;
    nav.append(
      inEnglish("h2", tag.name),
      make(
        "ul",
        {},
        ...items.map(item =>
          make(
            "li",
            {},
            make(
              "button",
              { type: "button", id: "nav-" + item.operation.operationId, onclick: () => show(item, true) },
              make("span", { class: "method" }, item.method),
              make("span", {}, item.operation.operationId),
            ),
          ),
        ),
      ),
    );
  }
}

function show(item, moveFocus) {
  shown = item;
  const { path, method, operation } = item;
  document.querySelectorAll("nav button").forEach(button => button.removeAttribute("aria-current"));
  $("nav-" + operation.operationId).setAttribute("aria-current", "true");
  history.replaceState(null, "", "#" + operation.operationId);
  const parameters = (operation.parameters || []).map(resolve);
  const inputs = new Map();
  const form = make("form", { "aria-label": t("request") });
  for (const parameter of parameters) {
    const id = "in-" + parameter.in + "-" + parameter.name;
    const schema = resolve(parameter.schema) || {};
    const input = schema.enum
      ? make(
          "select",
          { id },
          ...(parameter.required ? [] : [make("option", { value: "" }, "")]),
          ...schema.enum.map(value => make("option", {}, value)),
        )
      : make("input", { id, required: parameter.required, value: parameter.example ?? "" });
    inputs.set(parameter, input);
    form.append(
      make(
        "label",
        { for: id },
        parameter.name + " ",
        make(
          "small",
          {},
          t(parameter.required ? "isRequired" : "isOptional", parameter.in) + " ",
          inEnglish("span", parameter.description),
        ),
      ),
      input,
    );
  }
  const content = operation.requestBody ? resolve(operation.requestBody).content : {};
  const [type, media] = Object.entries(content)[0] || [];
  let body = null;
  if (media) {
    const first = media.example ?? Object.values(media.examples || {})[0]?.value ?? sample(media.schema);
    body = make("textarea", { id: "in-body", spellcheck: "false" });
    body.value =
      type === "application/json" ? JSON.stringify(first, null, 2) : new URLSearchParams(first).toString();
    form.append(make("label", { for: "in-body" }, t("body") + " ", make("small", {}, type)), body);
  }
  const curl = make("pre", { tabindex: "0", "aria-label": t("sameCall") });
  const result = make("section", { "aria-live": "polite", "aria-label": t("answer") });
  const request = () => {
    let target = path,
      query = new URLSearchParams();
    const headers = {};
    for (const [parameter, input] of inputs) {
      if (!input.value) continue;
      if (parameter.in === "path")
        target = target.replace("{" + parameter.name + "}", encodeURIComponent(input.value));
      else if (parameter.in === "query") query.append(parameter.name, input.value);
      else headers[parameter.name] = input.value;
    }
    const schemes = operation.security.flatMap(Object.keys);
    const bearer = $("bearer").value === "sdk" ? $("sdk-token").value : token;
    if (bearer && schemes.some(scheme => ["oauth", "basic"].includes(scheme) || /sdk/i.test(scheme)))
      headers.Authorization = "Bearer " + bearer;
    if (schemes.includes("widgetSession")) headers.Authorization = "Bearer " + $("widget-token").value;
    for (const scheme of schemes)
      if (KEYS[scheme]) headers[api.components.securitySchemes[scheme].name] = $(KEYS[scheme]).value;
    if (body) headers["Content-Type"] = type;
    const text = query.toString();
    return {
      url: location.origin + target + (text ? "?" + text : ""),
      // Without credentials of its own, a browser asks for none where an answer says so.
      options: { method, headers, body: body ? body.value : undefined, credentials: "omit" },
    };
  };
  let command = "";
  const describe = () => {
    const { url, options } = request();
    const parts = ["curl" + (method === "GET" ? "" : " -X " + method) + " " + quote(url)];
    for (const [name, value] of Object.entries(options.headers))
      parts.push("-H " + quote(name + ": " + value));
    if (options.body) parts.push("-d " + quote(options.body));
    command = parts.join(" \\\n  ");
    const secrets = ["sdk-token", "widget-token", "agent-key", "api-key"].map(id => $(id).value);
    curl.textContent = [token, ...secrets].reduce(
      (text, secret) => (secret ? text.replace(secret, secret.slice(0, 12) + "…") : text),
      command,
    );
  };
  form.addEventListener("input", describe);
  form.append(make("p", {}, make("button", { class: "primary" }, t("send"))));
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const { url, options } = request();
    result.replaceChildren(make("p", {}, t("sending")));
    const began = performance.now();
    try {
      const response = await fetch(url, options);
      const text = await response.text();
      const time = performance.now() - began;
      result.replaceChildren(
        make("h3", {}, t("answer")),
        make(
          "p",
          { class: "status " + (response.ok ? "good" : "bad") },
          t("took", response.status + " " + response.statusText, time.toFixed(1)),
        ),
        make("h3", {}, t("headers")),
        make(
          "pre",
          { tabindex: "0" },
          [...response.headers].map(([name, value]) => name + ": " + value).join("\n"),
        ),
        make("h3", {}, t("body")),
        make("pre", { tabindex: "0" }, text ? pretty(text) : t("empty")),
      );
    } catch (error) {
      result.replaceChildren(make("p", { class: "bad" }, t("notArrived", error.message)));
    }
  });
  const copy = make(
    "button",
    {
      type: "button",
      onclick: async () => {
        await navigator.clipboard.writeText(command);
        copy.textContent = t("copied");
      },
    },
    t("copy"),
  );
  $("main").replaceChildren(
    make("h2", {}, operation.operationId),
    make("p", { class: "path" }, make("span", { class: "method" }, method), " ", path),
    ...[operation.summary, operation.description].filter(Boolean).map(text => inEnglish("p", text)),
    form,
    make("h3", {}, "curl"),
    curl,
    make("p", {}, copy),
    result,
  );
  describe();
  if (moveFocus) $("main").focus();
}

// What became of the token: its class, then a sentence and its values.
let told = ["", "noToken"];
function tell(...words) {
  told = words;
  const [kind, ...sentence] = words;
  $("token-state").className = kind;
  $("token-state").textContent = t(...sentence);
}

$("client").addEventListener("input", () => {
  const known = SANDBOX[$("client").value];
  if (known) $("secret").value = known;
});
for (const name of ["sdk", "agent", "desktop"]) {
  $(name).addEventListener("submit", event => event.preventDefault());
  $(name).addEventListener("input", () =>
    document.querySelector("main form")?.dispatchEvent(new Event("input")),
  );
}
$("auth").addEventListener("submit", async event => {
  event.preventDefault();
  tell("", "asking");
  try {
    const response = await fetch("/api/v1/connect/auth/token", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      body: JSON.stringify({
        grant_type: "client_credentials",
        client_id: $("client").value,
        client_secret: $("secret").value,
      }),
    });
    const answer = await response.json();
    token = response.ok ? answer.access_token : null;
    if (response.ok) tell("good", "hasToken", answer.scope);
    else tell("bad", "refused", answer.message);
    document.querySelector("main form")?.dispatchEvent(new Event("input"));
  } catch (error) {
    tell("bad", "noAnswer", error.message);
  }
});

offerLanguages(() => {
  tell(...told);
  if (!shown) return;
  const entered = [...$("main").querySelectorAll("[id]")].map(input => [input.id, input.value]);
  show(shown, false);
  for (const [id, value] of entered) $(id).value = value;
  document.querySelector("main form").dispatchEvent(new Event("input"));
});

(async () => {
  label();
  tell(...told);
  try {
    api = await (await fetch("/openapi.json")).json();
    list();
    const wanted = operations().find(item => "#" + item.operation.operationId === location.hash);
    show(wanted || operations().find(item => item.operation.operationId === FIRST.operation), false);
  } catch (error) {
    $("loading").removeAttribute("data-word");
    $("loading").textContent = t("unreadable", error.message);
  }
  $("client").value = "demo_full_sandbox";
  $("secret").value = SANDBOX.demo_full_sandbox;
  $("sdk-token").value = "sdk_test_demo_sandbox_2026";
  $("agent-id").value = "BRIDGE-2024-DEMO-001";
  $("agent-key").value = "demo_bridge_key_sandbox_2026";
  $("api-key").value = "demo_healthcare_key_sandbox_2026";
  document.querySelector("main form")?.dispatchEvent(new Event("input"));
})();
