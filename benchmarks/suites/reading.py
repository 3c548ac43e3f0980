"""The JSON reader, beside orjson."""

import json
import os
import statistics
import subprocess
import sys
import time

import seed
from suites.program import require


def reading(bench):
    how = (f"swiftc -O -wmo -swift-version 6 -package-name opescare -module-name JSONBench "
           f"-o {bench.work}/json Sources/JSON/*.swift benchmarks/json/main.swift")
    program = require(f"{bench.work}/json", how)
    path = f"{bench.work}/body.json"
    with open(path, "w") as file:
        json.dump({"records": [
            {"record_type": "lab_result", "health_id": seed.health_id(number),
             "test_name": "Hémoglobine", "result_value": str(number % 200 / 10),
             "unit": "g/dL", "reference_range": "12.0-16.0", "flagged": number % 7 == 0,
             "attempt": number,
             "occurred_at": f"2026-05-{number % 28 + 1:02d}T10:{number % 60:02d}:00Z"}
            for number in range(500)]}, file, ensure_ascii=False, separators=(",", ":"))
    size = os.path.getsize(path)
    try:
        import orjson
    except ImportError:
        sys.exit("orjson is missing: pip install orjson")
    with open(path, "rb") as file:
        body = file.read()
    ours, theirs = [], []
    for _ in range(bench.options.rounds):
        ours.append(float(subprocess.run(
            [program, path, str(bench.options.seconds)], capture_output=True, text=True,
            check=True).stdout))
        start, cpu, count = time.monotonic(), time.process_time(), 0
        while time.monotonic() - start < bench.options.seconds:
            for _ in range(50):
                orjson.loads(body)
            count += 50
        theirs.append(size * count / (time.process_time() - cpu) / 1e6)
    pairs = [one / other for one, other in zip(ours, theirs)]
    print(f"\nJSON reader, {size:,} bytes, by CPU time: "
          f"ours {statistics.median(ours):,.0f} MB/s, "
          f"orjson {statistics.median(theirs):,.0f} MB/s, "
          f"ratio {statistics.median(pairs):.2f} [{min(pairs):.2f}..{max(pairs):.2f}]")
