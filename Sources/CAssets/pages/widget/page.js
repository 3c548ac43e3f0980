// What the page was opened with. The token leaves the address at once and lives in memory only.
const WORDS = {};
const asked = new URLSearchParams(location.search);
const fragment = new URLSearchParams(location.hash.slice(1));
let token = fragment.get("token") || asked.get("token") || asked.get("session_token");
// The session that this page was shown for: where it may stand is that one's.
const framed = asked.get("s") || (token ? "wgs_" + token.slice(4).split(".")[0] : "");
const wanted = (asked.get("patient") || "").slice(0, 64);
for (const name of ["token", "session_token", "patient"]) asked.delete(name);
history.replaceState(null, "", location.pathname + (String(asked) ? "?" + asked : ""));

let language = "en";
const t = (key, ...values) =>
  (WORDS[language][key] ?? key).replace(/\{(\d)\}/g, (_, index) => values[index] ?? "");

// Letters and digits that read from the left, whatever stands around them.
const code = text => make("bdi", { dir: "ltr" }, text);
// What people wrote, in whatever direction it reads.
const said = text => make("bdi", {}, text);

function speak(text) {
  const word = (text || "").toLowerCase().slice(0, 2);
  language = WORDS[word] ? word : "en";
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  document.title = t("frameTitle");
  $("foot").textContent = t("foot");
}

// Relative luminance and contrast (WCAG 2.2).
const channels = color => [1, 3, 5].map(at => parseInt(color.slice(at, at + 2), 16) / 255);
const luminance = color =>
  channels(color)
    .map(one => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
const contrast = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

// A page's color is taken where it can be seen.
function dress(theme, color) {
  const root = document.documentElement;
  root.dataset.theme = ["light", "dark"].includes(theme) ? theme : "auto";
  const isDark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  if (!/^#[0-9a-f]{6}$/i.test(color || "") || contrast(color, isDark ? "#12191f" : "#ffffff") < 3) return;
  root.style.setProperty("--accent", color);
  root.style.setProperty("--on-accent", contrast(color, "#ffffff") >= 4.5 ? "#ffffff" : "#000000");
}
