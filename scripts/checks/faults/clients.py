"""Too many clients, slow ones, and those that do not read."""

import re
import socket
import threading
import time

from checks.faults.group import Group, KNOWN, person
from checks.harness import live, verdict, wire


class Clients(Group):
    def fault_descriptors(self):
        folder = self.folder()
        server = self.serve(folder, wrap=("prlimit", "--nofile=64:64"))
        token = server.token()
        with server.client() as early:
            self.check(self.verify(early, token).status == 200, "no answer")
            crowd = []
            for _ in range(200):
                try:
                    crowd.append(server.client(timeout=5))
                except (wire.CutOff, OSError):
                    pass
            time.sleep(0.3)
            # Who is connected is served all the while, keys and database included.
            for serial in range(50):
                answer = self.create(early, token, serial)
                self.check(answer.status == 201, f"{answer.status} {answer.body!r}")
            self.check(early.token().status == 200, "no token")
            live.command(self.program, "keys", "rotate", data=folder)
            answer = early.token()
            self.check(answer.status in (200, 503), f"a token after a rotation: {answer.status}")
            refused = served = 0
            for client in crowd:
                try:
                    answer = client.ask("GET", "/health")
                    served += answer.status == 200
                    refused += answer.status == 503
                    if answer.status != 200:
                        verdict.check_refusal(self.findings, self.name, answer)
                except wire.CutOff:
                    refused += 1
                except TimeoutError:
                    # Not accepted yet: it waits in the kernel's queue.
                    refused += 1
                    break
            self.check(refused > 0 and served > 0, f"{served} served, {refused} refused")
            for client in crowd:
                client.close()
            time.sleep(0.3)
            started = time.monotonic()
            with server.client(timeout=5) as late:
                self.check(late.ask("GET", "/health").status == 200, "no recovery")
                fresh = late.token()
                self.check(fresh.status == 200, f"no token: {fresh.status}")
                keys = late.ask("GET", "/.well-known/jwks.json").json()["keys"]
                self.check(len(keys) == 2, f"{len(keys)} keys after the rotation")
            self.check(time.monotonic() - started < 2, "recovery takes long")
            self.check(self.verify(early, token).status == 200, "the old token ended")
        self.end(server, folder)

    def fault_slow_clients(self):
        folder = self.folder()
        server = self.serve(folder)
        token = server.token()
        head = wire.request("GET", wire.VERIFY + KNOWN, wire.bearer(token))
        stop = threading.Event()
        open_count = [0]

        def trickle():
            clients = {}
            while not stop.is_set():
                while len(clients) < 2000:
                    trickler = socket.create_connection(("127.0.0.1", server.port), 5)
                    trickler.setblocking(False)
                    clients[trickler] = 0
                open_count[0] = len(clients)
                for trickler, sent in list(clients.items()):
                    try:
                        trickler.send(head[sent : sent + 1])
                        clients[trickler] = sent + 1
                        if sent % 8 == 7:
                            trickler.recv(4096)
                    except BlockingIOError:
                        pass
                    except OSError:
                        trickler.close()
                        del clients[trickler]
                    if sent + 2 >= len(head) and trickler in clients:
                        trickler.close()
                        del clients[trickler]
                stop.wait(0.3)
            for trickler in clients:
                trickler.close()

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            deadline = time.monotonic() + 10
            while open_count[0] < 2000 and time.monotonic() < deadline:
                time.sleep(0.05)
            times = []
            with server.client() as client:
                ends = time.monotonic() + 12
                while time.monotonic() < ends:
                    started = time.monotonic()
                    status = self.verify(client, token).status
                    times.append(time.monotonic() - started)
                    self.check(status == 200, f"{status}")
                    time.sleep(0.002)
        finally:
            stop.set()
            thread.join()
        times.sort()
        worst = times[int(len(times) * 0.99)] * 1000
        self.check(worst < 100, f"p99 is {worst:.1f} ms")
        self.check(open_count[0] == 2000, f"{open_count[0]} connections trickle")
        self.figures.append(f"p99 beside 2,000 trickling connections {worst:.1f} ms")
        self.end(server, folder)

    def fault_slow_reader(self):
        folder = self.folder()
        server = self.serve(folder)
        token = server.token()
        before = server.memory()
        greedy = []
        for _ in range(20):
            client = server.client(timeout=60)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.socket.setblocking(False)
            try:
                client.socket.send(wire.request("GET", "/openapi.yaml") * 1000)
            except BlockingIOError:
                pass
            greedy.append(client)
        time.sleep(1)
        growth = server.memory() - before
        self.check(growth < 16 << 20, f"20 readers who do not read hold {growth >> 20} MiB")
        with server.client() as client:
            started = time.monotonic()
            self.check(self.verify(client, token).status == 200, "nobody else is served")
            self.check(time.monotonic() - started < 0.5, "others wait")
        deadline = time.monotonic() + 45
        while time.monotonic() < deadline:
            with server.client() as client:
                text = client.ask("GET", "/metrics").body.decode()
            left = int(re.search(r"^opescare_connections_open (\d+)", text, re.M).group(1))
            if left <= 1:
                break
            time.sleep(1)
        self.check(left <= 1, f"{left} connections stay for readers who do not read")
        for client in greedy:
            client.close()
        self.end(server, folder)

    def fault_burst(self):
        """Thousands of writes at one moment: each is done or refused, none is forgotten."""
        folder = self.folder()
        server = self.serve(folder)
        token = server.token()
        clients = [server.client(timeout=30) for _ in range(5000)]
        for serial, client in enumerate(clients):
            client.send(wire.request("POST", wire.RESOLVE, wire.bearer(token), person(serial)))
        created, refused = set(), 0
        for client in clients:
            answer = client.receive()
            if answer.status == 503:
                refused += 1
                verdict.check_refusal(self.findings, self.name, answer)
            elif self.check(answer.status == 201, f"{answer.status} {answer.body!r}"):
                created.add(answer.json()["health_id"])
            client.close()
        self.check(len(created) > 1000, f"only {len(created)} are done, {refused} refused")
        connection = live.database(folder)
        stored = {row[0] for row in connection.execute("SELECT health_id FROM patients")}
        connection.close()
        self.check(created <= stored, f"{len(created - stored)} are lost")
        self.end(server, folder)
