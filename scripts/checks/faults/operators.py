"""Races, commands beside a running server, and unsafe settings."""

import re
import threading
import time

from checks.faults.group import Group, person
from checks.harness import live, wire


class Operators(Group):
    def fault_same_call_at_once(self):
        """One person or one key, many callers at one moment: one patient, one answer."""
        folder = self.folder()
        server = self.serve(folder)
        token = server.token()
        for turn in range(20):
            keyed = turn % 2 == 0
            fields = wire.bearer(token, **({"Idempotency_Key": f"key-{turn}"} if keyed else {}))
            data = wire.request("POST", wire.RESOLVE, fields, person(turn))
            clients = [server.client() for _ in range(32)]
            for client in clients:
                client.send(data[:-1])
            for client in clients:
                client.send(data[-1:])
            answers = [client.receive() for client in clients]
            ids = {answer.json()["health_id"] for answer in answers}
            created = [answer for answer in answers if answer.status == 201]
            self.check(len(ids) == 1, f"{len(ids)} patients for one person")
            if keyed:
                replays = [a for a in answers if a.field("Idempotency-Replayed") == "true"]
                bodies = {answer.body for answer in answers}
                self.check(
                    len(replays) == 31 and len(bodies) == 1 and len(created) == 32,
                    f"{len(replays)} replays, {len(bodies)} answers, {len(created)} times 201",
                )
            else:
                self.check(len(created) == 1, f"created {len(created)} times")
            for client in clients:
                client.close()
        self.end(server, folder)

    def fault_many_first_starts(self):
        """Several servers on one empty folder: one runs, the others say why they do not."""
        for _ in range(5):
            folder = self.folder()
            servers = []
            for _ in range(4):
                servers.append(self.serve(folder, wait=False))
            deadline = time.monotonic() + 15
            while sum(s.is_alive for s in servers) > 1 and time.monotonic() < deadline:
                time.sleep(0.02)
            alive = [server for server in servers if server.is_alive]
            if not self.check(len(alive) == 1, f"{len(alive)} servers run"):
                continue
            with open(folder + ".log", encoding="utf-8") as file:
                text = file.read()
            self.check(text.count("another server") == 3, f"says {text!r}")
            self.end(alive[0].wait_ready(), folder)

    def fault_commands(self):
        folder = self.folder()
        server = self.serve(folder)
        token = server.token()
        name = wire.CREATOR[0]

        def run(*words):
            status, output, text = live.command(self.program, *words, data=folder)
            self.check(status == 0, f"{words}: {text}")
            return output

        with server.client() as client:

            def expect(status, why, bearer=None):
                answer = self.verify(client, bearer or token)
                self.check(answer.status == status, f"{why}: {answer.status} {answer.body!r}")

            expect(200, "before")
            run("client", "suspend", name)
            expect(401, "suspended")
            self.check(client.token().status == 401, "a suspended client gets a token")
            run("client", "resume", name)
            expect(401, "a token from before it was suspended")
            token = server.token()
            expect(200, "resumed")
            run("client", "scopes", name, "--scopes", "lab:push")
            expect(403, "without the scope")
            run("client", "scopes", name, "--scopes", "patient:read health_id:verify")
            expect(200, "with the scope again")
            secret = re.search(r"sk_\S+", run("client", "rotate", name)).group(0)
            self.check(client.token((name, secret)).status == 200, "the new secret")
            self.check(client.token().status == 200, "the old secret in its overlap")
            run("keys", "rotate")
            fresh = client.token().json()["access_token"]
            self.check(fresh.split(".")[0] != token.split(".")[0], "still signs with the old key")
            expect(200, "a token of the old key")
            expect(200, "a token of the new key", fresh)
            keys = client.ask("GET", "/.well-known/jwks.json").json()["keys"]
            self.check(len(keys) == 2, f"{len(keys)} keys")
            self.check("still be needed" in run("keys", "prune"), "prunes a key in use")
            expect(200, "after a prune")
            run("client", "revoke", name)
            expect(401, "revoked")
            status, _, text = live.command(self.program, "client", "resume", name, data=folder)
            self.check(status == 1 and "revoked" in text, f"a revoked client resumes: {text}")
        self.end(server, folder)

    def fault_commands_under_load(self):
        """Commands write beside a busy server; both get through."""
        folder = self.folder()
        server = self.serve(folder)
        token = server.token()
        stop = threading.Event()
        statuses = []

        def work(index):
            with server.client() as client:
                number = 0
                while not stop.is_set():
                    statuses.append(self.create(client, token, index * 100_000 + number).status)
                    number += 1

        threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        try:
            for number in range(20):
                status, _, text = live.command(
                    self.program, "client", "create", "--id", f"c{number}", "--name", "x", "--scopes",
                    "patient:read", data=folder,
                )
                self.check(status == 0, f"{text}")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.check(set(statuses) == {201}, f"answers {set(statuses)}")
        self.end(server, folder)

    def fault_unsafe_settings(self):
        production = ["--environment", "production"]
        self.refuses(self.folder(), "in clear over 0.0.0.0", *production, "--host", "0.0.0.0", status=2)
        self.refuses(self.folder(), "in clear over ::", *production, "--host", "::", status=2)
        self.refuses(self.made(), "documentation", *production)
        self.refuses(self.folder(), "must be one of", "--environment", "test", status=2)
        self.refuses(self.folder(), "must be a number", "--loops", "-1", status=2)
        self.refuses(self.folder(), "no option", "--verbose", status=2)
        self.refuses(self.folder(), "(?i)address", "--host", "no.such.host.invalid", status=2)
        folder = self.folder()
        server = self.serve(folder, *production, "--host", "0.0.0.0", "--allow-plain-http")
        with server.client() as client:
            self.check(client.token().status == 401, "production knows a documented secret")
            self.check(client.token(wire.READER).status == 401, "production knows a secret")
        self.end(server, folder)
