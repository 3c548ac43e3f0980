"""smart-fetch: Backend Services by /.well-known/smart-configuration, then a bulk export and a crawl."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

FACTS = json.loads(sys.argv[1])
SIGN = ["--fhir-url", FACTS["base"], "--smart-client-id", FACTS["smart_clients"][0], "--smart-key", FACTS["key"],
        "--type"]


def fetch(how, types, *words):
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from smart_fetch.cli.main import main_cli; main_cli()", how, how, *SIGN, types, *words],
        capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{how}: {done.stdout[-1500:]} {done.stderr[-1500:]}"
    found = {}
    for path in Path(how).rglob("*.ndjson*"):
        reading = gzip.open if path.suffix == ".gz" else open
        with reading(path, "rt", encoding="utf-8") as file:
            for line in file:
                resource = json.loads(line)
                # Its log is beside the resources.
                if "resourceType" in resource:
                    found.setdefault(resource["resourceType"], set()).add(resource["id"])
    return found


def main():
    """Both find what is there; a crawl starts from patients that it knows."""
    for how in ("cohort", "crawl", "bulk"):
        Path(how).mkdir()
    Path("cohort/Patient.ndjson").write_text(json.dumps({"resourceType": "Patient", "id": FACTS["patient"]}) + "\n")
    found = {"crawl": fetch("crawl", ",".join(FACTS["counts"]), "--source-dir", "cohort")}
    if FACTS["can_export"]:
        found["bulk"] = fetch("bulk", ",".join(["Patient", *FACTS["counts"]]))
        assert FACTS["patient"] in found["bulk"]["Patient"]
    for how, resources in found.items():
        for name, count in FACTS["counts"].items():
            # An export has other patients too.
            assert len(resources.get(name, ())) >= count, (how, name, count, {one: len(ids) for one, ids in resources.items()})
    print("; ".join(how + " " + ", ".join(f"{len(ids)} {name}" for name, ids in sorted(resources.items()))
                    for how, resources in found.items()))


main()
