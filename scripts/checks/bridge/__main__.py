"""Proves that the bridge agent loses nothing and sends nothing twice.

In each round files are dropped into the watched folder while the agent runs behind a proxy that
cuts, delays and resets connections before and after the request, halves answers and invents 500s;
the agent and the server are killed with -9 at random moments. Then the faults stop, and the agent
gets as long as it needs. Afterwards every good row is on the server exactly once, every bad row in
errors/ exactly once, every patient's row in a *.healthids.csv exactly once, and every file in the
archive.

Then come the hostile cases: a disk that is full, a file that is being written, files replaced while
they are read, rows that no program should have to read, a second agent on the queue, a queue that the
Python agent left, and, with --big, one file of that size in bounded memory.
"""

import argparse
import signal
import time

from checks.bridge.big_file import big_file
from checks.bridge.folders import (
    case_being_written, case_full_disk, case_hostile_rows, case_replaced, case_second_agent,
)
from checks.bridge.rounds import rounds
from checks.bridge.servers import (
    case_corrections, case_dry_run, case_other_facility, case_published_queue, case_wrong_clock,
)
from checks.harness import live, programs, verdict
from checks.harness.bridge_site import Site

CASES = [
    case_dry_run, case_second_agent, case_being_written, case_replaced, case_full_disk, case_hostile_rows,
    case_published_queue, case_wrong_clock, case_corrections, case_other_facility,
]


def hostile(findings, options):
    data = live.scratch_folder("bridge-hostile")
    server = live.Server(options.program, data)
    try:
        for case in CASES:
            before = findings.count
            started = time.monotonic()
            site = Site(options.bridge, server.port, "case")
            site.port = server.port
            try:
                case(findings, site, data)
            finally:
                if findings.count > before:
                    print(f"  {case.__name__}: {site.log_text()[-1500:]}")
                site.remove()
            print(f"  {case.__name__} {time.monotonic() - started:.1f} s", flush=True)
    finally:
        server.kill()
        live.remove(data)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4, help="of kills and faults (default 4)")
    parser.add_argument("--rows", type=int, default=400, help="of a file at most (default 400)")
    parser.add_argument(
        "--rate", type=float, default=0.4, help="of requests that meet a fault (default 0.4)")
    parser.add_argument("--big", type=int, default=0, help="MiB of one large file (default none)")
    parser.add_argument("--only", choices=["rounds", "hostile", "big"], help="one part alone")
    options = programs.options(parser, with_agent=True)
    findings = verdict.Findings()
    if options.only in (None, "rounds") and options.rounds:
        rounds(findings, options)
    if options.only in (None, "hostile"):
        hostile(findings, options)
    if options.big:
        big_file(findings, options)
    findings.end("bridge")


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main()
