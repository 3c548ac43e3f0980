"""A sandbox with everything in it that FHIR shows, and the clients that read it."""

import random
import re
from urllib.parse import quote

from checks.fhir import records, sent
from checks.fhir.chance import record_of_chance
from checks.harness import live, wire

FULL = ("demo_full_sandbox", "demo_full_secret_sandbox_2026")
KEY = "demo_healthcare_key_sandbox_2026"
BASE = "/api/fhir/R4"
CONNECT = "/api/v1/connect"
EVERYTHING = "full_record"
EXPIRES = "2199-12-31T00:00:00Z"


class Caller:
    """Somebody with credentials, on one connection, which is made anew where the server has closed an idle one."""

    def __init__(self, server, fields=None):
        self.server = server
        self.http = server.client(timeout=60)
        self.fields = fields or {}

    def send(self, method, target, fields, body):
        try:
            return self.http.ask(method, target, fields, body)
        except wire.CutOff as cut:
            if cut.received or not self.server.is_alive:
                raise
            self.http = self.server.client(timeout=60)
            return self.http.ask(method, target, fields, body)

    def ask(self, method, target, body=None, **fields):
        fields = {**self.fields, **{name.replace("_", "-"): value for name, value in fields.items()}}
        return self.send(method, target, fields, b"" if body is None else wire.encode(body))

    def fhir(self, path, **fields):
        return self.ask("GET", f"{BASE}/{path}", **fields)

    def form(self, path, text):
        fields = {**self.fields, "Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", f"{BASE}/{path}/_search", fields, text.encode())


class World:
    def __init__(self, program, data, findings, seed=1, chances=150):
        self.findings = findings
        self.program = program
        self.server = live.Server(program, data)
        self.full = self.client(FULL)
        self.admin = Caller(self.server, wire.bearer(self.administrator()))
        self.clinic = Caller(self.server, {"X-API-Key": KEY})
        self.chances = chances
        self.rng = random.Random(seed)
        self.patients = []
        self.retired = []

    # MARK: Credentials

    def client(self, who):
        return Caller(self.server, wire.bearer(self.server.token(who)))

    def administrator(self):
        _, output, _ = live.command(
            self.program, "admin-token", "create", "--name", "FHIR", data=self.server.data)
        return re.search(r"^token\s+(\S+)", output, re.M)[1]

    def register(self, name, scopes, facility="FAC-001"):
        """A client with these scopes; None where the server does not know one of them."""
        status, output, _ = live.command(
            self.program, "client", "create", "--id", name, "--scopes", scopes, "--rate-limit", "0",
            *(["--facility", facility] if facility else []), data=self.server.data)
        if status:
            return None
        return self.client((name, re.search(r"^client_secret\s+(\S+)", output, re.M)[1]))

    # MARK: Contents

    def must(self, statuses, caller, method, target, body=None):
        answer = caller.ask(method, target, body)
        self.findings.check(
            answer.status in statuses, f"{method} {target} {body} is answered {answer.status} {answer.body[:300]!r}")
        try:
            return answer.json()
        except ValueError:
            return {}

    def person(self, facts):
        told = self.must((200, 201), self.full, "POST", CONNECT + "/patients/resolve", facts)
        return told.get("health_id")

    def push(self, patient, kind, body, statuses=(200, 201)):
        return self.must(
            statuses, self.full, "POST", f"{CONNECT}/records/{kind}", {"health_id": patient, **body})

    def grant(self, caller, patient, coverage=EVERYTHING):
        self.must((200,), caller, "POST", f"{CONNECT}/patient/{quote(patient)}/consent/grant",
                  {"consent_type": coverage, "expires_at": EXPIRES})

    def revoke(self, caller, patient):
        self.must((200,), caller, "POST", f"{CONNECT}/patient/{quote(patient)}/consent/revoke", {"reason": "asked"})

    def seed(self):
        self.patients = [self.person(facts) for facts in records.PEOPLE]
        first, second = self.patients[:2]
        for kind, table in records.TABLES.items():
            for body in table:
                self.push(first, kind, body)
        for kind, versions in records.AMENDMENTS:
            for body in versions:
                self.push(first, kind, body)
        for _ in range(self.chances):
            kind, body = record_of_chance(self.rng)
            self.push(second, kind, body, (200, 201, 400, 413, 422))
        self.send_resources()
        self.merge()
        self.desk()
        self.consents()

    def send_resources(self):
        person = self.must((201,), self.full, "POST", BASE + "/Patient", sent.PERSON)
        self.patients.append(person["id"])
        for resource in sent.RECORDS:
            name = "patient" if resource["resourceType"] == "AllergyIntolerance" else "subject"
            self.must((201,), self.full, "POST", f"{BASE}/{resource['resourceType']}",
                      {**resource, name: {"reference": "Patient/" + person["id"], "display": "Awa"}})

    def merge(self):
        """Two Health IDs of one person, and a record under each."""
        one, other = [self.person(facts) for facts in records.TWINS]
        for patient in (one, other):
            self.push(patient, "lab-results", {"test_name": "Hb", "result_value": "12", "unit": "g/dL"})
        self.findings.check(one != other, "twins of a clerk are one without anybody's saying so")
        self.must((200, 201), self.admin, "POST", "/api/v1/admin/merges",
                  {"retired": other, "survivor": one, "reason": "the same person"})
        self.patients.append(one)
        self.retired.append(other)

    def desk(self):
        for name, rows in [("clinics", records.CLINICS), ("doctors", records.DOCTORS), ("patients", records.FILES),
                           ("appointments", records.APPOINTMENTS)]:
            told = self.must((200,), self.clinic, "POST", "/api/healthcare/" + name, rows)
            self.findings.check(not told.get("failed"), f"{name}: {told}")
            self.patients += [row["healthId"] for row in told.get("results", [])
                              if name == "patients" and row.get("healthId")]

    def consents(self):
        """One in each state: active for most, then revoked, asked for, denied, in an emergency."""
        for patient in self.patients:
            self.grant(self.full, patient)
        self.revoke(self.full, self.patients[2])
        self.grant(self.full, self.patients[3], "lab_results")
        self.must((202,), self.full, "POST", CONNECT + "/consents/request",
                  {"health_id": self.patients[2], "purpose": "treatment", "requested_scopes": ["lab_results"],
                   "validity_period_days": 30})
        asked = self.must((202,), self.full, "POST", CONNECT + "/consents/request",
                          {"health_id": self.patients[1], "purpose": "care", "requested_scopes": ["vitals"],
                           "validity_period_days": 30})
        if asked.get("consent_id"):
            self.must((200,), self.admin, "POST", f"/api/v1/admin/consents/{asked['consent_id']}/deny", {"reason": "no"})
        self.must((201,), self.full, "POST", CONNECT + "/emergency-access/request",
                  {"health_id": "OPC-2024-XK7T9", "reason": "unconscious", "emergency_type": "trauma"})
        self.patients.append("OPC-2024-XK7T9")
