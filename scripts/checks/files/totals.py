"""What must hold for all facilities together."""

import collections
import re

from checks.harness import wire
from checks.harness.bridge_site import AGENT, KEY, PATIENT


def check_totals(findings, stored):
    """No line of totals has become a record."""
    for key in [*stored.items, *stored.payments]:
        findings.check(not re.search(r"total|المجموع", key, re.I), f"a line of totals is stored as {key}")


def check_sizes(findings, before, after, facilities):
    """Nothing is stored twice."""
    names = {"visits": "encounter", "lab_results": "lab_result", "prescriptions": "prescription",
             "vitals": "vital", "diagnoses": "diagnosis"}
    expected = collections.Counter(before)
    for facility in facilities:
        for kind, rows in facility.truth.rows.items():
            expected[names.get(kind, kind)] += len(rows)
        # Each visit has one of its own.
        expected["diagnosis"] += len(facility.truth.rows["visits"])
    print(f"  {after.pop('refused')} refused records are open on the server")
    for name in sorted(expected | after):
        findings.check(
            after[name] == expected[name], f"{name}: {after[name]} are stored where {expected[name]} are due")


def check_remarks(findings, server, left_out):
    """What is not kept of a row that is stored: its sender is told by name."""
    names = {"phone": "phone", "national_id": "national_id", "blood": "blood_type", "frequency": "frequency",
             "range": "reference_range", "dose": "dose"}
    rows = {
        "patients": {"record_type": "patient", "first_name": "A", "last_name": "B", "dob": "1990-01-01"},
        "lab_results": {"record_type": "lab_result", "health_id": PATIENT, "test": "K", "result": "4"},
        "prescriptions": {"record_type": "prescription", "health_id": PATIENT, "medicine": "P"},
    }
    fields = {"X-Bridge-Agent-ID": AGENT, "X-Bridge-Agent-Key": KEY}
    with server.client() as client:
        for kind, field, text in sorted(left_out)[:200]:
            record = {**rows[kind], names[field]: text}
            answer = client.ask("POST", "/api/v1/bridge/sync", fields, wire.encode({"records": [record]}))
            said = answer.json()["results"][0].get("warnings") or [""] if answer.status == 200 else [""]
            findings.check(
                names[field] in said[0], f"{field} {text} is left out without a remark: {answer.body!r}")
