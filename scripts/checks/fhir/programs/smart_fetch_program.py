"""smart-fetch: Backend Services by /.well-known/smart-configuration, then a bulk export and a crawl."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

FACTS = json.loads(sys.argv[1])
TYPES = "Patient,Encounter,Condition,Observation,DiagnosticReport,MedicationRequest,AllergyIntolerance"
SIGN = ["--fhir-url", FACTS["base"], "--smart-client-id", FACTS["smart_client"], "--smart-key", FACTS["key"], "--type", TYPES]


def fetch(how, *words):
    done = subprocess.run(
        [sys.executable, "-c", "from smart_fetch.cli.main import main; main()", how, how, *SIGN, *words],
        capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{how}: {done.stdout[-1500:]} {done.stderr[-1500:]}"
    found = {}
    for path in Path(how).rglob("*.ndjson*"):
        reading = gzip.open if path.suffix == ".gz" else open
        with reading(path, "rt", encoding="utf-8") as file:
            for line in file:
                resource = json.loads(line)
                found.setdefault(resource["resourceType"], set()).add(resource["id"])
    return found


def main():
    Path("bulk").mkdir()
    Path("crawl").mkdir()
    bulk = fetch("bulk")
    assert FACTS["patient"] in bulk.get("Patient", ()), {name: len(ids) for name, ids in bulk.items()}
    crawled = fetch("crawl", "--source-dir", "bulk")
    assert FACTS["patient"] in crawled.get("Patient", ()), {name: len(ids) for name, ids in crawled.items()}
    print("exported " + ", ".join(f"{len(ids)} {name}" for name, ids in sorted(bulk.items())))


main()
