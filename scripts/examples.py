"""Examples that a document prints, compared with what a fresh server answers to them."""

import difflib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KNOWN_IDS = ["CM-HID-7KQ9-MP42-X8D1", "CM-HID-M9S3-46Q3-D25J", "CM-HID-VT4F-5V37-E3SM"]
MASKS = [
    (r"eyJ[\w.-]+", "<token>"),
    (r"\b(req|cmd|tok|cons|enc|lab|rx|evt|sub|sync|adm|key)_[0-9a-z]{26}\b", r"\1_<id>"),
    (r"\b(sk|bk|ak|at)_[\w-]{20,}", "<secret>"),
    (r"\bwhsec_[\w+/=]{20,}", "<secret>"),
    (r"\b(?!0{8}-)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uuid>"),
    (r"\b[0-9a-f]{64}\b", "<hash>"),
    (r"\bsigning-\d+\.pem", "signing-<time>.pem"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>"),
    (r"\b\d+us\b", "<duration>"),
    (r"\b(?!" + "|".join(KNOWN_IDS) + r")[A-Z]{2}-HID-\w{4}-\w{4}-\w{4}\b", "<health id>"),
]


def mask(text):
    for pattern, stand_in in MASKS:
        text = re.sub(pattern, stand_in, text)
    return text


def compare(output, printed, name):
    """What differs, as lines of a diff; empty when nothing does."""
    expected = output.text
    if output.language == "json":
        try:
            expected, printed = (
                json.dumps(json.loads(mask(text)), indent=2, ensure_ascii=False)
                for text in (expected, printed))
        except ValueError as error:
            return [f"not JSON: {error}", printed]
    expected, printed = mask(expected).strip(), mask(printed).strip()
    return list(difflib.unified_diff(
        expected.splitlines(), printed.splitlines(), name, "printed", lineterm=""))


class Server:
    def __init__(self, folder, binary, *words):
        self.greeting = folder / "greeting"
        self.log = folder / "log"
        environment = clean_environment()
        environment["OPESCARE_PORT"] = "0"
        with self.greeting.open("w") as greeting, self.log.open("w") as log:
            self.process = subprocess.Popen(
                [binary, "serve", *words], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                stdout=greeting, stderr=log)
        for _ in range(200):
            found = re.search(r"Listening on https?://127\.0\.0\.1:(\d+)", self.greeting.read_text())
            if found:
                self.port = found.group(1)
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        name = Path(sys.argv[0]).name
        raise SystemExit(f"{name}: the server did not start:\n{self.log.read_text()}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def clean_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("OPESCARE_")}


def build(program="opescare"):
    """Builds a program as it is deployed; where it is."""
    what = "build_release" if program == "opescare" else "build_bridge"
    name = "opescare" if program == "opescare" else "bridge"
    script = f'source scripts/requirements.sh; {what} --quiet >&2; echo "${name}"'
    result = subprocess.run(
        ["bash", "-ec", script], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return result.stdout.strip()
