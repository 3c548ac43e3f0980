#!/usr/bin/env python3
"""How many webhooks a second one server delivers, signed and recorded, to a fast receiver.

Usage: benchmarks/webhooks.py [--events N] [--dead N] [--rounds N]

Each round fills the outbox of a stopped sandbox with N events about a thousand patients, starts the
server and the receiver (receiver.c, built with cc), and takes the time until the log has them all
delivered. Rounds alternate between the good receiver alone and with dead ones beside it: ports on
which nobody answers. CPU time of the server per delivery moves less than the rate: read it first.

OPESCARE_BINARY names the program; without it, it is built as scripts/serve does.
"""

import argparse
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FACILITY = "00000000-0000-0000-0000-100000000001"


def binary():
    if "OPESCARE_BINARY" in os.environ:
        return os.environ["OPESCARE_BINARY"]
    path = ROOT / ".build-release/release/opescare"
    script = f'source "{ROOT}/scripts/requirements.sh" && build_release --quiet'
    subprocess.run(["bash", "-c", script], check=True, stdout=sys.stderr)
    return str(path)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Server:
    def __init__(self, program, folder):
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", "--data", folder, "--webhook-allow-private"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.base = None
        for line in self.process.stdout:
            if line.startswith("Listening on "):
                self.base = line.split()[-1]
                break

    def post(self, path, body, token=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = "Bearer " + token
        request = urllib.request.Request(
            self.base + path, json.dumps(body).encode(), headers, method="POST")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def token(self):
        return self.post("/api/v1/connect/auth/token", {
            "grant_type": "client_credentials", "client_id": "opeshisos_production",
            "client_secret": "prod_secret_opeshisos_2026"})["access_token"]

    def cpu(self):
        """User and system time so far, in seconds."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def round_(program, receiver, events, dead):
    with tempfile.TemporaryDirectory() as folder:
        server = Server(program, folder)
        token = server.token()
        port = free_port()
        urls = [f"http://127.0.0.1:{port}/hook"]
        silent = [socket.create_server(("127.0.0.1", 0)) for _ in range(dead)]
        urls += [f"http://127.0.0.1:{s.getsockname()[1]}/hook" for s in silent]
        for url in urls:
            server.post("/api/v1/connect/webhooks/subscriptions",
                        {"url": url, "events": ["*"]}, token)
        server.stop()

        database = sqlite3.connect(folder + "/opescare.db", isolation_level=None)
        first = database.execute("SELECT COALESCE(MAX(seq), 0) FROM events").fetchone()[0] + 1
        now = int(time.time() * 1000)
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO events VALUES (?, 0, 'lab_result.released', ?, ?, 'demo', ?, 'req_b', ?)",
            ((first + n, now, FACILITY, n % 1000 + 1,
              '{"record_id":"lab_01kt189he0frw831h801ea45yv","health_id":"CM-HID-7KQ9-MP42-X8D1"}')
             for n in range(events)))
        database.execute("COMMIT")

        receiving = subprocess.Popen([receiver, str(port)], stdout=subprocess.DEVNULL)
        start = time.monotonic()
        server = Server(program, folder)
        delivered = 0
        while delivered < events:
            time.sleep(0.1)
            delivered = database.execute(
                "SELECT COUNT(*) FROM webhook_deliveries WHERE subscription = 1 "
                "AND state = 'delivered'").fetchone()[0]
            if time.monotonic() - start > 300:
                sys.exit(f"only {delivered} of {events} were delivered in five minutes")
        seconds, cpu = time.monotonic() - start, server.cpu()
        database.close()
        server.process.kill()
        server.process.wait()
        receiving.kill()
        receiving.wait()
        for listener in silent:
            listener.close()
        return events / seconds, cpu / events * 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--dead", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    program = binary()
    with tempfile.TemporaryDirectory() as folder:
        receiver = folder + "/receiver"
        source = ROOT / "benchmarks/receiver.c"
        subprocess.run(["cc", "-O2", "-o", receiver, str(source)], check=True)
        alone, beside = [], []
        for number in range(options.rounds):
            alone.append(round_(program, receiver, options.events, 0))
            beside.append(round_(program, receiver, options.events, options.dead))
            print("alone {:,.0f}/s, {:.1f} µs CPU; ".format(*alone[-1])
                  + "beside {} dead {:,.0f}/s, {:.1f} µs CPU".format(options.dead, *beside[-1]),
                  flush=True)
        rate, cpu = (statistics.median(one[i] for one in alone) for i in (0, 1))
        ratios = [statistics.median(b[i] / a[i] for a, b in zip(alone, beside)) for i in (0, 1)]
        print(f"median {rate:,.0f}/s, {cpu:.1f} µs CPU; with dead receivers "
              f"x {ratios[0]:.2f}, CPU x {ratios[1]:.2f}")


if __name__ == "__main__":
    main()
