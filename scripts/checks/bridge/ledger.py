"""What was dropped into the folder, and so what must be found."""

import collections
import json
import time

from checks.harness import live
from checks.harness.bridge_site import LIMIT, PATIENT


class Ledger:
    """What was dropped, and so what must be found."""

    def __init__(self):
        self.results = []
        self.patients = []
        self.bad = []
        self.files = []
        self.serial = 0

    def next(self):
        self.serial += 1
        return self.serial

    def results_file(self, rng, count):
        lines = ["health_id;test;result;unit;date\r\n"]
        for _ in range(count):
            mark = f"serial-{self.next():07}"
            kind = rng.random()
            if kind < 0.03:  # The server refuses it.
                lines.append(f"{PATIENT};;{mark};g/l;01/06/2026\r\n")
                self.bad.append(mark)
            elif kind < 0.06:  # The agent cannot read it.
                lines.append(f"{PATIENT};{mark}\r\n")
                self.bad.append(mark)
            else:
                lines.append(f'{PATIENT};Hémoglobine;"{mark}";g/l;01/06/2026\r\n')
                self.results.append(mark)
        name = f"lab_results_{self.next():07}.csv"
        self.files.append(name)
        return name, "".join(lines)

    def patients_file(self, rng, count):
        lines = ["first_name,last_name,dob,sex,phone\n"]
        for _ in range(count):
            mark = "Serial" + letters(self.next())
            day = f"{rng.randint(1930, 2020)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
            lines.append(f"Ama,{mark},{day},{rng.choice('MF')},+2376{self.serial:08}\n")
            self.patients.append(mark)
        name = f"patients_{self.next():07}.csv"
        self.files.append(name)
        return name, "".join(lines)


def letters(number):
    text = ""
    while True:
        number, digit = divmod(number, 26)
        text = chr(ord("a") + digit) + text
        if number == 0:
            return text


def stored(data):
    """How often each serial is on the server, by kind."""
    connection = live.database(data)
    try:
        results = collections.Counter()
        for (content,) in connection.execute("SELECT content FROM records WHERE type = 'lab_result'"):
            value = json.loads(content).get("payload", {}).get("result")
            if value and str(value).startswith("serial-"):
                results[value] += 1
        patients = collections.Counter(
            name for (name,) in connection.execute(
                "SELECT last_name FROM patients WHERE last_name LIKE 'Serial%'"))
        identifiers = dict(connection.execute(
            "SELECT last_name, health_id FROM patients WHERE last_name LIKE 'Serial%'"))
    finally:
        connection.close()
    return results, patients, identifiers


def compare(findings, what, found, expected):
    """Each expected mark once, nothing else."""
    expected = set(expected)
    missing = sorted(expected - set(found))
    twice = sorted(mark for mark, count in found.items() if count > 1)
    strange = sorted(set(found) - expected)
    findings.check(not missing, f"{what}: {len(missing)} missing: {missing[:5]}")
    findings.check(not twice, f"{what}: {len(twice)} more than once: {twice[:5]}")
    findings.check(not strange, f"{what}: {len(strange)} unexpected: {strange[:5]}")


def verify(findings, name, site, ledger, data):
    results, patients, identifiers = stored(data)
    compare(findings, f"{name}: results on the server", results, ledger.results)
    compare(findings, f"{name}: patients on the server", patients, ledger.patients)
    errors = collections.Counter()
    for row in site.reports("errors/*.errors*.csv"):
        text = "\n".join(str(value) for value in row.values())
        found = [word for word in text.replace(",", " ").replace(";", " ").split() if word.startswith("serial-")]
        findings.check(len(found) == 1, f"{name}: an error row without its row: {row}")
        errors.update(found)
    compare(findings, f"{name}: rows in errors/", errors, ledger.bad)
    known = collections.Counter()
    for row in site.reports("archive/*.healthids*.csv"):
        known[row["last_name"]] += 1
        findings.check(
            identifiers.get(row["last_name"]) == row["health_id"],
            f"{name}: {row['last_name']} has {row['health_id']} in healthids.csv")
    compare(findings, f"{name}: rows in healthids.csv", known, ledger.patients)
    archived = [file for file in site.files("archive") if "healthids" not in file]
    findings.check(archived == sorted(ledger.files), f"{name}: the archive holds {archived[:5]}…")
    findings.check(not site.files("incoming"), f"{name}: files stay: {site.files('incoming')}")
    status = site.status()
    findings.check(status["queue_depth"] == 0, f"{name}: {status['queue_depth']} records wait")


def slice_of(counter, prefix):
    return {mark: count for mark, count in counter.items() if mark.startswith(prefix)}


def wait_for(condition, seconds=LIMIT):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False
