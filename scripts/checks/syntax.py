"""Every script can be read, is executable where it is called, and names nothing that is not there."""

import ast
import importlib.util
import os
import subprocess
import sys

from checks.harness import programs


def main():
    failures = []
    listed = subprocess.run(
        ["git", "ls-files", "scripts", ".ci", "benchmarks"], cwd=programs.ROOT, check=True,
        capture_output=True, text=True).stdout.splitlines()
    python = []
    for name in listed:
        path = programs.ROOT / name
        first = path.open("rb").readline().decode("utf-8", "replace").strip()
        if first.endswith("bash"):
            failures += [name] * subprocess.run(["bash", "-n", path], check=False).returncode
        elif name.endswith(".py") or first.endswith("python3"):
            python.append(path)
            try:
                ast.parse(path.read_text(encoding="utf-8"))
            except SyntaxError as error:
                failures.append(f"{name}: {error}")
        if first.startswith("#!") and not name.startswith("benchmarks/") and not os.access(path, os.X_OK):
            failures.append(f"{name} is not executable")
    if importlib.util.find_spec("pyflakes"):
        done = subprocess.run([sys.executable, "-m", "pyflakes", *python], check=False)
        failures += ["pyflakes complains"] * done.returncode
    else:
        print("   pyflakes is not installed: pip install pyflakes")
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
