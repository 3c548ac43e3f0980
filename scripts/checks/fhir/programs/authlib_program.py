"""Authlib signs a client assertion (RFC 7523), by its own defaults, and reads with the token."""

import json
import sys
from pathlib import Path

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import import_key

FACTS = json.loads(sys.argv[1])
KEYS = json.loads(Path(FACTS["key"]).read_text(encoding="utf-8"))["keys"]
TOKEN = FACTS["origin"] + "/api/v1/connect/auth/token"


def session(client, key, kid):
    made = OAuth2Session(
        client, import_key(key), scope="system/Patient.rs system/Observation.rs",
        token_endpoint_auth_method="private_key_jwt")
    made.register_client_auth_method(PrivateKeyJWT(TOKEN, alg=key["alg"], headers={"kid": kid}))
    return made


def main():
    for client in FACTS["smart_clients"]:
        for key in KEYS:
            signed = session(client, key, key["kid"])
            token = signed.fetch_token(TOKEN, grant_type="client_credentials")
            assert set(token["scope"].split()) == {"system/Patient.rs", "system/Observation.rs"}, token
            answer = signed.get(f"{FACTS['base']}/Patient/{FACTS['patient']}")
            assert answer.status_code == 200 and answer.json()["id"] == FACTS["patient"], answer.text
            # What no scope was granted for.
            assert signed.get(f"{FACTS['base']}/Encounter?patient={FACTS['patient']}").status_code == 403
    try:
        session(client, KEYS[0], "another").fetch_token(TOKEN, grant_type="client_credentials")
    except Exception as refused:
        assert "invalid_client" in str(refused), refused
    else:
        raise AssertionError("a key that is not registered is taken")
    print(f"granted {token['scope']} by " + ", ".join(key["alg"] for key in KEYS))


main()
