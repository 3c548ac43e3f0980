"""Mutated paths, queries and fields: never a failure of the server's own, always JSON, and FHIR's."""

import random
from urllib.parse import quote

from checks.fhir.chance import WORDS
from checks.fhir.asking import QUERIES
from checks.fhir.reading import CLINICAL, LISTED, OF_PATIENT
from checks.fhir.world import BASE, FULL, Caller
from checks.harness import wire

VALUES = [
    *WORDS, "%", "%00", "%ff", "%2e%2e", "%E2%80", "a|b|c", "|", "||", "\\", "\\,", ",,,,", "," * 300, "Patient/", "/", "//",
    "http://x/Patient/../..", "ge", "gege2026", "eq0000-00-00", "ge9999-12-31T23:59:60Z", "lt-1", "2026-W01",
    "99999999999999999999", "-9223372036854775808", "0.5", "*", "_id", "_history", "$everything", "{}", "[]", "\"", "'", ";",
]
NAMES = [
    "patient", "subject", "_id", "_count", "_sort", "_lastUpdated", "_cursor", "_summary", "_format", "_pretty", "_elements",
    "_include", "_revinclude", "_has:Observation:patient:code", "_total", "code", "date", "category", "status", "encounter",
    "clinical-status", "identifier", "family", "given", "birthdate", "gender", "phone", "telecom", "name", "practitioner",
    "organization", "address-country", "active", "date:missing", "code:text", "patient.name", "", "\u00e9", "_",
]
FIELDS = {
    "Accept": ["application/fhir+json", "application/json", "application/xml", "*/*;q=0", "text/html,*/*", ";;,", "x" * 900],
    "Prefer": ["handling=strict", "handling=lenient", "return=minimal", ",;=,;"],
    "If-None-Match": ["*", 'W/"1"', '"', 'W/"1", W/"2"', ""], "If-Modified-Since": ["yesterday"],
    "X-Purpose-Of-Use": ["TREAT", "x" * 900, "\u00e9"], "X-Request-Id": ["a b", "_", "-", "x" * 200],
    "Range": ["bytes=0-1"], "Content-Type": ["application/x-www-form-urlencoded", "application/fhir+json", "x"],
}
# Of the layers below FHIR: what is no request has no path.
BELOW = (400, 414, 431)


class Requests:
    def __init__(self, world, options):
        self.rng = random.Random(options.seed)
        patient = world.patients[0]
        self.searches = [query.format(patient) for query in QUERIES]
        self.searches += [f"{kind}?patient={patient}" for kind in OF_PATIENT] + [f"{kind}?{LISTED[kind]}" for kind in LISTED]
        self.bases = []
        for kind in [*CLINICAL, *LISTED]:
            found = world.full.fhir(f"{kind}?patient={patient}" if kind in CLINICAL else f"{kind}?{LISTED[kind]}").json()
            ids = [entry["resource"]["id"] for entry in found.get("entry", [])[:5]]
            self.bases += [f"{kind}/{one}{rest}" for one in ids for rest in ("", "/_history", "/_history/1")]
        self.bases += [f"Patient/{patient}", "metadata", f"AllergyIntolerance/alg-{patient}-00000000", f"Observation/abo-{patient}"]

    def request(self):
        """A method, a target, fields and a body."""
        rng = self.rng
        target = rng.choice(rng.choice([self.bases, self.searches]))
        for _ in range(rng.randint(1, 3)):
            (change,) = rng.choices([self.add, self.exchange, self.spoil, self.cut, self.graft], [9, 4, 2, 1, 1])
            target = change(target)
        fields = {}
        while rng.random() < 0.2:
            name = rng.choice(list(FIELDS))
            fields[name] = rng.choice(FIELDS[name])
        method = rng.choice(["GET"] * 12 + ["HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
        body = b""
        if "?" in target and rng.random() < 0.15:
            path, _, form = target.partition("?")
            method, target, body = "POST", path + "/_search", form.encode("utf-8", "replace")
            fields.setdefault("Content-Type", "application/x-www-form-urlencoded")
        # What a request line cannot hold is escaped, or it would be another request.
        return method, f"{BASE}/" + quote(target, safe="/?&=%:,|$._~+*'()!;@-\\\"<>{}[]^`"), fields, body

    def add(self, target):
        pair = self.rng.choice(NAMES) + "=" + self.rng.choice(VALUES)
        return target + ("&" if "?" in target else "?") + pair

    def exchange(self, target):
        """One value in the query, or one step of a path that has none."""
        path, mark, query = target.partition("?")
        parts = (query if mark else path).split("&" if mark else "/")
        at = self.rng.randrange(len(parts))
        name = parts[at].partition("=")[0]
        if name in ("patient", "subject") and self.rng.random() < 0.7:
            return self.add(target)
        parts[at] = f"{name}={self.rng.choice(VALUES)}" if mark else self.rng.choice(VALUES)
        return path + "?" + "&".join(parts) if mark else "/".join(parts)

    def spoil(self, target):
        at = self.rng.randint(0, len(target))
        return target[:at] + self.rng.choice(VALUES)[:40] + target[at + self.rng.randint(0, 3):]

    def cut(self, target):
        at = self.rng.randint(0, len(target))
        return target[:at] if self.rng.random() < 0.5 else target[at:]

    def graft(self, target):
        other = self.rng.choice(self.searches)
        return target[:self.rng.randint(0, len(target))] + other[self.rng.randint(0, len(other)):]


def run(world, folder, options):
    requests = Requests(world, options)
    bearer = wire.bearer(world.server.token(FULL))
    caller = Caller(world.server)
    statuses = {}
    for _ in range(options.requests):
        method, target, fields, body = requests.request()
        answer = caller.send(method, target, {**fields, **bearer}, body)
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
        judge(world.findings, f"{method} {target} {fields} {body[:200]!r}", method, target, answer)
        if answer.field("Connection") == "close":
            caller = Caller(world.server)
    world.findings.check(world.server.is_alive, "the server has ended")
    world.findings.check(200 in statuses and sum(statuses.values()) > options.requests * 0.95, f"only {statuses}")
    print("   fuzz: " + ", ".join(f"{number} times {status}" for status, number in sorted(statuses.items())))


def judge(findings, what, method, target, answer):
    findings.check(answer.status not in (500, 502, 504), f"{what}: {answer.status} {answer.body[:300]!r}")
    if method == "HEAD" or answer.status in (204, 304):
        return
    try:
        body = answer.json()
    except ValueError:
        findings.check(False, f"{what}: {answer.status}, no JSON: {answer.body[:200]!r}")
        return
    kind = body.get("resourceType")
    if answer.status >= 400:
        is_below = kind is None and answer.status in BELOW and answer.field("Connection") == "close"
        findings.check(kind == "OperationOutcome" or is_below, f"{what}: {answer.status} {str(body)[:300]}")
    else:
        findings.check(bool(kind), f"{what}: {answer.status} {str(body)[:300]}")
