"""Gives a real `opescare serve` bad input of every kind on every route (contract § 1).

First a table: media types, broken JSON, wrong types in each field, odd queries, paths and header
fields, each with its one right answer. Then seeded random mutations of good requests: only the
documented statuses may come back, never a 5xx, never silence, always the common error; afterwards
the server lives, its memory is bounded and its audit log intact.
"""

import argparse
import multiprocessing
import re
import time

from checks.harness import live, programs, verdict
from checks.input.mutations import run_mutations
from checks.input.table import Table


def powerful_client(program, server):
    """One with every scope there is, so that no route hides behind a 403."""
    with server.client() as client:
        metadata = client.ask("GET", "/.well-known/oauth-authorization-server").json()
    status, output, text = live.command(
        program, "client", "create", "--id", "everything", "--facility", "FAC-001", "--scopes",
        " ".join(metadata["scopes_supported"]), data=server.data,
    )
    if status != 0:
        raise RuntimeError(text)
    return "everything", re.search(r"sk_\S+", output).group(0)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=300_000, help="mutations (default 300000)")
    parser.add_argument("--processes", type=int, default=3, help="that send them (default 3)")
    options = programs.options(parser)
    findings = verdict.Findings()
    data = live.scratch_folder("input")
    server = live.Server(options.program, data)
    try:
        who = powerful_client(options.program, server)
        Table(server, findings, who).run()
        table = findings.checks
        started = time.monotonic()
        token = server.token(who)
        results = multiprocessing.Queue()
        share = options.count // options.processes
        workers = [
            multiprocessing.Process(
                target=run_mutations, args=(server.port, options.seed * 100 + i, share, options.until, token, results),
            )
            for i in range(options.processes)
        ]
        for worker in workers:
            worker.start()
        statuses, sent = {}, 0
        for _ in workers:
            count, checks, done, seen = results.get(timeout=600)
            findings.count += count
            findings.checks += checks
            sent += done
            for status, number in seen.items():
                statuses[status] = statuses.get(status, 0) + number
        for worker in workers:
            worker.join()
        findings.check(server.is_alive, "the server ended")
        findings.check(server.memory() < 150 << 20, f"it holds {server.memory() >> 20} MiB")
        # Everything wanted to be refused proves nothing when everything is.
        findings.check(not options.count or {200, 201, 400, 422} <= set(statuses), f"only {statuses}")
        findings.check(server.stop() == 0, "the server does not stop")
        verdict.check_intact(findings, options.program, data)
    finally:
        server.kill()
    if not findings.count:
        live.remove(data)
    findings.end(
        "input",
        f"; table {table}, {sent} mutations in {time.monotonic() - started:.0f} s, "
        f"statuses {dict(sorted(statuses.items()))}",
    )


if __name__ == "__main__":
    main()
