"""Speaks the whole API to a real `opescare serve` in sequences whose order and values are random:
people are created, corrected, merged and parted again, consents granted and revoked, records pushed
and amended, batches synced, stock, payments and webhooks written, audits exported.

Values are what broken systems send: absurd dates, amounts and names, NUL, lone surrogates, deep and
wide nesting. Ids come from earlier answers, so that each call meets the traces of those before. No
answer may be a 500, the server lives, and afterwards the audit log and the database are intact.

Meanwhile others break every rule of HTTP and TLS at its ports (intruders.py), webhooks go to receivers
that answer anything, and backups are made. Built with --sanitize=address, the program also ends at the
first byte that it reads or writes beside what is its own.
"""

import argparse
import re
import tempfile
import threading
import time

from checks.harness import intruders, live, programs, verdict
from checks.sequences.sequence import Sequence


def back_up(findings, program, data, until):
    """Copies the database while it is written, again and again; each copy is whole."""
    while time.monotonic() < until:
        with tempfile.TemporaryDirectory() as folder:
            status, _, text = live.command(
                program, "backup", folder + "/copy", data=data, timeout=300)
            if findings.check(status == 0, f"backup: {text}"):
                verdict.check_intact(findings, program, folder + "/copy")
        time.sleep(5)


def make_admin(program, data):
    status, output, text = live.command(
        program, "admin-token", "create", "--name", "sequences", data=data)
    if status != 0:
        raise RuntimeError(text)
    return re.search(r"^token\s+(\S+)", output, re.M).group(1)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(seconds=20)
    options = programs.options(parser)
    findings = verdict.Findings()
    data = live.scratch_folder("sequences")
    secured = live.scratch_folder("sequences-tls")
    receiver = intruders.Receiver(options.seed)
    servers = [
        live.Server(options.program, data, "--webhook-allow-private"),
        live.Server(options.program, secured, *live.certificate(secured)),
    ]
    token, admin = servers[0].token(), make_admin(options.program, data)
    sequences = [
        Sequence(servers[0], options.seed * 100 + index, token, admin, receiver.port, findings)
        for index in range(3)
    ]
    strangers = [
        intruders.Intruder(server.port, options.seed * 100 + index, token, is_tls=index == 1)
        for index, server in enumerate(servers)
    ]
    threads = [threading.Thread(target=each.run, args=(options.until,)) for each in [*sequences, *strangers]]
    threads.append(
        threading.Thread(target=back_up, args=(findings, options.program, data, options.until)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = {}
    for each in sequences:
        for code, number in each.statuses.items():
            statuses[code] = statuses.get(code, 0) + number
    # Everything wanted to be refused proves nothing when everything is.
    findings.check({200, 201, 422} <= set(statuses), f"only {statuses}")
    findings.check(receiver.count, "no webhook was sent")
    for server in servers:
        findings.check(server.is_alive, f"the server ended: {server.log()[-4000:]}")
        findings.check(server.stop() == 0, f"the server does not stop: {server.log()[-2000:]}")
        findings.check(" 500 " not in server.log(), f"an answer 500: {server.log_path}")
        verdict.check_intact(findings, options.program, server.data)
    if not findings.count:
        for server in servers:
            live.remove(server.data)
    met = f"{[each.count for each in strangers]} intrusions, {receiver.count} webhooks"
    findings.end("sequences", f"; {met}; statuses {dict(sorted(statuses.items()))}")


if __name__ == "__main__":
    main()
