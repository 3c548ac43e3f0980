"""Cases: what is answered, refused and corrected between agent and server."""

import json
import os
import sqlite3

from checks.bridge.dry_rows import DRY_ROWS
from checks.bridge.ledger import compare, slice_of, stored
from checks.harness import live, wire
from checks.harness.bridge_site import AGENT, FACILITY, KEY, LIMIT, PATIENT
from checks.harness.faulty_proxy import FaultyProxy


def case_published_queue(findings, site, data):
    """What the Python agent leaves: one record had left already, and was applied."""
    marks = [f"serial-old-{number}" for number in range(6)]
    records = []
    for number, (mark, state) in enumerate(
            zip(marks, ["pending", "sending", "failed", "pending", "sending", "failed"])):
        payload = {"record_type": "lab_result", "health_id": PATIENT, "test": "Hb", "result": mark}
        records.append(("lab_result", json.dumps(payload), f"old-key-{number}", state))
    with wire.Client(site.port) as client:
        for _, payload, key, state in records:
            if state == "sending":
                answer = client.ask(
                    "POST", "/api/v1/bridge/sync",
                    {"X-Bridge-Agent-ID": AGENT, "X-Bridge-Agent-Key": KEY,
                     "Idempotency-Key": key}, payload.encode())
                findings.check(answer.status == 200, f"sync: {answer.status} {answer.body!r}")
    queue = sqlite3.connect(os.path.join(site.folder, "bridge_queue.db"))
    queue.execute(
        "CREATE TABLE queued_records (id INTEGER PRIMARY KEY, record_type TEXT, payload TEXT, "
        "idempotency_key TEXT, status TEXT, attempt_count INTEGER, created_at TEXT, "
        "last_attempt_at TEXT, error_message TEXT)")
    queue.executemany(
        "INSERT INTO queued_records (record_type, payload, idempotency_key, status, attempt_count, "
        "created_at) VALUES (?, ?, ?, ?, 1, '2026-06-01')", records)
    queue.execute(
        "INSERT INTO queued_records (record_type, payload, idempotency_key, status, attempt_count, "
        "created_at) VALUES ('lab_result', '{}', 'done', 'delivered', 1, '2026-06-01')")
    queue.commit()
    queue.close()
    done = site.once()
    findings.check(done.returncode == 0, f"adopted queue: {done.stderr}")
    results, _, _ = stored(data)
    compare(findings, "adopted queue", slice_of(results, "serial-old-"), marks)
    names = os.listdir(site.folder)
    findings.check(
        "bridge_queue.db.adopted" in names and "bridge_queue.db" not in names,
        f"adopted queue: {names}")


def case_wrong_clock(findings, site, data):
    """The clinic's PC believes it is another day."""
    proxy = FaultyProxy(1, rate=0, behind=3 * 86_400)
    proxy.upstream = site.port
    site.configuration["server_url"] = f"http://127.0.0.1:{proxy.port}"
    site.write_configuration()
    site.drop("lab_results_clock.csv", f"health_id,test,result\n{PATIENT},Hb,serial-clock-1\n")
    done = site.once()
    findings.check(done.returncode == 0, f"wrong clock: {done.stderr}")
    findings.check("259200 seconds" in done.stderr, f"wrong clock: {done.stderr}")
    compare(
        findings, "wrong clock", slice_of(stored(data)[0], "serial-clock-"), ["serial-clock-1"])
    proxy.close()


