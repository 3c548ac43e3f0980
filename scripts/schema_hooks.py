"""What schemathesis has to know about this server beyond its documents; scripts/check-schema loads it.

One table of credentials: a security scheme of the documents needs an entry there and nothing else.
One table of formats: values that a JSON Schema cannot describe, such as check symbols, days on the
right side of today, and what only the server can give out.
"""

import base64
import datetime
import itertools
import json
import os
import re
import urllib.parse
import urllib.request

import schemathesis
from hypothesis import strategies
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import RejectedPositiveData

SERVER = os.environ["SCHEMA_SERVER"]
CLIENT = os.environ["SCHEMA_CLIENT_ID"]
SECRET = os.environ["SCHEMA_CLIENT_SECRET"]
SCOPES = os.environ["SCHEMA_SCOPES"].split()
# Of the sandbox, with and without a check symbol.
PATIENTS = ["CM-HID-7KQ9-MP42-X8D1", "OPC-2024-DEMO1", "OPC-2024-XK7T9"]


def ask(method, path, fields, body=None, base="/api/v1/connect"):
    request = urllib.request.Request(
        SERVER + base + path,
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json", **fields},
        method=method,
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


# MARK: Credentials


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
# A security scheme's name in the documents, and the fields that satisfy it. Operations of a scheme
# that is not here are called without credentials.
CREDENTIALS = {
    "oauth": bearer(),
    "basic": basic(),
    "admin": ADMIN,
    "agentId": {"X-Bridge-Agent-ID": AGENT},
    "agentKey": {
        "X-Bridge-Agent-Key": register("/agents", {"agent_id": AGENT})["agent_key"]
    },
    "apiKey": {"X-API-Key": register("/api-keys", {"name": "Schema check"})["api_key"]},
}


def required_schemes(context):
    """The schemes of the first requirement that asks for any (OpenAPI 3.1, Security Requirement)."""
    operation = context.operation
    requirements = operation.definition.raw.get("security")
    if requirements is None:
        requirements = operation.schema.raw_schema.get("security", [])
    return next((list(schemes) for schemes in requirements if schemes), [])


@schemathesis.auth(refresh_interval=None)
class Credentials:
    def get(self, case, context):
        schemes = required_schemes(context)
        if not schemes or any(scheme not in CREDENTIALS for scheme in schemes):
            return None
        return {name: field for scheme in schemes for name, field in CREDENTIALS[scheme].items()}

    def set(self, case, fields, context):
        # A client's id and secret may come in one place only.
        if isinstance(case.body, dict) and {"client_id", "client_secret"} & case.body.keys():
            return
        case.headers = {**(case.headers or {}), **fields}


STATE = "|".join([
    "is required", "is not a (doctor|clinic|patient)", "must be another patient's",
    "must be (a (date|time|phone)|at most)", "cannot( all)? be cleared", "spreadsheet has cut off",
    "for the bag of one donation",
    # What is searched for is a number, a Health ID or a person, by another field's word.
    '"query":',
])
# Read in other forms than the schema's, or as nothing, so that no breach of it is a mistake.
LENIENT = re.compile(
    r"\b(name|note|reason|expires_at|expiry|country_code|external_reference|reference|previousTimeFrom|purpose): "
    r"(Incorrect type|Value not matching|String larger)"
    # The digits of a number where a text is meant, and yes or no in other forms (contract § 6).
    r"|was [^)]*string[^)]*, became (number|integer)|was boolean, became (integer|string)"
)
numbers = itertools.count(1)


@schemathesis.hook
def before_call(context, case, kwargs):
    # Failed authentications are limited by address. Every case comes from one of its own, so that
    # the limit, which tests prove, does not hide what lies behind it.
    number = next(numbers)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    case.headers = {**(case.headers or {}), "X-Forwarded-For": address}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A list's good items are kept and its bad ones named, which is no acceptance of these. What an
    agent's record needs depends on its type, so a batch may be of the right form and have none good."""
    if not isinstance(failure, (AcceptedNegativeData, RejectedPositiveData)):
        return True
    if isinstance(failure, AcceptedNegativeData) and LENIENT.search(failure.message):
        return False
    # What a search is not by is not read.
    if isinstance(failure, AcceptedNegativeData) and "/patients/search" in response.request.url:
        return "search_type:" in failure.message
    # What was refused once may be refused again, for what it says.
    if re.search(r"/quarantine/[^/]+/replay", response.request.url):
        return False
    try:
        answer = response.json()
    except ValueError:
        return True
    if not isinstance(answer, dict) or answer.get("rejected") or answer.get("failed"):
        return not isinstance(answer, dict)
    # A key that came before, with another body: 409, but for agents 422 (contract § 6).
    if answer.get("error") == "idempotency_conflict":
        return False
    # schemathesis escapes some queries twice, and leaves the pattern of others: no Health ID arrives.
    if answer.get("error") == "health_id_invalid":
        # An example's consent is no patient, though both are called id.
        if "/cons_" in response.request.url:
            return False
        sent = re.search(r"[?&](?:patient|health_id)=([^&]*)", response.request.url)
        if sent and not re.fullmatch("[0-9A-Za-z -]{11,64}", urllib.parse.unquote(sent[1])):
            return False
    # What a clinic's row needs depends on what is there, which no schema knows.
    return not re.search(STATE, json.dumps(answer.get("errors", "")))


# MARK: Formats


def prepare():
    """Makes what lists can page through; returns an event's id and the lists' cursors."""
    token = CREDENTIALS["oauth"]
    for patient in PATIENTS:
        consent = {"consent_type": "full_record", "expires_at": f"{TODAY.year + 1}-01-01"}
        ask("POST", f"/patient/{patient}/consent/grant", token, consent)
        for name in ["HbA1c", "Malaria RDT"]:
            result = {"health_id": patient, "test_name": name, "result_value": 1}
            ask("POST", "/records/lab-results", token, result)
    events = ask("GET", "/webhooks/events?limit=1", token)
    # Of the others, a cursor belongs to one patient or subscription as well.
    return events["events"][0]["id"], {"listEvents": events["next_cursor"]}


def health_id(country, symbols):
    values = ["0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(symbol) for symbol in symbols]
    doubled = [value * (2 - place % 2) for place, value in enumerate(reversed(values))]
    check = -sum(value // 32 + value % 32 for value in doubled) % 32
    symbols += "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[check]
    return f"{country}-HID-{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"


TODAY = datetime.datetime.now(datetime.timezone.utc).date()
TOMORROW = TODAY + datetime.timedelta(days=1)
EVENT, CURSORS = prepare()
# Known patients among them: nothing but 404 would show little.
IDS = strategies.sampled_from([*PATIENTS, PATIENTS[0].lower(), PATIENTS[1].replace("-", " ")])
FORMATS = {
    "cursor": strategies.just(""),
    "health-id": IDS
    | strategies.builds(
        health_id,
        strategies.sampled_from(["CM", "SA", "FR", "NG"]),
        strategies.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=11, max_size=11),
    ),
    "scope": strategies.lists(strategies.sampled_from(SCOPES), max_size=4).map(" ".join),
    "event-id": strategies.sampled_from(["", EVENT]),
    "day": strategies.dates(datetime.date(1900, 1, 1), datetime.date(2200, 12, 30)).map(str),
    "moment": strategies.datetimes(
        datetime.datetime(1900, 1, 2), datetime.datetime(2200, 12, 30)
    ).map("{:%FT%TZ}".format),
    "identifier": strategies.from_regex(r"[A-Z]{2,6}-[0-9]{2,6}/[a-z]", fullmatch=True),
    "reason": strategies.from_regex(r"[Uu]nconscious( [a-z]{1,12}){0,8}", fullmatch=True),
    "birth-date": strategies.dates(datetime.date(1800, 1, 1), TODAY).map(str),
    "time-zone": strategies.sampled_from(["", "Africa/Douala", "Africa/Lagos", "Europe/Paris"]),
    "expiry-date": strategies.dates(TOMORROW, datetime.date(2100, 1, 1)).map(str),
    # .invalid leads nowhere (RFC 6761): the server really delivers.
    "earlier-time": strategies.datetimes(
        datetime.datetime(2000, 1, 1), datetime.datetime(2020, 1, 1)
    ).map("{:%FT%TZ}".format),
    "later-time": strategies.datetimes(
        datetime.datetime(2020, 1, 2), datetime.datetime(2100, 1, 1)
    ).map("{:%FT%TZ}".format),
    "webhook-url": strategies.from_regex(
        r"https?://[a-z0-9]{1,63}\.invalid(:8443)?(/[a-z?=]*)?", fullmatch=True
    ),
}
for operation, cursor in CURSORS.items():
    FORMATS["cursor-" + operation] = strategies.sampled_from(["", cursor])
for name, strategy in FORMATS.items():
    schemathesis.openapi.format(name, strategy)

# Properties whose standard format says less than the server asks.
PROPERTIES = {
    ("date_of_birth", "date"): "birth-date",
    ("expiry", "date"): "expiry-date",
    ("from", "date-time"): "earlier-time",
    ("to", "date-time"): "later-time",
    ("callback_url", "uri"): "webhook-url",
}
# Of every other property.
RANGES = {"date": "day", "date-time": "moment"}


def narrowed(schema, name, operation):
    """A schema with one of our formats: that alone, since a generator cannot serve a pattern too."""
    format = schema["format"]
    format = PROPERTIES.get((name.lower(), format)) or RANGES.get(format, format)
    if format == "cursor" and operation in CURSORS:
        format += "-" + operation
    if format not in FORMATS:
        return schema
    text = {"type": "string", "format": format}
    return {"anyOf": [text, {"type": "null"}]} if "null" in schema["type"] else text


def narrow(node, name, operation):
    """Narrows every schema below a node, in place; `name` is the key that the node stands under."""
    pairs = list(enumerate(node)) if isinstance(node, list) else list(node.items())
    for key, child in pairs:
        if not isinstance(child, (list, dict)):
            continue
        under = key if isinstance(key, str) and key not in ("schema", "allOf", "anyOf") else name
        narrow(child, under, operation)
        if isinstance(child, dict) and "type" in child and isinstance(child.get("format"), str):
            node[key] = narrowed(child, under, operation)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    components = raw_schema["components"]
    cursor = components["parameters"].pop("Cursor")
    for path in raw_schema["paths"].values():
        for operation in path.values():
            # Each list has cursors of its own.
            operation["parameters"] = [
                dict(cursor, schema=dict(cursor["schema"]))
                if parameter.get("$ref") == "#/components/parameters/Cursor"
                else parameter
                for parameter in operation.get("parameters", [])
            ]
            requests = {key: operation.get(key, {}) for key in ("parameters", "requestBody")}
            narrow(requests, "", operation["operationId"])
    narrow(components["parameters"], "", "")
    narrow(components["schemas"], "", "")
