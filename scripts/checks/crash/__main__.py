"""Kills a busy `opescare serve` with SIGKILL at random moments and looks what is left.

Writers register people (some with an Idempotency-Key, some who resemble others), push lab results
and encounters, send batches as an agent, get tokens and search. After each kill, on the same folder:
every answer that arrived is true exactly once (patient by id and by demographics, record with its
parts and its event, audit row by request id), of a batch there is all or nothing, a call that got no
answer and is sent again makes no second patient or record, the audit chain continues the one noted
before, and SQLite finds the file sound. Every second kill comes right after an answer. Some rounds also
kill a server while it starts, on an old folder and on an empty one.

SIGKILL shows what a process may lose, not what a disk loses when the power goes.
"""

import argparse

from checks.crash.rounds import Rounds
from checks.harness import programs


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=200, help="kills (default 200)")
    parser.add_argument("--longest", type=float, default=0.8, help="seconds of work before a kill, at most")
    parser.add_argument(
        "--calls", type=int, default=400, help="of each of the eight writers in a round, at most"
    )
    parser.add_argument("--sample", type=float, default=0.3, help="share of the created asked again by id")
    parser.add_argument("--minutes", type=float, default=20, help="give up after this long")
    options = programs.options(parser)
    check = Rounds(options)
    try:
        check.run()
    finally:
        if check.server and check.server.is_alive:
            check.server.kill()
    total = check.total
    check.findings.end(
        "crash",
        f"; {total['rounds']} rounds, {total['answered']} answered, "
        f"{total['created']} created, {total['records']} records, {total['unanswered']} cut off",
    )


if __name__ == "__main__":
    main()
