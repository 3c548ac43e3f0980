"""Runs every request that a folder of documents prints, verbatim, against a sandbox server.

The documents are plain-text renderings of web pages: code is neither fenced nor indented. Requests
in curl, Python `requests`, Node `fetch` and Java `HttpClient` are found by how they begin, and end
where their statements do. They run inside scripts/sandbox, where https://opescare.test answers.
Nothing in them is changed but placeholders, such as {access_token}; a fragment is run behind the
block of the same document that defines what it uses, or inside the smallest program around it.
http://localhost:5082 leads to the same server. A body printed under its path is posted there, and
as a list of one to the path of many. What desktop systems send to /api/healthcare is run twice: the
second answer must be "unchanged".

An answer passes when its status is the documented one, its members include those of the response
printed below the request, and their types agree. Requests to paths outside the route table of the
server are listed as `not served yet`; with --all they fail. The folder is an argument, or named by
OPESCARE_DOCUMENTS.

Exit status: 0 all passed, 1 a request failed, 2 misused, 77 this machine permits no namespaces.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from checks.examples.desktop import forward
from checks.examples.judging import judge, repeated
from checks.examples.key_sets import JWKS_CHECKS, check_key_set
from checks.examples.reading import read_document
from checks.examples.routes import issue_tokens, read_routes, scopes_of, token_for
from checks.examples.runners import RUNNERS, definitions, last_line
from checks.examples.world import DESKTOP_PORT
from checks.harness import programs


def check(folder, is_all):
    """Inside the sandbox."""
    blocks = []
    for path in sorted(Path(folder).iterdir()):
        if path.is_file():
            blocks += read_document(path)
    if not blocks:
        print(f"examples: no document in {folder} prints a request", file=sys.stderr)
        return 2
    routes, tokens = read_routes(), issue_tokens()
    forward(DESKTOP_PORT)
    rows, skipped, failures, passed = [], {}, 0, 0
    has_created = False
    for block in blocks:
        scopes = scopes_of(block, routes)
        program, runner = RUNNERS.get(block.language, (None, None))
        if scopes is None:
            verdict = "not served yet"
            failures += is_all
        elif program is None or not shutil.which(program):
            verdict = "skipped"
            reason = "not installed"
            if block.language == "php" and shutil.which("php"):
                reason = "needs Laravel"
            skipped[block.language] = reason
        else:
            creates = block.path.endswith("/patients/resolve") and "first_name" in block.source
            with tempfile.TemporaryDirectory() as name:
                answer, failure = runner(
                    block, definitions(block, blocks), token_for(scopes, tokens), Path(name))
            if answer:
                failure = judge(block, answer, creates and not has_created)
            if answer and not failure and block.path.startswith("/api/healthcare/"):
                with tempfile.TemporaryDirectory() as name:
                    again, failure = runner(block, [], "", Path(name))
                failure = failure or repeated(again)
            has_created = has_created or creates
            verdict = f"FAILED: {failure}" if failure else f"ok {answer[0]}"
            failures += bool(failure)
            passed += not failure
        rows.append((block.document, str(block.number), block.language, block.line, verdict))
    for name in JWKS_CHECKS:
        with tempfile.TemporaryDirectory() as folder:
            failure = check_key_set(name, tokens[0][0], Path(folder))
        if failure is None:
            skipped[name] = "not installed"
            verdict = "skipped"
        else:
            verdict = f"FAILED: {failure}" if failure else "ok"
            failures += bool(failure)
        rows.append(("(token by key set)", "-", name, "GET /.well-known/jwks.json", verdict))
    print_table(rows)
    for name, reason in sorted(skipped.items()):
        print(f"skipped: {name} ({reason})")
    if not passed:
        print("examples: not one printed request ran", file=sys.stderr)
        return 1
    print(f"{passed} printed requests passed, {failures} failed")
    return 1 if failures else 0


def print_table(rows):
    rows = [("DOCUMENT", "BLOCK", "LANGUAGE", "REQUEST", "VERDICT")] + rows
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths)]
        print("  ".join(cells + [row[4]]))


def make_environment(folder):
    """A Python that has `requests` and the JWT libraries; fetched while there is a network."""
    needed = {"requests": "requests", "jwt": "PyJWT[crypto]", "joserfc": "joserfc"}
    if all(importlib.util.find_spec(module) for module in needed):
        return sys.executable
    python = folder / "venv/bin/python"
    steps = [
        [sys.executable, "-m", "venv", "--system-site-packages", str(folder / "venv")],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         *needed.values()],
    ]
    for words in steps:
        result = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if result.returncode != 0:
            print(f"examples: {last_line(result.stderr)}", file=sys.stderr)
            break
    python = str(python) if python.exists() else sys.executable
    if subprocess.run([python, "-c", "import requests"], capture_output=True).returncode != 0:
        raise SystemExit("examples: Python has no `requests`, and pip could not fetch it")
    return python


def main():
    words = sys.argv[1:]
    is_all = "--all" in words
    is_inside = "--inside" in words
    folders = [word for word in words if not word.startswith("--")]
    if not folders and "OPESCARE_DOCUMENTS" not in os.environ:
        print("   OPESCARE_DOCUMENTS names no folder of documents")
        return 77
    folder = folders[0] if folders else os.environ["OPESCARE_DOCUMENTS"]
    if len(folders) > 1 or not Path(folder).is_dir():
        print(f"examples: {' '.join(folders) or folder} is not a folder: [--all] FOLDER", file=sys.stderr)
        return 2
    if is_inside:
        return check(folder, is_all)
    with tempfile.TemporaryDirectory() as name:
        python = make_environment(Path(name))
        words = [str(programs.ROOT / "scripts/sandbox"), python, "-m", "checks.examples", "--inside"]
        words += ["--all"] if is_all else []
        return subprocess.run(words + [folder]).returncode


if __name__ == "__main__":
    sys.exit(main())
