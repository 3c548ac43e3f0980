"""Runs checks as named steps: scripts/check calls it."""

import argparse
import os
import subprocess
import sys

from checks.harness import programs
from checks.registry import CHECKS

# Of one slow check, when continuous integration has its turn.
TURN_SECONDS = 120
IN_TURN = " in turn"


def arguments():
    words = sys.argv[1:]
    options = []
    if "--" in words:
        at = words.index("--")
        words, options = words[:at], words[at + 1:]
    parser = argparse.ArgumentParser(
        prog="scripts/check", usage="%(prog)s [--slow | --turn | --list] [NAME...] [-- OPTION...]",
        description="Runs what must hold before a change is merged, or the checks that are named.",
        epilog="Every check runs even when an earlier one failed. Exit status: 0 all hold, 1 one does not; "
        "77 of a check means that this machine cannot run it.")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--slow", action="store_true", help="all checks, with their full rounds")
    kinds.add_argument(
        "--turn", action="store_true", help="besides, one of the slow checks, two minutes of it, by turns")
    kinds.add_argument("--list", action="store_true", help="print the checks")
    parser.add_argument("names", nargs="*", metavar="NAME", help="checks; options behind -- are theirs")
    chosen = parser.parse_args(words)
    known = {name for check in CHECKS for name in (check.name, check.step)}
    for name in chosen.names:
        if name not in known:
            parser.error(f"there is no check {name}: scripts/check --list names them")
    if options and not chosen.names:
        parser.error("options behind -- belong to a check: name it")
    return chosen, options


def print_list():
    for check in CHECKS:
        when = "slow" if check.fast is None else "slower" if check.slow is not None else ""
        print(f"{check.name:11}{when:8}{check.line}")
    print("slow: only with --slow, or named; slower: more rounds with --slow")


def plan(chosen, options):
    """The steps to run: a name, a check, and its options."""
    steps = []
    for check in CHECKS:
        name = check.step or check.name
        rounds = check.slow if chosen.slow and check.slow is not None else check.fast
        if chosen.names:
            if check.name in chosen.names or name in chosen.names:
                steps.append((name, check, options or rounds or ()))
        elif rounds is not None:
            steps.append((name, check, rounds))
    if chosen.turn and not chosen.names:
        # Before the tests, whose summary ends the output.
        steps.insert(-1, turn())
    return steps


def turn():
    count = subprocess.run(
        ["git", "rev-list", "--count", "HEAD"], cwd=programs.ROOT, check=True, capture_output=True, text=True)
    number = int(count.stdout)
    slow = [check for check in CHECKS if check.turns]
    check = slow[number % len(slow)]
    return check.name + IN_TURN, check, ("--seconds", str(TURN_SECONDS), "--seed", str(number))


def run(check, options):
    words = check.command or (sys.executable, "-m", "checks." + check.name)
    environment = {
        **os.environ, "PYTHONPATH": str(programs.ROOT / "scripts"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([*words, *options], cwd=programs.ROOT, env=environment, check=False).returncode


def main():
    chosen, options = arguments()
    if chosen.list:
        return print_list()
    failed = []
    for name, check, words in plan(chosen, options):
        told = words if name.endswith(IN_TURN) else ()
        print(" ".join(["==", name, *told]), flush=True)
        status = run(check, words)
        if status == 77:
            print(f"   skipped: {name}", flush=True)
        elif status != 0:
            failed.append(name)
        if check.name == "build":
            # The checks try these, whether they could be built anew or not.
            for variable, program in [("BINARY", "opescare"), ("BRIDGE_BINARY", "opescare-bridge")]:
                path = programs.ROOT / ".build-release/release" / program
                os.environ["OPESCARE_" + variable] = str(path)
    if failed:
        print(f"check: failed: {' '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
