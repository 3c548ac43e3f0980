"""axe-core, which looks for what keeps people out of a page; its script is that of a package of PyPI."""

import json
import subprocess
import tempfile
from pathlib import Path

from checks.harness.packages import python_with

MODULE, PACKAGE = "axe_playwright_python", "axe-playwright-python"
# WCAG 2.2 AA, and what axe advises beyond it.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def fetch():
    """The script; empty, and said so, where the package cannot be had."""
    with tempfile.TemporaryDirectory() as folder:
        # Of its package only the script is wanted, without the browsers that it drives.
        python = python_with(MODULE, folder, "--no-deps", PACKAGE)
        if not python:
            print(f"   skipped: axe: {PACKAGE} is not installed, and pip could not fetch it")
            return ""
        found = subprocess.run(
            [python, "-c", f"import {MODULE}; print({MODULE}.__path__[0])"], check=True, capture_output=True,
            text=True)
        return (Path(found.stdout.strip()) / "axe.min.js").read_text(encoding="utf-8")


class Axe:
    """Asks axe about the document in which `run` runs scripts."""

    def __init__(self):
        self.script = fetch()

    def faults(self, run, where):
        if not self.script:
            return []
        if not run("!!window.axe"):
            run(self.script + ";0")
        found = run(
            "axe.run(document, { iframes: false, resultTypes: ['violations'], runOnly: "
            + json.dumps(TAGS) + " }).then(({ violations }) => violations.flatMap(one => one.nodes.map(node =>"
            " `${one.id}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ')}`)))")
        return [f"{where}: axe: {one}" for one in found]
