"""Puts a real `opescare serve` through what machines and operators do to it: full and read-only
disks, damaged and foreign files, missing keys, exhausted descriptors, signals at bad moments, slow
clients, floods of lists, stuck logs, commands beside a running server, unsafe settings; and measures
memory and the time to start.

Each fault must end in a clear sentence or a documented answer, lose nothing that was acknowledged,
and be over without a restart once its cause is gone. Full and read-only disks need root (tmpfs and
chattr); without it they are named as not run.
"""

import argparse
import random
import resource
import time

from checks.faults.clients import Clients
from checks.faults.disks import Disks
from checks.faults.files import Files
from checks.faults.floods import Floods
from checks.faults.hostile import Hostile
from checks.faults.logs import Logs
from checks.faults.measures import Measures
from checks.faults.operators import Operators
from checks.faults.rights import Rights
from checks.faults.signals import Signals
from checks.faults.tls import TLS
from checks.harness import programs, verdict

GROUPS = [Disks, Rights, Files, Clients, Hostile, Floods, Measures, Signals, TLS, Logs, Operators]


def main():
    names = [name for group in GROUPS for name in group.names()]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="faults: " + " ".join(names))
    parser.add_argument("--only", nargs="+", choices=names, metavar="FAULT", help="just these")
    options = programs.options(parser)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 32_768)), hard))
    findings = verdict.Findings()
    groups = [group(options, findings) for group in GROUPS]
    faults = [(group, name) for group in groups for name in group.names()]
    if options.seconds:
        # Not all of them will be met: others with every seed.
        random.Random(options.seed).shuffle(faults)
    try:
        for group, name in faults:
            if time.monotonic() < options.until and name in (options.only or names):
                group.run(name)
    finally:
        for group in groups:
            group.clean()
    for group in groups:
        for figure in group.figures:
            print(figure)
    not_run = [name for group in groups for name in group.not_run]
    if not_run:
        print("not run, for want of rights:", " ".join(not_run))
    findings.end("faults")


if __name__ == "__main__":
    main()
