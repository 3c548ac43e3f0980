"""The same server on PostgreSQL, beside itself on SQLite and beside the limit in C."""

import os
import subprocess
import sys

from suites.patients import resolve_arms, search_script
from suites.program import CORES, ROOT, Program, free_port
from suites.records import record_arms

sys.path.insert(0, f"{ROOT}/scripts")
from checks.cluster.postgres import Postgres, find_programs  # noqa: E402


def postgres(bench):
    """Searches, resolves, pushes and pages; then two servers at once on one database."""
    found = find_programs()
    if not found:
        sys.exit("PostgreSQL 15 or newer and setpriv are missing: apt-get install postgresql libpq-dev")
    site = Postgres(found, "bench")
    try:
        site.create()
        # It stands alone: nobody is to be waited for.
        site.query("ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf()", "postgres")
        measure(bench, site)
    finally:
        site.kill()
        site.remove()


def measure(bench, site):
    count = bench.options.patients
    folder = bench.folder(count, "run-postgres")
    address = f"postgres://postgres@127.0.0.1:{site.port}/registry?sslmode=disable"
    subprocess.run([bench.binaries[0], "migrate", "--from", folder, "--to", address], check=True)
    site.query("VACUUM ANALYZE")
    keys = f"{folder}/keys"
    pem = next(f"{keys}/{name}" for name in sorted(os.listdir(keys)) if name.endswith(".pem"))
    port = free_port()
    words = f"host=127.0.0.1 port={site.port} user=postgres dbname=registry"
    how = bench.limit("search_pg", " -I/usr/include/postgresql -lpq -lcrypto")
    limit = With(Site(site), bench.start("c-limit", [how, words, pem, port, CORES], port))
    alone = bench.every(count)[0]
    second = bench.opescare(folder, "--database", address)
    first = With(Site(site), bench.opescare(folder, "--database", address))
    script = search_script(bench, alone, "search-alone")
    shared = search_script(bench, first, "search-postgres")
    bench.compare(f"audited search, {count:,} patients", [
        ("c-limit on PostgreSQL", limit, "", shared), ("sqlite", alone, "", script),
        ("postgres", first, "", shared)])
    both = bench.script("search-both", open(shared).read() + f"""
        local number = 0
        function setup(thread)
            local ports = {{ {first.port}, {second.port} }}
            thread.addr = wrk.lookup("127.0.0.1", ports[number % 2 + 1])[1]
            number = number + 1
        end
        """)
    bench.compare("two servers on one PostgreSQL", [
        ("one", first, "", shared), ("two", With(first, second), "", both)], wrk_threads=2)
    arms = [arm for kind in (resolve_arms, record_arms)
            for one in zip(kind(bench, alone, "sqlite "), kind(bench, first, "postgres "))
            for arm in one]
    for one, other in zip(arms[::2], arms[1::2]):
        bench.compare(one[0].removeprefix("sqlite "), [one, other])


class Site(Program):
    """A PostgreSQL that runs already."""

    def __init__(self, site):
        self.process = site.process


class With:
    """A server, weighed together with what it stands on."""

    def __init__(self, base, program):
        self.base, self.program, self.port = base, program, program.port

    def cpu(self):
        return self.base.cpu() + self.program.cpu()

    def pss(self):
        return self.program.pss()
