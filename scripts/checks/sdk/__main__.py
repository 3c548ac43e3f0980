"""Our own clients against a fresh server, through a proxy that fails as networks do.

Each language that is installed fetches its client from /sdk, does the quickstart, pushes four lab
results, grants four consents and books four appointments. Of each four the first meets a 401, the second a 429
with Retry-After, the third a connection that is reset after the request was sent and the fourth a 503. It reads
the results back page by page under a consent, and verifies deliveries. Four of each kind must be stored, each
write under one idempotency key of its own. Then a page does the same in a browser, and tools look at the
oldest versions that the clients say they run on, and at their types.
Exit status: 0 all right, 1 something is not, 77 nothing could run.
"""

import shutil
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import closing
from pathlib import Path

from checks.docs.deliveries import deliveries
from checks.harness import live, programs
from checks.sdk import in_browser, versions
from checks.sdk.pushing import WriteProxy
from checks.sdk.users import USERS, printed

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def missing(tools):
    """What of a language is not installed; empty when everything is."""
    if not shutil.which(tools[0]):
        return tools[0]
    done = subprocess.run(tools, capture_output=True, check=False) if len(tools) > 1 else None
    return " ".join(tools) if done and done.returncode else ""


def fetch(port, target, place):
    with OPENER.open(f"http://127.0.0.1:{port}{target}", timeout=30) as answer:
        place.write_bytes(answer.read())


# What the programs write, as it lies in the database.
WRITTEN = {
    "results": "records WHERE content LIKE '%Sodium%'",
    "consents": "consents WHERE state = 'active'",
    "appointments": "appointments WHERE date LIKE '2099-03-0_'",
    # A write whose answer was lost stands there twice.
    "grants with who acted": "(SELECT 1 FROM audit_log WHERE operation = 'grantConsent' "
                             "AND acting_user = '17; name=Élodie Ñgô' LIMIT 4)",
}


def stored(data):
    """How many of each kind the programs have written."""
    with closing(live.database(data)) as database:
        return {kind: database.execute("SELECT count(*) FROM " + rows).fetchone()[0]
                for kind, rows in WRITTEN.items()}


def faults(language, user, program, folder):
    server = live.Server(program, str(folder / "data"))
    proxy = WriteProxy()
    proxy.upstream = server.port
    try:
        fetch(server.port, "/sdk/" + user.library, folder / user.library)
        (folder / user.file).write_text(user.text, encoding="utf-8")
        cases, lines = deliveries()
        mine = [(case[1], line) for case, line in zip(cases, lines.splitlines()) if case[2] == "opescare"]
        done = subprocess.run(
            [*user.command, user.file, f"http://127.0.0.1:{proxy.port}"],
            cwd=folder, input="".join(line + "\n" for _, line in mine), capture_output=True, text=True,
            timeout=120, check=False,
            env=programs.clean_environment() | {"NO_PROXY": "*", "no_proxy": "*", "PYTHONDONTWRITEBYTECODE": "1"})
        expected = printed(["true" if is_right else "false" for is_right, _ in mine])
        if done.returncode or done.stdout != expected:
            yield f"{language}: printed\n{done.stdout}in place of\n{expected}{done.stderr}"
        yield from (f"{language}: {each}" for each in proxy.faults())
        for kind, count in stored(server.data).items():
            if count != 4:
                yield f"{language}: {count} {kind} are stored, not 4"
    finally:
        server.stop()
        proxy.close()


def main():
    wrong, tried, program = [], 0, programs.server()
    for language, user in USERS.items():
        lacking = missing(user.tools)
        if lacking:
            print(f"   skipped: {language}: {lacking} is not installed")
            continue
        tried += 1
        with tempfile.TemporaryDirectory() as folder:
            wrong += faults(language, user, program, Path(folder))
    wrong += [*in_browser.faults(), *versions.faults()]
    for line in wrong:
        print(line)
    return 1 if wrong else 0 if tried else 77


if __name__ == "__main__":
    sys.exit(main())
