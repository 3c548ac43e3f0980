"""What an administrator decides: emergencies, consents, records without a patient."""

from checks.admin.panel import AGENT, call


def sign_in_client(port, client="opeshisos_production", secret="prod_secret_opeshisos_2026"):
    _, answer = call(port, "/api/v1/connect/auth/token", {
        "grant_type": "client_credentials", "client_id": client, "client_secret": secret})
    return {"Authorization": "Bearer " + answer["access_token"]}


def review_emergency(panel, port, token):
    """A record that a client opened on its own word: from the overview to its reason, by keyboard to the
    review with what the facility said."""
    browser = panel.browser
    failures = []
    status, client = call(port, "/api/v1/admin/clients", {
        "client_id": "ward", "name": "Ward", "scopes": ["emergency:access", "patient:read"],
        "facility_id": "FAC-001"}, {"Authorization": "Bearer " + token})
    status, answer = call(port, "/api/v1/connect/emergency-access/request", {
        "health_id": "OPC-2024-DEMO1", "emergency_type": "cardiac_arrest",
        "reason": "Unconscious after an accident, no relatives here"},
        sign_in_client(port, "ward", client["client_secret"]))
    if status != 201:
        failures.append(f"emergency access is answered {status} {answer}")
    panel.show("overview")
    browser.wait("document.querySelector('.cards a[href=\"#emergency\"]')?.innerText.startsWith('1')")
    panel.show("emergency")
    browser.wait("document.querySelector('#view tbody tr')?.innerText.includes('Hôpital Central')")
    if "Unconscious" in browser.run("document.getElementById('view').innerText"):
        failures.append("the list of emergency accesses shows a reason")
    panel.picture("emergency")
    panel.click("Show: " + answer["access_id"])
    browser.wait("document.querySelector('dialog')?.innerText.includes('Unconscious after')")
    panel.picture("emergency-dialog", height=900)
    browser.press("Escape")
    browser.wait("!document.querySelector('dialog')")
    panel.click("Mark as reviewed: " + answer["access_id"])
    browser.wait("document.querySelector('dialog form')")
    browser.run("document.getElementById('field-note').focus()")
    browser.write("The ward confirms it")
    panel.click("Mark as reviewed")
    browser.wait("document.getElementById('notice').innerText.includes('Done')"
                 " && document.querySelector('#view .empty')")
    browser.run("(() => { const state = document.getElementById('emergency-state');"
                "state.value = 'reviewed'; state.dispatchEvent(new Event('change')); })()")
    browser.wait("document.querySelector('#view tbody tr')?.innerText.includes('admin:Check')")
    panel.click("Show: " + answer["access_id"])
    browser.wait("document.querySelector('dialog')?.innerText.includes('The ward confirms it')")
    browser.press("Escape")
    browser.wait("!document.querySelector('dialog')")
    return failures


def answer_consent(panel, port):
    """What a client asked of a patient: from the list to the patient's name, and answered by keyboard."""
    browser = panel.browser
    failures = []
    client = sign_in_client(port)
    status, asked = call(port, "/api/v1/connect/consents/request", {
        "health_id": "OPC-2024-XK7T9", "purpose": "care", "requested_scopes": ["lab_results"]}, client)
    if status != 202:
        failures.append(f"a request for consent is answered {status} {asked}")
    panel.show("consents")
    browser.wait("document.querySelector('#view tbody tr')?.innerText.includes('OpesCare HIS')")
    if "Mbarga" in browser.run("document.getElementById('view').innerText"):
        failures.append("the list of requests for consent names a patient")
    panel.click("The patient agrees: " + asked["consent_id"])
    browser.wait("document.querySelector('dialog')?.innerText.includes('Jean-Pierre Mbarga')")
    panel.picture("consent-dialog", height=900)
    failures += panel.axe.faults(browser.run, "the dialog of a consent")
    browser.run("document.getElementById('field-verification_method').focus()")
    browser.write("identity card")
    panel.click("The patient agrees")
    browser.wait("document.getElementById('notice').innerText.includes('Done')"
                 " && document.querySelector('#view .empty')")
    status, polled = call(port, "/api/v1/connect/patient/OPC-2024-XK7T9/consent", headers=client)
    if polled.get("state") != "active":
        failures.append(f"the client that asked gets {status} {polled}")
    return failures


def redirect(panel, port, key):
    """Records for an id that nobody has: from the overview to their list, by keyboard alone to the right
    patient, and one given up."""
    browser = panel.browser
    failures = []
    panel.show("pending")
    browser.wait("document.querySelector('#view .empty')")
    status, answer = call(port, "/api/v1/bridge/sync", {"sync_type": "lab_result", "records": [
        {"health_id": "OPC-2023-WRONG", "test": "Na", "result": value} for value in ("1", "2")] + [
        {"health_id": "FR-HID-CQ64-3DZV-MXXK", "test": "K", "result": "4"}]},
        {"X-Bridge-Agent-ID": AGENT, "X-Bridge-Agent-Key": key})
    if answer.get("pending") != 3:
        failures.append(f"records for an unknown id are answered {status} {answer}")
    panel.show("overview")
    browser.wait("document.querySelector('.cards a[href=\"#pending\"]')?.innerText.startsWith('3')")
    browser.run("document.querySelector('.cards a[href=\"#pending\"]').focus()")
    browser.press("Enter")
    browser.wait("document.querySelectorAll('#view [data-section=pending] tbody tr').length === 3")
    panel.picture("pending")
    # Those of several ids do not go to one patient.
    if "Redirect those shown" in browser.run("document.getElementById('view').innerText"):
        failures.append("records of two ids can be redirected together")
    browser.run("document.getElementById('pending-health-id').focus()")
    browser.write("opc 2023 wrong")
    browser.press("Enter")
    browser.wait("document.querySelectorAll('#view tbody tr').length === 2")
    browser.run("[...document.querySelectorAll('#view button')].find(one =>"
                " one.textContent === 'Redirect those shown').focus()")
    browser.press("Enter")
    browser.wait("document.querySelector('dialog form')")
    browser.run("document.getElementById('field-new_health_id').focus()")
    browser.write("CM-HID-7KQ9-MP42-X8DX")
    browser.press("Enter")
    browser.wait("document.getElementById('error-new_health_id').textContent.includes('Health ID')")
    panel.picture("redirect", height=900)
    browser.run("document.getElementById('field-new_health_id').value = ''")
    browser.write("OPC-2024-DEMO1")
    browser.press("Enter")
    browser.wait("document.getElementById('notice').innerText.includes('2 redirected, 0 not')")
    browser.wait("document.querySelector('#view .empty')")
    browser.run("(() => { const state = document.getElementById('pending-state');"
                "state.value = 'redirected'; state.dispatchEvent(new Event('change')); })()")
    browser.wait("[...document.querySelectorAll('#view tbody tr')]"
                 ".filter(row => row.innerText.includes('to OPC-2024-DEMO1')).length === 2")
    panel.show("overview")
    panel.show("pending")
    panel.click("Discard: 3")
    browser.wait("document.querySelector('dialog form')")
    panel.fill("note", "another country's")
    panel.click("Discard")
    browser.wait("document.getElementById('notice').innerText.includes('Done')"
                 " && document.querySelector('#view .empty')")
    return failures
