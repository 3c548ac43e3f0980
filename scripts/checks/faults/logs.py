"""Logs that are stuck or lead nowhere, and secrets that must not be in them."""

import os
import socket
import time

from checks.faults.group import Group
from checks.harness import verdict, wire


class Logs(Group):
    def fault_closed_streams(self):
        """Started without standard streams: nothing else may take their place."""
        for closing in ["2>&-", "1>&- 2>&-", "0<&- 1>&- 2>&-", "0<&-"]:
            folder = self.folder()
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            server = self.serve(
                folder, wrap=("bash", "-c", f'exec "$@" {closing}', "serve"), wait=False, port=port
            )
            # It may have nowhere to print its address.
            server.port = port
            with self.connected(server) as client:
                for _ in range(20):
                    self.check(client.ask("GET", "/health").status == 200, "no answer")
                time.sleep(0.4)
                client.socket.setblocking(False)
                try:
                    self.check(False, f"a client gets {client.socket.recv(200)!r}")
                except BlockingIOError:
                    pass
            for number in range(3):
                path = os.readlink(f"/proc/{server.process.pid}/fd/{number}")
                self.check(not path.startswith(folder + "/"), f"stream {number} is {path}")
            with open(folder + "/opescare.lock", "rb") as file:
                text = file.read()
            self.check(text == b"%d\n" % server.process.pid, f"the lock file has {text[:60]!r}")
            self.end(server, folder)

    def connected(self, server):
        """A connection to a server that is about to listen."""
        deadline = time.monotonic() + 15
        while True:
            try:
                return server.client()
            except (wire.CutOff, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def fault_log_reader_gone(self):
        folder = self.folder()
        reading, writing = os.pipe()
        server = self.serve(folder, log=writing)
        os.close(writing)
        os.close(reading)
        token = server.token()
        with server.client() as client:
            for _ in range(5):
                for _ in range(200):
                    self.check(self.verify(client, token).status == 200, "no answer")
                time.sleep(0.3)
        self.end(server, folder)

    def fault_log_stuck(self):
        folder = self.folder()
        reading, writing = os.pipe()
        server = self.serve(folder, log=writing)
        os.close(writing)
        token = server.token()
        with server.client() as client:
            before = server.memory()
            # Each line has over 100 bytes; the pipe holds 64 KiB, the server 4 MiB.
            for _ in range(60):
                client.send(wire.request("GET", "/health") * 1000)
                for _ in range(1000):
                    client.receive()
            self.check(self.verify(client, token).status == 200, "no answer")
            growth = server.memory() - before
            self.check(growth < 24 << 20, f"holds {growth >> 20} MiB of lines")
        started = time.monotonic()
        self.check(server.stop(15) == 0, "does not stop while its log is stuck")
        self.check(time.monotonic() - started < 8, "takes long to stop")
        os.close(reading)
        verdict.check_intact(self.findings, self.program, folder)

    def fault_secrets_on_display(self):
        """Nothing secret in logs, the process list or the database."""
        folder = self.folder()
        server = self.serve(folder, "--log", "json")
        token = server.token()
        secrets = [token.encode(), wire.CREATOR[1].encode(), b"Ngo Bassong", b"677000000"]
        with server.client() as client:
            client.ask(
                "POST",
                wire.RESOLVE,
                wire.bearer(token),
                wire.encode(
                    {
                        "first_name": "Ama", "last_name": "Ngo Bassong", "date_of_birth": "1990-07-22",
                        "phone_number": "677000000",
                    }
                ),
            )
            client.ask("GET", f"/nothing/{wire.CREATOR[1]}?x={token}")
            client.ask(
                "POST", wire.TOKEN, {},
                b'{"client_id": "a", "client_secret": "%s"' % wire.CREATOR[1].encode(),
            )
        time.sleep(0.5)
        log = server.log().encode()
        with open(f"/proc/{server.process.pid}/cmdline", "rb") as file:
            line = file.read()
        self.check(b"resolvePatient" in log, f"no log: {log!r}")
        for secret in secrets:
            self.check(secret not in log + line, f"{secret[:12]!r} is in the log or process list")
        self.end(server, folder)
        with open(f"{folder}/opescare.db", "rb") as file:
            stored = file.read()
        for secret in secrets[:2]:
            self.check(secret not in stored, f"{secret[:12]!r} is in the database")
        for path, _, names in os.walk(folder):
            for entry in [path, *(f"{path}/{name}" for name in names)]:
                mode = os.stat(entry).st_mode & 0o077
                self.check(mode == 0, f"{entry} is open to others: {mode:o}")
