"""SMART Backend Services with Authlib's PrivateKeyJWT, unmodified, and the key pairs that a sandbox makes.

Everything is found by smart-configuration. RS384 and ES384 must each get a token with the scopes asked for, the
keys must lie there for their owner alone, an assertion must count once, and the token must open nothing of
Connect's. Exit status: 0 all right, 1 something is not, 77 Authlib is not installed.
"""

import json
import os
import stat
import sys
from pathlib import Path

try:
    from authlib.integrations.requests_client import OAuth2Session
    from authlib.oauth2.rfc7523 import PrivateKeyJWT
    from joserfc.jwk import JWKRegistry
except ImportError:
    print("   Authlib is not installed: pip install authlib requests")
    sys.exit(77)

from checks.harness import live, programs
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


def main():
    findings = Findings()
    folder = live.scratch_folder("smart")
    server = live.Server(programs.server(), folder)
    try:
        file = Path(server.data) / f"keys/{CLIENT}.jwks"
        mode = stat.S_IMODE(os.stat(file).st_mode)
        findings.check(mode == 0o600, f"{file} has the mode {mode:o}")
        keys = json.loads(file.read_bytes())["keys"]
        findings.check(
            sorted(key["alg"] for key in keys) == ["ES384", "RS384"], "the sandbox has other keys")
        for key in keys:
            try_key(findings, server, key)
    finally:
        server.stop()
        live.remove(folder)
    findings.end("smart")


if __name__ == "__main__":
    main()
