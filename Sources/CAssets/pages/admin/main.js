// The sections, in the order of the menu.
const SECTIONS = {
  overview: showOverview,
  agents: showAgents,
  clients: showClients,
  keys: showKeys,
  sdk: showSDKTokens,
  facilities: showFacilities,
  deliveries: showDeliveries,
  quarantine: showQuarantine,
  pending: showPending,
  people: showPeople,
  duplicates: showDuplicates,
  contradictions: showContradictions,
  consents: showConsents,
  emergency: showEmergency,
  audit: showAudit,
  access: showAccess,
  tokens: showTokens,
};

let drawing = 0;
async function route(moveFocus) {
  const [name, id] = location.hash.slice(1).split("/");
  const section = SECTIONS[name] ? name : "overview";
  for (const link of $("sections").querySelectorAll("a")) {
    if (link.dataset.section !== section) {
      link.removeAttribute("aria-current");
      continue;
    }
    link.setAttribute("aria-current", "page");
    // On a phone the links lie side by side, and most of them out of sight.
    $("nav").scrollLeft = link.offsetLeft - $("nav").clientWidth / 3;
  }
  document.title = t(section) + " – " + t("title");
  $("notice").textContent = $("alert").textContent = "";
  const mine = ++drawing;
  const view = make("div", { "data-section": section });
  $("view").replaceChildren(view, make("p", { role: "status", id: "loading" }, t("loading")));
  if (moveFocus) $("main").focus();
  try {
    await SECTIONS[section](view, id && decodeURIComponent(id));
  } catch (error) {
    if (mine === drawing) complain(error);
  }
  if (mine === drawing) $("loading")?.remove();
}
function listSections() {
  $("sections").replaceChildren(
    ...Object.keys(SECTIONS).map(name =>
      make("li", {}, make("a", { href: "#" + name, "data-section": name }, t(name))),
    ),
  );
}

let session = null;
function showDoor(message) {
  session = null;
  drawing++;
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  $("view").replaceChildren();
  $("panel").hidden = $("sign-out").hidden = $("who").hidden = true;
  $("door").hidden = false;
  $("skip").href = "#door";
  $("door-alert").textContent = message || "";
  document.title = t("signIn") + " – " + t("title");
  $("token").focus();
}
function showPanel() {
  $("door").hidden = true;
  $("panel").hidden = $("sign-out").hidden = $("who").hidden = false;
  $("skip").href = "#main";
  $("who").textContent = t("signedInAs", session.name);
  return route(true);
}
$("sign-in").addEventListener("submit", async event => {
  event.preventDefault();
  const token = $("token").value.trim();
  $("door-alert").textContent = "";
  if (!token) {
    $("door-alert").textContent = t("tokenNeeded");
    $("token").focus();
    return;
  }
  $("door-button").disabled = true;
  try {
    session = await call("POST", "/session", { token });
    $("token").value = "";
    await showPanel();
  } catch (error) {
    $("door-alert").textContent = error instanceof Failure ? error.sentence() : String(error);
    $("token").focus();
  }
  $("door-button").disabled = false;
});
$("sign-out").addEventListener("click", async () => {
  try {
    await call("DELETE", "/session");
  } catch (error) {
    if (error.status !== 401) {
      complain(error);
      return;
    }
  }
  showDoor(t("signedOut"));
});
offerLanguages(() => {
  listSections();
  if (session) {
    $("who").textContent = t("signedInAs", session.name);
    route();
  } else document.title = t("signIn") + " – " + t("title");
});
$("skip").addEventListener("click", event => {
  event.preventDefault();
  $(session ? "main" : "door").focus();
});
window.addEventListener("hashchange", () => {
  if (session) route(true);
});
// Agents come and go: what shows them is drawn anew each minute while somebody watches and touches
// nothing. Whoever went away is signed out in time.
let touched = Date.now();
for (const kind of ["pointerdown", "keydown"])
  window.addEventListener(kind, () => {
    touched = Date.now();
  });
setInterval(() => {
  const idle = Date.now() - touched;
  const isShown =
    /^(#|#overview|#agents)?$/.test(location.hash) &&
    !document.hidden &&
    !document.querySelector("dialog") &&
    !$("view").contains(document.activeElement);
  if (session && isShown && idle > 20000 && idle < 600000) route();
}, 60000);
(async () => {
  label();
  listSections();
  try {
    session = await call("GET", "/session");
    await showPanel();
  } catch (error) {
    showDoor(error.status === 401 ? "" : error.sentence());
  }
})();
