"""Every check there is, in the order in which they run. The tests come last, so that their summary ends the
output.

A check is the file or folder of its name beside this one, run as `python3 -m checks.NAME`, or a command.
What it proves, and what options it takes, stand at the beginning of its file.
"""

from typing import NamedTuple


class Check(NamedTuple):
    name: str
    line: str
    # The options of every run; `None` when it takes too long for that.
    fast: tuple | None = ()
    # The options of its full rounds; `None` when there are no others.
    slow: tuple | None = None
    # Whether continuous integration runs a share of it by turns, with --seconds and --seed.
    turns: bool = False
    # The name of its step, where that is another one.
    step: str | None = None
    command: tuple | None = None


SWIFT = ("Package.swift", "Sources", "Tests", "migrations", "benchmarks")
# Whole-module optimization finds mistakes that a debug build does not.
BUILD = "source scripts/requirements.sh; swift build --build-tests --quiet; " \
    "build_release --quiet; build_bridge --quiet"

CHECKS = [
    Check("format", "The sources are in the project's format.",
          command=("swift", "format", "lint", "--strict", "--recursive", *SWIFT)),
    Check("leftovers", "No word marks unfinished work, no path is somebody's own."),
    Check("syntax", "Scripts can be read, are executable, and are clean.", step="scripts"),
    Check("build", "Everything builds, in debug and in release.", command=("bash", "-ec", BUILD)),
    Check("documents", "What is made of the sources is made of these.",
          command=("scripts/openapi", "--check")),
    Check("migrations", "The schema for PostgreSQL is made of the one for SQLite.",
          command=("scripts/schema", "--check")),
    Check("methods", "The methods of our own clients are those of openapi.yaml.",
          command=("scripts/sdk", "--check")),
    Check("openapi", "The OpenAPI documents are valid.", step="openapi.yaml"),
    Check("clients", "Clients generated from openapi.json do the quickstart."),
    Check("sdk", "Our own clients store once what they push, whatever happens on the way."),
    Check("docs", "The examples of /docs print what the page shows, in every language."),
    Check("readme", "The examples of the manuals print what they show.", step="manuals"),
    Check("sdk_paths", "All that published SDKs call, with the tokens that their pages print."),
    Check("smart", "Authlib gets tokens by signed assertions, with the keys that a sandbox makes."),
    Check("admin", "The panel in a real browser, by keyboard, in two languages, with hostile names."),
    Check("widget", "The widget in a real browser, in another site's page, in three languages."),
    Check("webhooks", "Webhooks arrive, signed, in spite of bad receivers and kill -9."),
    Check("http", "Raw bytes: each has one right answer and one right end of the connection.",
          fast=None, slow=(), turns=True),
    Check("input", "Bad input on every route, by tables and by mutations.",
          fast=None, slow=(), turns=True),
    Check("crash", "Kills a busy server and looks what is left.",
          fast=None, slow=(), turns=True),
    Check("faults", "Full disks, damaged files, signals, slow clients, stuck logs; memory and start.",
          fast=("--only", "hostile_bodies"), slow=(), turns=True),
    Check("sequences", "The whole API in orders of chance, beside intruders and backups.",
          slow=("--seconds", "300"), turns=True),
    Check("cluster", "Two servers on PostgreSQL, whose primary is killed and whose standby is promoted.",
          fast=("--rounds", "4", "--within", "20", "--health", "2"), slow=("--rounds", "50")),
    Check("moving", "A registry moves to PostgreSQL and back, killed on the way, and is the same.",
          fast=("--patients", "5000", "--kills", "3", "--longest", "0.2"), slow=("--kills", "12")),
    Check("bridge", "The agent loses nothing and sends nothing twice, whatever is killed.",
          fast=("--rounds", "2"), slow=("--rounds", "20", "--big", "200")),
    Check("files", "What spreadsheets and old programs write comes with the meaning it had.",
          fast=("--people", "1500"), slow=("--people", "5000")),
    Check("schema", "Server and documents agree, as schemathesis tries them."),
    Check("fhir", "FHIR as validators and published clients read it, under every consent, and mutated.",
          fast=("--records", "50", "--requests", "2000"), slow=("--records", "1500")),
    Check("examples", "Requests that the documents in OPESCARE_DOCUMENTS print, verbatim.",
          step="their examples"),
    Check("matching", "No false link and enough recall, on FEBRL's data and a million people."),
    Check("postgres", "The tests of stores and endpoints once more, on PostgreSQL where there is one.",
          fast=None, slow=(), command=("scripts/test", "--postgres", "--skip-build")),
    Check("tests", "The tests of the package.", command=("swift", "test", "--skip-build")),
]
