"""Authlib signs a client assertion (RFC 7523), by its own defaults, and reads with the token."""

import json
import sys
from pathlib import Path

from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey
from authlib.oauth2.rfc7523 import PrivateKeyJWT

FACTS = json.loads(sys.argv[1])
KEY = json.loads(Path(FACTS["key"]).read_text(encoding="utf-8"))["keys"][0]
TOKEN = FACTS["origin"] + "/api/v1/connect/auth/token"


def session(key, header):
    made = OAuth2Session(
        FACTS["smart_client"], JsonWebKey.import_key(key), scope="system/Patient.rs system/Observation.rs",
        token_endpoint_auth_method="private_key_jwt")
    made.register_client_auth_method(PrivateKeyJWT(TOKEN, alg=key.get("alg", "RS384"), headers=header))
    return made


def main():
    signed = session(KEY, {"kid": KEY["kid"]})
    token = signed.fetch_token(TOKEN, grant_type="client_credentials")
    assert set(token["scope"].split()) == {"system/Patient.rs", "system/Observation.rs"}, token
    answer = signed.get(f"{FACTS['base']}/Patient/{FACTS['patient']}")
    assert answer.status_code == 200 and answer.json()["id"] == FACTS["patient"], answer.text
    # What no scope was granted for.
    assert signed.get(f"{FACTS['base']}/Encounter?patient={FACTS['patient']}").status_code == 403
    try:
        session(KEY, {"kid": "another"}).fetch_token(TOKEN, grant_type="client_credentials")
    except Exception as refused:
        assert "invalid_client" in str(refused), refused
    else:
        raise AssertionError("a key that is not registered is taken")
    print(f"granted {token['scope']}")


main()
