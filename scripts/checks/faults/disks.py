"""Disks that are full, and limits that are met like one."""

import os
import subprocess
import time

from checks.faults.group import Group, KNOWN
from checks.harness import live, verdict, wire


class Disks(Group):
    def fault_disk_full(self):
        folder = self.tmpfs("6m")
        if not folder:
            return
        server = self.serve(folder)
        token = server.token()
        acknowledged, refused = {}, None
        with server.client() as client:
            for serial in range(20_000):
                answer = self.create(client, token, serial)
                if answer.status != 201:
                    refused = answer
                    break
                acknowledged[serial] = answer.json()["health_id"]
            if not self.check(refused is not None, "6 MiB hold 20,000 patients"):
                return
            for _ in range(3):
                verdict.check_refusal(self.findings, self.name, refused)
                self.check(refused.status == 503, f"{refused.status} {refused.body!r}")
                refused = self.create(client, token, 30_000)
            for target in ["/health", "/metrics"]:
                self.check(client.ask("GET", target).status == 200, f"no {target}")
            self.fill(folder)
            # Small rows may still fit for a while. After that a read that cannot be audited must
            # not be answered.
            audited = self.until_refused(
                lambda i: client.ask("GET", wire.VERIFY + KNOWN, wire.bearer(token, X_Request_Id=f"full-{i}"))
            )
            tokens = self.until_refused(lambda i: client.token(fields={"X-Request-Id": f"full-token-{i}"}))
            # What /ready writes fits into the log's old frames, over and over; it must see more.
            time.sleep(1.1)
            answer = client.ask("GET", "/ready")
            self.check(answer.status == 503, f"/ready: {answer.status}")
            self.check("disk of the database is full" in server.log(), "the log does not say why")
            os.remove(folder + "/filler")
            self.remount(folder, "size=64m")
            answer = self.create(client, token, 30_000)
            self.check(answer.status == 201, f"with room again: {answer.status} {answer.body!r}")
            self.check_ready_again(client)
            for serial, health_id in acknowledged.items():
                found = self.create(client, token, serial)
                if not self.check(
                    found.status == 200 and found.json()["health_id"] == health_id,
                    f"patient {serial} lost: {found.status} {found.body!r}",
                ):
                    break
        connection = live.database(folder)
        rows = connection.execute(
            "SELECT count(*) FROM audit_log WHERE request_id LIKE 'full-%' AND status = 200"
        )
        count = rows.fetchone()[0]
        connection.close()
        self.check(count == audited + tokens, f"{audited} + {tokens} answers, {count} audit rows")
        self.end(server, folder)

    def check_ready_again(self, client):
        """A write that the file did not take is told of for ten seconds: a smaller one may fit."""
        deadline = time.monotonic() + 15
        while client.ask("GET", "/ready").status != 200:
            if not self.check(time.monotonic() < deadline, "not ready with room again"):
                return
            time.sleep(0.2)

    def fill(self, folder):
        with open(folder + "/filler", "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    def until_refused(self, ask):
        """Asks until the answer is a proper 503; returns how often it was 200."""
        for count in range(5000):
            answer = ask(count)
            if answer.status != 200:
                self.check(answer.status == 503, f"{answer.status} {answer.body!r}")
                verdict.check_refusal(self.findings, self.name, answer)
                return count
        self.check(False, "5,000 more writes fit on a full disk")
        return 0

    def fault_file_size_limit(self):
        """RLIMIT_FSIZE, as systemd's LimitFSIZE sets it, is met like a full disk."""
        folder = self.folder()
        server = self.serve(folder, wrap=("prlimit", "--fsize=800000:unlimited"))
        token = server.token()
        with server.client() as client:
            for serial in range(2000):
                answer = self.create(client, token, serial)
                if answer.status != 201:
                    break
            self.check(answer.status == 503, f"{answer.status} {answer.body!r}")
            verdict.check_refusal(self.findings, self.name, answer)
            answer = client.ask("GET", "/ready")
            self.check(answer.status == 503, f"/ready: {answer.status}")
            subprocess.run(
                ["prlimit", "--pid", str(server.process.pid), "--fsize=unlimited:unlimited"], check=True,
            )
            answer = self.create(client, token, serial)
            self.check(answer.status == 201, f"without the limit: {answer.status}")
            self.check_ready_again(client)
        self.end(server, folder)

    def fault_full_at_start(self):
        folder = self.tmpfs("64k")
        if folder:
            self.refuses(folder, "(?i)full|space")

    def fault_full_at_rest(self):
        """No server, and no room for what SQLite puts beside a file to read it."""
        folder = self.tmpfs("16m")
        if not folder:
            return
        server = self.serve(folder)
        with server.client() as client:
            self.check(self.verify(client, server.token()).status == 200, "cannot be read")
        self.check(server.stop() == 0, "does not stop")
        for options in [None, "ro"]:
            for end in ["-wal", "-shm"]:
                if os.path.exists(folder + "/opescare.db" + end):
                    os.remove(folder + "/opescare.db" + end)
            self.fill(folder)
            if options:
                self.remount(folder, options)
            for words, sign in [("audit show", "verifyHealthID"), ("audit verify", "intact")]:
                status, output, text = live.command(self.program, *words.split(), data=folder)
                self.check(status == 0 and sign in output, f"{words}: {status} {output} {text!r}")
        self.remount(folder, "rw,size=32m")
        self.end(self.serve(folder), folder)
