"""Proves that the server and its documents agree, with requests that schemathesis makes from the one and
sends to the other, by the rules and against them.

A fresh sandbox server runs in an empty folder; a client with every scope is made for it. What a JSON
Schema cannot say, and the credentials, are in the hooks. Arguments go to schemathesis:
--include-operation-id resolvePatient, --seed 7.

SCHEMATHESIS names the test program; without it, it is looked for on the PATH.
Exit status: 0 no failure, 1 some, 77 when schemathesis is not installed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

from checks.harness import live, programs


def environment(program, server, data):
    """What the hooks have to know of the server."""
    scopes = re.search(r"^Scopes: (.*)$", live.command(program, "client", "create", "--help")[1], re.M)[1]
    _, client, _ = live.command(
        program, "client", "create", "--id", "schema_check", "--name", "Schema check", "--scopes", scopes,
        "--facility", "FAC-001", "--rate-limit", "0", data=data)
    _, admin, _ = live.command(program, "admin-token", "create", "--name", "Schema check", data=data)
    return {
        **programs.clean_environment(),
        "SCHEMA_SERVER": f"http://127.0.0.1:{server.port}",
        "SCHEMA_SCOPES": scopes,
        "SCHEMA_CLIENT_ID": "schema_check",
        "SCHEMA_CLIENT_SECRET": re.search(r"^client_secret\s+(\S+)", client, re.M)[1],
        "SCHEMA_ADMIN_TOKEN": re.search(r"^token\s+(\S+)", admin, re.M)[1],
        "SCHEMATHESIS_HOOKS": "checks.schema.hooks",
    }


def main():
    schemathesis = shutil.which(os.environ.get("SCHEMATHESIS", "schemathesis"))
    if not schemathesis:
        print("   schemathesis is not installed: pip install schemathesis")
        return 77
    program = programs.server()
    status = 0
    with tempfile.TemporaryDirectory() as folder:
        data = folder + "/data"
        # The address in X-Forwarded-For is believed, so that every request may have one of its own.
        server = live.Server(
            program, data, "--environment", "sandbox", "--log", "text", "--trusted-proxies", "127.0.0.1")
        try:
            variables = environment(program, server, data)
            for document in ["openapi", "openapi-admin"]:
                # Some requests are found by chance; the seed makes it the same chance each time.
                words = [
                    schemathesis, "--no-color", "run", str(programs.ROOT / (document + ".yaml")), "--url",
                    variables["SCHEMA_SERVER"], "--seed", "1", "--max-examples", "60",
                    "--continue-on-failure", *sys.argv[1:]]
                done = subprocess.run(words, cwd=folder, env=variables, stdin=subprocess.DEVNULL, check=False)
                status = status or int(done.returncode != 0)
        finally:
            server.stop()
    return status


if __name__ == "__main__":
    sys.exit(main())
