"""What real programs push, in their spellings and with their absurdities. Each has a patient added, and is
accepted as it stands."""

LONG = "Patient seen after three weeks of intermittent fever. " * 60
HOSTILE = "<script>alert('x')</script> & \"quotes\" \\ / \u202e ]]> <!-- \u200b é ٣ \ufffe 😀 end"
LINES = HOSTILE + "\r\n\tnext & last\n"

ENCOUNTERS = [
    {},
    {"encounter_type": "Outpatient", "status": "closed", "occurred_at": "2026-05-30T08:00:00Z",
     "external_encounter_id": "E-1", "chief_complaint": "Fever", "clinical_note": "a < b & c", "severity": "mild"},
    {"visit_type": "Hospitalisation", "status": "en cours", "occurred_at": "2026-05-30"},
    {"encounter_type": "urgences", "status": "annulée", "occurred_at": "2026-05-30T23:59:59.999+01:00"},
    {"encounter_type": "طوارئ", "notes": "ألم في الصدر", "status": "مفتوح"},
    {"encounter_type": "Séance de kiné", "status": "whatever", "notes": LINES, "severity": "<b>"},
    {"encounter_type": "home visit", "status": "planned", "occurred_at": "1999-12-31"},
    {"encounter_type": "telemedicine", "notes": LONG},
    {"occurred_at": "2026-05-30T08:00:00Z", "discharged_at": "2026-05-29T08:00:00Z"},
    {"occurred_at": "2026-05-30T08:00:00Z", "discharged_at": "2026-06-02T08:00:00Z", "encounter_type": "IPD"},
    {"external_encounter_id": "  E 2 / 7 \t", "encounter_type": "   ", "chief_complaint": "\n"},
    {"encounter_type": "outpatient", "encounter": {
        "chief_complaint": "Toux",
        "diagnoses": [
            {"system": "ICD-10", "code": "B54", "display": "Malaria", "status": "active"},
            {"system": "CIM-10", "code": "J 06.9", "display": "IVRS", "status": "guéri"},
            {"system": "icd11", "code": "1F4Z"}, {"system": "SNOMED CT", "code": "61462000"},
            {"system": "ICPC-2", "code": "A73", "status": "rechute"}, {"display": "Paludisme grave"},
            {"system": "http://example.org/codes", "code": "x y  z", "display": HOSTILE},
            {"system": "urn:oid:1.2.3", "code": "7"}, {"system": "http://bad uri/é", "code": "8"},
            {"system": "our own list", "code": "M-17", "status": "suspected"},
            {"code": "R50", "status": "entered-in-error"}, {"code": " Z00  00", "status": "inactive"},
        ],
        "vitals": [
            {"name": "temperature", "value": 39.2, "unit": "C"}, {"name": "Température", "value": "38,5", "unit": "°C"},
            {"name": "temp", "value": "101.3", "unit": "F"}, {"name": "pulse", "value": "88", "unit": "bpm"},
            {"name": "FC", "value": 120}, {"name": "respiratory_rate", "value": "22", "unit": "/min"},
            {"name": "SpO2", "value": "97%"}, {"name": "spo2", "value": 97, "unit": "%"},
            {"name": "weight", "value": "70.50", "unit": "kg"}, {"name": "poids", "value": "154", "unit": "lbs"},
            {"name": "height", "value": 1.75, "unit": "m"}, {"name": "taille", "value": "175", "unit": "cm"},
            {"name": "BMI", "value": "23.0", "unit": "kg/m²"}, {"name": "head circumference", "value": "35", "unit": "cm"},
            {"name": "BP", "value": "138/86", "unit": "mmHg"}, {"name": "TA", "value": "13/8"},
            {"name": "tension", "value": "120/"}, {"name": "blood pressure", "value": "not taken"},
            {"name": "systolic", "value": "138"}, {"name": "diastolic_bp", "value": 86, "unit": "mmHg"},
            {"name": "نبض", "value": "٨٨"}, {"name": "Glasgow", "value": "15/15"}, {"name": "4548-4", "value": 6},
            {"name": "pain", "value": "severe <8>"}, {"name": "weight", "value": "1e400", "unit": "kg"},
        ]}},
]

