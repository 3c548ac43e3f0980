"""Rounds of work, a kill, and a look at what is left."""

import random
import time

from checks.crash.answers import Answers
from checks.crash.rows import Rows
from checks.crash.writers import Writers
from checks.harness import live, verdict


class Rounds(Answers, Rows):
    def __init__(self, options):
        self.options = options
        self.findings = verdict.Findings()
        self.rng = random.Random(options.seed)
        self.data = live.scratch_folder("crash")
        self.program = options.program
        self.server = None
        self.head = None
        self.audit_seq = 0
        self.total = {"rounds": 0, "answered": 0, "created": 0, "records": 0, "unanswered": 0}
        self.created = {}
        # The id that each pushed record was answered with, by its marker.
        self.records = {}
        # Every batch that was answered, sooner or later.
        self.batches = set()
        self.last_row = 0

    def start(self):
        self.server = live.Server(self.program, self.data)

    def run(self):
        self.start()
        started = time.monotonic()
        for number in range(self.options.rounds):
            is_last = number == self.options.rounds - 1 or time.monotonic() > self.options.until
            self.round(number, is_last)
            self.total["rounds"] += 1
            if is_last:
                break
            if time.monotonic() - started > self.options.minutes * 60:
                self.findings.check(False, f"out of time after {number + 1} rounds")
                break
        self.check_all_again()
        self.findings.check(self.server.stop() == 0, "the last server does not stop")
        self.head = verdict.check_intact(self.findings, self.program, self.data, self.head)
        if not self.findings.count:
            live.remove(self.data)

    def round(self, number, is_last):
        writers = Writers(
            self.server, self.server.token(), number, self.rng, self.findings, self.options.calls
        )
        writers.start()
        pause = self.rng.uniform(0.02, self.options.longest)
        if number % 2:
            time.sleep(pause)
        else:
            # Right behind an answer, whose effect had better be on the disk.
            for _ in range(int(pause * 1000)):
                if not writers.answered.acquire(timeout=1):
                    break
        self.server.kill()
        writers.join()
        if self.rng.random() < 0.3:
            self.kill_while_starting(self.data)
        if self.rng.random() < 0.15:
            self.first_start_killed()
        self.start()
        self.check_halves(writers.calls)
        token = self.server.token()
        with self.server.client() as client:
            for call in writers.calls:
                if call.answer is None:
                    self.retry(client, token, call)
                else:
                    self.confirm(client, token, call)
        self.check_rows(writers.calls)
        if number % 10 == 9 or is_last:
            self.check_records()
            self.check_batches()
            self.head = verdict.check_intact(self.findings, self.program, self.data, self.head)

    def kill_while_starting(self, data):
        server = live.Server(self.program, data, wait=False)
        time.sleep(self.rng.uniform(0, 0.08))
        server.kill()

    def first_start_killed(self):
        """Cut off while it migrates, makes keys and loads the sandbox; the next start mends it."""
        data = live.scratch_folder("crash-first")
        for _ in range(3):
            self.kill_while_starting(data)
        try:
            server = live.Server(self.program, data)
            server.token()
            self.findings.check(server.stop() == 0, "a repaired first start does not stop")
            verdict.check_intact(self.findings, self.program, data)
            live.remove(data)
        except RuntimeError as error:
            self.findings.check(False, f"after a first start that was killed ({data}): {error}")