def case_corrections(findings, site, data):
    """Refused rows, corrected in their report, close on both sides; what became of each file is told."""
    def states():
        connection = live.database(data)
        try:
            return [state for (state,) in connection.execute(
                "SELECT state FROM quarantined_records WHERE payload LIKE '%serial-mend-%' ORDER BY seq")]
        finally:
            connection.close()

    rows = f"{PATIENT};;serial-mend-1;\n{PATIENT};Hb;serial-mend-2;\n{PATIENT};Na;serial-mend-3;31/02/2026\n"
    site.drop("lab_results_mend.csv", "health_id;test;result;date\n" + rows)
    done = site.once()
    findings.check(done.returncode == 3, f"corrections: {done.returncode} {done.stderr}")
    findings.check(
        "lab_results_mend.csv is finished: 3 rows: 1 delivered (1 new), 1 refused by the server, "
        "1 unreadable (see ./data/errors/lab_results_mend.csv.errors.csv)" in done.stderr,
        f"corrections: {done.stderr}")
    findings.check(site.status()["uncorrected_rows"] == 2, f"corrections: {site.status()}")
    findings.check(states() == ["open"], f"corrections: {states()}")
    with open(os.path.join(site.folder, "data/errors/lab_results_mend.csv.errors.csv"),
              encoding="utf-8-sig", newline="") as file:
        text = file.read()
    site.drop("lab_results_mended.csv", text.replace(";;serial", ";K;serial").replace("31/02", "28/02"))
    done = site.once()
    findings.check(done.returncode == 0, f"corrections: {done.returncode} {done.stderr}")
    findings.check(site.status()["uncorrected_rows"] == 0, f"corrections: {site.status()}")
    findings.check(states() == ["corrected"], f"corrections: {states()}")
    compare(findings, "corrections", slice_of(stored(data)[0], "serial-mend-"),
            [f"serial-mend-{number}" for number in (1, 2, 3)])


def case_other_facility(findings, site, data):
    """The key is another facility's: nothing goes, everything waits, and each command says why."""
    site.configuration["facility_id"] = "00000000-0000-0000-0000-100000000009"
    site.write_configuration()
    site.drop("lab_results_other.csv", f"health_id,test,result\n{PATIENT},Hb,serial-other-1\n")
    check = site.run("check")
    findings.check(
        check.returncode == 1 and f"the key is for facility {FACILITY}" in check.stdout,
        f"other facility: {check.stdout}")
    done = site.run("--once", timeout=LIMIT * 2)
    findings.check(done.returncode == 1, f"other facility: {done.returncode} {done.stderr}")
    for said in [done.stderr, site.run("status").stdout]:
        findings.check(f"This key is for facility {FACILITY}" in said, f"other facility: {said}")
    findings.check(site.status()["queue_depth"] == 1, f"other facility: {site.status()}")
    compare(findings, "other facility", slice_of(stored(data)[0], "serial-other-"), [])
    site.configuration["facility_id"] = FACILITY
    site.write_configuration()
    done = site.once()
    findings.check(done.returncode == 0, f"other facility: {done.returncode} {done.stderr}")
    compare(findings, "other facility", slice_of(stored(data)[0], "serial-other-"), ["serial-other-1"])


def case_dry_run(findings, site, _data):
    """What --dry-run says of each row is what the server then does."""
    rows = {}
    for key, lines in DRY_ROWS.items():
        token, columns = key.split(";", 1)
        for line in lines:
            name = f"{token}{len(rows):03}.csv"
            rows[name] = line
            site.drop(name, f"{columns}\n{line}\n")
    told = site.run("--dry-run")
    findings.check(told.returncode == 3, f"dry run: {told.returncode} {told.stderr}")
    expected = {}
    name = None
    for line in told.stdout.splitlines():
        if not line.startswith(" "):
            name = line.split(":")[0]
        if line.startswith("  rows: "):
            expected[name] = line.startswith("  rows: 1 good")
    findings.check(set(expected) == set(rows), f"dry run tells of {len(expected)} of {len(rows)} files")
    findings.check(set(expected.values()) == {True, False}, "dry run: all rows are alike")
    site.once()
    # Who looks like somebody else is registered all the same, and asked about.
    errors = [file for file in site.files("errors")
              if file.endswith(".csv") and not file.endswith(".possible.csv")]
    for name, is_good in expected.items():
        is_taken = not any(file.startswith(name) for file in errors)
        findings.check(
            is_good == is_taken,
            f"dry run says {'good' if is_good else 'bad'} and the server otherwise: {name} {rows[name]}")
