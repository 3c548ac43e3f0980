#!/usr/bin/env python3
"""How many rows a second the bridge agent brings from a CSV file to a server that has stored them.

Usage: benchmarks/bridge.py [--rows N] [--batch N] [--rounds N]

Each round has a fresh sandbox and is played twice, by turns: once the agent reads the file into its
queue, sends it and takes the verdicts (`--once`); once a bare loop, the reference, posts the same
records ready-made over one connection. The ratio says what reading, queueing and settling cost.
A third figure is the agent against a receiver that stores nothing: its own limit.

OPESCARE_BINARY and OPESCARE_BRIDGE_BINARY name the programs; without them, they are built as they are
deployed.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENT = "CM-HID-7KQ9-MP42-X8D1"
AGENT = "BRIDGE-2024-DEMO-001"
KEY = "demo_bridge_key_sandbox_2026"
FACILITY = "00000000-0000-0000-0000-100000000001"
COLUMNS = ["health_id", "test", "result", "unit", "date"]


def binary(variable, build, name):
    if variable in os.environ:
        return os.environ[variable]
    script = f'source "{ROOT}/scripts/requirements.sh" && {build} --quiet'
    subprocess.run(["bash", "-c", script], check=True, stdout=sys.stderr)
    return str(ROOT / ".build-release/release" / name)


def values(rows):
    return ([PATIENT, "Glucose", f"{number}", "mg/dl", "2026-06-01"] for number in range(rows))


class Server:
    """A sandbox without a rate limit."""

    def __init__(self, program, folder):
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", "--data", folder + "/server", "--rate-limit", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if line.startswith("Listening on "):
                self.port = int(line.rsplit(":", 1)[1])
                return
        sys.exit("the server did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Receiver:
    """Says "accepted" and stores nothing."""

    def __init__(self):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                count = body.count(b'"record_type":')
                text = b'{"status":"ok","accepted":%d,"rejected":0}' % count
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()


def agent(program, folder, port, options):
    """Rows a second of `--once`, and its CPU time in microseconds a row."""
    incoming = Path(folder) / "incoming"
    incoming.mkdir()
    configuration = {
        "server_url": f"http://127.0.0.1:{port}", "agent_id": AGENT, "agent_key": KEY,
        "facility_id": FACILITY, "environment": "sandbox", "quiet_seconds": 0,
        "batch_size": options.batch, "log_level": "ERROR",
        "connector": {"type": "csv_folder", "watch_folder": str(incoming)},
    }
    path = Path(folder) / "bridge_config.json"
    path.write_text(json.dumps(configuration))
    with open(incoming / "lab_results_1.csv", "w", encoding="utf-8") as file:
        file.write(",".join(COLUMNS) + "\n")
        file.writelines(",".join(row) + "\n" for row in values(options.rows))
    started = time.monotonic()
    process = subprocess.Popen(
        [program, "--config", str(path), "--once"], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit("the agent did not deliver everything")
    return options.rows / seconds, (usage.ru_utime + usage.ru_stime) / options.rows * 1e6


def reference(port, options):
    """Rows a second of a loop that does nothing but send."""
    records = [
        dict(zip(["record_type", *COLUMNS], ["lab_result", *row]), source_system="bridge_agent_csv")
        for row in values(options.rows)]
    bodies = [
        json.dumps({"agent_id": AGENT, "records": records[at:at + options.batch]}).encode()
        for at in range(0, options.rows, options.batch)]
    connection = http.client.HTTPConnection("127.0.0.1", port)
    started = time.monotonic()
    for number, body in enumerate(bodies):
        connection.request("POST", "/api/v1/bridge/sync", body, {
            "X-Bridge-Agent-ID": AGENT, "X-Bridge-Agent-Key": KEY,
            "Idempotency-Key": f"bench-{number}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            sys.exit(f"the server answers {answer.status}: {content[:200]}")
    return options.rows / (time.monotonic() - started)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    server_program = binary("OPESCARE_BINARY", "build_release", "opescare")
    bridge = binary("OPESCARE_BRIDGE_BINARY", "build_bridge", "opescare-bridge")
    agents, loops, alone, costs = [], [], [], []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(server_program, folder)
            rate, cost = agent(bridge, folder, server.port, options)
            agents.append(rate)
            costs.append(cost)
            server.stop()
        with tempfile.TemporaryDirectory() as folder:
            server = Server(server_program, folder)
            loops.append(reference(server.port, options))
            server.stop()
        with tempfile.TemporaryDirectory() as folder:
            receiver = Receiver()
            alone.append(agent(bridge, folder, receiver.port, options)[0])
            receiver.stop()
        print(f"agent {agents[-1]:,.0f} rows/s ({costs[-1]:.1f} us CPU a row), bare loop "
              f"{loops[-1]:,.0f}, agent to a receiver that stores nothing {alone[-1]:,.0f}",
              flush=True)
    ratio = statistics.median(a / b for a, b in zip(agents, loops))
    print(f"median {statistics.median(agents):,.0f} rows/s, x {ratio:.2f} of the bare loop; to a "
          f"receiver that stores nothing {statistics.median(alone):,.0f}")


if __name__ == "__main__":
    main()
