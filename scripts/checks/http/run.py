"""Sends a case whole, in pieces and byte by byte: all three end the same."""

import socket
import time

from checks.harness import verdict, wire
from checks.http.requests import CLOSES, HEALTH, KEEPS


class Run:
    def __init__(self, server, findings, rng):
        self.server = server
        self.findings = findings
        self.rng = rng

    def cases(self, cases):
        for name, data, status, leaves in cases:
            # A 405 or 404 to a method with content still leaves a usable connection.
            self.case(name, [data], status, leaves)
            cuts = sorted(self.rng.randrange(1, max(2, len(data))) for _ in range(4))
            pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)]) if a < b]
            self.case(name + ", in pieces", pieces, status, leaves)
            if len(data) < 600:
                pieces = [data[i : i + 1] for i in range(len(data))]
                self.case(name + ", byte by byte", pieces, status, leaves, pause=0)

    def case(self, name, pieces, status, leaves, pause=0.001):
        try:
            with self.server.client(timeout=5) as client:
                try:
                    for piece in pieces:
                        client.send(piece)
                        if len(pieces) > 1 and pause:
                            time.sleep(pause)
                except wire.CutOff:
                    # Refused before all was sent; the answer is there all the same.
                    pass
                answer = client.receive()
                self.check_answer(name, answer, status)
                self.check_end(name, client, answer, leaves)
        except (wire.CutOff, TimeoutError, ValueError) as error:
            self.findings.check(False, f"{name}: {type(error).__name__} {error}")

    def check_answer(self, name, answer, status):
        right = self.findings.check(
            answer.status == status, f"{name}: {answer.status} instead of {status}: {answer.body[:200]!r}",
        )
        if right and answer.status >= 400:
            verdict.check_refusal(self.findings, name, answer)

    def check_end(self, name, client, answer, leaves):
        says_close = answer.field("Connection") == "close"
        self.findings.check(
            says_close == (leaves == CLOSES), f"{name}: Connection is {answer.field('Connection')}"
        )
        if leaves == KEEPS:
            client.send(HEALTH)
            self.findings.check(
                client.receive().status == 200, f"{name}: the next request on the connection fails"
            )
            return
        try:
            client.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        try:
            while True:
                client.more()
        except wire.CutOff as end:
            self.findings.check(not end.received, f"{name}: more than one answer: {end.received[:200]!r}")
        except TimeoutError:
            self.findings.check(False, f"{name}: the connection stays open")
