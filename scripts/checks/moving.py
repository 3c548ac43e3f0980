"""Moves a registry from a data folder to PostgreSQL and back, killed again and again on the way.

A sandbox with --patients seeded people, three records each, is moved by `opescare migrate --from … --to …`,
which gets kill -9 at moments of chance; then it is moved back into a new folder in the same way. Then:

    a target that is not finished is served by nobody, and the same command goes on with it;
    every table of the folder that came back has the rows of the one that left, and the moves' audit rows;
    the audit log's chain is whole on both engines;
    both servers answer the same to the same questions, and registrations go on on both.

    scripts/check moving -- --patients 100000 --kills 0      for figures

PostgreSQL 15 or newer is needed (Debian: postgresql), and setpriv. Exit status: 0, 1, or 77 without them.
"""

import argparse
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time

from checks.cluster.postgres import Postgres, find_programs
from checks.harness import live, programs, verdict, wire

sys.path.append(str(programs.ROOT / "benchmarks"))
import seed  # noqa: E402 (the folder is not on the path before)

RECORDS = """
    INSERT INTO records (nonce, patient_id, type, encounter, facility, client_id, external_id, item, version,
        status, occurred_at, received_at, amended_at, replaced_at, listed_at, content)
    SELECT nonce, p.id, type, NULL, facility, r.client_id, NULL, item, version, status, occurred_at,
        received_at, amended_at, replaced_at, listed_at, content
    FROM patients p, (SELECT * FROM records ORDER BY seq LIMIT 3) r WHERE p.id > 1000
    """


def fill(program, data, count):
    """A sandbox with seeded people, as a server leaves it."""
    live.Server(program, data).stop()
    subprocess.run([sys.executable, programs.ROOT / "benchmarks/seed.py", data, str(count)],
                   check=True, stderr=subprocess.DEVNULL)
    subprocess.run([program, "patients", "reindex", "--data", data], check=True, capture_output=True)
    with sqlite3.connect(f"{data}/opescare.db") as database:
        database.execute(RECORDS)
    database.close()
    server = live.Server(program, data)
    register(server, "Moved")
    server.stop()


def register(server, name, count=20):
    """Registers people and pushes results of theirs; returns their Health IDs."""
    token, found = server.token(), []
    for number in range(count):
        person = {"first_name": "Ada" + "abcdefghijklmnopqrst"[number], "last_name": name,
                  "date_of_birth": f"19{number + 10}-01-02", "country_code": "CM", "sex": "female"}
        health_id = server.make(wire.RESOLVE, person, token)["health_id"]
        server.make("/api/v1/connect/records/lab-results",
                    {"health_id": health_id, "test_name": "Hb", "result_value": "12"}, token)
        found.append(health_id)
    return found


class Move:
    def __init__(self, options, findings, chance):
        self.options, self.findings, self.chance = options, findings, chance

    def run(self, source, target, extra=(), served=()):
        """Moves, with kills; `served` are the flags of a server on the target."""
        words = [self.options.program, "migrate", "--from", source, "--to", target, *extra]
        for number in range(self.options.kills):
            process = subprocess.Popen(
                words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                env=programs.clean_environment())
            # By turns from the start on, and while it copies.
            is_copying = number % 2 == 1 and any(line.startswith("Copying") for line in process.stderr)
            time.sleep(self.chance.uniform(0, self.options.longest))
            process.kill()
            process.stderr.close()
            if process.wait() == 0:
                return self.findings.check(False, f"kill {number + 1} came too late: see --longest")
            if is_copying:
                self.expect_nobody_serves(served)
        begun = time.monotonic()
        done = subprocess.run(words, capture_output=True, text=True, env=programs.clean_environment(),
                              check=False)
        # Of a move that was killed, the rest.
        seconds = time.monotonic() - begun
        self.findings.check(done.returncode == 0, f"{source} to {target}: {done.stderr[-500:]}")
        moved = re.search(r"Moved (\d+) rows(?: \((\d+) of them before\))?", done.stdout)
        if self.findings.check(moved is not None, f"no count in {done.stdout!r}"):
            rows, before = int(moved[1]), int(moved[2] or 0)
            print(f"   {rows} rows to {'PostgreSQL' if 'postgres' in target else 'a folder'}, {before} of "
                  f"them before the last of {self.options.kills} kills, the others in {seconds:.1f} s: "
                  f"{(rows - before) / seconds:.0f} a second, all looked at twice besides", flush=True)

    def expect_nobody_serves(self, flags):
        """Where the copying has begun."""
        done = subprocess.run([self.options.program, "serve", "--port", "0", *flags], timeout=60,
                              capture_output=True, text=True, env=programs.clean_environment(), check=False)
        self.findings.check(done.returncode == 1 and "has not finished" in done.stderr,
                            f"a part of a registry was served: {done.stdout}{done.stderr}")


