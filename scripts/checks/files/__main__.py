"""Proves that what spreadsheets and old programs write comes to the server with the meaning it had.

Made-up people, visits, results, prescriptions, stock and payments are written as Excel in French,
English and Arabic, LibreOffice, Macs, DOS and hospital systems write them, with their quirks, and go
through a real agent to a real server. What is refused, or waits, is corrected as its sentence says, and
must then pass. At the end every row is on the server with its meaning: no value is wrong, nothing is
lost in silence, and no sentence leaves somebody without a way on.
"""

import argparse
import collections
import re
import time

from checks.files import spreadsheets, systems
from checks.files.facility import Facility
from checks.files.stored import Stored, sizes
from checks.files.totals import check_remarks, check_sizes, check_totals
from checks.harness import live, programs, verdict


def run(options, findings):
    data = live.scratch_folder("files-data")
    server = live.Server(options.program, data)
    chosen = [dialect for dialect in spreadsheets.ALL + systems.ALL if re.search(options.only, dialect.name)]
    facilities = []
    before = sizes(live.database(data))
    try:
        for number, dialect in enumerate(chosen):
            count = options.people // len(chosen) + (number < options.people % len(chosen))
            facility = Facility(options, server.port, number, dialect, count, findings)
            facilities.append(facility)
            facility.run()
        stored = Stored(live.database(data))
        for facility in facilities:
            facility.compare(stored)
            report(facility, options)
        check_totals(findings, stored)
        check_sizes(findings, before, sizes(live.database(data)), facilities)
        check_remarks(findings, server, sum((facility.left_out for facility in facilities), collections.Counter()))
        server.stop()
        verdict.check_intact(findings, options.program, data)
    finally:
        server.kill()
        if options.keep or findings.count:
            print("  kept:", data, *(facility.site.folder for facility in facilities))
        else:
            for facility in facilities:
                facility.site.remove()
            live.remove(data)
    return facilities


def report(facility, options):
    counts = facility.counts
    print(f"  {facility.dialect.name:17} " + ", ".join(f"{name} {count}" for name, count in counts.items()),
          flush=True)
    if options.sentences:
        for sentence, count in facility.sentences.most_common():
            print(f"    {count:5}  {sentence}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=5000, help="of all programs together (default 5000)")
    parser.add_argument("--only", default="", help="the programs whose names match")
    parser.add_argument("--show", type=int, default=5, help="findings of a file (default 5)")
    parser.add_argument("--sentences", action="store_true", help="print what the agent said")
    parser.add_argument("--keep", action="store_true", help="leave the folders")
    options = programs.options(parser, with_agent=True)
    findings = verdict.Findings()
    started = time.monotonic()
    facilities = run(options, findings)
    seconds = time.monotonic() - started
    counts = sum((facility.counts for facility in facilities), collections.Counter())
    rows, agent = counts["rows"], sum(facility.agent_seconds for facility in facilities)
    findings.end("files", f"; {rows} rows of {len(facilities)} programs in {seconds:.0f} s, "
                 f"{rows / max(agent, 0.001):.0f} rows/s")


if __name__ == "__main__":
    main()