LABS = [
    {"test_name": "HbA1c", "result_value": "9.2%", "unit": "%", "flagged": True, "flag_level": "H",
     "reference_range": "4-6", "external_lab_order_id": "L1", "interpretation": "Poor control"},
    {"test_name": "Hb", "test_code": "718-7", "result_value": "12.10", "unit": "g/dL", "occurred_at": "2026-05-30"},
    {"test_name": "Hb", "test_code": "718-8", "result_value": "-0", "unit": "g/dl"},
    {"test_name": "Malaria RDT", "result_value": "POSITIF", "flagged": "oui"},
    {"test_name": "CRP", "result_value": "< 5", "unit": "mg/L", "flagged": "non"},
    {"test_name": "CD4", "result_value": ">=1 500", "unit": "cells/µL"},
    {"test_name": "WBC", "result_value": "4,5", "unit": "10^9/L", "flag_level": "critical"},
    {"test_name": "PLT", "result_value": "5,000", "unit": "Giga/L", "flag_level": "???"},
    {"test_name": "INR", "result_value": 2.50, "flag_level": "LL"},
    {"test_name": "Glycémie", "result_value": "٥٫٦", "unit": "mmol/l"},
    {"test_name": "Culture", "result_value": HOSTILE, "interpretation": LONG, "reference_range": HOSTILE},
    {"test_name": "Groupe", "result_value": "O+", "status": "préliminaire"},
    {"test_name": "PSA", "result_value": "0012.300", "unit": "furlong", "status": "pending"},
    {"test_name": "TSH", "result_value": "1E5", "unit": "mIU/L", "occurred_at": "2026-05-30T08:00:00.123456789+05:30"},
    {"test_name": "Na", "result_value": "12345678901234567890123", "unit": "mEq/L"},
    {"test_name": "K", "result_value": "+4.1", "unit": "m mol/L", "test_code": " a  b c "},
    {"test_name": "Ca", "result_value": "2,250", "unit": "Mg", "external_lab_order_id": "L/2|,$ é"},
    {"test_name": "Mistake", "result_value": "1", "status": "entered-in-error"},
    {"test_name": "Cancelled", "result_value": "1", "status": "cancelled"},
    {"test_name": "\u200bCreat\u00adinine ", "result_value": "80", "unit": "µmol/L", "flagged": False},
]

PRESCRIPTIONS = [
    {"medication_name": "Metformin", "dose": "500 mg", "frequency": "daily", "route": "oral"},
    {"medication": "Amoxicilline", "medication_code": "J01CA04", "dose": "1 g", "frequency": "2x/j",
     "duration": "7 jours", "quantity": 14, "instructions": "après les repas", "status": "délivrée"},
    {"medication_name": "Paracetamol", "medication_code": "PARA500", "quantity": "20 cp", "status": "active"},
    {"medication_name": HOSTILE, "dose": HOSTILE, "instructions": LONG},
    {"medication_name": "Coartem", "status": "stopped", "prescribed_at": "2026-05-30"},
    {"medication_name": "Quinine", "status": "on hold", "external_prescription_id": "RX-1"},
    {"medication_name": "Ceftriaxone", "status": "expired", "quantity": "1e3"},
    {"medication_name": "إبوبروفين", "status": "ملغى", "quantity": "٣"},
    {"medication_name": "Insulin", "status": "something else", "quantity": -1, "dose": " "},
    {"medication_name": "Warfarin", "alert_type": "interaction", "severity": "high", "notes": "with aspirin"},
    {"medication_name": "Wrong", "status": "entered-in-error"},
]

TABLES = {"encounters": ENCOUNTERS, "lab-results": LABS, "prescriptions": PRESCRIPTIONS}

