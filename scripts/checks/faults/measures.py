"""Memory and the time to start."""

import time

from checks.faults.group import Group
from checks.harness import verdict, wire

# Bounds that tell a fault from a busy machine; the figures are printed.
IDLE = 28  # MiB.
START = 300  # Milliseconds, the fastest of nine.


class Measures(Group):
    def fault_memory(self):
        folder = self.folder()
        server = self.serve(folder)
        token = server.token()
        time.sleep(0.3)
        idle = server.memory()
        self.check(idle <= IDLE << 20, f"idle: {idle / 2**20:.1f} MiB")
        crowd = []
        for _ in range(10_000):
            client = server.client()
            client.send(wire.request("GET", "/health"))
            crowd.append(client)
        for client in crowd:
            self.check(client.receive().status == 200, "no answer")
        many = server.memory()
        self.check(many <= 64 << 20, f"10,000 idle connections: {many / 2**20:.1f} MiB")
        for client in crowd:
            client.close()
        known = b'{"health_id":"CM-HID-7KQ9-MP42-X8D1","x":"'
        body = known + b"a" * ((1 << 20) - len(known) - 2) + b'"}'
        data = wire.request("POST", wire.RESOLVE, wire.bearer(token), body)
        uploads = [server.client(timeout=30) for _ in range(200)]
        for client in uploads:
            client.send(data[:-1])
        peak = server.memory()
        for client in uploads:
            client.send(data[-1:])
        served = 0
        for client in uploads:
            # What one caller may keep the server holding is limited.
            answer = client.receive()
            served += answer.status == 200
            if answer.status != 200:
                self.check(answer.status == 503, f"an upload is answered {answer.status}")
                verdict.check_refusal(self.findings, self.name, answer)
            client.close()
        self.check(served >= 16, f"{served} uploads of 200 are served")
        self.check(peak <= 4 * 200 << 20, f"200 bodies of 1 MiB: {peak / 2**20:.1f} MiB")
        time.sleep(1)
        self.figures.append(
            f"memory idle {idle / 2**20:.1f}, 10,000 connections {many / 2**20:.1f}, 200 × 1 MiB "
            f"bodies {peak / 2**20:.1f}, afterwards {server.memory() / 2**20:.1f} MiB"
        )
        self.end(server, folder)

    def fault_start(self):
        folder = self.made()
        times = []
        for _ in range(9):
            server = self.serve(folder)
            with server.client() as client:
                self.check(client.ask("GET", "/ready").status == 200, "not ready")
            times.append((time.monotonic() - server.started) * 1000)
            server.stop()
        times.sort()
        self.check(times[0] <= START, f"start to first answer takes {times[0]:.0f} ms")
        self.figures.append(f"start to first answer {times[4]:.0f} ms (best {times[0]:.0f})")
