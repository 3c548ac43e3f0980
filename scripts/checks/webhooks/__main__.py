"""Proves that webhooks arrive: every one, signed, in spite of bad receivers and kill -9.

A sandbox server delivers to receivers that answer, fail, hang, redirect, reset, are slow or gone,
while results are pushed; halfway the server is killed with -9 and started again. Both signatures of
each delivery are verified, one of them by the PyPI package standardwebhooks, which goes into a
throw-away environment when it is not installed.

Exit status: 0 all true, 1 something is not, 77 when standardwebhooks cannot be had.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time

from checks.harness import programs
from checks.harness.packages import python_with
from checks.webhooks.caller import Caller
from checks.webhooks.receivers import KINDS, Receivers
from checks.webhooks.signatures import verify

PATIENTS = 20


def require_standardwebhooks():
    """Runs this script again in an environment that has the package."""
    if importlib.util.find_spec("standardwebhooks"):
        return
    if os.environ.get("CHECK_WEBHOOKS_INSIDE"):
        sys.exit("webhooks: standardwebhooks is installed but cannot be imported")
    with tempfile.TemporaryDirectory() as folder:
        python = python_with("standardwebhooks", folder, "standardwebhooks")
        if not python:
            print("webhooks: pip could not fetch standardwebhooks", file=sys.stderr)
            sys.exit(77)
        environment = dict(os.environ, CHECK_WEBHOOKS_INSIDE="1")
        sys.exit(subprocess.run(
            [python, "-m", "checks.webhooks", *sys.argv[1:]], env=environment).returncode)


def log(caller, kind, state=""):
    """The delivery log of one receiver, every page."""
    lines, cursor = [], ""
    while cursor is not None:
        page = caller.call(
            "GET", f"webhooks/deliveries?limit=500&subscription_id={kind}{state}{cursor}")
        lines += page["deliveries"]
        cursor = page["next_cursor"] and "&cursor=" + page["next_cursor"]
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=400)
    count = parser.parse_args().events
    require_standardwebhooks()
    problems = []
    receivers = Receivers()
    with tempfile.TemporaryDirectory() as folder:
        caller = Caller(programs.server(), folder)
        ids = {}
        for kind in KINDS:
            created = caller.post("webhooks/subscriptions", {
                "url": f"http://127.0.0.1:{receivers.port}/{kind}",
                "events": ["lab_result.released"]})
            receivers.secrets[kind] = created["webhook_secret"]
            ids[kind] = created["id"]
        patients = [
            caller.post("patients/resolve", {
                "first_name": "Aïcha" + chr(97 + n), "last_name": "Mbarga",
                "date_of_birth": f"1990-03-{n + 1:02}", "country_code": "CM"})["health_id"]
            for n in range(PATIENTS)]

        pushed, killed_at = {}, None
        for number in range(count):
            if number == count // 2:
                killed_at = time.time()
                caller.server.kill()
                caller.start()
            answer = caller.post("records/lab-results", {
                "health_id": patients[number % PATIENTS], "test_name": "HbA1c",
                "result_value": str(number), "external_lab_order_id": f"LAB-{number}"})
            pushed[answer["record_id"]] = time.time()
            time.sleep(0.01)

        def arrived(kind):
            first = {}
            for at, _, body in list(receivers.requests[kind]):
                first.setdefault(json.loads(body)["data"]["record_id"], at)
            return first

        end = time.monotonic() + 60
        while time.monotonic() < end:
            if pushed.keys() <= arrived("good").keys() and pushed.keys() <= arrived("slow").keys():
                break
            time.sleep(0.2)
        # The outcomes of the last ones become durable.
        time.sleep(0.5)

        good = arrived("good")
        for kind in ("good", "slow"):
            lost = pushed.keys() - arrived(kind).keys()
            if lost:
                problems.append(f"{kind}: {len(lost)} of {len(pushed)} events never arrived")
        for kind in KINDS:
            verify(receivers, kind, problems)
            if len(receivers.verifications[kind]) < 1:
                problems.append(f"{kind}: was not asked whether it wants events")
            if bool(receivers.requests[kind]) != (kind in ("good", "slow")):
                problems.append(f"{kind}: {len(receivers.requests[kind])} events arrived")
            if receivers.most_running[kind] > 8 + 8 * (kind in ("good", "slow")):
                problems.append(f"{kind}: {receivers.most_running[kind]} requests at once")
        # The one before the kill may still run while the new server makes its own attempt.
        if receivers.most_running["hanging"] > 2:
            problems.append(f"hanging: {receivers.most_running['hanging']} requests at once")
        if receivers.requests["stolen"]:
            problems.append("a redirect was followed")
        if len(receivers.verifications["gone"]) > 2:
            problems.append("gone: more was sent after 410")
        listed = caller.call("GET", "webhooks/subscriptions")["subscriptions"]
        if len(listed) != len(KINDS) - 1:
            problems.append("gone: the subscription is still active")
        # Repetitions are allowed only for what ran when the server was killed.
        repeated = len(receivers.requests["good"]) - len(good)
        if repeated > 100:
            problems.append(f"good: {repeated} repetitions")
        if len(log(caller, ids["good"], "&state=delivered")) != count + 1:
            problems.append("good: the log does not say that all were delivered")
        for kind, word in [("failing", 503), ("redirecting", 307)]:
            attempts = [a for line in log(caller, ids[kind]) for a in line["attempt_log"]]
            if not attempts or {a["status_code"] for a in attempts} != {word}:
                problems.append(f"{kind}: the log does not say {word}")

        waits = sorted(
            good[record] - at for record, at in pushed.items()
            if record in good and abs(at - killed_at) > 1)
        if not waits:
            problems.append("good: no event was pushed long enough before or after the kill")
        else:
            median, p99 = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
            if p99 > 1:
                problems.append(f"good: an event took {p99:.2f} s beside bad receivers")
            if not problems:
                print(f"{count} events and kill -9: none lost, {repeated} repeated; push to "
                      f"arrival {median * 1000:.0f} ms median, {p99 * 1000:.0f} ms p99")
        caller.server.stop()
    for problem in problems[:20]:
        print("webhooks: " + problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
