"""Generates Python clients from openapi.json, imports every module of them, and lets them do the
README's quickstart against a fresh server.

The generators are openapi-generator (of the package openapi-generator-cli, which needs java) and
openapi-python-client; one that is missing is skipped. Exit status: 0 all right, 1 something is not, 77
nothing could run.
"""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from checks.clients.quickstarts import PRINTED, QUICKSTARTS
from checks.harness import programs
from checks.harness.live import PlainServer

DOCUMENT = programs.ROOT / "Sources/CAssets/documents/openapi.json"

IMPORTS = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, sys.argv[1] + "."):
    importlib.import_module(module.name)
"""


def generators():
    """The commands that write a package `generated` into the folder that they run in."""
    jar = importlib.util.find_spec("openapi_generator_cli")
    if jar and shutil.which("java"):
        jar = Path(jar.origin).parent / "openapi-generator.jar"
        yield "openapi-generator", [
            "java", "-jar", jar, "generate", "-g", "python", "-i", DOCUMENT, "-o", ".",
            "--additional-properties=packageName=generated"]
    if importlib.util.find_spec("openapi_python_client"):
        yield "openapi-python-client", [
            sys.executable, "-m", "openapi_python_client", "generate", "--path", DOCUMENT,
            "--output-path", "generated", "--meta", "none"]


def run(words, folder):
    done = subprocess.run(
        words, cwd=folder, env=programs.clean_environment() | {"NO_PROXY": "*"}, timeout=300,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout.strip()


def faults(name, command, folder, address):
    folder.mkdir()
    status, output = run(command, folder)
    if status:
        return f"{name}: cannot read the document\n{output}"
    status, output = run([sys.executable, "-c", IMPORTS, "generated"], folder)
    if "No module named" in output and "No module named 'generated" not in output:
        print(f"   skipped: {name}: its client needs what is not installed: {output.split()[-1]}")
        return None
    if status:
        return f"{name}: its client cannot be imported\n{output}"
    words = [sys.executable, "-W", "ignore", "-c", QUICKSTARTS[name], "generated", address]
    status, output = run(words, folder)
    return None if output == PRINTED else f"{name}: the quickstart printed\n{output}"


def main():
    found = list(generators())
    if not found:
        print("   no generator is installed: pip install openapi-generator-cli openapi-python-client")
        return 77
    program = programs.server()
    wrong = []
    for name, command in found:
        with tempfile.TemporaryDirectory() as folder:
            server = PlainServer(program, folder)
            try:
                address = f"http://127.0.0.1:{server.port}"
                wrong.append(faults(name, command, Path(folder) / "client", address))
            finally:
                server.stop()
    for line in filter(None, wrong):
        print(line)
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
