"""Faults of one kind, and what all of them need."""

import random
import re
import sqlite3
import subprocess
import time

from checks.harness import live, verdict, wire

KNOWN = "CM-HID-7KQ9-MP42-X8D1"


def person(serial):
    name = "".join(chr(97 + int(digit)) for digit in str(serial))
    return wire.encode(
        {
            "first_name": "Ama", "last_name": "Test" + name, "date_of_birth": "1990-07-22",
            "national_id": f"N{serial}", "external_reference": "r" * 200 + name,
        }
    )


class Group:
    """Its methods `fault_…` are the faults."""

    def __init__(self, options, findings):
        self.program = options.program
        self.findings = findings
        self.rng = random.Random(options.seed)
        self.folders = []
        self.mounts = []
        self.not_run = []
        self.figures = []

    @classmethod
    def names(cls):
        return [name.removeprefix("fault_") for name in vars(cls) if name.startswith("fault_")]

    def check(self, is_right, text):
        return self.findings.check(is_right, f"{self.name}: {text}")

    def folder(self):
        folder = live.scratch_folder("fault")
        self.folders.append(folder)
        return folder

    def made(self):
        """A data folder that a server has filled and left."""
        folder = self.folder()
        self.check(live.Server(self.program, folder).stop() == 0, "does not stop")
        return folder

    def serve(self, folder, *flags, **more):
        return live.Server(self.program, folder, *flags, **more)

    def refuses(self, folder, sentence, *flags, status=1):
        """A start that must fail with one sentence that says why."""
        server = self.serve(folder, *flags, wait=False)
        try:
            ended = server.process.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            self.check(False, f"started although it should say: {sentence}")
            return
        text = server.log()
        self.check(ended == status, f"exit status {ended}: {text}")
        self.check(re.search(sentence, text), f"says {text!r}, not {sentence!r}")
        self.check("Fatal error" not in text and len(text) < 1000, f"rambles: {text!r}")

    def create(self, client, token, serial):
        return client.ask("POST", wire.RESOLVE, wire.bearer(token), person(serial))

    def verify(self, client, token, health_id=KNOWN):
        return client.ask("GET", wire.VERIFY + health_id, wire.bearer(token))

    def tmpfs(self, size):
        folder = self.folder()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", folder], capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            self.not_run.append(self.name)
            return None
        self.mounts.append(folder)
        return folder

    def remount(self, folder, options):
        subprocess.run(["mount", "-o", "remount," + options, folder], check=True)

    def end(self, server, folder, expected=0):
        self.check(server.is_alive, f"the server ended: {server.log()[-500:]}")
        self.check(server.stop() == expected, "does not stop")
        self.check("Fatal error" not in server.log(), "crashed")
        verdict.check_intact(self.findings, self.program, folder)

    def run(self, name):
        self.name = name
        started = time.monotonic()
        try:
            getattr(self, "fault_" + name)()
        except (
            wire.CutOff, TimeoutError, ValueError, RuntimeError, OSError, subprocess.SubprocessError,
            sqlite3.Error,
        ) as error:
            self.check(False, f"{type(error).__name__}: {error}")
        print(f"{name}: {time.monotonic() - started:.1f} s", flush=True)

    def clean(self):
        for folder in self.mounts:
            subprocess.run(["umount", "-l", folder], check=False)
        if not self.findings.count:
            for folder in self.folders:
                live.remove(folder)
