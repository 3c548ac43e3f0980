"""The calls of the whole API: who, how, where and with what."""

from checks.sequences.values import AMOUNTS, DATES, Values

CONNECT = "/api/v1/connect"
ADMIN = "/api/v1/admin"
FACILITY = "00000000-0000-0000-0000-100000000001"


class Calls(Values):
    def person(self):
        return {
            "first_name": self.name(), "last_name": self.name(), "date_of_birth": self.date(),
            "external_reference": self.number(), "sex": self.one("female"),
            "phone_number": self.one("+23767700000" + str(self.rng.randrange(10))),
            "country_code": self.one("CM"),
        }

    def result(self):
        return {
            "health_id": self.an_id(), "test_name": self.name(), "result_value": self.rng.choice(AMOUNTS),
            "external_lab_order_id": self.number(), "collected_at": self.moment(),
            "result_status": self.one("final"), "items": self.one([{"a": self.bad()}]),
        }

    def record(self):
        kind = self.rng.choice(["patient", "lab_result", "encounter", "prescription", "appointment", "x"])
        data = self.person() if kind == "patient" else self.result()
        data |= {"medication_name": self.name(), "notes": self.name(), "started_at": self.moment()}
        return {"record_type": self.one(kind), "external_id": self.number(), "data": self.one(data)}

    def call(self):
        """Who, how, where and with what."""
        rng = self.rng
        an_id = self.place(self.an_id())
        records = rng.choice(["lab-results", "encounters", "prescriptions"])
        window = f"?from={self.place(rng.choice(DATES))}&limit={self.place(rng.choice(AMOUNTS))}"
        appointment = {
            "externalId": self.number(), "patientExternalId": self.number(), "date": self.moment(),
            "doctorExternalId": self.number(), "clinicExternalId": self.number(),
            "startTime": self.one("10:00"), "endTime": self.moment(), "status": self.one("SCHEDULED"),
            "firstName": self.name(), "lastName": self.name(), "birthDate": self.date(),
        }
        calls = [
            ("client", "POST", CONNECT + "/patients/resolve", self.person()),
            ("client", "POST", CONNECT + "/patients/resolve", self.person()),
            ("client", "POST", CONNECT + f"/records/{records}", self.result()),
            ("client", "POST", CONNECT + f"/records/{records}", self.result()),
            ("client", "POST", CONNECT + f"/patient/{an_id}/consent/grant",
             {"consent_type": self.one("full_record"), "expires_at": self.moment()}),
            ("client", "POST", CONNECT + f"/patient/{an_id}/consent/revoke", {"reason": self.name()}),
            ("client", "POST", CONNECT + "/consents/request",
             {"health_id": self.an_id(), "purpose": self.name(), "requested_scopes": ["full_record"],
              "validity_period_days": self.rng.choice(AMOUNTS)}),
            ("client", "POST", CONNECT + "/emergency-access/request",
             {"health_id": self.an_id(), "reason": "Unconscious after an accident, no relatives here",
              "emergency_type": self.name()}),
            ("client", "GET", CONNECT + f"/patient/{an_id}/records" + window, None),
            ("client", "GET", CONNECT + f"/patients/{an_id}/summary", None),
            ("client", "GET", CONNECT + f"/patients/{an_id}/emergency-profile", None),
            ("client", "GET", CONNECT + f"/patient/search?health_id={an_id}", None),
            ("client", "POST", CONNECT + "/patients/search",
             {"search_type": self.one("demographic"), "query": self.name(), "purpose": self.name()}),
            ("client", "POST", CONNECT + "/payments",
             {"payments": [{"reference": self.number(), "amount": rng.choice(AMOUNTS),
                            "currency": rng.choice(["KWD", "XAF", "JPY", self.bad()]),
                            "paid_at": self.moment()} for _ in range(rng.randrange(1, 12))]}),
            ("client", "GET", CONNECT + f"/reconciliation?date={self.place(rng.choice(DATES))}", None),
            ("client", "GET", CONNECT + "/reconciliation?date=2026-07-01", None),
            ("client", "POST", CONNECT + "/inventory/pharmacy-stock/sync",
             {"facility_reference": "FAC-001",
              "items": [{"drug_code": self.number(), "name": self.name(), "batch": self.number(),
                         "quantity": rng.choice(AMOUNTS), "expiry_date": self.date()}]}),
            ("client", "GET", CONNECT + f"/inventory/pharmacy/{FACILITY}", None),
            ("client", "POST", CONNECT + "/webhooks/subscriptions",
             {"callback_url": self.one(rng.choice([f"https://a.invalid/{rng.randrange(9)}",
                                                   f"http://127.0.0.1:{self.receiver}/{rng.randrange(9)}"])),
              "subscribed_events": self.one(["*"])}),
            ("client", "POST",
             CONNECT + f"/webhooks/events/{self.place(self.an_id('event_id'))}/replay", {}),
            ("client", "POST",
             CONNECT + f"/webhooks/subscriptions/{self.place(self.an_id('subscription_id'))}/replay", {}),
            ("client", "POST", CONNECT + "/consents/verify",
             {"health_id": self.an_id(), "scope": self.one("patient.summary")}),
            ("client", "POST", CONNECT + "/inventory/blood-stock/sync",
             {"facility_reference": "FAC-001",
              "items": [{"donation_number": self.number(), "blood_group": self.one("O+"),
                         "component": self.one("plasma"), "units": rng.choice(AMOUNTS),
                         "expiry_date": self.date(), "screening_status": self.one("safe")}]}),
            ("client", "GET", CONNECT + f"/inventory/blood/{FACILITY}" + window, None),
            ("client", "POST", CONNECT + "/auth/introspect", {"token": self.name()}),
            ("client", "DELETE",
             CONNECT + "/webhooks/subscriptions/" + self.place(self.an_id("subscription_id")), None),
            ("client", "GET", CONNECT + "/webhooks/events" + window, None),
            ("client", "GET", CONNECT + "/webhooks/deliveries", None),
            ("agent", "POST", "/api/v1/bridge/sync",
             {"records": [self.record() for _ in range(rng.randrange(1, 8))]}),
            ("agent", "POST", "/api/v1/bridge/heartbeat",
             {"queue_depth": rng.choice(AMOUNTS), "version": self.name(), "oldest": self.moment()}),
            ("agent", "POST", "/api/v1/bridge/sync",
             {"sync_type": self.one(rng.choice(["lab_result", "pharmacy_stock", "payment", "full", "x"])),
              "upload_id": self.number(), "records": self.one([self.result() | {"amount": self.bad()}])}),
            ("agent", "POST", "/api/v1/bridge/sync", self.bad()),
            ("agent", "GET", "/api/v1/bridge/status", None),
            ("key", "POST", "/api/healthcare/patients", [appointment]),
            ("key", "POST", "/api/healthcare/clinics", [{"code": self.number(), "name": self.name()}]),
            ("key", "POST", "/api/healthcare/doctor", {"code": self.number(), "name": self.name(),
                                                       "clinicCodes": [self.number(), self.bad()]}),
            ("key", "GET", f"/api/healthcare/patients/{self.place(self.number())}", None),
            ("key", "POST", "/api/healthcare/appointments", [appointment, self.one(appointment)]),
            ("key", "GET", "/api/healthcare/appointments" + window, None),
            ("admin", "GET", ADMIN + rng.choice(["/duplicates", "/duplicates?order=age", "/duplicates/statistics"]),
             None),
            ("admin", "POST", ADMIN + f"/duplicates/{self.place(self.an_id('id'))}/merge",
             {"survivor": self.an_id()}),
            ("admin", "POST", ADMIN + f"/duplicates/{self.place(self.an_id('id'))}/dismiss",
             {"note": self.name()}),
            ("admin", "POST", ADMIN + f"/duplicates/{self.place(self.an_id('id'))}/undo", {}),
            ("admin", "POST", ADMIN + "/merges",
             {"retired": self.an_id(), "survivor": self.an_id(), "reason": self.name()}),
            ("admin", "GET", ADMIN + "/merges", None),
            ("admin", "POST", ADMIN + f"/merges/{self.place(self.an_id('id'))}/undo", {}),
            ("admin", "GET", ADMIN + f"/audit?patient={an_id}", None),
            ("admin", "GET", ADMIN + f"/audit/export?from={self.place(rng.choice(DATES))}", None),
            ("admin", "GET", ADMIN + "/quarantine", None),
            ("admin", "GET", ADMIN + "/pending-records", None),
            ("admin", "GET", ADMIN + "/emergency-access", None),
            ("admin", "GET", ADMIN + f"/emergency-access/{self.place(self.an_id('id'))}", None),
            ("admin", "POST", ADMIN + f"/emergency-access/{self.place(self.an_id('id'))}/review",
             {"note": self.name(), "outcome": self.one("justified")}),
            ("admin", "GET", ADMIN + "/stats", None),
            ("admin", "GET", ADMIN + f"/patients/{an_id}/access-log", None),
            ("admin", "POST", ADMIN + f"/quarantine/{self.place(self.an_id('id'))}/replay",
             self.one({"record": self.result()})),
            ("admin", "POST", ADMIN + f"/quarantine/{self.place(self.an_id('id'))}/discard",
             {"note": self.name()}),
            ("admin", "POST", ADMIN + f"/pending-records/{self.place(self.an_id('id'))}/redirect",
             {"health_id": self.an_id()}),
            ("admin", "POST", ADMIN + "/webhooks/deliveries/replay", self.one({})),
            ("admin", "GET", ADMIN + "/webhooks/deliveries", None),
            ("admin", "PATCH", ADMIN + f"/facilities/{FACILITY}",
             {"name": self.name(), "time_zone": self.one("Africa/Douala")}),
            ("admin", "POST", ADMIN + "/clients",
             {"client_id": self.name(), "name": self.name(), "scopes": self.one(["patient:read"])}),
            ("admin", "POST", ADMIN + "/audit/verification", {}),
        ]
        return rng.choice(calls)
