"""Sends bent requests from a process of its own, and judges the answers."""

import time

from checks.harness import verdict, wire
from checks.input.bad import DOCUMENTED, LEAKS
from checks.input.mutator import Mutator


def judge(findings, name, answer, is_head=False):
    ok = findings.check(answer.status in DOCUMENTED, f"{name}: {answer.status} {answer.body[:300]!r}")
    if ok and answer.status >= 400 and not is_head:
        verdict.check_refusal(findings, name, answer)
        findings.check(
            not any(leak in answer.body for leak in LEAKS), f"{name}: leak {answer.body!r}"
        )


def run_mutations(*arguments):
    """A process that fails says so, instead of being waited for."""
    try:
        mutate(*arguments)
    except Exception:
        arguments[-1].put((1, 1, 0, {}))
        raise


def mutate(port, seed, count, until, token, results):
    findings = verdict.Findings()
    mutator = Mutator(seed, token)
    statuses = {}
    done = 0
    while done < count and time.monotonic() < until and findings.count < 20:
        source = (f"127.{10 + seed % 200}.{mutator.rng.randrange(256)}.{mutator.rng.randrange(1, 255)}")
        if mutator.rng.random() < 0.2:
            done += 1
            loose(findings, mutator, port, source, f"mutation {seed}/{done}")
            continue
        batch = [mutator.framed(f"m{seed}-{done + i}") for i in range(20)]
        done += len(batch)
        try:
            with wire.Client(port, 20, source) as client:
                client.send(b"".join(data for _, data in batch))
                for method, data in batch:
                    client_answer = client.receive(method != "HEAD")
                    statuses[client_answer.status] = statuses.get(client_answer.status, 0) + 1
                    judge(findings, repr(data[:1500]), client_answer, method == "HEAD")
                    if client_answer.field("Connection") == "close":
                        break
        except (wire.CutOff, TimeoutError, ValueError) as error:
            findings.check(False, f"mutations {seed}/{done}: {type(error).__name__} {error}")
    results.put((findings.count, findings.checks, done, statuses))


def loose(findings, mutator, port, source, name):
    data = mutator.unframed()
    try:
        with wire.Client(port, 20, source) as client:
            try:
                client.send(data)
                client.socket.shutdown(1)
            except (wire.CutOff, OSError):
                pass
            while True:
                # A HEAD that came out of the bending would be read as one with content: then the
                # end of the connection cuts it off, which is fine.
                judge(findings, repr(data[:1500]), client.receive(b"HEAD" not in data))
    except wire.CutOff:
        pass
    except (TimeoutError, ValueError) as error:
        findings.check(False, f"{name}: {type(error).__name__} {error}: {data[:1500]!r}")
