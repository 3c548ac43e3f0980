"""A proxy whose every other push of a lab result fails, each in another way."""

import re

from checks.harness.faulty_proxy import FaultyProxy

# What each push meets first; its second try passes.
FIRST_TRIES = ["401", "429", "reset after request", "503"]


class PushProxy(FaultyProxy):
    def __init__(self):
        self.keys = []
        super().__init__(seed=1)

    def plan(self, head):
        if b"/records/lab-results" not in head.split(b"\r\n", 1)[0]:
            return None
        with self.lock:
            found = re.search(rb"(?i)\r\nidempotency-key: *([^\r]+)", head)
            self.keys.append(found.group(1) if found else None)
            number, is_second = divmod(len(self.keys) - 1, 2)
            return None if is_second or number >= len(FIRST_TRIES) else FIRST_TRIES[number]

    def faults(self):
        """What is wrong with the keys of the eight tries, as sentences."""
        keys = self.keys[:8]
        if len(keys) < 8 or None in keys:
            yield f"{len(keys)} tries of 8, or one without a key"
        elif keys[::2] != keys[1::2]:
            yield "a second try has another key"
        elif len(set(keys)) != 4:
            yield "two pushes share a key"
