"""The programs that the checks try, and the options that all of them take."""

import math
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def server():
    """What OPESCARE_BINARY names; without it, built as scripts/serve does."""
    return built("OPESCARE_BINARY", "build_release", "opescare")


def agent():
    """What OPESCARE_BRIDGE_BINARY names; without it, built in the same way."""
    return built("OPESCARE_BRIDGE_BINARY", "build_bridge", "bridge")


def built(variable, function, path):
    if os.environ.get(variable):
        return os.path.abspath(os.environ[variable])
    script = f'source scripts/requirements.sh; {function} --quiet >&2; echo "${path}"'
    done = subprocess.run(
        ["bash", "-ec", script], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def clean_environment():
    """Settings of the outside are not those of the program that is tried."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OPESCARE_")}


def options(parser, with_agent=False):
    """Reads the arguments, among them those that every check with chance in it takes.

    `until` is the moment (monotonic) after which nothing new begins.
    """
    parser.prog = f"scripts/check {Path(sys.argv[0]).parent.name} --"
    parser.add_argument("--program", help="the opescare to try, in place of OPESCARE_BINARY")
    if with_agent:
        parser.add_argument(
            "--bridge", help="the opescare-bridge to try, in place of OPESCARE_BRIDGE_BINARY")
    parser.add_argument("--seed", type=int, default=1, help="of everything random (default 1)")
    parser.add_argument(
        "--seconds", type=float, help="begin nothing new after this long (default: do everything)")
    chosen = parser.parse_args()
    chosen.program = os.path.abspath(chosen.program) if chosen.program else server()
    if with_agent:
        chosen.bridge = os.path.abspath(chosen.bridge) if chosen.bridge else agent()
    chosen.until = time.monotonic() + (chosen.seconds or math.inf)
    return chosen
