"""What is asked in many ways, what is refused, and where references lead."""


def follow_references(reader):
    """What a resource refers to is there, or is withheld."""
    found = set()
    for _, resource in list(reader.heard):
        collect_references(resource, found)
    # Beginning with # it is a resource within the same one.
    for reference in sorted(one for one in found if not one.startswith("#")):
        reader.get(reference, 200, 403)


def collect_references(value, found):
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            found.add(value["reference"])
        for each in value.values():
            collect_references(each, found)
    elif isinstance(value, list):
        for each in value:
            collect_references(each, found)


QUERIES = [
    "Patient?identifier={}", "Patient?identifier=https://opescare.com/fhir/health-id%7C{}", "Patient?_id={}",
    "Patient?family=Ndiaye&given=Awa%20Marie&birthdate=1991-04-17", "Patient?phone=%2B221771234567",
    "Patient?identifier={}&gender=female", "Observation?patient=Patient/{}&category=vital-signs",
    "Observation?subject={}&code=http://loinc.org%7C8310-5,http://loinc.org%7C85354-9&_sort=date",
    "Observation?patient={}&date=ge2026-05-30&date=lt2026-06-01", "Observation?patient={}&code=http://loinc.org%7C882-1",
    "Condition?patient={}&clinical-status=active", "Condition?patient={}&code=B54", "Encounter?patient={}&date=2026-05",
    "MedicationRequest?patient={}&status=active", "DiagnosticReport?patient={}&status=final&_sort=-_lastUpdated",
    "Consent?patient={}&status=active", "Practitioner?name=paul", "Organization?identifier=FAC-001",
    "Location?name=p", "Observation?patient={}&nonsense=1", "Observation?patient={}&_lastUpdated=gt2020&_format=json",
]
# Refused, each with its status.
REFUSED = [
    ("Patient", 400), ("Patient?gender=male", 400), ("Observation", 400), ("Observation?patient={}&date=yesterday", 400),
    ("Observation?patient={}&_sort=code", 400), ("Observation?patient=nobody", 422), ("Patient/CM-HID-0000-0000-0000", 404),
    ("Observation/lab-nothing", 404), ("Observation?patient={}&code:text=a", 400), ("Nonsense", 404), ("Nonsense/1", 404),
    ("Observation?patient={}&_cursor=abc", 400), ("Immunization/1", 404), ("Patient/_history", 404),
]


def ask_in_many_ways(reader, patient):
    for query in QUERIES:
        reader.search(query.format(patient))
    for query, status in REFUSED:
        reader.get(query.format(patient), status)
    reader.get(f"Observation?patient={patient}&nonsense=1", 400, Prefer="handling=strict")
