"""Names that people, mistakes and attackers give; they are text that stays in its place."""

import json
import re

from checks.admin.layout import misplaced
from checks.admin.panel import call
from checks.admin.reviews import sign_in_client

# Names that people, mistakes and attackers give.
NAMES = {
    "script": "<script>window.isTaken = 1</script>\"'><img src=x onerror='window.isTaken = 1'>",
    "arabic": "مستشفى السلام التخصصي (فرع ٢) – طوارئ", "long": "Wagadugu" * 31,
    "words": "Hôpital de district de la région du Littoral " * 5, "emoji": "👩🏽‍⚕️🏥🇨🇲 Clinique",
    "override": "Clinic \u202egnp.txt", "template": "{0} ${isTaken} $& &amp; &lt;b&gt;",
}
# Marks that nobody sees, which the server leaves out of names: an override would turn what stands beside it.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f]")


def name_everything(port, token):
    """A facility, a client, an agent, a key, two people, a record in quarantine, one that waits for a
    patient and rows of the audit log for each of the names."""
    bearer = {"Authorization": "Bearer " + token}

    def make(path, body):
        status, answer = call(port, "/api/v1/admin" + path, body, bearer)
        if status != 201:
            raise RuntimeError(f"{path} {body}: {status} {answer}")
        return answer

    for word, name in NAMES.items():
        facility = make("/facilities", {"name": name, "reference": name[:40]})["id"]
        make("/clients", {"client_id": "c-" + word, "name": name, "scopes": ["patient:read"]})
        make("/api-keys", {"name": name, "facility_id": facility})
        app = {"client_id": "c-" + word, "label": name, "scopes": ["read_records"]}
        make("/sdk-tokens", app)
        agent = make("/agents", {"agent_id": "A-" + word, "name": name, "facility_id": facility})
        headers = {"X-Bridge-Agent-ID": agent["agent_id"], "X-Bridge-Agent-Key": agent["agent_key"]}
        call(port, "/api/v1/bridge/heartbeat", {
            "agent_id": agent["agent_id"], "version": name[:32], "hostname": name[:60],
            "queue_depth": 1}, headers)
        # A person's name with entities in it would be refused: an export has made them of letters.
        first_name = re.sub("&[a-z]+;", "&", name)[:90]
        person = {"record_type": "patient", "first_name": first_name, "last_name": "Ngo " + word,
                  "phone": "+237 699 00 11 22", "address": name[:90]}
        _, answer = call(port, "/api/v1/bridge/sync", {"records": [
            {**person, "date_of_birth": "1981-02-03"}, {**person, "date_of_birth": "1981-03-02"},
            {"record_type": name, "health_id": name, "deep": {name: [name] * 3}, "n": name * 4},
            {"record_type": "diagnosis", "health_id": "OPC-2023-NAMES", "code": "I10",
             "external_id": name[:255], "deep": {name: [name] * 3}}]},
            headers)
        found = [one["health_id"] for one in answer["results"] if one["record_type"] == "patient"]
        call(port, "/api/v1/connect/patients/resolve", {"health_id": found[0], "purpose": name[:200]},
             sign_in_client(port))
        # Against what was verified.
        call(port, "/api/v1/connect/patients/resolve", {
            "health_id": "OPC-2024-DEMO1", "first_name": first_name, "last_name": "Ngo " + word,
            "date_of_birth": "1981-02-03"}, sign_in_client(port))
    return found[0]


def read_names(panel, patient):
    """What is on each page: nothing that runs, nothing that pushes the rest aside."""
    browser = panel.browser
    failures = []
    sections = browser.run(
        "[...document.querySelectorAll('#sections a')].map(link => link.dataset.section)")
    for width in (1280, 390):
        browser.send("Emulation.setDeviceMetricsOverride", width=width, height=900,
                     deviceScaleFactor=1, mobile=width < 600)
        for section in sections:
            panel.show(section)
            if section == "access":
                browser.run(f"location.hash = '#access/{patient}'")
                browser.wait("document.querySelector('#view tbody tr')")
            failures += misplaced(panel, f"{section}, {width} pixels")
            panel.picture(f"names-{section}-{width}", width=width)
        for action in ("quarantine", "pending", "clients", "facilities"):
            panel.show(action)
            browser.run("[...document.querySelectorAll('#view td button')].find(one =>"
                        " ['Show', 'Edit'].includes(one.textContent)).click()")
            browser.wait("document.querySelector('dialog')")
            failures += misplaced(panel, f"a dialog of {action}, {width} pixels")
            panel.picture(f"names-{action}-dialog-{width}", width=width)
            browser.press("Escape")
            browser.wait("!document.querySelector('dialog')")
    browser.send("Emulation.clearDeviceMetricsOverride")
    for name in NAMES.values():
        panel.show("facilities")
        if not browser.run(
                "[...document.querySelectorAll('#view th, #view td')].some(cell =>"
                f" cell.textContent.includes({json.dumps(INVISIBLE.sub('', name).strip())}))"):
            failures.append(f"{name} is not there as it was written")
    return failures
