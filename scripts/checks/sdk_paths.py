"""Walks all that published SDKs call, on a fresh sandbox, with the tokens that their pages print and with an
access token, and looks for every member that they read.

Exit status: 0 all right, 1 something is not.
"""

import datetime

from checks.harness import live, programs
from checks.harness.verdict import Findings, check_refusal
from checks.harness.wire import READER, bearer, encode

SECRET = "sdk_test_demo_sandbox_2026"
PUBLISHABLE = "sdk_pub_test_demo_sandbox_2026"
PATIENT = "CM-HID-7KQ9-MP42-X8D1"
FACILITY = "00000000-0000-0000-0000-100000000001"
APPOINTMENT = (
    "appointment_id status scheduled_at patient patient_id health_id patient_name facility_id "
    "appointment_type reason date time")
SUBSCRIPTION = "subscription_id id status callback_url subscribed_events created_at"

# What an SDK token and an access token of the documented client may both call.
READS = [
    ("/patient/" + PATIENT, "health_id name first_name last_name date_of_birth sex blood_type allergies"),
    (f"/patients/{PATIENT}/summary",
     "health_id full_name date_of_birth sex blood_group allergies allergy_names retrieved_at patient "
     "active_allergies active_medications recent_visits"),
    (f"/patients/{PATIENT}/encounters", "health_id encounters retrieved_at next_cursor"),
    ("/facilities/" + FACILITY, "id name reference country_code timezone type address phone email"),
    ("/facility/FAC-001", "id name reference country_code timezone type address phone email"),
    (f"/facilities/{FACILITY}/stock", "facility_id item_count low_stock items retrieved_at"),
    ("/webhooks/subscriptions", "subscriptions next_cursor"),
    ("/webhooks", "subscriptions next_cursor"),
    ("/token/introspect",
     "active token_id label client_id scopes environment expires_at last_used_at"),
    ("/introspect", "active token_id label client_id scopes environment expires_at last_used_at"),
]


class Caller:
    def __init__(self, server, findings):
        self.server = server
        self.findings = findings

    def ask(self, method, path, token, status, members="", body=None):
        """The answer's object, once its status and members are as they must be."""
        with self.server.client() as client:
            answer = client.ask(
                method, "/api/v1/sdk" + path, bearer(token), b"" if body is None else encode(body))
        name = f"{method} {path}"
        is_right = self.findings.check(
            answer.status == status, f"{name}: {answer.status} {answer.body[:300]!r}")
        if status >= 400:
            check_refusal(self.findings, name, answer)
        value = answer.json() if is_right else {}
        lacking = [member for member in members.split() if is_right and member not in value]
        self.findings.check(not lacking, f"{name}: lacks {lacking}")
        return value


def grant(server, token):
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)
    body = {"consent_type": "full_record", "expires_at": end.strftime("%Y-%m-%dT%H:%M:%SZ")}
    with server.client() as client:
        answer = client.ask(
            "POST", f"/api/v1/connect/patient/{PATIENT}/consent/grant", bearer(token), encode(body))
    assert answer.status == 200, answer.body


def appointments(caller, check):
    day = (datetime.date.today() + datetime.timedelta(days=7)).isoformat()
    body = {
        "health_id": PATIENT, "facility_id": FACILITY, "scheduled_at": day + "T09:00:00+01:00",
        "reason": "Follow-up", "appointment_type": "consultation"}
    made = caller.ask("POST", "/appointments", SECRET, 201, APPOINTMENT, body)
    check(made.get("status") == "scheduled" and made.get("patient") == PATIENT, f"booked: {made}")
    again = caller.ask("POST", "/appointments", SECRET, 200, APPOINTMENT + " duplicate", body)
    check(again.get("appointment_id") == made.get("appointment_id"), f"booked twice: {again}")
    path = f"/appointments?facility_id={FACILITY}&date={day}"
    listed = caller.ask("GET", path, SECRET, 200, "facility_id date appointments next_cursor")
    check(len(listed.get("appointments", [])) == 1, f"listed: {listed}")
    path = "/appointments/" + made.get("appointment_id", "")
    caller.ask("GET", path, SECRET, 200, APPOINTMENT)
    for _ in range(2):
        ended = caller.ask("POST", path + "/cancel", SECRET, 200, APPOINTMENT)
        check(ended.get("status") == "cancelled", f"cancelled: {ended}")
    past = {**body, "scheduled_at": "2020-01-01T09:00:00Z"}
    caller.ask("POST", "/appointments", SECRET, 422, "errors", past)


def webhooks(caller, check):
    for number, path in enumerate(["/webhooks/subscriptions", "/webhooks"]):
        body = {"callback_url": f"https://app.example/{number}", "subscribed_events": ["*"]}
        made = caller.ask("POST", path, SECRET, 201, SUBSCRIPTION + " webhook_secret", body)
        caller.ask("POST", path, SECRET, 409, "subscription_id", body)
        path = "/webhooks/subscriptions/" + made.get("subscription_id", "")
        ended = caller.ask("DELETE", path, SECRET, 200, "message subscription_id status")
        check(ended.get("status") == "deleted", f"ended: {ended}")
        caller.ask("DELETE", path, SECRET, 404)


def main():
    findings = Findings()
    folder = live.scratch_folder("sdk")
    server = live.Server(programs.server(), folder)
    try:
        caller = Caller(server, findings)
        token = server.token(READER)
        caller.ask("GET", f"/patients/{PATIENT}/summary", SECRET, 403, "consent_state")
        grant(server, token)
        for path, members in READS:
            caller.ask("GET", path, SECRET, 200, members)
            caller.ask("GET", path, token, 200, members)
            refusal = caller.ask("GET", path, PUBLISHABLE, 403, "error")
            findings.check(refusal.get("error") == "invalid_scope", f"publishable: {refusal}")
            caller.ask("GET", path, "sdk_test_nobody", 401, "error")
        appointments(caller, findings.check)
        webhooks(caller, findings.check)
    finally:
        server.stop()
        live.remove(folder)
    findings.end("sdk")


if __name__ == "__main__":
    main()
