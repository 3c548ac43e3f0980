"""SMART's client for Python: it finds the token endpoint in /metadata, and signs in with its secret."""

import json
import sys

from fhirclient import client
from fhirclient.models import (
    allergyintolerance, condition, diagnosticreport, encounter, medicationrequest, observation, patient)
from fhirclient.server import FHIRNotFoundException, FHIRPermissionDeniedException

FACTS = json.loads(sys.argv[1])
TYPES = {
    "AllergyIntolerance": allergyintolerance.AllergyIntolerance, "Condition": condition.Condition,
    "DiagnosticReport": diagnosticreport.DiagnosticReport, "Encounter": encounter.Encounter,
    "MedicationRequest": medicationrequest.MedicationRequest, "Observation": observation.Observation,
}
smart = client.FHIRClient(settings={
    "app_id": FACTS["client"], "app_secret": FACTS["secret"], "api_base": FACTS["base"],
    "scope": "patient:read patient:diagnostics:read", "patient_id": FACTS["patient"]})


def main():
    smart.prepare()
    smart.authorize()
    assert smart.ready
    assert smart.server.capabilityStatement.fhirVersion == "4.0.1"
    person = patient.Patient.read(FACTS["patient"], smart.server)
    assert person.as_json() == smart.patient.as_json()
    assert smart.human_name(person.name[0])
    found = patient.Patient.where({"identifier": FACTS["patient"]}).perform_resources(smart.server)
    assert [one.id for one in found] == [FACTS["patient"]]
    retired = patient.Patient.read(FACTS["retired"], smart.server)
    assert retired.active is False and retired.link[0].type == "replaced-by"
    for name, kind in TYPES.items():
        search = kind.where({"patient": FACTS["patient"], "_count": "6"})
        ids = [one.id for one in search.perform_resources_iter(smart.server)
               if one.resource_type == name]
        assert len(ids) == len(set(ids)) == FACTS["counts"][name], (name, len(ids), FACTS["counts"])
        assert kind.read(ids[0], smart.server).id == ids[0]
    fails(FHIRNotFoundException, lambda: observation.Observation.read("lab-nothing", smart.server))
    fails(FHIRPermissionDeniedException, lambda: observation.Observation.where(
        {"patient": FACTS["forbidden"]}).perform(smart.server))
    print(f"read {FACTS['counts']}")


def fails(error, call):
    try:
        call()
    except error:
        return
    raise AssertionError(f"{error.__name__} was not raised")


main()
