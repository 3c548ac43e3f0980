"""Disks that cannot be written, and memory that nobody else may read."""

import os
import re
import subprocess

from checks.faults.group import Group
from checks.harness import live, verdict, wire


class Rights(Group):
    def fault_abort(self):
        """Killed by a fault of its own, a server leaves no memory behind, whatever its limits are."""
        folder = self.folder()
        server = self.serve(folder, wrap=("prlimit", "--core=unlimited"))
        pid = server.process.pid
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            limit = next(line for line in file if line.startswith("Max core file size"))
        self.check(limit.split()[4:6] == ["0", "0"], f"may leave a core: {limit}")
        self.end(server, folder)
        if os.geteuid() != 0:
            self.not_run.append(self.name)
            return
        # Under /proc, a process that may not be dumped belongs to root, whoever runs it.
        for top, folders, files in os.walk(folder):
            for name in [".", *folders, *files]:
                os.chown(os.path.join(top, name), 65534, -1)
        server = self.serve(folder, wrap=("setpriv", "--reuid=65534", "--clear-groups"))
        owner = os.stat(f"/proc/{server.process.pid}/environ").st_uid
        self.check(owner == 0, f"its memory is open to the user {owner}")
        self.end(server, folder)

    def fault_read_only_at_start(self):
        folder = self.tmpfs("16m")
        if not folder:
            return
        server = self.serve(folder)
        self.check(server.stop() == 0, "does not stop")
        self.remount(folder, "ro")
        self.refuses(folder, "(?i)read-only|written|writable")
        status, _, text = live.command(self.program, "client", "suspend", wire.CREATOR[0], data=folder)
        self.check(status == 1 and re.search("(?i)read-only|written", text), f"command: {text!r}")
        self.remount(folder, "rw")
        self.end(self.serve(folder), folder)

    def fault_read_only_in_flight(self):
        folder = self.folder()
        server = self.serve(folder)
        token = server.token()
        files = [f"{folder}/opescare.db", f"{folder}/opescare.db-wal"]
        if subprocess.run(["chattr", "+i", *files], capture_output=True, check=False).returncode:
            self.not_run.append(self.name)
            server.kill()
            return
        try:
            with server.client() as client:
                for serial in range(3):
                    answer = self.create(client, token, serial)
                    self.check(answer.status == 503, f"{answer.status} {answer.body!r}")
                    verdict.check_refusal(self.findings, self.name, answer)
                answer = self.verify(client, token)
                self.check(answer.status == 503, f"an unaudited read: {answer.status}")
                self.check(client.ask("GET", "/ready").status == 503, "says it is ready")
                self.check(client.ask("GET", "/health").status == 200, "says it is dead")
        finally:
            subprocess.run(["chattr", "-i", *files], check=False)
        with server.client() as client:
            answer = self.create(client, token, 1)
            self.check(answer.status == 201, f"writable again: {answer.status} {answer.body!r}")
        self.end(server, folder)
