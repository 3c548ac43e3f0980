"""One caller, who speaks the whole API in an order of chance."""

import json
import random
import re
import time

from checks.harness import verdict, wire
from checks.sequences.calls import Calls

MEMBER = re.compile(
    rb'"(health_id|record_id|id|merge_id|event_id|subscription_id|next_cursor|consent_id|case_id|'
    rb'survivor|retired)":"([^"\\]{1,300})"'
)


class Sequence(Calls):
    def __init__(self, server, seed, token, admin, receiver, findings):
        self.rng = random.Random(seed)
        self.server = server
        self.receiver = receiver
        self.findings = findings
        self.who = {
            "client": wire.bearer(token), "admin": wire.bearer(admin),
            "agent": {"X-Bridge-Agent-ID": wire.AGENT[0], "X-Bridge-Agent-Key": wire.AGENT[1]},
            "key": {"X-API-Key": "demo_healthcare_key_sandbox_2026"},
        }
        # What earlier answers named, by the member's name.
        self.known = {"health_id": ["CM-HID-7KQ9-MP42-X8D1", "OPC-2024-DEMO1", "OPC-2024-XK7T9"]}
        self.statuses = {}
        self.trail = []

    def step(self, client):
        who, method, target, body = self.call()
        fields = dict(self.who[who])
        if method in ("POST", "PATCH") and self.rng.random() < 0.2:
            fields["Idempotency-Key"] = f"k{self.rng.randrange(50)}"
        # Lone surrogates go out as escapes: as bytes they are no UTF-8, and a case of their own.
        content = b"" if body is None else json.dumps(body).encode()
        name = f"{method} {target} {content[:1500]!r}"
        self.trail = [*self.trail[-8:], name]
        is_export = "/audit/export" in target
        client.send(wire.request(method, target, fields, content))
        answer = self.streamed(client) if is_export else client.receive()
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        is_right = self.findings.check(
            answer.status < 500 or answer.status == 503, f"{answer.status} after {self.trail}"
        )
        if is_right and answer.status >= 400:
            verdict.check_refusal(self.findings, name, answer)
        for member, value in MEMBER.findall(answer.body):
            values = self.known.setdefault(member.decode(), [])
            values.append(value.decode())
            del values[:-200]

    def streamed(self, client):
        """An export has no length: its connection is left after the head."""
        while b"\r\n\r\n" not in client.held:
            client.more()
        status = int(client.held.split(b" ", 2)[1])
        if status >= 400:
            return client.receive()
        while not client.held.endswith(b"\r\n0\r\n\r\n"):
            client.more()
        client.held = b""
        return wire.Answer(status, {}, b"")

    def run(self, until):
        while time.monotonic() < until and self.findings.count < 10:
            try:
                with wire.Client(self.server.port, 30) as client:
                    for _ in range(50):
                        self.step(client)
            except (wire.CutOff, TimeoutError, ValueError) as error:
                self.findings.check(False, f"{type(error).__name__} {error} after {self.trail[-1]}")
