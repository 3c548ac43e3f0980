"""Packages of PyPI that a check needs, fetched where they are not installed."""

import subprocess
import sys


def python_with(module, folder, *packages):
    """A Python that can import `module`: this one, or one made in `folder`; None where pip cannot fetch
    the packages."""
    if imports(sys.executable, module):
        return sys.executable
    python = f"{folder}/python/bin/python"
    for words in (
        [sys.executable, "-m", "venv", f"{folder}/python"],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
    ):
        if subprocess.run(words, capture_output=True, check=False).returncode != 0:
            return None
    return python if imports(python, module) else None


def imports(python, module):
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0
