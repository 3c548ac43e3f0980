"""What went wrong, and what every answer and every data folder owes."""

import re
import sys
import threading

from checks.harness import live


class Findings:
    """What went wrong, told at once; the exit status says whether there was any."""

    def __init__(self):
        self.count = 0
        self.checks = 0
        self.lock = threading.Lock()

    def check(self, is_right, text):
        with self.lock:
            self.checks += 1
            if not is_right:
                self.count += 1
                if self.count <= 50:
                    print("FINDING:", text, flush=True)
        return is_right

    def end(self, name, text=""):
        print(f"{name}: {self.checks} checks, {self.count} findings{text}")
        sys.exit(1 if self.count or not self.checks else 0)


def check_refusal(findings, name, answer):
    """The common error shape of contract § 1, whichever layer refused."""
    check = findings.check
    check(answer.field("Content-Type") == "application/json", f"{name}: not JSON")
    check(answer.status not in (500, 502, 504), f"{name}: {answer.status}")
    try:
        body = answer.json()
    except ValueError:
        check(False, f"{name}: {answer.body[:200]!r} is not JSON")
        return
    check(
        isinstance(body.get("message"), str) and body["message"].endswith("."),
        f"{name}: no sentence in {body}",
    )
    check(body.get("error_code") == str(body.get("error")).upper(), f"{name}: codes in {body}")
    check(body.get("http_status") == answer.status, f"{name}: http_status in {body}")
    check(
        body.get("request_id") and body["request_id"] == answer.field("X-Request-Id"),
        f"{name}: request id in {body}",
    )
    if answer.status == 405:
        check(bool(answer.field("Allow")), f"{name}: no Allow")
    if answer.status == 401:
        check(bool(answer.field("WWW-Authenticate")), f"{name}: no WWW-Authenticate")
    if answer.status in (429, 503):
        check(str(answer.field("Retry-After")).isdigit(), f"{name}: no Retry-After")


def check_intact(findings, program, data, expected=None):
    """`audit verify` and SQLite's own check; returns the head of the chain."""
    words = ["audit", "verify"] + (["--expect", expected] if expected else [])
    status, output, complaint = live.command(program, *words, data=data, timeout=300)
    findings.check(status == 0 and output.startswith("intact"), f"audit verify: {complaint}")
    with_head = re.search(r"^head (\S+)", output, re.M)
    connection = live.database(data)
    try:
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
        findings.check(answer == "ok", f"integrity_check: {answer}")
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        findings.check(not broken, f"foreign_key_check: {broken}")
    finally:
        connection.close()
    return with_head.group(1) if with_head else None
