"""Another client, whose health checks and searches go on beside whatever a fault does."""

import threading
import time

from checks.faults.group import KNOWN
from checks.harness import wire


class Beside:
    """Asks for /health and for an audited search, over and over, while its `with` lasts."""

    def __init__(self, fault, server, pause=0.004):
        self.fault = fault
        self.server = server
        self.pause = pause
        # What is being done meanwhile, for whom it may concern.
        self.case = "nothing"
        self.waits = {}
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()

    def watch(self):
        reader = wire.bearer(self.server.token(wire.READER))
        with self.server.client(timeout=120) as client:
            while not self.done.is_set():
                for name, target, fields in [
                    ("/health", "/health", None), ("search", wire.SEARCH + KNOWN, reader),
                ]:
                    started, case = time.monotonic(), self.case
                    status = client.ask("GET", target, fields).status
                    self.fault.check(status == 200, f"{name} beside {case}: {status}")
                    self.waits.setdefault(name, []).append((time.monotonic() - started, case))
                time.sleep(self.pause)

    def judge(self, work):
        """Every answer came, and 99 of 100 within a tenth of a second."""
        self.fault.check(len(self.waits) == 2, f"nobody was served beside {work}")
        for name, waits in self.waits.items():
            waits.sort()
            p99 = waits[len(waits) * 99 // 100][0] * 1000
            slowest = ", ".join(f"{wait * 1000:.0f} ms {case}" for wait, case in waits[-4:])
            self.fault.check(p99 < 100, f"{name} takes {p99:.0f} ms at p99: {slowest}")
            self.fault.figures.append(
                f"{name} beside {work}: p99 {p99:.0f} ms of {len(waits)}; slowest {slowest}")
