"""Every way to read what is there, and what the answers owe each other.

Whatever is answered goes to `heard`, which the validators judge afterwards.
"""

from urllib.parse import quote, urlsplit

from checks.fhir.world import BASE

CLINICAL = ["Encounter", "Condition", "Observation", "DiagnosticReport", "MedicationRequest"]
OF_PATIENT = [*CLINICAL, "AllergyIntolerance", "Immunization", "Consent", "Appointment", "AuditEvent"]
# What a search without a patient is made by.
LISTED = {"Organization": "", "Location": "", "Practitioner": "", "PractitionerRole": "",
          "Appointment": "date=ge2000-01-01"}
VERSIONED = {"Patient", *CLINICAL, "AllergyIntolerance"}
FORMAT = "application/fhir+json; charset=utf-8"
# Of these only the first so many are read by id.
READ_ONE_BY_ONE = 400


class Reader:
    def __init__(self, caller, findings):
        self.caller = caller
        self.findings = findings
        self.heard = []

    def get(self, path, *statuses, **fields):
        answer = self.caller.fhir(path, **fields)
        return self.note(path, answer, statuses or (200,))

    def note(self, path, answer, statuses):
        check = self.findings.check
        check(answer.status in statuses, f"{path}: {answer.status} {answer.body[:300]!r}")
        if answer.status == 304:
            check(not answer.body, f"{path}: 304 has a body")
            return answer, {}
        check(answer.field("Content-Type") == FORMAT, f"{path}: {answer.field('Content-Type')}")
        try:
            resource = answer.json()
        except ValueError:
            check(False, f"{path}: no JSON: {answer.body[:200]!r}")
            return answer, {}
        check(answer.status < 400 or resource.get("resourceType") == "OperationOutcome", f"{path}: {resource}")
        self.heard.append((path, resource))
        return answer, resource

    # MARK: Searches

    def search(self, path):
        """All pages of a search: its matches by id, and its remarks."""
        matches, remarks, count, total, following = {}, [], 0, None, path
        while following:
            _, bundle = self.get(following)
            if total is None:
                total = bundle.get("total")
                links = {link["relation"]: link["url"] for link in bundle.get("link", [])}
                self.findings.check("self" in links, f"{path}: no self link")
            self.findings.check(bundle.get("total") == total, f"{following}: total changes from page to page")
            for entry in bundle.get("entry", []):
                mode = entry.get("search", {}).get("mode")
                if mode == "match":
                    count += 1
                    matches[entry["resource"]["id"]] = entry["resource"]
                    self.findings.check(
                        entry["fullUrl"].endswith(f"{BASE}/{entry['resource']['resourceType']}/{entry['resource']['id']}"),
                        f"{path}: {entry['fullUrl']}")
                elif mode == "outcome":
                    remarks += entry["resource"]["issue"]
            following = self.next(bundle)
        self.findings.check(
            total == count == len(matches), f"{path}: total {total}, {count} entries, {len(matches)} ids")
        return matches, remarks

    @staticmethod
    def next(bundle):
        for link in bundle.get("link", []):
            if link["relation"] == "next":
                url = urlsplit(link["url"])
                return url.path.removeprefix(BASE + "/") + "?" + url.query
        return None

    def search_each_way(self, kind, query):
        """Whole, in small pages, counted, by a form: each finds the same."""
        path = f"{kind}?{query}"
        whole, _ = self.search(path + "&_count=500")
        pages, _ = self.search(path + "&_count=7")
        same = self.findings.check
        same(whole == pages, f"{path}: pages differ from the whole")
        for counting in ("_summary=count", "_count=0"):
            _, counted = self.get(f"{path}&{counting}")
            modes = {entry["search"]["mode"] for entry in counted.get("entry", [])}
            same(counted.get("total") == len(whole) and modes <= {"outcome"}, f"{path}&{counting}: {str(counted)[:200]}")
        answer = self.caller.form(kind, query + "&_count=500")
        _, formed = self.note(f"POST {kind}/_search {query}", answer, (200,))
        found = [each["resource"]["id"] for each in formed.get("entry", []) if each["search"]["mode"] == "match"]
        same(found == list(whole)[:500], f"{path}: a form finds {len(found)} of {len(whole)}")
        return whole

    # MARK: One by one

    def read_each_way(self, kind, resource):
        path = f"{kind}/{resource['id']}"
        same = self.findings.check
        answer, alone = self.get(path)
        same(alone == resource, f"{path}: read alone it is {alone}, in a list {resource}")
        version, tag = resource.get("meta", {}).get("versionId"), answer.field("ETag")
        same(tag == (f'W/"{version}"' if version else None), f"{path}: ETag {tag}, version {version}")
        if tag:
            same(bool(answer.field("Last-Modified")), f"{path}: no Last-Modified")
            self.get(path, 304, If_None_Match=tag)
        same(list(self.search(f"{kind}?_id={resource['id']}")[0]) == [resource["id"]], f"{kind}?_id: not {path}")
        if kind not in VERSIONED:
            self.get(path + "/_history", 404, 405)
            return
        _, again = self.get(f"{path}/_history/{version}")
        same(again == resource, f"{path}: as a version it is {again}")
        self.get(f"{path}/_history/999", 404)
        self.read_history(path, resource)

    def read_history(self, path, resource):
        same = self.findings.check
        _, history = self.get(path + "/_history")
        entries = history.get("entry", [])
        versions = [entry["resource"]["meta"]["versionId"] for entry in entries]
        same(history.get("type") == "history" and history.get("total") == len(entries), f"{path}: history's total")
        same(versions[:1] == [resource["meta"]["versionId"]], f"{path}: history begins with {versions[:1]}")
        for entry in entries:
            _, kept = self.get(f"{path}/_history/{entry['resource']['meta']['versionId']}")
            same(kept == entry["resource"], f"{path}: a version is another in the history")


