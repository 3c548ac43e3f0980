"""The worst contents, one after another, beside a client that works."""

import socket
import time

from checks.faults.beside import Beside
from checks.faults.contents import bodies
from checks.faults.group import Group, KNOWN
from checks.harness import wire


class Hostile(Group):
    def fault_hostile_work(self):
        """A gibibyte of complaints and of answers that nobody reads, in two gibibytes of addresses."""
        folder = self.folder()
        server = self.serve(folder, wrap=("prlimit", f"--as={2 << 30}"))
        token = server.token()
        payments = [
            {"reference": f"{serial:06}" + "r" * 240, "amount": "999999999999", "currency": "KWD",
             "paid_at": "2026-07-01T10:00:00Z"}
            for serial in range(5000)
        ]
        day = "/api/v1/connect/reconciliation?date=2026-07-01"
        push = "/api/v1/connect/payments"
        with server.client(timeout=120) as client:
            body = wire.encode({"payments": payments})
            answer = client.ask("POST", push, wire.bearer(token), body)
            self.check(answer.status == 201, f"payments: {answer.status}")
            answer = client.ask("GET", day, wire.bearer(token))
            self.check(answer.status == 200, f"reconciliation: {answer.status}")
            self.check(len(answer.body) < 1.5 * 2**20, f"{len(answer.body)} bytes of one list")
            self.check(answer.json()["next_cursor"], "a list without end has no cursor")
        before = server.memory()
        greedy = []
        for _ in range(300):
            client = server.client(timeout=60)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.send(wire.request("GET", day, wire.bearer(token)))
            greedy.append(client)
        peak = before
        item = b"{}," * (16 * 2**20 // 3 - 100)
        bodies = [
            b'{"payments":[' + b"{}," * 4999 + b"{}]}",
            b'{"payments":[{"reference":"' + b"x" * (15 << 20) + b'"}]}', b'{"payments":[' + item + b"{}]}",
            b'{"items":[' + item + b"{}]}",
        ]
        with Beside(self, server, pause=0.01) as beside:
            for turn in range(64):
                beside.case = f"body {turn % len(bodies)}"
                with server.client(timeout=120) as client:
                    answer = client.ask("POST", push, wire.bearer(token), bodies[turn % len(bodies)])
                    refused = answer.status in (400, 413, 422)
                    self.check(refused, f"hostile work: {answer.status}")
                    self.check(len(answer.body) < 64 << 10, f"{len(answer.body)} bytes of complaints")
                peak = max(peak, server.memory())
        growth = (peak - before) / 2**20
        self.check(growth < 256, f"hostile work takes {growth:.0f} MiB")
        beside.judge("hostile work")
        self.figures.append(f"hostile work: {growth:.0f} MiB")
        for client in greedy:
            client.close()
        self.end(server, folder)

    def fault_hostile_bodies(self):
        """The worst contents one after another; another client's health checks and searches go on."""
        folder = self.folder()
        server = self.serve(folder, wrap=("prlimit", f"--as={2 << 30}"))
        token = server.token()
        credentials = {
            "client": wire.bearer(token),
            "agent": {"X-Bridge-Agent-ID": wire.AGENT[0], "X-Bridge-Agent-Key": wire.AGENT[1]},
            "key": {"X-API-Key": "demo_healthcare_key_sandbox_2026"},
            "form": {"Content-Type": "application/x-www-form-urlencoded"},
        }
        cases = bodies()
        time.sleep(0.3)
        idle = peak = server.memory()
        sent = 0
        with Beside(self, server) as beside:
            # One after another on a connection of its own, as three callers would at a time.
            for turn in range(3):
                for name, target, who, body in cases:
                    beside.case = name
                    fields = dict(credentials[who])
                    if who != "form" and turn:
                        fields["Idempotency-Key"] = f"hostile-{turn}-{len(body)}"
                    with server.client(timeout=120) as client:
                        answer = client.ask("POST", target, fields, body)
                    self.check(answer.status < 500, f"{name}: {answer.status}")
                    self.check(len(answer.body) < 4 << 20, f"{name}: {len(answer.body)} bytes")
                    sent += len(body)
                    peak = max(peak, server.memory())
            beside.case = "long heads"
            with server.client(timeout=30) as client:
                for fields in [{"Cookie": "a=b;" * 1500}, {"X-Forwarded-For": "1," * 3000}]:
                    client.ask("GET", wire.SEARCH + KNOWN, {**wire.bearer(token), **fields})
                client.ask("GET", wire.SEARCH + KNOWN + "&a=%41" * 900, wire.bearer(token))
        growth = (peak - idle) / 2**20
        self.check(growth < 256, f"hostile contents take {growth:.0f} MiB")
        beside.judge(f"{sent >> 20} MiB of hostile contents")
        self.figures.append(f"hostile contents: {growth:.0f} MiB")
        self.end(server, folder)
