"""Threads that call until the server is gone."""

import random
import threading

from checks.crash.calls import Call, NAMES, batch, letters, record, send
from checks.harness import wire


class Writers:
    """Threads that call until the server is gone."""

    def __init__(self, server, token, round_number, rng, findings, limit):
        self.server = server
        self.token = token
        self.round = round_number
        self.findings = findings
        self.limit = limit
        self.calls = []
        self.answered = threading.Semaphore(0)
        plan = ["create", "keyed", "keyed", "mixed", "search", "record", "record", "batch"]
        self.threads = [
            threading.Thread(target=self.run, args=(kind, index, random.Random(rng.random())))
            for index, kind in enumerate(plan)
        ]

    def start(self):
        for thread in self.threads:
            thread.start()

    def join(self):
        for thread in self.threads:
            thread.join(30)
            self.findings.check(not thread.is_alive(), "a writer hangs after the kill")

    def run(self, kind, index, rng):
        try:
            client = self.server.client()
        except wire.CutOff:
            return
        known = []
        with client:
            for number in range(self.limit):
                call = self.next_call(kind, index, number, known, rng)
                self.calls.append(call)
                try:
                    call.answer = send(client, self.token, call)
                except wire.CutOff:
                    return
                except TimeoutError:
                    self.findings.check(False, f"{call.request_id} hangs")
                    return
                self.answered.release()
                if call.kind == "resolve" and call.answer.status == 201:
                    known.append(call.answer.json()["health_id"])

    def next_call(self, kind, index, number, known, rng):
        request_id = f"r{self.round}-{index}-{number}"
        if kind == "mixed":
            kind = rng.choice(["create", "keyed", "token", "search", "near", "record"])
        if kind == "token":
            return Call(request_id, "token")
        if kind == "search":
            health_id = rng.choice(known) if known else "CM-HID-7KQ9-MP42-X8D1"
            return Call(request_id, "search", health_id)
        serial = (self.round * 8 + index) * 100_000 + number
        if kind == "record":
            return record(request_id, serial, rng)
        if kind == "batch":
            return batch(request_id, rng)
        body = {
            "first_name": rng.choice(NAMES),
            "last_name": "Test" + letters(serial),
            "date_of_birth": f"{rng.randint(1930, 2020)}-{rng.randint(1, 12):02}-"
            f"{rng.randint(1, 28):02}",
            "sex": rng.choice(["male", "female"]),
            "purpose": "treatment",
        }
        if kind == "near" and number:
            # Day and month swapped: a new patient and a review case, not a link.
            twin = next((call.body for call in reversed(self.calls) if self.is_twin(call)), None)
            if twin:
                year, month, day = twin["date_of_birth"].split("-")
                return Call(
                    request_id, "resolve", {**twin, "date_of_birth": f"{year}-{day}-{month}"}, is_near=True,
                )
        if rng.random() < 0.2:
            body["external_reference"] = f"ref-{serial}"
        key = f"key-{request_id}" if kind == "keyed" else None
        return Call(request_id, "resolve", body, key)

    def is_twin(self, call):
        """Whether someone may be made to resemble this call's person. Not a caller's own number,
        which with other demographics rightly means another person."""
        if call.kind != "resolve" or call.answer is None or call.is_near:
            return False
        month, day = call.body["date_of_birth"].split("-")[1:]
        return month != day and int(day) <= 12 and "external_reference" not in call.body
