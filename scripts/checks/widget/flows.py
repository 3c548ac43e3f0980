"""What patients and pages do with the widget; each flow returns what was wrong, as sentences."""

from checks.widget.partner import BORN, PATIENT, PUBLISHABLE

PAGES = ("/widget/v1/frame", "/widget/v1/frame?lang=ar&s=wgs_01kt189he0fm0f5g8b8qk0w5hs", "/docs/widget",
         "/docs/widget/demo", "/docs/sdk", "/docs", "/docs/playground", "/")
# Of the sandbox's patient: none of it may leave the frame.
CLINICAL = ("Mbarga", "Sulfonamides", "Peanuts", "A+")


def server_session(frame, partner, pictures):
    """A named patient agrees and sees the record; it is cleared when the consent is taken back, and a new
    session goes on in place."""
    failures = []
    first = partner.session()
    frame.open(sessionToken=first["session_token"])
    frame.wait_state("consent_required")
    if "wgt_" in frame.run("location.href") or frame.browser.run(
            "document.querySelector('iframe').src").count("wgt_"):
        failures.append("the token stands in an address")
    frame.press(0)
    frame.wait_state("access_granted")
    text = frame.run("document.body.innerText")
    for word in CLINICAL:
        if word not in text:
            failures.append(f"the record lacks {word}")
    frame.wait_heard("consent-granted")
    heard = dict(map(tuple, frame.heard()))
    if set(heard["consent-granted"]) != {"health_id", "granted_at", "consent_id"}:
        failures.append(f"consent-granted says {heard['consent-granted']}")
    if not {"loaded", "ready"} <= set(heard):
        failures.append(f"the page heard {heard}")
    messages = "".join(frame.browser.run("messages"))
    for word in CLINICAL:
        if word in messages:
            failures.append(f"a message says {word}")
    partner.revoke()
    frame.wait_state("consent_required", 20)
    if any(word in frame.run("document.body.innerText") for word in CLINICAL):
        failures.append("the record stays on the screen without consent")
    partner.end(first)
    frame.wait_state("session_expired", 30)
    frame.wait_heard("expired")
    frame.browser.run(f"widget.setToken('{partner.session()['session_token']}')")
    frame.wait_state("consent_required")
    return failures


DEAD = """<!doctype html><meta charset="utf-8"><title>Portal</title><div id="record"></div>
<script src="%s/widget/v1/loader.js"></script>
<script>
window.asked = []; window.heard = [];
for (const name of ["expired", "error"])
  addEventListener("opescare:" + name, event => heard.push(name + " " + (event.detail?.code ?? "")));
OpesCareWidget.init({ container: "#record", fetchSession: async () => {
  asked.push(performance.now());
  return { session_token: "%s" };
} });
</script>
"""


def dead_sessions(frame, partner, pictures):
    """A page whose server repeats a session that has ended is asked less and less often, and then no more."""
    failures = []
    ended = partner.session()
    partner.end(ended)
    partner.example = DEAD % (partner.api, ended["session_token"])
    frame.browser.go(partner.origin + "/example")
    frame.browser.run("new Promise(done => setTimeout(done, 12000))")
    asked = frame.browser.run("asked")
    pauses = [later - earlier for earlier, later in zip(asked, asked[1:])]
    if len(asked) != 5 or any(pause < 1000 * least for pause, least in zip(pauses, (0, 1, 2, 4))):
        failures.append(f"fetchSession is asked after {pauses} ms")
    heard = frame.browser.run("heard")
    if heard != ["expired "] * 5 + ["error session_expired"]:
        failures.append(f"of dead sessions the page hears {heard}")
    # A page that is no origin of the session's gets an error page of the browser's, which says nothing.
    partner.example = DEAD % (partner.api, partner.session()["session_token"])
    frame.browser.go(partner.stranger + "/example")
    frame.browser.run("new Promise(done => setTimeout(done, 11500))")
    heard = frame.browser.run("heard")
    if heard != ["error frame_silent"]:
        failures.append(f"of a frame that is refused the page hears {heard}")
    return failures


