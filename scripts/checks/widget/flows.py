"""What patients and pages do with the widget; each flow returns what was wrong, as sentences."""

from checks.widget.partner import BORN, PATIENT, PUBLISHABLE

WIDTHS = (280, 390, 1280)
LANGUAGES = ("en", "fr", "ar")
# Of the sandbox's patient: none of it may leave the frame.
CLINICAL = ("Mbarga", "Sulfonamides", "Peanuts", "A+")


def keep(frame, pictures, name, width):
    if pictures:
        frame.browser.picture(str(pictures / f"{name}.png"), width=width, height=900)


def languages(frame, partner, pictures):
    """Every state that a patient sees, in every language and width."""
    failures = []
    for language in LANGUAGES:
        for width in WIDTHS:
            where = f"{language}-{width}"

            def look(state):
                frame.wait_state(state)
                failures.extend(frame.faults(f"{state}, {where}"))
                keep(frame, pictures, f"{state}-{where}", width)

            frame.open(width=width, sessionToken=partner.session()["session_token"], lang=language)
            look("consent_required")
            direction = frame.run("document.documentElement.dir")
            if direction != ("rtl" if language == "ar" else "ltr"):
                failures.append(f"{where} reads {direction}")
            sizes = frame.run("[...document.querySelectorAll('.answers button')].map(one =>"
                              " [one.offsetWidth, getComputedStyle(one).backgroundColor])")
            if len(sizes) != 2 or sizes[0] != sizes[1]:
                failures.append(f"{where}: the two answers are not alike: {sizes}")
            frame.press(1)
            look("declined")
            frame.press(0)
            frame.wait_state("consent_required")
            frame.press(0)
            look("access_granted")
            if partner.revoke()[0] != 200:
                failures.append("the consent cannot be revoked")
            identify = partner.session(health_id=None)
            frame.open(width=width, sessionToken=identify["session_token"], lang=language)
            look("identify")
            frame.fill("health-id", PATIENT)
            frame.fill("birth-date", "1975-11-03")
            frame.send_form()
            frame.wait("document.getElementById('wrong')?.textContent")
            failures += frame.faults(f"wrong birth date, {where}")
            frame.fill("birth-date", BORN)
            frame.send_form()
            frame.wait_state("consent_required")
            frame.press(0)
            look("consent_pending")
            partner.call("DELETE", "/api/v1/connect/widget/sessions/" + identify["session_id"])
            look("session_expired")
    return failures


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
    partner.call("DELETE", "/api/v1/connect/widget/sessions/" + first["session_id"])
    frame.wait_state("session_expired", 30)
    frame.wait_heard("expired")
    frame.browser.run(f"widget.setToken('{partner.session()['session_token']}')")
    frame.wait_state("consent_required")
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
    code = frame.run("document.querySelector('.sandbox').textContent.match(/\\d{6}/)[0]")
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


def demo(frame, partner, pictures):
    """The page at /docs/widget/demo, and the documentation."""
    failures = []
    browser = frame.browser
    browser.go(partner.api + "/docs/widget")
    if "integrity" not in browser.run("document.body.innerText"):
        failures.append("the documentation shows no hash")
    browser.go(partner.api + "/docs/widget/demo")
    browser.run("document.getElementById('choice').requestSubmit()")
    browser.wait("document.getElementById('log').textContent.includes('opescare:ready')")
    keep(frame, pictures, "demo", 1280)
    return failures
