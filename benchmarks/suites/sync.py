"""Batches of an agent, beside the rows alone and a server that only inserts."""

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import urllib.request

from suites.patients import ids
from suites.program import Writing, free_port

AGENT = ("BRIDGE-2024-DEMO-001", "demo_bridge_key_sandbox_2026")


def sync(bench):
    """500 new laboratory results a request, of patients drawn from all there are."""
    count = bench.options.patients
    arms = []
    if bench.options.peer:
        peer = start_peer(bench)
        arms.append(("peer", peer, "/bridge/sync", sync_script(bench, 
            "sync-peer", {"Authorization": "Bearer " + peer_token(bench, peer)})))
    else:
        print("no --peer: it is compared with the limit alone", file=sys.stderr)
    limit = bench.limit("batch", " -lsqlite3 -lcrypto")
    arms.append(("limit", Writing([limit, bench.folder(count, "run-limit") + "/opescare.db"], 500),
                 "", None))
    agent = {"X-Bridge-Agent-ID": AGENT[0], "X-Bridge-Agent-Key": AGENT[1]}
    for server in bench.every(count):
        arms.append((server.name, server, "/api/v1/bridge/sync",
                     sync_script(bench, f"sync-{server.port}", agent)))
    results = bench.compare(
        f"batch sync, 500 records a request, {count:,} patients", arms, connections=4)
    for label, rounds in results.items():
        rate = statistics.median(one["rate"] for one in rounds) * 500
        cost = statistics.median(one["cpu"] for one in rounds) / 500
        print(f"{label}: {rate:,.0f} records/s, {cost:.1f} µs CPU a record")


def sync_script(bench, name, fields):
    """Every record differs in its value, and every request in its Idempotency-Key."""
    lines = [f'wrk.headers["{field}"] = "{value}"' for field, value in fields.items()]
    return bench.script(name, "\n".join(lines) + f"""
        wrk.method = "POST"
        wrk.headers["Content-Type"] = "application/json"
        local ids = {{}}
        for id in io.lines("{ids(bench)}") do ids[#ids + 1] = id end
        math.randomseed(os.time())
        local run, number = math.random(1e9), 0
        local tests = {{"Hemoglobin", "Glucose fasting", "Malaria RDT", "Creatinine"}}
        local units = {{"g/dL", "mmol/L", "mg/dL"}}
        local parts = {{}}
        request = function()
            number = number + 1
            parts[1] = '{{"source":"lab-a","records":['
            for i = 1, 500 do
                parts[4 * i - 2] = '{{"record_type":"lab_result","health_id":"'
                parts[4 * i - 1] = ids[math.random(#ids)]
                parts[4 * i] = string.format(
                    '","occurred_at":"2026-06-%02dT%02d:%02d:00Z","payload":{{"test_code":'
                    .. '"718-7","test_name":"%s","value":%d.%d,"unit":"%s","status":"final",',
                    number % 28 + 1, i % 24, i % 60, tests[i % 4 + 1], i % 200, i % 100,
                    units[i % 3 + 1])
                parts[4 * i + 1] = string.format(
                    '"specimen":"%d-%d-%d"}}}}%s', run, number, i, i < 500 and "," or "]}}")
            end
            wrk.headers["Idempotency-Key"] = run .. "-" .. number
            return wrk.format(nil, nil, nil, table.concat(parts))
        end
        """)


def start_peer(bench):
    """A server that only inserts: PROGRAM DATABASE KEY PORT, with its own tables."""
    folder = f"{bench.work}/run-peer"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    database = sqlite3.connect(f"{folder}/peer.db")
    database.executescript("""
        PRAGMA journal_mode = WAL;
        CREATE TABLE patients (id INTEGER PRIMARY KEY, health_id TEXT NOT NULL UNIQUE,
            first_name TEXT, last_name TEXT, dob TEXT, sex TEXT, country TEXT, phone TEXT);
        CREATE TABLE audit (id INTEGER PRIMARY KEY, at REAL NOT NULL, actor TEXT NOT NULL,
            action TEXT NOT NULL, resource TEXT NOT NULL, prev_hash BLOB NOT NULL,
            hash BLOB NOT NULL);
        CREATE TABLE records (id INTEGER PRIMARY KEY, health_id TEXT NOT NULL,
            record_type TEXT NOT NULL, payload TEXT NOT NULL, occurred_at TEXT NOT NULL);
        """)
    database.close()
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", f"{folder}/key.pem", "2048"],
                   check=True, capture_output=True)
    # Such a program may have its port built in; this one takes it.
    port = free_port()
    return bench.start(
        "peer", [bench.options.peer, f"{folder}/peer.db", f"{folder}/key.pem", port], port)


def peer_token(bench, program):
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.port}/auth/token",
        b'{"client_id":"clinic","client_secret":"s3cret","grant_type":"client_credentials"}',
        {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["access_token"]