def page_session(frame, partner, pictures):
    """A page without a server: the patient identifies, and a code confirms the yes."""
    failures = []
    frame.open(sdkToken=PUBLISHABLE, patientId=PATIENT, lang="fr", height="auto")
    frame.wait_state("identify")
    if frame.run("document.getElementById('health-id').value") != PATIENT:
        failures.append("the form is not filled in")
    frame.fill("birth-date", BORN)
    frame.send_form()
    frame.wait_state("consent_required")
    frame.press(0)
    frame.wait_state("consent_pending")
    code = frame.sandbox_code()
    frame.fill("code", "000000" if code != "000000" else "111111")
    frame.send_form()
    frame.wait("document.getElementById('wrong').textContent")
    frame.fill("code", code)
    frame.send_form()
    frame.wait_state("access_granted")
    if any(word in frame.run("document.body.innerText") for word in CLINICAL):
        failures.append("a page's session shows a record")
    frame.wait_heard("consent-granted")
    height = frame.browser.run("document.querySelector('iframe').style.height")
    if height == "600px":
        failures.append("the frame does not follow its content")
    partner.revoke()
    return failures


def attacks(frame, partner, pictures):
    """What must not work."""
    failures = []
    frame.open(frame.partner.stranger, sessionToken=partner.session()["session_token"])
    frame.browser.run("new Promise(done => setTimeout(done, 1500))")
    if any(one[0] == "ready" for one in frame.heard()):
        failures.append("a page of another origin shows the widget")
    frame.open(sdkToken="sdk_live_0123456789")
    frame.wait_heard("error")
    if dict(map(tuple, frame.heard()))["error"]["code"] != "secret_in_page":
        failures.append(f"a secret in a page is answered {frame.heard()}")
    session = partner.session(allowed_origin=partner.api)
    for address in ("#token=", "?token=", "?session_token="):
        frame.browser.go(partner.api + "/widget/v1/frame" + address + session["session_token"])
        if address == "#token=":
            continue
        frame.browser.wait("document.getElementById('view').dataset.state === 'consent_required'")
        if "wgt_" in frame.browser.run("location.href + JSON.stringify({...localStorage, ...sessionStorage})"):
            failures.append(f"a token stays in {address}")
    # Messages of others, and of the page around before it has the right origin, change nothing.
    frame.open(sessionToken=partner.session()["session_token"])
    frame.wait_state("consent_required")
    frame.run("window.postMessage({ type: 'opescare.token', token: 'wgt_forged.1' }, '*')")
    frame.browser.run(
        "window.postMessage({ source: 'opescare-widget', event: 'consent-granted', data: {} }, '*')")
    frame.browser.run("new Promise(done => setTimeout(done, 500))")
    if frame.run("document.getElementById('view').dataset.state") != "consent_required":
        failures.append("the frame takes a token from itself")
    if any(one[0] == "consent-granted" for one in frame.heard()):
        failures.append("the loader takes a message from the page")
    unexpected = [
        one for one in frame.browser.complaints
        if not any(known in one for known in ("401", "403", "409", "422", "429", "frame-ancestors", "Framing"))]
    return failures + [f"the page complains: {one}" for one in unexpected]


def pages(frame, partner, pictures):
    """What stands around it: the frame's own pages without a session, the documentation, the demonstration."""
    failures = []
    browser = frame.browser
    for path in PAGES:
        browser.go(partner.api + path)
        for width in (280, 1280):
            browser.resize(width)
            for theme in ("light", "dark"):
                browser.prefer(theme)
                where = f"{path}, {theme}, {width}"
                failures += frame.axe.faults(browser.run, where)
                if browser.run("document.documentElement.scrollWidth > innerWidth"):
                    failures.append(f"{where}: too wide")
    embed(frame, partner)
    browser.go(partner.api + "/docs/widget/demo")
    browser.run("document.getElementById('choice').requestSubmit()")
    browser.wait("document.getElementById('log').textContent.includes('opescare:ready')")
    failures += frame.axe.faults(browser.run, "the demonstration, open")
    if pictures:
        browser.picture(str(pictures / "demo.png"), height=900)
    return failures


def embed(frame, partner):
    """The page that the documentation prints, its script held to the hash, shows the widget."""
    frame.browser.go(partner.api + "/docs/widget")
    text = frame.browser.run("document.querySelector('code.html').textContent")
    if "integrity" not in text:
        raise RuntimeError("the documentation shows no hash")
    partner.example = "<!doctype html><title>Example</title>" + text.replace("https://SERVER", partner.api)
    frame.session = None
    frame.browser.go(partner.origin + "/example")
    frame.wait_state("consent_required")
