"""Proves the manuals: runs their shell examples in order and compares what they print.

README.md and the two of the server, one after the other, and the bridge agent's. For both, a fresh
server runs in an empty folder, on a free port that stands in for 8080, and the programs are on the
path where README.md puts them. Every ```sh block
is run in one shell; the ```json or ```text block right below it is what it must print. Tokens,
generated ids, times, durations and secrets are compared by their form alone. A comment above a
block says what else it is:

    <!-- server -->        starts the server; its greeting is compared (README.md alone)
    <!-- not run: why -->  is left alone

A ```text block that follows no command must be a line of the server's log, by its form. The table
of the configuration must agree with "opescare serve --help" both ways; --table prints it anew.
Links and the paths of the map must exist.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from checks.harness import programs
from checks.readme.running import MANUALS, README, RUNNING, name_of, run_examples


def configuration_table(binary):
    """The rows that `serve --help` asks for."""
    text = subprocess.run(
        [binary, "serve", "--help"], check=True, capture_output=True, text=True).stdout
    rows = ["| Flag | Variable | Default | Meaning |", "|---|---|---|---|"]
    lines = text.splitlines()
    for line, next_line in zip(lines, lines[1:]):
        option = re.match(r"  (--[\w-]+(?: \"[^\"]*\"| [A-Z_:]+)?)\s{2,}(.*)$", line)
        if not option:
            continue
        variable = re.match(r"\s+or (OPESCARE_\w+)$", next_line)
        if not variable:
            raise SystemExit(f"readme: no variable below: {line}")
        flag, meaning = option.groups()
        default = re.search(r" \(default ([^()]*)\)$", meaning)
        meaning = meaning[:default.start()] if default else meaning
        shown = f"`{default.group(1)}`" if default else "–"
        rows.append(f"| `{flag}` | `{variable.group(1)}` | {shown} | {meaning} |")
    if len(rows) < 5:
        raise SystemExit("readme: cannot read \"serve --help\"")
    return rows


def check_table(text, binary):
    wanted = configuration_table(binary)
    given = [line for line in text.splitlines() if re.match(r"\| `--|\| Flag ", line)]
    failures = [f"{name_of(RUNNING)} lacks the row: {row}" for row in wanted[2:] if row not in given]
    failures += [
        f"{name_of(RUNNING)} has a row that is not in --help: {row}" for row in given[1:]
        if row not in wanted]
    return failures


def check_links(document):
    """Every link to a file, and to a heading of one, leads there."""
    failures = []
    text = document.read_text(encoding="utf-8")
    for target, heading in re.findall(r"\]\(([^)#]*)(?:#([^)]+))?\)", text):
        if target.startswith("http"):
            continue
        place = document.parent / target if target else document
        headings = re.findall(r"(?m)^#+ (.+)$", place.read_text()) if place.is_file() else []
        names = [re.sub(r"[^\w -]", "", name.lower()).replace(" ", "-") for name in headings]
        if not place.exists() or heading and heading not in names:
            failures.append(f"{name_of(document)} links to {target}#{heading}: not there")
    return failures


def check_map(text):
    failures = []
    for cell in re.findall(r"(?m)^\| (`[^|]*/?`) \|", text):
        for name in re.findall(r"`([\w./-]+)`", cell):
            if "/" in name or "." in name:
                places = (programs.ROOT, programs.ROOT / "Sources")
                if not any((place / name).exists() for place in places):
                    failures.append(f"README.md maps {name}, which is not there")
    return failures


def main():
    binary = programs.server()
    if sys.argv[1:] == ["--table"]:
        print("\n".join(configuration_table(binary)))
        return 0
    failures = check_table(RUNNING.read_text(encoding="utf-8"), binary)
    failures += check_map(README.read_text(encoding="utf-8"))
    binaries = {"opescare": binary, "opescare-bridge": programs.agent()}
    for documents in MANUALS:
        for document in documents:
            failures += check_links(document)
        with tempfile.TemporaryDirectory() as folder:
            failures += run_examples(documents, Path(folder), binaries)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
