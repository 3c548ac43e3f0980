"""Words that mark unfinished work, conflict markers, and paths of somebody's own machine."""

import subprocess
import sys

from checks.harness import programs

PATTERN = (
    r"\b(T[O]DO|F[I]XME|H[A]CK)\b|^(<<<<<<<|>>>>>>>) |/(home|Users|root)/[a-z]|/tmp/[w]t|/[w]ork/"
)


def main():
    found = subprocess.run(["git", "grep", "-nIE", PATTERN], cwd=programs.ROOT, check=False).returncode
    # git grep: 0 found something, 1 found nothing, more is its own failure.
    return {0: 1, 1: 0}.get(found, found)


if __name__ == "__main__":
    sys.exit(main())
