"""FHIR R4, as clients in the field read it: a sandbox full of what real programs push, read in every way.

Parts, which --only chooses: `reads` (every search, page, version and history; two validators judge every
answer), `clients` (published FHIR clients, unmodified), `consent` (planted markers, under each combination of
client and consent), `fuzz` (mutated queries and paths). Validators and clients come from PyPI; what cannot be
had is skipped, and said so.
Exit status: 0 all right, 1 something is not.
"""

import argparse
import tempfile

from checks.fhir import fuzz, markers, users
from checks.fhir.judging import judge_all
from checks.fhir.asking import ask_in_many_ways, follow_references
from checks.fhir.reading import Reader, read_everything
from checks.fhir.world import World
from checks.harness import programs
from checks.harness.verdict import Findings

PARTS = ["reads", "clients", "consent", "fuzz"]


def reads(world, folder, options):
    # Of the audit log too, where the server knows the scope for it, which * does not stand for.
    scopes = "patient:read patient:diagnostics:read consents:read appointments:read"
    caller = world.register("fhir_auditor", scopes + " system/AuditEvent.rs") or world.register("fhir_reader", scopes)
    for patient in world.patients[:2] + world.patients[4:]:
        world.grant(caller, patient)
    heard = []
    for one in (world.full, caller):
        reader = Reader(one, world.findings)
        counts = read_everything(reader, world.patients, world.retired)
        ask_in_many_ways(reader, world.patients[0])
        follow_references(reader)
        heard += reader.heard
    print("   read: " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    judge_all(heard, folder, world.findings)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS, action="append", help="these parts alone")
    parser.add_argument("--records", type=int, default=150, help="records of chance (default 150)")
    parser.add_argument("--requests", type=int, default=10_000, help="mutated requests (default 10000)")
    options = programs.options(parser)
    findings = Findings()
    with tempfile.TemporaryDirectory() as folder:
        world = World(options.program, folder + "/data", findings, options.seed, options.records)
        try:
            world.seed()
            for name, part in zip(PARTS, (reads, users.run, markers.run, fuzz.run)):
                if not options.only or name in options.only:
                    part(world, folder, options)
        finally:
            world.server.stop()
    findings.end("fhir")


if __name__ == "__main__":
    main()
