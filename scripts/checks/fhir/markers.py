"""Planted markers: no clinical value leaves without scope and consent, on whatever way it is asked for.

Each combination of a client's scopes and a consent has a patient of its own, whose every record says a marker
in each field that holds a text. Another client may read all of it the whole time, and the client itself may
read all of another patient: neither opens anything.
"""

import json
from itertools import count

from checks.fhir.world import EVERYTHING

TYPES = {
    "Encounter": ["encounters"], "Condition": ["diagnoses"], "Observation": ["vitals", "lab_results"],
    "DiagnosticReport": ["lab_results"], "MedicationRequest": ["prescriptions"],
}
RECORDS = ["encounters", "diagnoses", "vitals", "lab_results", "prescriptions"]
# A client's scopes, and which types of record they open under a consent.
SCOPES = {
    "marker_all": ("patient:read patient:diagnostics:read", RECORDS),
    "marker_profile": ("patient:profile:read", RECORDS),
    "marker_records": ("patient:diagnostics:read", RECORDS),
    "marker_labs": ("lab:results:read consents:write", ["lab_results"]),
    "marker_none": ("consents:read consents:write appointments:read health_id:verify", []),
    "marker_star": ("system/*.rs consents:write", RECORDS),
    "marker_system": ("system/Observation.rs consents:write", RECORDS),
}
# Which resources a client with one system/ scope reads.
SYSTEM_TYPE = {"marker_system": "Observation"}
CONSENTS = ["", *RECORDS, "encounters diagnoses", "vitals lab_results", "lab_results prescriptions", EVERYTHING,
            "revoked", "pending"]
QUERIES = [
    "", "&_count=0", "&_count=1", "&_summary=count", "&_sort=date", "&_sort=_lastUpdated", "&date=ge2000",
    "&_lastUpdated=ge2000", "&code={mark}", "&status=final,active,unknown", "&category=laboratory",
    "&category=vital-signs", "&clinical-status=active",
]
numbers = count(1)


def run(world, folder, options):
    tried = 0
    elsewhere, _ = plant(world)
    for name, (scopes, opened) in SCOPES.items():
        client = world.register(name, scopes)
        if not client:
            print(f"   skipped: consent of {scopes}: this server does not know the scope")
            continue
        if opened:
            world.grant(client, elsewhere)
        for consent in CONSENTS:
            patient, marks = plant(world)
            covered = give(world, client, patient, consent) if opened else []
            tried += Combination(world, name, client, patient, marks, consent, set(covered) & set(opened)).run()
    print(f"   consent: {tried} answers hold what they may")


def give(world, client, patient, consent):
    """- Returns: what the consent covers now."""
    if consent == "pending":
        world.must((202,), client, "POST", "/api/v1/connect/consents/request",
                   {"health_id": patient, "purpose": "care", "requested_scopes": RECORDS, "validity_period_days": 9})
    elif consent == "revoked":
        world.grant(client, patient)
        world.revoke(client, patient)
    elif consent:
        world.grant(client, patient, consent)
        return RECORDS if consent == EVERYTHING else consent.split()
    return []


def plant(world):
    """A patient with a record of each type, in two versions, which says its marker everywhere."""
    number = next(numbers)
    # Letters alone: no two are near matches of each other.
    letters = "".join(chr(97 + int(digit)) * 2 for digit in str(number))
    patient = world.person({"first_name": "Mark" + letters, "last_name": "Planted" + letters[::-1],
                            "date_of_birth": f"19{30 + number % 60}-0{1 + number % 9}-1{number % 10}"})
    marks = {name: f"MK{name[:2].upper()}{number:05}X" for name in RECORDS}
    visit, diagnosis, vital, lab, drug = (marks[name] for name in RECORDS)
    for version in ("", "2"):
        world.push(patient, "encounters", {
            **every("encounter_type notes chief_complaint severity status", visit + version),
            "external_encounter_id": visit, "occurred_at": "2026-05-30T08:00:00Z",
            "diagnoses": [every("system code display status", diagnosis)],
            "vitals": [every("name value unit", vital)]})
        world.push(patient, "lab-results", {
            **every("test_name test_code unit", lab), "external_lab_order_id": lab,
            **every("result_value reference_range interpretation flag_level", lab + version)})
        world.push(patient, "prescriptions", {
            **every("medication_name medication_code", drug), "external_prescription_id": drug,
            **every("dose frequency duration instructions route", drug + version)})
    world.grant(world.full, patient)
    return patient, marks


