"""Published clients, unmodified, each in a Python of its own: what they read is what is there.

Backend Services need the sandbox's client with a key of its own; on a server without it their part is skipped.
"""

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

from checks.fhir.reading import CLINICAL, Reader
from checks.fhir.world import BASE, FULL
from checks.harness import programs
from checks.harness.packages import python_with

HERE = Path(__file__).with_name("programs")
SMART_CLIENT = "demo_smart_sandbox"


class User(NamedTuple):
    module: str
    packages: tuple
    # Whether it signs with a key.
    is_backend: bool = False


USERS = {
    "fhirclient": User("fhirclient", ("fhirclient",)),
    "fhirpy": User("fhirpy", ("fhirpy",)),
    "authlib": User("authlib, requests", ("authlib", "requests"), is_backend=True),
    "smart_fetch": User("smart_fetch", ("smart-fetch",), is_backend=True),
}


def run(world, folder, options):
    key = Path(world.server.data) / "keys" / f"{SMART_CLIENT}.jwks"
    facts = known(world, str(key))
    for name, user in USERS.items():
        if user.is_backend and not key.exists():
            print(f"   skipped: {name}: this server has no {SMART_CLIENT}")
            continue
        python = python_with(user.module, f"{folder}/{name}", *user.packages)
        if not python:
            print(f"   skipped: {name}: it is not installed, and pip could not fetch it")
            continue
        place = Path(folder) / f"{name}-run"
        place.mkdir()
        done = subprocess.run(
            [python, HERE / f"{name}_program.py", json.dumps(facts)], cwd=place, capture_output=True, text=True,
            timeout=300, check=False, env=programs.clean_environment() | {"NO_PROXY": "*", "no_proxy": "*"})
        world.findings.check(
            done.returncode == 0, f"{name}: {done.stdout[-1500:]} {done.stderr[-2500:]}")
        if done.returncode == 0:
            print(f"   {name}: {done.stdout.strip().splitlines()[-1]}")


def known(world, key):
    """What the programs are to find."""
    patient = world.patients[0]
    reader = Reader(world.full, world.findings)
    counts = {kind: len(reader.search(f"{kind}?patient={patient}")[0]) for kind in [*CLINICAL, "AllergyIntolerance"]}
    origin = f"http://127.0.0.1:{world.server.port}"
    return {
        "origin": origin, "base": origin + BASE, "patient": patient, "counts": counts, "retired": world.retired[0],
        "client": FULL[0], "secret": FULL[1], "smart_client": SMART_CLIENT, "key": key,
        "forbidden": world.patients[2], "token": world.server.token(FULL),
    }
