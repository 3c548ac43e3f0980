"""What the writers ask for, and how it is sent."""

from checks.harness import wire

NAMES = ["Ama", "Kofi", "Nia", "Zola", "Ife", "Étienne", "Sara", "Omar", "Eva", "محمد"]


def letters(number):
    text = ""
    while True:
        number, digit = divmod(number, 26)
        text = chr(ord("a") + digit) + text
        if number == 0:
            return text


class Call:
    """One request, what it asked and what came back."""

    def __init__(self, request_id, kind, body=None, key=None, is_near=False):
        self.request_id = request_id
        self.kind = kind
        self.body = body
        self.key = key
        self.is_near = is_near
        self.answer = None


RECORDS = {"lab_result": "lab-results", "encounter": "encounters"}
EVENTS = {"lab_result": "lab_result.released", "encounter": "encounter.created"}
PREFIXES = {"lab_result": "lab_", "encounter": "enc_"}
# What an encounter is sent with, which is stored with it or not at all.
PARTS = 2
# Good records of a batch; one more is bad, and is quarantined with them.
BATCH = 60


def identifier(prefix, milliseconds, nonce, row):
    """The id of a numbered row: a prefix, ten symbols of time, eight random ones, eight of its number."""
    symbols = "0123456789abcdefghjkmnpqrstvwxyz"
    veil = (nonce * 0x9E3779B97F4A7C15) % (1 << 64) >> 24
    value = milliseconds << 80 | nonce << 40 | row ^ veil
    return prefix + "".join(symbols[value >> 5 * place & 31] for place in reversed(range(26)))


def record(request_id, serial, rng):
    """A lab result or an encounter that nothing else resembles: its key, and in most its external
    id, are its own."""
    kind = rng.choice(["lab_result", "encounter"])
    patient = rng.choice(["OPC-2024-DEMO1", "OPC-2024-XK7T9", "CM-HID-7KQ9-MP42-X8D1"])
    body = {"health_id": patient, "marker": request_id}
    if kind == "lab_result":
        external = "external_lab_order_id"
        body |= {"test_name": "HbA1c", "result_value": f"{serial % 200 / 10}%"}
    else:
        external = "external_encounter_id"
        diagnosis = {"system": "ICD-10", "code": "B50", "display": "Malaria"}
        vital = {"name": "temperature", "value": 39.1, "unit": "°C"}
        body |= {"notes": "Fièvre", "encounter": {"diagnoses": [diagnosis], "vitals": [vital]}}
    if rng.random() < 0.7:
        body[external] = f"external-{serial}"
    return Call(request_id, kind, body, f"key-{request_id}")


def batch(request_id, rng):
    """Records that nothing else resembles; some have external ids, one is bad."""
    patients = ["OPC-2024-DEMO1", "OPC-2024-XK7T9", "CM-HID-7KQ9-MP42-X8D1"]
    records = [
        {
            "record_type": "lab_result", "health_id": rng.choice(patients), "test": "HbA1c", "result": number,
            "batch": request_id,
        }
        for number in range(BATCH)
    ]
    for record in records[::2]:
        record["external_id"] = f"{request_id}-{record['result']}"
    records.insert(rng.randrange(BATCH), {"record_type": "lab_result", "batch": request_id})
    return Call(request_id, "batch", {"records": records}, f"key-{request_id}")


def send(client, token, call, request_id=None):
    fields = wire.bearer(token, X_Request_Id=request_id or call.request_id)
    if call.kind == "token":
        return client.token(fields={"X-Request-Id": call.request_id})
    if call.kind == "search":
        return client.ask("GET", wire.SEARCH + call.body, fields)
    if call.key:
        fields["Idempotency-Key"] = call.key
    if call.kind == "batch":
        fields = {"X-Request-Id": request_id or call.request_id, "Idempotency-Key": call.key}
        fields["X-Bridge-Agent-ID"], fields["X-Bridge-Agent-Key"] = wire.AGENT
        return client.ask("POST", "/api/v1/bridge/sync", fields, wire.encode(call.body))
    if call.kind in RECORDS:
        path = "/api/v1/connect/records/" + RECORDS[call.kind]
        return client.ask("POST", path, fields, wire.encode(call.body))
    return client.ask("POST", wire.RESOLVE, fields, wire.encode(call.body))