def compare_files(findings, one, other, moves):
    """Every table of both folders, row by row; the other has an audit row more for each move."""
    database = sqlite3.connect(f"file:{one}/opescare.db?mode=ro", uri=True)
    database.execute("ATTACH ? AS other", (f"file:{other}/opescare.db?mode=ro",))
    names = [name for (name,) in database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
        "AND name <> 'schema_migrations'")]
    for name in names:
        missing = database.execute(f'SELECT COUNT(*) FROM (SELECT * FROM main."{name}" EXCEPT '
                                   f'SELECT * FROM other."{name}")').fetchone()[0]
        more = database.execute(f'SELECT (SELECT COUNT(*) FROM other."{name}") - '
                                f'(SELECT COUNT(*) FROM main."{name}")').fetchone()[0]
        expected = (0, moves if name == "audit_log" else 0)
        findings.check((missing, more) == expected, f"{name}: {missing} rows differ, {more} more")
    database.close()


def answers(server, people):
    """What a server says of people, without what each answer has of its own."""
    token, found = server.token(), []
    for health_id in people:
        for path in (wire.VERIFY + health_id, wire.SEARCH + health_id,
                     f"/api/v1/connect/patients/{health_id}/summary"):
            status, answer = server.call("GET", path, None, token)
            text = re.sub(r'"(request_id|generated_at)": "[^"]*"', "", repr(answer).replace("'", '"'))
            found.append((path, status, text))
    return found


def check_chain(findings, program, *words, data=None):
    status, output, complaint = live.command(program, "audit", "verify", *words, data=data, timeout=300)
    findings.check(status == 0 and output.startswith("intact"), f"audit verify {words}: {complaint}")


def compare_answers(findings, program, folders, address, people):
    one, other = live.Server(program, folders[0]), live.Server(
        program, folders[1], "--database", address)
    pairs = list(zip(answers(one, people), answers(other, people)))
    for expected, found in pairs:
        findings.check(expected == found, f"{expected} in the folder, {found} on PostgreSQL")
    findings.check(any(status == 200 for (_, status, _), _ in pairs), "nothing was found")
    for server in (one, other):
        findings.check(len(set(register(server, "After"))) == 20, "registrations do not go on")
        findings.check(server.stop() == 0, "a server does not stop")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=6, help="of each move (default 6)")
    parser.add_argument("--longest", type=float, default=0.5, help="seconds before a kill, at most")
    options = programs.options(parser)
    found = find_programs()
    if not found:
        print("   PostgreSQL 15 or newer and setpriv are not installed: apt-get install postgresql")
        return 77
    findings, chance = verdict.Findings(), random.Random(options.seed)
    folder, site = live.scratch_folder("moving"), Postgres(found, "moving")
    data, back, node = (f"{folder}/{name}" for name in ("data", "back", "node"))
    try:
        site.create()
        site.query("ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf()", "postgres")
        address = f"postgres://postgres@127.0.0.1:{site.port}/registry"
        fill(options.program, data, options.patients)
        shutil.copytree(f"{data}/keys", f"{node}/keys")
        move = Move(options, findings, chance)
        move.run(data, address, served=("--data", node, "--database", address))
        check_chain(findings, options.program, "--database", address, data=node)
        move.run(address, back, ("--keys", f"{node}/keys"), served=("--data", back))
        check_chain(findings, options.program, data=back)
        compare_files(findings, data, back, 2)
        verdict.check_intact(findings, options.program, back)
        people = [seed.health_id(chance.randint(1, options.patients)) for _ in range(100)]
        compare_answers(findings, options.program, (back, node), address, people)
        check_chain(findings, options.program, "--database", address, data=node)
    finally:
        site.kill()
        site.remove()
        if not findings.count:
            shutil.rmtree(folder, ignore_errors=True)
    findings.end("moving")
    return 1


if __name__ == "__main__":
    sys.exit(main())
