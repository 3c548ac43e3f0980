"""Access tokens, beside the signatures of openssl."""

import os
import re
import statistics
import subprocess

from suites.bench import SECRET
from suites.program import CORES


def tokens(bench):
    script = bench.script("token", f"""
        wrk.method = "POST"
        wrk.headers["Content-Type"] = "application/json"
        wrk.body = '{{"client_id":"{SECRET[0]}","client_secret":"{SECRET[1]}",'
            .. '"grant_type":"client_credentials"}}'
        """)
    servers = bench.every(0)
    arms = [(one.name, one, "/api/v1/connect/auth/token", script) for one in servers]
    rates = {arm[0]: [] for arm in arms}
    signs = []
    for _ in range(bench.options.rounds):
        text = subprocess.run(
            ["openssl", "speed", "-seconds", str(bench.options.seconds), "-multi", str(CORES),
             "rsa2048"], capture_output=True, text=True, check=True).stdout
        line = re.search(r"^rsa\s+2048 bits\s+\S+\s+\S+\s+([\d.]+)", text, re.M)
        signs.append(float(line[1]))
        for arm in arms:
            rates[arm[0]].append(bench.load(arm, bench.options.seconds, 16, 1))
    print(f"\ntoken issue: {bench.options.rounds} rounds of {bench.options.seconds} s, "
          f"16 connections, load {os.getloadavg()[0]:.1f}")
    print(f"openssl speed, {CORES} processes: {statistics.median(signs):,.0f} signs/s")
    for label, rounds in rates.items():
        pairs = [one["rate"] / sign for one, sign in zip(rounds, signs)]
        print(f"{label}: {statistics.median(one['rate'] for one in rounds):,.0f} tokens/s, "
              f"ratio {statistics.median(pairs):.2f} [{min(pairs):.2f}..{max(pairs):.2f}], "
              f"{statistics.median(one['cpu'] for one in rounds):.0f} µs CPU, "
              f"p99 {statistics.median(one['p99'] for one in rounds):.1f} ms, "
              f"{sum(one['errors'] for one in rounds)} errors")
