"""Sends raw bytes to a real `opescare serve`: each case has one right status and one right way to leave
the connection (RFC 9110, RFC 9112, contract § 1).

Every case is sent whole, in random pieces and, when short, byte by byte: all three must end the
same. Every refusal must be the common JSON error with its request id in field and body; only 501
and 505 may come from the 5xx.
"""

import argparse
import random

from checks.harness import live, programs, verdict
from checks.http.bodies import chunk_cases, length_cases, limit_cases
from checks.http.dialogues import Dialogues
from checks.http.heads import field_cases, request_line_cases


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options = programs.options(parser)
    findings = verdict.Findings()
    data = live.scratch_folder("http")
    server = live.Server(options.program, data)
    try:
        token = server.token()
        run = Dialogues(server, findings, random.Random(options.seed))
        run.cases(request_line_cases())
        run.cases(field_cases())
        run.cases(limit_cases(token))
        run.cases(length_cases())
        run.cases(chunk_cases())
        run.sequences(token)
        findings.check(server.is_alive, "the server ended")
        findings.check(server.stop() == 0, "the server does not stop")
        verdict.check_intact(findings, options.program, data)
    finally:
        if server.is_alive:
            server.kill()
    if not findings.count:
        live.remove(data)
    findings.end("http")


if __name__ == "__main__":
    main()
