"""Published clients, unmodified, each in a Python of its own: what they read is what is there.

Backend Services are tried with a client that has a key, made from the sandbox's; on a server without it their
part is skipped.
"""

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

from checks.fhir.reading import CLINICAL, Reader
from checks.fhir.world import BASE, FULL
from checks.harness import live, programs
from checks.harness.packages import python_with

HERE = Path(__file__).with_name("programs")
SANDBOX_CLIENT, BACKEND_CLIENT = "demo_smart_sandbox", "fhir_backend"
PUBLIC = {"kty", "use", "alg", "kid", "n", "e", "crv", "x", "y"}


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
    key = Path(world.server.data) / "keys" / f"{SANDBOX_CLIENT}.jwks"
    facts = known(world, folder)
    if key.exists():
        make_backend(world, key, folder)
    if not facts["can_export"]:
        print("   skipped: bulk export: this server has no $export")
    for name, user in USERS.items():
        if user.is_backend and not key.exists():
            print(f"   skipped: {name}: this server has no {SANDBOX_CLIENT}")
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


def make_backend(world, key, folder):
    """A client that signs with the sandbox's keys, and may read two patients."""
    client = world.register(BACKEND_CLIENT, "system/*.rs system:export consents:write")
    for patient in world.patients[:2]:
        world.grant(client, patient)
    keys = json.loads(key.read_text(encoding="utf-8"))["keys"]
    public = Path(folder) / "public.jwks"
    public.write_text(json.dumps(
        {"keys": [{name: value for name, value in each.items() if name in PUBLIC} for each in keys]}))
    private = Path(folder) / "private.jwks"
    private.write_text(json.dumps({"keys": keys}))
    status, _, complaint = live.command(
        world.program, "client", "keys", BACKEND_CLIENT, str(public), data=world.server.data)
    world.findings.check(status == 0, f"client keys: {complaint}")


def known(world, folder):
    """What the programs are to find."""
    patient = world.patients[0]
    reader = Reader(world.full, world.findings)
    counts = {kind: len(reader.search(f"{kind}?patient={patient}")[0]) for kind in [*CLINICAL, "AllergyIntolerance"]}
    origin = f"http://127.0.0.1:{world.server.port}"
    return {
        "origin": origin, "base": origin + BASE, "patient": patient, "counts": counts, "retired": world.retired[0],
        "client": FULL[0], "secret": FULL[1], "smart_clients": [BACKEND_CLIENT, SANDBOX_CLIENT], "key": folder + "/private.jwks",
        "forbidden": world.patients[2], "token": world.server.token(FULL),
        "can_export": b'"export"' in world.full.fhir("metadata").body,
    }