# Sent again with other contents: the versions before are kept.
AMENDMENTS = [
    ("lab-results", [{"test_name": "Urea", "external_lab_order_id": "AM-1", "result_value": value, "unit": "mmol/L"}
                     for value in ("5", "6.0", "see note")]),
    ("encounters", [{"external_encounter_id": "AM-2", "status": status, "occurred_at": "2026-05-01T10:00:00Z",
                     "diagnoses": [{"code": code}]}
                    for status, code in (("open", "A00"), ("closed", "A01"))]),
    ("prescriptions", [{"external_prescription_id": "AM-3", "medication_name": "Digoxin", "status": status}
                       for status in ("active", "dispensed", "entered-in-error")]),
]

PEOPLE = [
    {"first_name": "Awa Marie", "last_name": "Ndiaye", "date_of_birth": "1991-04-17", "sex": "F",
     "country_code": "SN", "phone_number": "+221771234567", "blood_type": "O+",
     "allergies": ["Penicillin", "penicilline (<rash>)", "  ", "Arachide & noix"]},
    {"first_name": "محمد", "last_name": "الأحمد", "date_of_birth": "1985", "sex": "ذكر", "country_code": "SA",
     "blood_type": "AB-", "allergies": "Latex; Iode, bee stings"},
    {"first_name": "<b>Jean</b>", "last_name": "O'Brien & \"Fils\"", "date_of_birth": "1970-11", "country_code": "CM",
     "national_id": "CM 123/45", "external_reference": "ref |,$ 1"},
    {"first_name": "Ngo", "last_name": "Bassong", "date_of_birth": "2026-05-30", "sex": "unknown",
     "address": {"line": "BP 12", "city": "Yaoundé", "district": "Mfoundi"}},
]
# One person twice, as a clerk types: an administrator merges them.
TWINS = [
    {"first_name": "Clarisse", "last_name": "Tchoumba", "date_of_birth": "1988-03-12", "sex": "female",
     "phone_number": "+237677112233", "allergies": ["Aspirin"]},
    {"first_name": "Clarice", "last_name": "Tchoumba", "date_of_birth": "1988-03-12", "sex": "female",
     "phone_number": "+237677112234", "allergies": ["Aspirine", "Ibuprofen"]},
]

CLINICS = [
    {"code": "C1", "name": "Pédiatrie", "phone": "+237 222 22 22 22", "email": "x@example.org", "isActive": True},
    {"code": "C2", "name": "عيادة الأسنان", "address": HOSTILE, "isActive": False},
    {"code": "C 3/|", "name": "<i>ENT</i>"},
]
DOCTORS = [
    {"code": "D1", "name": "Dr. Paul Biya'a", "aName": "د. بول", "licenseNumber": "LIC-1", "gender": "M",
     "specialization": "Cardiology", "clinicCodes": ["C1", "C2", "nowhere"], "idNumber": "SECRET-ID",
     "dateOfBirth": "1970-01-01"},
    {"licenseNumber": "LIC-2", "name": "Ada", "gender": "???", "clinicCodes": []},
    {"code": "D3", "name": "<Eve>", "isActive": False, "specialization": " "},
]
FILES = [{"patientNo": "P1", "name": "Binta Sow", "mobile": "+221770000001", "dateOfBirth": "1990-01-01"},
         {"patientNo": "P2", "name": "Unknown"}]
APPOINTMENTS = [
    {"patientNo": "P1", "doctorCode": "D1", "clinicCode": "C1", "date": "2026-06-15", "timeFrom": "09:00",
     "timeTo": "09:30", "status": "booked", "reason": "Toux & fièvre", "externalId": "APT 1"},
    {"patientNo": "P1", "date": "2026-06-16", "timeFrom": "10:00", "status": "cancelled"},
    {"patientNo": "P1", "date": "2026-06-17", "timeFrom": "11:00", "status": "noshow"},
    {"patientNo": "P2", "date": "2020-01-01", "timeFrom": "23:59", "timeTo": "00:10", "status": "completed"},
    {"patientNo": "P2", "doctorCode": "D3", "date": "2026-06-18", "timeFrom": "08:00", "notes": "<x>"},
]
