"""SMART Backend Services with Authlib's PrivateKeyJWT, unmodified, and the key pairs that a sandbox makes.

Everything is found by smart-configuration. RS384 and ES384 must each get a token with the scopes asked for, the
keys must lie there for their owner alone, an assertion must count once, and the token must open nothing of
Connect's. Then the client publishes its public keys at a URL, which is fetched once. Exit status: 0 all right,
1 something is not, 77 Authlib cannot be fetched.
"""

import http.server
import json
import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from checks.harness import live, packages, programs

try:
    from authlib.integrations.requests_client import OAuth2Session
    from authlib.oauth2.rfc7523 import PrivateKeyJWT
    from joserfc.jwk import JWKRegistry
except ImportError:
    # The same by a Python that has it.
    with tempfile.TemporaryDirectory() as place:
        python = packages.python_with(
            "authlib.integrations.requests_client, joserfc.jwk", place, "authlib", "requests", "joserfc")
        if python is None:
            print("   Authlib cannot be fetched: pip install authlib requests joserfc")
            sys.exit(77)
        sys.exit(subprocess.run([python, "-m", "checks.smart"], check=False).returncode)

from checks.harness.verdict import Findings

CLIENT = "demo_smart_sandbox"
SCOPE = "system/Patient.rs system/Observation.read system:export"


def configuration(session, base):
    answer = session.get(base + "/api/fhir/R4/.well-known/smart-configuration", timeout=10, withhold_token=True)
    return answer.json()


def session(key, algorithm, endpoint):
    made = OAuth2Session(
        CLIENT, JWKRegistry.import_key(key), token_endpoint_auth_method="private_key_jwt", scope=SCOPE)
    made.trust_env = False
    # Authlib leaves it to its caller to name the key.
    made.register_client_auth_method(
        PrivateKeyJWT(endpoint, headers={"kid": key["kid"]}, alg=algorithm))
    return made


def try_key(findings, server, key):
    algorithm = key["alg"]
    base = f"http://127.0.0.1:{server.port}"
    found = configuration(session(key, algorithm, base), base)
    endpoint = found["token_endpoint"]
    findings.check(
        algorithm in found["token_endpoint_auth_signing_alg_values_supported"],
        f"{algorithm} is not in smart-configuration")
    client = session(key, algorithm, endpoint)
    token = client.fetch_token(endpoint, grant_type="client_credentials")
    findings.check(token.get("scope") == SCOPE, f"{algorithm}: {token}")
    answer = client.get(base + "/api/v1/connect/webhooks/subscriptions", timeout=10)
    findings.check(answer.status_code == 403, f"{algorithm}: Connect answered {answer.status_code}")
    assertion = PrivateKeyJWT(endpoint, headers={"kid": key["kid"]}, alg=algorithm).sign(client, endpoint)
    form = {
        "grant_type": "client_credentials", "client_assertion": assertion,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
    statuses = [
        client.post(endpoint, data=form, timeout=10, withhold_token=True).status_code for _ in range(2)]
    findings.check(statuses == [200, 401], f"{algorithm}: one assertion twice: {statuses}")


class Published(http.server.BaseHTTPRequestHandler):
    """A JWK set, and how often somebody asked for it."""

    content = b""
    count = 0

    def do_GET(self):
        Published.count += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.content)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, *words):
        pass


def try_url(findings, server, keys):
    public = [
        {name: key[name] for name in ("kid", "kty", "alg", "crv", "n", "e", "x", "y") if name in key}
        for key in keys]
    Published.content = json.dumps({"keys": public}).encode()
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Published)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{site.server_port}/jwks.json"
        done = live.command(server.program, "client", "keys", CLIENT, url, data=server.data)
        findings.check(done[0] == 0, f"client keys: {done}")
        for key in keys:
            try_key(findings, server, key)
        findings.check(Published.count == 1, f"the keys were fetched {Published.count} times")
    finally:
        site.shutdown()
        site.server_close()


def main():
    findings = Findings()
    folder = live.scratch_folder("smart")
    server = live.Server(programs.server(), folder, "--webhook-allow-private")
    try:
        file = Path(server.data) / f"keys/{CLIENT}.jwks"
        mode = stat.S_IMODE(os.stat(file).st_mode)
        findings.check(mode == 0o600, f"{file} has the mode {mode:o}")
        keys = json.loads(file.read_bytes())["keys"]
        findings.check(
            sorted(key["alg"] for key in keys) == ["ES384", "RS384"], "the sandbox has other keys")
        for key in keys:
            try_key(findings, server, key)
        try_url(findings, server, keys)
    finally:
        server.stop()
        live.remove(folder)
    findings.end("smart")


if __name__ == "__main__":
    main()
