"""fhirpy, with and without asyncio."""

import asyncio
import json
import sys

from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import ForbiddenError, ResourceNotFound

FACTS = json.loads(sys.argv[1])
AUTHORIZATION = "Bearer " + FACTS["token"]


def blocking():
    client = SyncFHIRClient(FACTS["base"], authorization=AUTHORIZATION)
    assert client.execute("metadata", method="get")["fhirVersion"] == "4.0.1"
    person = client.get("Patient", FACTS["patient"])
    assert person.id == FACTS["patient"] and person.get_by_path(["name", 0, "family"])
    found = client.resources("Patient").search(identifier=FACTS["patient"])
    assert found.get().id == FACTS["patient"] and found.count() == 1 and found.first().id == FACTS["patient"]
    assert client.reference("Patient", FACTS["patient"]).to_resource().id == FACTS["patient"]
    for name, count in FACTS["counts"].items():
        search = client.resources(name).search(patient=FACTS["patient"])
        # `_total`, `_summary` and `_count` as it asks for a count.
        assert search.count() == count, (name, search.count(), count)
        whole = [one for one in search.limit(6).fetch_all() if one.resource_type == name]
        assert len({one.id for one in whole}) == len(whole) == count, (name, len(whole), count)
        assert [one.id for one in search.limit(4)][:count] == [one.id for one in whole], name
        assert json.dumps(client.get(name, whole[0].id)) == json.dumps(whole[0]), name
    try:
        client.get("Observation", "lab-nothing")
        raise AssertionError("a resource that is not there is found")
    except ResourceNotFound:
        pass
    try:
        client.resources("Observation").search(patient=FACTS["forbidden"]).fetch()
        raise AssertionError("a withheld list is shown")
    except ForbiddenError as refused:
        assert json.loads(str(refused))["issue"][0]["code"] == "forbidden", refused


async def waiting():
    client = AsyncFHIRClient(FACTS["base"], authorization=AUTHORIZATION)
    for name, count in FACTS["counts"].items():
        search = client.resources(name).search(patient=FACTS["patient"]).limit(5)
        whole = [one async for one in search if one.resource_type == name]
        assert len(whole) == count, (name, len(whole), count)


blocking()
asyncio.run(waiting())
print(f"read {FACTS['counts']}")
