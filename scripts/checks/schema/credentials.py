"""The server that is tried, and what its callers are let in by.

One table: a security scheme of the documents needs an entry there and nothing else.
"""

import base64
import json
import os
import urllib.request

SERVER = os.environ["SCHEMA_SERVER"]
CLIENT = os.environ["SCHEMA_CLIENT_ID"]
SECRET = os.environ["SCHEMA_CLIENT_SECRET"]
SCOPES = os.environ["SCHEMA_SCOPES"].split()
# Of the sandbox, with and without a check symbol.
PATIENTS = ["CM-HID-7KQ9-MP42-X8D1", "OPC-2024-DEMO1", "OPC-2024-XK7T9"]


def ask(method, path, fields, body=None, base="/api/v1/connect"):
    request = urllib.request.Request(
        SERVER + base + path, None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json", **fields}, method=method,
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def bearer():
    body = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
    return {"Authorization": "Bearer " + ask("POST", "/auth/token", {}, body)["access_token"]}


def basic():
    pair = f"{CLIENT}:{SECRET}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


ADMIN = {"Authorization": "Bearer " + os.environ["SCHEMA_ADMIN_TOKEN"]}


def register(path, body):
    """What an administrator makes. The examples of the documents name the sandbox's own, which the
    requests suspend and revoke; the credentials must outlive that."""
    return ask("POST", path, ADMIN, {"facility_id": "FAC-001", **body}, "/api/v1/admin")


# Of its own: the documents are tried one after the other, on one server.
AGENT = f"BRIDGE-SCHEMA-{os.getpid()}"
APP = {"client_id": CLIENT, "label": "Schema check", "scopes": ["*"]}
# A security scheme's name in the documents, and the fields that satisfy it. Operations of a scheme
# that is not here are called without credentials.
CREDENTIALS = {
    "oauth": bearer(), "basic": basic(), "admin": ADMIN, "agentId": {"X-Bridge-Agent-ID": AGENT},
    "agentKey": {"X-Bridge-Agent-Key": register("/agents", {"agent_id": AGENT})["agent_key"]},
    "apiKey": {"X-API-Key": register("/api-keys", {"name": "Schema check"})["api_key"]},
    "sdkToken": {"Authorization": "Bearer " + register("/sdk-tokens", APP)["token"]},
}
