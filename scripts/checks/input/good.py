"""Good requests, of which the bad ones are made."""

from checks.harness import wire

PERSON = {
    "first_name": "Ama", "last_name": "Ngo Bassong", "date_of_birth": "1990-07-22", "sex": "female",
    "country_code": "CM", "phone_number": "+237 6 77 00 00 00", "national_id": "CM-1234",
    "external_reference": "ext-1", "purpose": "treatment",
}
KNOWN = "CM-HID-7KQ9-MP42-X8D1"
INTROSPECT = "/api/v1/connect/auth/introspect"
REVOKE = "/api/v1/connect/auth/revoke"
LOGIN = {"grant_type": "client_credentials", "client_id": wire.CREATOR[0], "client_secret": wire.CREATOR[1]}
CONNECT = "/api/v1/connect"
FACILITY = "00000000-0000-0000-0000-100000000001"
CHART = "OPC-2024-XK7T9"
ITEM = {
    "drug_code": "A1", "name": "Amoxicillin", "batch": "B1", "quantity": 5, "unit": "box",
    "expiry_date": "2030-01-01",
}
BLOOD = {
    "blood_group": "O+", "component": "whole_blood", "units": 3, "screening": "passed",
    "expiry_date": "2030-01-01",
}
PAYMENT = {
    "reference": "PAY-1", "amount_minor": 150000, "currency": "XAF", "side": "facility", "method": "momo",
    "status": "completed", "paid_at": "2026-06-01T10:00:00Z",
}
ENCOUNTER = {
    "health_id": KNOWN,
    "external_encounter_id": "E1",
    "encounter_type": "outpatient",
    "clinical_note": "Fever",
    "severity": "mild",
    "occurred_at": "2026-06-01T10:00:00+01:00",
    "encounter": {
        "chief_complaint": "Fever", "diagnoses": [{"system": "ICD-10", "code": "B54", "display": "Malaria"}],
        "vitals": [{"name": "temperature", "value": 39.2, "unit": "C"}],
    },
}
# What every POST of a token takes.
POSTS = {
    "/patients/resolve": PERSON,
    f"/patient/{KNOWN}/consent/grant": {
        "consent_type": "full_record", "expires_at": "2026-12-31T23:59:59Z", "purpose": "treatment",
        "verification_method": "otp",
    },
    f"/patient/{KNOWN}/consent/revoke": {"reason": "asked for it"},
    "/consents/request": {
        "health_id": KNOWN, "purpose": "treatment", "requested_scopes": ["lab_results"],
        "validity_period_days": 30,
    },
    "/consents/verify": {"health_id": KNOWN, "scope": "lab_results"},
    "/emergency-access/request": {"health_id": KNOWN, "reason": "unconscious", "emergency_type": "trauma"},
    "/records/encounters": ENCOUNTER,
    "/records/lab-results": {
        "health_id": KNOWN, "test_name": "HbA1c", "result_value": "9.2%", "unit": "%", "flagged": True,
        "flag_level": "H", "reference_range": "4-6", "external_lab_order_id": "L1",
    },
    "/records/prescriptions": {
        "health_id": KNOWN, "medication_name": "Metformin", "dose": "500 mg", "frequency": "daily",
    },
    "/inventory/pharmacy-stock/sync": {"facility_reference": "FAC-001", "items": [ITEM, ITEM]},
    "/inventory/blood-stock/sync": {"facility_reference": "FAC-001", "items": [BLOOD]},
    "/payments": {"payments": [PAYMENT]},
}
GETS = [
    f"/patient/{CHART}/consent", f"/patient/{CHART}/records?type=lab_results&limit=5&from=2026-01-01",
    f"/patient/{CHART}/records?type=all&cursor=abc", f"/patients/{CHART}/summary",
    f"/patients/{CHART}/emergency-profile", f"/inventory/pharmacy/{FACILITY}", "/inventory/blood/FAC-001",
    "/reconciliation?date=2026-06-01", f"/patient/search?health_id={KNOWN}", f"/patients/verify/{KNOWN}",
]