def read_everything(reader, patients, retired):
    """- Returns: how many resources of each type there are."""
    counts = {}
    reader.get("metadata")
    for patient in patients:
        _, resource = reader.get(f"Patient/{quote(patient)}")
        read_patient(reader, counts, resource)
    for patient in retired:
        _, shown = reader.get(f"Patient/{quote(patient)}")
        reader.findings.check(shown.get("active") is False and "link" in shown, f"a retired id reads as {shown}")
    for kind, query in LISTED.items():
        read_type(reader, counts, kind, query)
    return counts


def read_patient(reader, counts, resource):
    patient = resource.get("id", "")
    counts["Patient"] = counts.get("Patient", 0) + 1
    reader.read_each_way("Patient", resource)
    for kind in OF_PATIENT:
        if reader.caller.fhir(f"{kind}?patient={patient}&_count=0").status == 200:
            read_type(reader, counts, kind, f"patient={patient}")
        else:
            reader.get(f"{kind}?patient={patient}", 403)


def read_type(reader, counts, kind, query):
    if kind == "AuditEvent":
        read_log(reader, counts, query)
        return
    found = reader.search_each_way(kind, query)
    counts[kind] = counts.get(kind, 0) + len(found)
    for resource in list(found.values())[:READ_ONE_BY_ONE]:
        reader.read_each_way(kind, resource)


def read_log(reader, counts, query):
    """Each look at it is told of in it, so that no two find the same."""
    _, bundle = reader.get(f"AuditEvent?{query}&date=ge2020&_count=500")
    events = [entry["resource"] for entry in bundle.get("entry", []) if entry["search"]["mode"] == "match"]
    counts["AuditEvent"] = counts.get("AuditEvent", 0) + len(events)
    for event in events[:20]:
        _, alone = reader.get(f"AuditEvent/{event['id']}")
        reader.findings.check(alone == event, f"AuditEvent/{event['id']}: read alone it is {alone}, in a list {event}")