def every(names, value):
    return dict.fromkeys(names.split(), value)


class Combination:
    def __init__(self, world, name, client, patient, marks, consent, opened):
        self.world = world
        self.check = world.findings.check
        self.client = client
        self.patient = patient
        self.marks = marks
        self.opened = opened
        self.only = SYSTEM_TYPE.get(name)
        self.what = f"{name}, consent {consent or 'none'}"
        self.tried = 0

    def shown(self, kind):
        """Which of a type's records this client may see."""
        if self.only and kind != self.only:
            return set()
        return self.opened & set(TYPES[kind])

    def run(self):
        for kind in TYPES:
            for query in QUERIES:
                query = query.format(mark=self.marks[TYPES[kind][-1]])
                path = f"patient={self.patient}{query}"
                self.judge(kind, f"{kind}?{path}", self.client.fhir(f"{kind}?{path}"))
                if not query:
                    self.judge(kind, f"POST {kind} {path}", self.client.form(kind, path))
                    self.judge_whole(kind, f"{kind}?{path}")
            for one in self.ids(kind):
                for path in (f"{kind}/{one}", f"{kind}/{one}/_history", f"{kind}/{one}/_history/1",
                             f"{kind}/{one}/_history/2", f"{kind}?_id={one}", f"{kind}?patient={self.patient}&encounter={one}"):
                    self.judge(kind, path, self.client.fhir(path))
                for other in TYPES:
                    self.judge(other, f"{other}/{one}", self.client.fhir(f"{other}/{one}"), kind)
        for path in (f"Patient/{self.patient}", f"Patient?_id={self.patient}", f"AllergyIntolerance?patient={self.patient}",
                     f"Consent?patient={self.patient}", f"Appointment?patient={self.patient}", "metadata"):
            self.judge(None, path, self.client.fhir(path))
        return self.tried

    def ids(self, kind):
        bundle = self.world.full.fhir(f"{kind}?patient={self.patient}").json()
        return [entry["resource"]["id"] for entry in bundle["entry"] if entry["search"]["mode"] == "match"]

    def judge(self, kind, path, answer, of=None):
        """No marker but of what is open; what is closed says so."""
        self.tried += 1
        what = f"{self.what}: {path}"
        if not self.check(answer.status < 500, f"{what}: {answer.status}"):
            return
        body = answer.json()
        text = json.dumps({name: value for name, value in body.items() if name != "link"})
        shown = self.shown(kind) | (self.shown(of) if of else set()) if kind else set()
        for name, mark in self.marks.items():
            self.check(name in shown or mark not in text, f"{what}: shows {name}: {text[:600]}")
        if kind and not self.shown(kind) and kind == (of or kind):
            self.check(answer.status == 403, f"{what}: withheld, and answered {answer.status} {text[:300]}")
            self.check('"forbidden"' in text, f"{what}: no word of it in {text[:300]}")

    def judge_whole(self, kind, path):
        """What is open is there, and the rest is named."""
        answer = self.client.fhir(path)
        shown, spanned = self.shown(kind), set(TYPES[kind])
        if not shown:
            return
        text = answer.body.decode()
        for name in shown:
            self.check(self.marks[name] in text, f"{self.what}: {path}: {name} is open and missing")
        named = [issue["details"]["text"] for entry in answer.json().get("entry", [])
                 if entry["search"]["mode"] == "outcome"
                 for issue in entry["resource"]["issue"] if issue["code"] == "suppressed"]
        for name in spanned - shown:
            self.check(any(name in each for each in named), f"{self.what}: {path}: {name} is withheld in silence")
        self.check(bool(named) == (spanned != shown), f"{self.what}: {path}: {named}")
