"""A clinic with a real `opescare-bridge`, for the checks of what it does."""

import csv
import glob
import json
import os
import shutil
import subprocess
import time

from checks.harness import live, wire

PATIENT = "CM-HID-7KQ9-MP42-X8D1"  # Of the sandbox.
AGENT, KEY = wire.AGENT
FACILITY = "00000000-0000-0000-0000-100000000001"
LIMIT = 60  # Seconds for the agent to bring everything home once the faults have stopped.


class Site:
    """A clinic: a folder, a configuration, and an agent that can be killed."""

    def __init__(self, program, port, name="site", **extra):
        self.program = program
        self.folder = live.scratch_folder("bridge-" + name)
        self.incoming = os.path.join(self.folder, "data/incoming")
        os.makedirs(self.incoming)
        self.configuration = {
            "server_url": f"http://127.0.0.1:{port}",
            "agent_id": AGENT,
            "agent_key": "SET_VIA_OPESCARE_AGENT_KEY_ENV_VAR",
            "facility_id": FACILITY,
            "environment": "sandbox", "date_order": "dmy", "encoding": "windows-1252",
            "heartbeat_interval_seconds": 5,
            "sync_interval_seconds": 1,
            "log_level": "INFO",
            "quiet_seconds": 0,
            "request_timeout_seconds": 5,
            "batch_size": 500,
            "connector": {
                "type": "csv_folder", "watch_folder": "./data/incoming", "file_pattern": "*.csv"},
            **extra,
        }
        self.write_configuration()
        self.process = None
        self.log = open(os.path.join(self.folder, "agent.log"), "ab")

    def write_configuration(self):
        with open(os.path.join(self.folder, "bridge_config.json"), "w", encoding="utf-8") as file:
            json.dump(self.configuration, file)

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if "OPESCARE" not in name}
        return {**kept, "OPESCARE_AGENT_KEY": KEY, "TZ": "UTC"}

    def words(self, *words):
        return [self.program, *words, "--config", "bridge_config.json"]

    def start(self, limits=None):
        self.process = subprocess.Popen(
            self.words(), cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, preexec_fn=limits)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        """SIGTERM; how long it took, and its exit status."""
        started = time.monotonic()
        self.process.terminate()
        status = self.process.wait(30)
        self.process = None
        return time.monotonic() - started, status

    def run(self, *words, timeout=LIMIT, limits=None):
        return subprocess.run(
            self.words(*words), cwd=self.folder, env=self.environment(), capture_output=True,
            text=True, timeout=timeout, check=False, preexec_fn=limits)

    def once(self):
        """--once until nothing is left, as a technician would."""
        deadline = time.monotonic() + LIMIT
        while True:
            done = self.run("--once", timeout=LIMIT * 2)
            if done.returncode != 1 or time.monotonic() > deadline:
                return done

    def status(self):
        return json.loads(self.run("status", "--json").stdout)

    def drop(self, name, text):
        """As a careful exporter does: whole, under its name, at once."""
        data = text if isinstance(text, bytes) else text.encode("utf-8")
        part = os.path.join(self.incoming, name + ".part")
        with open(part, "wb") as file:
            file.write(data)
        os.rename(part, os.path.join(self.incoming, name))

    def files(self, folder):
        path = os.path.join(self.folder, "data", folder)
        return sorted(os.listdir(path)) if os.path.isdir(path) else []

    def reports(self, pattern):
        """The rows of all files of that pattern below data/, as dictionaries."""
        rows = []
        for path in glob.glob(os.path.join(self.folder, "data", pattern)):
            with open(path, encoding="utf-8-sig", newline="") as file:
                rows += list(csv.DictReader(file))
        return rows

    def log_text(self):
        with open(os.path.join(self.folder, "agent.log"), encoding="utf-8") as file:
            return file.read()

    def remove(self):
        self.kill()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
