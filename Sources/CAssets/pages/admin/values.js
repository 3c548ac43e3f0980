// A name within a sentence: what it says of the direction of writing ends with it.
const undirected = text => String(text ?? "").replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
const isolated = name => "\u2068" + undirected(name) + "\u2069";
// A code of the API in words; without any, as it is.
const word = (kind, code) =>
  WORDS[language][kind + code] ? t(kind + code) : String(code).replaceAll("_", " ");
const stateWord = state => word("s_", state);

const number = value => Number(value ?? 0).toLocaleString(language);
const decimal = value =>
  value.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
function when(text, style = { dateStyle: "short", timeStyle: "short" }) {
  if (!text) return t("never");
  return make("time", { datetime: text }, new Date(text).toLocaleString(language, style));
}
const whenText = text =>
  text ? new Date(text).toLocaleString(language, { dateStyle: "short", timeStyle: "short" }) : t("never");
const GOOD = new Set([
  "active",
  "online",
  "delivered",
  "ok",
  "intact",
  "replayed",
  "corrected",
  "redirected",
  "merged",
  "verified",
]);
const BAD = new Set([
  "revoked",
  "offline",
  "exhausted",
  "rejected",
  "broken",
  "expired",
  "disabled",
  "failed",
]);
const badge = state =>
  make(
    "span",
    { class: "badge " + (GOOD.has(state) ? "good" : BAD.has(state) ? "bad" : "warn") },
    stateWord(state),
  );
// What the server says in its own words.
const said = text => make("span", { lang: "en" }, undirected(text));
const two = (first, second) =>
  make("div", {}, first, second ? make("span", { class: "muted" }, second) : null);
