"""What the suites share: data folders, programs that run by turns, and the table of what they did."""

import base64
import contextlib
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import urllib.request
import zlib

from suites.program import ROOT, Program, Writing, free_port, require

SECRET = ("opeshisos_production", "prod_secret_opeshisos_2026")
CONNECT = "/api/v1/connect"
BUILD = "swift build -c release --scratch-path .build-release --static-swift-stdlib"


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = options.work
        os.makedirs(self.work, exist_ok=True)
        self.binaries = options.binary or [f"{ROOT}/.build-release/release/opescare"]
        for binary in self.binaries:
            require(binary, f"{BUILD} --product opescare")
        self.programs = []

    # Programs

    def limit(self, name, libraries=""):
        how = f"gcc -O2 -pthread -o {self.work}/{name} benchmarks/limits/{name}.c{libraries}"
        return require(f"{self.work}/{name}", how)

    def start(self, name, command, port):
        program = Program(name, [str(part) for part in command], port)
        self.programs.append(program)
        return program

    def names(self):
        """Each binary by the part of its path that tells it from the others."""
        if len(self.binaries) == 1:
            return ["opescare"]
        return [os.path.relpath(binary, os.path.commonpath(map(os.path.abspath, self.binaries)))
                if os.path.dirname(binary) else binary for binary in self.binaries]

    def opescare(self, folder, *options, binary=None, name="opescare"):
        port = free_port()
        command = [binary or self.binaries[0], "serve", "--data", folder, "--port", port,
                   "--rate-limit", 0, *options]
        return self.start(name, command, port)

    def every(self, patients, *options):
        """Each binary on a folder of its own."""
        return [self.opescare(self.folder(patients, f"run-{index}", binary), *options,
                              binary=binary, name=name)
                for index, (binary, name) in enumerate(zip(self.binaries, self.names()))]

    def folder(self, patients, name, binary=None):
        """A fresh copy of a data folder with that many patients, seeded once for each schema."""
        binary = binary or self.binaries[0]
        empty = f"{self.work}/empty"
        shutil.rmtree(empty, ignore_errors=True)
        self.opescare(empty, binary=binary).stop()
        with contextlib.closing(sqlite3.connect(f"{empty}/opescare.db")) as database:
            steps = database.execute("SELECT group_concat(checksum) FROM schema_migrations")
            schema = zlib.crc32(steps.fetchone()[0].encode())
        seeded = f"{self.work}/seeded-{patients}-{schema:08x}"
        if not os.path.exists(seeded):
            if patients:
                subprocess.run(
                    [sys.executable, f"{ROOT}/benchmarks/seed.py", empty, str(patients)], check=True)
                subprocess.run([binary, "patients", "reindex", "--data", empty], check=True)
            os.rename(empty, seeded)
        copy = f"{self.work}/{name}"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(seeded, copy)
        return copy

    def token(self, program, who=SECRET):
        request = urllib.request.Request(
            f"http://127.0.0.1:{program.port}/api/v1/connect/auth/token",
            b"grant_type=client_credentials",
            {"Authorization": "Basic " + base64.b64encode(":".join(who).encode()).decode(),
             "Content-Type": "application/x-www-form-urlencoded"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["access_token"]

    def script(self, name, text):
        path = f"{self.work}/{name}.lua"
        with open(path, "w") as file:
            file.write(text)
        return path

    def stop(self):
        for program in self.programs:
            if program.process.poll() is None:
                program.stop()

    # Measuring

    def compare(self, title, arms, connections=64, wrk_threads=1):
        """Arms are (label, program, path, script, requests per count); the first is the base."""
        options = self.options
        results = {arm[0]: [] for arm in arms}
        for arm in arms:
            self.load(arm, 1, connections, wrk_threads)
        for _ in range(options.rounds):
            for arm in arms:
                results[arm[0]].append(
                    self.load(arm, options.seconds, connections, wrk_threads))
        base = results[arms[0][0]]
        print(f"\n{title}: {options.rounds} rounds of {options.seconds} s, "
              f"{connections} connections, load {os.getloadavg()[0]:.1f}")
        print(f"{'':24}{'req/s median [min..max]':>30}{'ratio [min..max]':>22}{'CPU µs':>9}"
              f"{'ratio':>7}{'p50 ms':>8}{'p99 ms':>8}{'PSS MB':>8}{'errors':>8}")
        for label, rounds in results.items():
            rates = [one["rate"] for one in rounds]
            pairs = [one["rate"] / other["rate"] for one, other in zip(rounds, base)]
            costs = [one["cpu"] / other["cpu"] for one, other in zip(rounds, base) if other["cpu"]]
            median = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
            rate = f"{median['rate']:,.0f} [{min(rates):,.0f}..{max(rates):,.0f}]"
            ratio = f"{statistics.median(pairs):.2f} [{min(pairs):.2f}..{max(pairs):.2f}]"
            cost = f"{statistics.median(costs):.2f}" if costs else "-"
            print(f"{label:24}{rate:>30}{ratio:>22}{median['cpu']:>9.1f}{cost:>7}"
                  f"{median['p50']:>8.2f}{median['p99']:>8.2f}{median['pss']:>8.1f}"
                  f"{sum(one['errors'] for one in rounds):>8}")
        return results

    def load(self, arm, seconds, connections, threads):
        _, program, path, script = arm
        if isinstance(program, Writing):
            return program.measure(seconds)
        command = ["wrk", "--latency", f"-t{threads}", f"-c{connections}", f"-d{seconds}s",
                   "--timeout", "10s"]
        if script:
            command += ["-s", script]
        before = program.cpu()
        text = subprocess.run(
            command + [f"http://127.0.0.1:{program.port}{path}"], capture_output=True, text=True,
            check=True).stdout
        spent = program.cpu() - before

        def find(pattern):
            match = re.search(pattern, text, re.M)
            return match[1] if match else None

        def milliseconds(value):
            number, unit = re.match(r"([\d.]+)(us|ms|s)", value).groups()
            return float(number) * {"us": 1e-3, "ms": 1, "s": 1000}[unit]

        count = int(find(r"(\d+) requests in"))
        failed = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", text)))
        for broken in re.findall(r"Socket errors: (.*)", text):
            failed += sum(map(int, re.findall(r"\d+", broken)))
        return {"rate": float(find(r"Requests/sec:\s+([\d.]+)")),
                "cpu": spent * 1e6 / max(count, 1),
                "p50": milliseconds(find(r"^\s+50%\s+(\S+)")),
                "p99": milliseconds(find(r"^\s+99%\s+(\S+)")), "pss": program.pss(),
                "errors": failed}
