"""Values that a JSON Schema cannot describe, such as check symbols, days on the right side of today, and what
only the server can give out. One table, by the name of the format.
"""

import datetime

import schemathesis
from hypothesis import strategies

from checks.schema.credentials import CREDENTIALS, PATIENTS, SCOPES, ask


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
EVENT, CURSORS = prepare()
# Known patients among them: nothing but 404 would show little.
IDS = strategies.sampled_from([*PATIENTS, PATIENTS[0].lower(), PATIENTS[1].replace("-", " ")])
FORMATS = {
    "cursor": strategies.just(""),
    "health-id": IDS
    | strategies.builds(
        health_id, strategies.sampled_from(["CM", "SA", "FR", "NG"]),
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
    ("date_of_birth", "date"): "birth-date", ("expiry", "date"): "expiry-date",
    ("from", "date-time"): "earlier-time", ("to", "date-time"): "later-time",
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
