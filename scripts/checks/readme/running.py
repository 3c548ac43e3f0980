"""Runs the examples of a manual and compares what they print."""

import re
import subprocess
import time
from pathlib import Path

from checks.harness import programs
from checks.harness.live import PlainServer
from checks.harness.printed import compare, mask

README = programs.ROOT / "README.md"
RUNNING = programs.ROOT / "Sources/opescare/README.md"
# One after the other on one server, in one shell; the bridge agent's has a server of its own.
MANUALS = [
    [README, RUNNING, programs.ROOT / "Sources/opescare/OPERATIONS.md"],
    [programs.ROOT / "Sources/opescare-bridge/README.md"],
]


def name_of(document):
    return str(document.relative_to(programs.ROOT))


class Block:
    def __init__(self, language, note, place):
        self.language = language
        self.note = note
        self.place = place
        self.text = ""
        self.output = None
        self.follows_command = False


def read_blocks(document):
    """The fenced blocks; each command knows the block of output below it."""
    blocks, note, current, indent = [], "", None, ""
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
        if current:
            if line.strip() == "```":
                current = None
            else:
                current.text += line.removeprefix(indent) + "\n"
            continue
        fence = re.match(r"(\s*)```(\w*)$", line)
        if fence:
            indent = fence.group(1)
            current = Block(fence.group(2), note, f"{name_of(document)}:{number}")
            last = blocks[-1] if blocks else None
            is_output = current.language in ("json", "text") and last and last.language == "sh"
            if is_output and last.output is None:
                last.output = current
                current.follows_command = True
            blocks.append(current)
            note = ""
        elif line.strip():
            comment = re.match(r"\s*<!-- (.*) -->$", line)
            note = comment.group(1) if comment else ""
    return blocks


def run_examples(documents, folder, binaries):
    """Runs the server and the commands; returns what went wrong."""
    name = name_of(documents[0])
    blocks = [block for document in documents for block in read_blocks(document)]
    commands = [block for block in blocks if block.language == "sh"]
    servers = [block for block in commands if block.note == "server"]
    if len(servers) != (1 if README in documents else 0):
        return [f"{name} starts the server {len(servers)} times"]
    to_run = [block for block in commands if not block.note]
    unknown = [
        block for block in commands
        if block.note and block.note != "server" and not block.note.startswith("not run: ")]
    failures = [f"{block.place}: what is <!-- {block.note} -->?" for block in unknown]

    # Where scripts/serve leaves the program.
    place = folder / ".build-release/release"
    place.mkdir(parents=True)
    for program, binary in binaries.items():
        (place / program).symlink_to(Path(binary).resolve())
    server = PlainServer(binaries["opescare"], folder)
    try:
        here, stand_in = f"127.0.0.1:{server.port}", "127.0.0.1:8080"
        script = "set -e\n"
        for number, block in enumerate(to_run):
            source = block.text.replace(stand_in, here)
            script += f"echo {number} >{folder}/at\n"
            script += f"{{\n{source}}} >{folder}/out.{number} 2>&1\n"
        script += f"echo end >{folder}/at\n"
        (folder / "examples.sh").write_text(script)
        environment = dict(
            programs.clean_environment(), OPESCARE_PORT=str(server.port), TZ="UTC")
        if README not in documents:
            environment["PATH"] = f"{place}:{environment['PATH']}"
        try:
            result = subprocess.run(
                ["bash", "examples.sh"], cwd=folder, env=environment, timeout=120,
                stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if result.returncode != 0:
                at = (folder / "at").read_text().strip() if (folder / "at").exists() else "0"
                failures.append(
                    f"{to_run[int(at)].place}: the command failed with "
                    f"{result.returncode}. {result.stderr}")
        except subprocess.TimeoutExpired:
            failures.append("the examples did not end within two minutes")
        time.sleep(0.5)  # The log leaves four times a second.
        log = mask(server.log()).splitlines()
        greeting = server.greeting()
    finally:
        server.stop()

    for number, block in enumerate(to_run):
        path = folder / f"out.{number}"
        if block.output and path.exists():
            difference = compare(
                block.output, path.read_text().replace(here, stand_in), name)
            if difference:
                failures.append(f"{block.output.place}: prints something else\n"
                                + "\n".join(difference))
    if servers and servers[0].output:
        difference = compare(
            servers[0].output, greeting.replace(here, stand_in), "README.md")
        failures += ["README.md: the server greets otherwise\n" + "\n".join(difference)] * bool(
            difference)
    for block in blocks:
        if block.language == "text" and not block.follows_command:
            for line in mask(block.text).splitlines():
                if line not in log:
                    failures.append(f"{block.place}: no line of the log has this form")
    for document in documents:
        place = f"{name_of(document)}:"
        if not any(block.output and block.place.startswith(place) for block in to_run):
            failures.append(f"{name_of(document)} has no example with output")
    return failures
