"""The panel from sign-in to sign-out, in the clear and over TLS."""

import tempfile

from checks.admin.duplicates import decide_many, review
from checks.admin.layout import complaints, nameless
from checks.admin.names import name_everything, read_names
from checks.admin.panel import AGENT, Panel, call
from checks.admin.people import correct_person
from checks.admin.reviews import answer_consent, redirect, review_emergency
from checks.harness.browser import Browser
from checks.harness.live import PlainServer, certificate


def make_app(panel):
    """The dialog that makes an SDK token."""
    panel.show("sdk")
    panel.click("Make an SDK token")
    panel.browser.wait("document.querySelector('dialog form')")
    panel.picture("sdk-dialog", height=900)
    failures = panel.axe.faults(panel.browser.run, "the dialog of an SDK token")
    panel.browser.press("Escape")
    panel.browser.wait("!document.querySelector('dialog')")
    return failures


def check(panel, port, token):
    failures = []
    browser = panel.browser
    status, _ = call(port, "/api/v1/admin/session", {"token": token})
    if status != 403:
        failures.append(f"signing in without a page's own fields is answered {status}")
    panel.sign_in(token)
    key = panel.register_agent()
    row = (f"[...document.querySelectorAll('#view tbody tr')].find(row =>"
           f" row.innerText.includes('{AGENT}')).innerText")
    if "never heard" not in browser.run(row):
        failures.append("a new agent is not shown as never heard")
    status, _ = call(
        port, "/api/v1/bridge/heartbeat", {"agent_id": AGENT, "queue_depth": 12, "version": "2.0"},
        {"X-Bridge-Agent-ID": AGENT, "X-Bridge-Agent-Key": key})
    if status != 200:
        failures.append(f"the key that was shown is answered {status}")
    call(port, "/api/v1/bridge/sync", {"sync_type": "lab_result", "records": [
        {"health_id": "OPC-2024-DEMO1", "test": "Na", "result": "140"},
        {"health_id": "CM-HID-7KQ9-MP42-X8D2", "test": "K", "result": "4"}]},
        {"X-Bridge-Agent-ID": AGENT, "X-Bridge-Agent-Key": key})
    panel.show("overview")
    panel.show("agents")
    browser.wait(row + ".includes('online')")
    if browser.run("[...document.querySelectorAll('#view th[scope=col]')].length") < 8:
        failures.append("the table of agents has no column headers")

    failures += review(panel, port)
    failures += decide_many(panel, port, token)
    failures += correct_person(panel, port)
    failures += review_emergency(panel, port, token)
    failures += answer_consent(panel, port)
    failures += redirect(panel, port, key)

    # The session's cookie is out of a script's reach, and of no use to another site.
    if "opescare_admin" in browser.run("document.cookie"):
        failures.append("a script can read the session's cookie")
    cookie = next(
        one for one in browser.send("Network.getCookies", urls=[panel.base])["cookies"]
        if one["name"] == "opescare_admin")
    if not cookie["httpOnly"] or cookie.get("sameSite") != "Strict":
        failures.append(f"the cookie is not HttpOnly and SameSite=Strict: {cookie}")
    session = {"Cookie": "opescare_admin=" + cookie["value"]}
    for headers in ({}, {"Origin": "https://evil.example"},
                    {"Origin": f"http://127.0.0.1:{port}"},
                    {"X-Requested-With": "fetch", "Origin": "https://evil.example"}):
        status, body = call(
            port, "/api/v1/admin/facilities", {"name": "forged"}, {**session, **headers})
        if status != 403 or body["error"] != "csrf_refused":
            failures.append(f"a forged request with {headers} is answered {status}")

    sections = browser.run(
        "[...document.querySelectorAll('#sections a')].map(link => link.dataset.section)")
    for language in ("en", "fr"):
        for section in sections:
            panel.show(section)
            panel.picture(f"{section}-{language}")
            failures += nameless(browser, f"{section}, {language}")
            failures += panel.axe.faults(browser.run, f"{section}, {language}")
            # With names of usual length every column is in sight.
            wide = browser.run("Math.max(0, ...[...document.querySelectorAll('#view .table')]"
                               ".map(box => box.scrollWidth - box.clientWidth))")
            if wide:
                failures.append(f"{section}, {language}: a table is {wide} pixels too wide")
        if language == "en":
            failures += make_app(panel)
            panel.click("Français")
            browser.wait("document.documentElement.lang === 'fr'")
    panel.show("overview")
    panel.picture("phone", width=390)
    wide = browser.run("document.documentElement.scrollWidth - innerWidth")
    if panel.pictures and wide > 0:
        failures.append(f"on a phone the page is {wide} pixels too wide")
    panel.picture("dark", dark=True)
    failures += panel.axe.faults(browser.run, "the overview in the dark")
    # The language is remembered.
    browser.go(panel.base)
    browser.wait("document.documentElement.lang === 'fr' && document.querySelector('.cards')")
    panel.click("English")

    panel.show("audit")
    panel.click("Check every row")
    browser.wait("document.querySelector('.notice.good')?.innerText.startsWith('Intact')"
                 " || document.getElementById('view').innerText.includes('Intact:')")
    panel.click("Sign out")
    browser.wait("!document.getElementById('door').hidden")
    status, _ = call(port, "/api/v1/admin/session", None, session)
    if status != 401:
        failures.append(f"after signing out the cookie is answered {status}")
    panel.sign_in(token)
    failures += read_names(panel, name_everything(port, token))
    return failures + complaints(browser)


def check_tls(binary, pictures, axe):
    """Signs in over TLS, reloads, signs out."""
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        server = PlainServer(binary, folder, *certificate(folder, "localhost"))
        try:
            browser = Browser("--ignore-certificate-errors")
            try:
                panel = Panel(browser, server.port, pictures, axe, "https")
                panel.sign_in(server.admin_token())
                if browser.run("document.cookie"):
                    failures.append("TLS: a script can read a cookie")
                cookies = browser.send("Network.getCookies", urls=[panel.base])["cookies"]
                cookie = next(
                    (one for one in cookies if one["name"] == "__Host-opescare_admin"), {})
                expected = {"secure": True, "httpOnly": True, "sameSite": "Strict", "path": "/",
                            "domain": "127.0.0.1"}
                if {name: cookie.get(name) for name in expected} != expected or len(cookies) != 1:
                    failures.append(f"TLS: the cookies are {cookies}")
                browser.go(panel.base)
                browser.wait("document.querySelector('.cards')")
                panel.show("audit")
                panel.click("Check every row")
                browser.wait("document.getElementById('view').innerText.includes('Intact')")
                panel.click("Sign out")
                browser.wait("!document.getElementById('door').hidden")
                if browser.send("Network.getCookies", urls=[panel.base])["cookies"]:
                    failures.append("TLS: signing out leaves the cookie")
                browser.go(panel.base)
                browser.wait("!document.getElementById('door').hidden")
                failures += complaints(browser)
            finally:
                browser.close()
        finally:
            server.stop()
    return failures
