"""Resources as systems in the field send them, with what no column of ours holds: all are taken, and what is
read of them must be FHIR too."""

XHTML = '<div xmlns="http://www.w3.org/1999/xhtml"><table><tr><td>Hb</td><td>12&#160;g/dL</td></tr></table></div>'
VITAL = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}
LABORATORY = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}
UCUM = "http://unitsofmeasure.org"


def loinc(code, **more):
    return {"coding": [{"system": "http://loinc.org", "code": code}], **more}


def quantity(value, unit):
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


RECORDS = [
    {"resourceType": "Encounter", "status": "finished", "language": "fr",
     "meta": {"profile": ["http://example.org/p"], "tag": [{"system": "urn:x", "code": "t"}],
              "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]},
     "text": {"status": "generated", "div": XHTML},
     "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
     "type": [{"text": "Urgences"}, {"coding": [{"system": "http://snomed.info/sct", "code": "50849002"}]}],
     "serviceProvider": {"reference": "#o", "display": "Ward 3"},
     "contained": [{"resourceType": "Organization", "id": "o", "name": "Ward 3"}],
     "period": {"start": "2026-05-30T08:00:00+01:00", "end": "2026-05-30T09:00:00+01:00"},
     "reasonCode": [{"text": "Fever"}, {"text": "Cough"}], "identifier": [{"system": "urn:x", "value": "1"}]},
    {"resourceType": "Observation", "status": "final", "category": [LABORATORY], "code": loinc("718-7", text="Hb"),
     "effectivePeriod": {"start": "2026-05-30", "end": "2026-05-31"}, "valueQuantity": quantity(12.10, "g/dL"),
     "specimen": {"reference": "#s"}, "contained": [{"resourceType": "Specimen", "id": "s", "type": {"text": "Blood"}}],
     "referenceRange": [{"low": quantity(12.5, "g/dL"), "high": quantity(16, "g/dL")}, {"text": "children: 11"}],
     "interpretation": [{"coding": [{
         "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "L"}]}],
     "note": [{"text": "mild"}, {"text": "again"}], "identifier": [{"system": "urn:x", "value": "2"}]},
    {"resourceType": "Observation", "status": "final", "category": [LABORATORY],
     "code": {"coding": [{"system": "urn:oid:1.2.3", "code": "X"}]},
     "dataAbsentReason": {"coding": [{
         "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "not-performed"}]}},
    {"resourceType": "Observation", "status": "final", "category": [LABORATORY], "code": {"text": "ECG"},
     "focus": [{"display": "the fetus"}],
     "valueSampledData": {"origin": {"value": 0}, "period": 10, "dimensions": 1, "data": "1 2 3"}},
    {"resourceType": "Observation", "status": "final", "category": [VITAL], "code": loinc("85354-9"),
     "effectiveDateTime": "2026-05-30T08:00:00Z",
     "component": [{"code": loinc("8480-6"), "valueQuantity": quantity(138, "mm[Hg]")},
                   {"code": loinc("8462-4"), "dataAbsentReason": {"text": "not heard"}}]},
    {"resourceType": "Observation", "status": "final", "category": [VITAL], "code": loinc("8480-6"),
     "effectiveDateTime": "2026-05-30T08:00:00Z", "valueQuantity": quantity(138, "mm[Hg]")},
    {"resourceType": "Observation", "status": "preliminary", "category": [VITAL], "code": loinc("8310-5", text="Temp"),
     "effectiveDateTime": "2026-05-30T08:00:00Z", "valueQuantity": quantity(38.50, "Cel")},
    {"resourceType": "MedicationRequest", "status": "active", "intent": "order",
     "medicationReference": {"reference": "#m"},
     "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "Amoxicillin"},
                    "ingredient": [{"itemCodeableConcept": {"text": "Amoxicillin"}}]}],
     "dosageInstruction": [{"doseAndRate": [{"doseQuantity": quantity(500, "mg")}]}, {"text": "at night: 1 g"}]},
    {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "text": {"status": "generated", "div": XHTML},
     "medicationCodeableConcept": {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "308182"}]}},
    {"resourceType": "Condition", "code": {"text": "Malaria"}, "recordedDate": "2026-05-30T08:00:00Z",
     "clinicalStatus": {"coding": [{
         "system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "resolved"}]},
     "abatementDateTime": "2026-06", "extension": [{"url": "http://example.org/x", "valueString": "y"}]},
    {"resourceType": "DiagnosticReport", "status": "partial", "code": {"text": "Film"}, "conclusion": "x"},
    {"resourceType": "AllergyIntolerance", "code": {"text": "Penicillin"}, "criticality": "high",
     "category": ["medication"], "reaction": [{"manifestation": [{"text": "rash"}], "severity": "severe"}],
     "verificationStatus": {"coding": [{
         "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "code": "confirmed"}]},
     "onsetString": "May", "note": [{"text": "told by her mother"}], "meta": {"tag": [{"code": "t"}]}},
]

PERSON = {
    "resourceType": "Patient", "language": "fr", "text": {"status": "generated", "div": XHTML},
    "meta": {"tag": [{"system": "urn:x", "code": "t"}]},
    "identifier": [{"system": "https://example.org/mrn", "value": "M-1", "period": {"start": "2020"}}],
    "name": [{"use": "official", "family": "Nkolo", "given": ["Awa", "Marie"], "prefix": ["Dr"]},
             {"use": "maiden", "family": "Fouda"}],
    "telecom": [{"system": "phone", "value": "+237677001199", "use": "mobile"}, {"system": "email", "value": "a@example.org"}],
    "gender": "female", "birthDate": "1968-04-02", "deceasedDateTime": "2026-05-30T23:30:00+01:00",
    "address": [{"use": "home", "city": "Douala", "country": "CM"}, {"use": "work", "city": "Edéa"}],
    "maritalStatus": {"text": "married"}, "multipleBirthInteger": 2,
    "contact": [{"name": {"text": "Paul"}, "telecom": [{"system": "phone", "value": "+237677001198"}]}],
    "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "fr"}]}}],
    "managingOrganization": {"reference": "#o"}, "contained": [{"resourceType": "Organization", "id": "o", "name": "Clinique"}],
}
