"""Asks, and holds the answer to its table."""

from checks.harness import verdict, wire
from checks.input.bad import LEAKS


class Asking:
    def __init__(self, server, findings, who):
        self.server = server
        self.findings = findings
        self.token = server.token(who)
        self.count = 0
        self.client = None

    def ask(self, name, method, target, fields=None, body=b""):
        """From an address of its own, so that no lockout mixes in."""
        self.count += 1
        source = f"127.1.{self.count // 250}.{self.count % 250 + 1}"
        try:
            with wire.Client(self.server.port, 10, source) as client:
                answer = client.ask(method, target, fields, body)
        except (wire.CutOff, TimeoutError, ValueError) as error:
            self.findings.check(False, f"{name}: {type(error).__name__} {error}")
            return None
        if answer.status >= 400 and method != "HEAD":
            verdict.check_refusal(self.findings, name, answer)
            leaks = [leak for leak in LEAKS if leak in answer.body]
            self.findings.check(not leaks, f"{name}: leaks {leaks}")
        return answer

    def expect(self, name, wanted, method, target, fields=None, body=b"", error=None, paths=None):
        wanted = wanted if isinstance(wanted, tuple) else (wanted,)
        answer = self.ask(name, method, target, fields, body)
        if answer is None:
            return
        self.findings.check(
            answer.status in wanted, f"{name}: {answer.status}, not {wanted}: {answer.body[:200]!r}"
        )
        if error and answer.status in wanted:
            self.findings.check(answer.json()["error"] == error, f"{name}: {answer.body[:200]!r}")
        if paths and answer.status in wanted:
            found = sorted(answer.json().get("errors", {}))
            self.findings.check(found == sorted(paths), f"{name}: complains of {found}, not {paths}")

    def bearer(self, **fields):
        return wire.bearer(self.token, **fields)

    def resolve(self, name, wanted, body, error=None, paths=None, **fields):
        body = body if isinstance(body, bytes) else wire.encode(body)
        self.expect(
            "resolve, " + name, wanted, "POST", wire.RESOLVE, self.bearer(**fields), body, error, paths,
        )
