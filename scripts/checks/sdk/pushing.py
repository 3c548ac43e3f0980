"""A proxy whose every other write of a kind fails, each in another way."""

import re

from checks.harness.faulty_proxy import FaultyProxy

# What each write meets first; its second try passes.
FIRST_TRIES = ["401", "429", "reset after request", "503"]
KINDS = [b"/records/lab-results", b"/consent/grant", b"/sdk/appointments"]


class WriteProxy(FaultyProxy):
    def __init__(self):
        self.keys = {kind: [] for kind in KINDS}
        super().__init__(seed=1)

    def plan(self, head):
        line = head.split(b"\r\n", 1)[0]
        kind = next((kind for kind in KINDS if kind in line and line.startswith(b"POST ")), None)
        if kind is None:
            return None
        with self.lock:
            found = re.search(rb"(?i)\r\nidempotency-key: *([^\r]+)", head)
            keys = self.keys[kind]
            keys.append(found.group(1) if found else None)
            number, is_second = divmod(len(keys) - 1, 2)
            return None if is_second or number >= len(FIRST_TRIES) else FIRST_TRIES[number]

    def faults(self):
        """What is wrong with the keys of the eight tries of each kind, as sentences."""
        for kind, keys in self.keys.items():
            name, keys = kind.decode(), keys[:8]
            if len(keys) < 8 or None in keys:
                yield f"{name}: {len(keys)} tries of 8, or one without a key"
            elif keys[::2] != keys[1::2]:
                yield f"{name}: a second try has another key"
            elif len(set(keys)) != 4:
                yield f"{name}: two writes share a key"
