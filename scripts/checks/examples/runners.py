"""Runs a printed request in its language."""

import json
import os
import re
import subprocess
import sys

from checks.examples.preludes import CSHARP_PROJECT, JAVA_PROGRAM, NODE_PRELUDE, PYTHON_PRELUDE
from checks.examples.world import AGENT, PLACEHOLDERS


def fill(text):
    for name, value in PLACEHOLDERS.items():
        text = text.replace(name, value)
    return text


def definitions(block, blocks):
    """Earlier blocks of the same document and language that define what this one uses."""
    patterns = {
        "python": r"^(\w+) = ", "node": r"^(?:const|let) \{?\s*(\w+)\s*\}? = ",
        "java": r"^(?:HttpClient|String) (\w+) = ",
    }
    pattern = patterns.get(block.language)
    chosen = []
    for earlier in blocks if pattern else []:
        if earlier is block:
            break
        if (earlier.document, earlier.language) != (block.document, block.language):
            continue
        defined = set(re.findall(pattern, earlier.source, re.M))
        own = set(re.findall(pattern, block.source, re.M))
        if any(re.search(rf"\b{name}\b", block.source) for name in defined - own):
            chosen.append(earlier)
    # Two blocks that define the same name cannot share a scope.
    return chosen[-1:]


def run_curl(block, before, token, folder):
    # The settings file adds to what curl prints and changes nothing in the request.
    (folder / ".curlrc").write_text('silent\nshow-error\nwrite-out = "\\n%{http_code}"\n')
    script = folder / "block.sh"
    script.write_text(
        "command -v uuidgen >/dev/null || uuidgen() { cat /proc/sys/kernel/random/uuid; }\n"
        + fill(block.source).replace("{access_token}", token) + "\n")
    result = run(["bash", str(script)], folder, token)
    if result.returncode != 0:
        return None, result.stderr.strip()
    body, _, status = result.stdout.rpartition("\n")
    return (int(status), body), ""


def run_python(block, before, token, folder):
    source = "\n".join(fill(part.source) for part in before + [block])
    script = folder / "block.py"
    script.write_text(PYTHON_PRELUDE + source + "\n")
    return noted(run([sys.executable, str(script)], folder, token), folder)


def run_node(block, before, token, folder):
    source = "\n".join(fill(part.source) for part in before + [block])
    names = re.findall(r"^(?:const|let) \{?\s*(\w+)\s*\}? = ", block.source, re.M)
    # JavaScript passes over a missing member in silence; this does not.
    checks = "".join(
        f"if ({name} === undefined) throw new Error('{name} is undefined');\n" for name in names)
    script = folder / "block.mjs"
    script.write_text(NODE_PRELUDE + source + "\n" + checks)
    return noted(run(["node", str(script)], folder, token), folder)


def run_java(block, before, token, folder):
    source = "\n".join(fill(part.source) for part in before + [block])
    imports = re.findall(r"^import .*;$", source, re.M)
    source = re.sub(r"(?m)^import .*;\n?", "", source)
    answers = re.findall(r"HttpResponse<String> (\w+) =", block.source)
    if not answers:
        # The fragment stops at the request it has built.
        request = re.findall(r"HttpRequest (\w+) =", block.source)[-1]
        source += (
            f"\nHttpResponse<String> res = client.send({request}, "
            "HttpResponse.BodyHandlers.ofString());")
        answers = ["res"]
    (folder / "Main.java").write_text(
        JAVA_PROGRAM
        % {"imports": "\n".join(imports), "source": source, "answer": answers[-1]})
    result = run(["java", "-XX:TieredStopAtLevel=1", "Main.java"], folder, token)
    if result.returncode != 0:
        return None, last_line(result.stderr)
    status, _, body = (folder / "answers").read_text().partition("\n")
    return (int(status), body), ""


def run_body(block, before, token, folder):
    target, _, text = block.source.partition("\n")
    (folder / "body.json").write_text(text)
    (folder / ".curlrc").write_text('silent\nshow-error\nwrite-out = "\\n%{http_code}"\n')
    words = ["curl", "-X", "POST", target, "-H", "Content-Type: application/json",
             "-H", "X-API-Key: " + PLACEHOLDERS["YOUR_API_KEY"], "--data-binary", "@body.json"]
    result = run(words, folder, token)
    if result.returncode != 0:
        return None, result.stderr.strip()
    body, _, status = result.stdout.rpartition("\n")
    return (int(status), body), ""


def run_csharp(block, before, token, folder):
    version = run(["dotnet", "--version"], folder, token).stdout.split(".")[0]
    (folder / "block.csproj").write_text(CSHARP_PROJECT % (version + ".0"))
    (folder / "Program.cs").write_text(fill(block.source) + "\n")
    result = run(["dotnet", "run"], folder, token)
    # The program prints the answer behind its own word for how it ended.
    found = re.search(r"Sync Success: (\{.*\})", result.stdout)
    return ((200, found.group(1)), "") if found else (None, last_line(result.stdout))


RUNNERS = {
    "body": ("curl", run_body), "c#": ("dotnet", run_csharp), "curl": ("curl", run_curl),
    "python": (sys.executable, run_python), "node": ("node", run_node), "java": ("java", run_java),
}


def run(words, folder, token):
    environment = dict(
        os.environ, ACCESS_TOKEN=token, access_token=token, CURL_HOME=str(folder),
        ANSWERS=str(folder / "answers"))
    environment.update({"BRIDGE_" + name: value for name, value in AGENT.items()})
    try:
        return subprocess.run(
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 1, "", "no end after 60 seconds")


def last_line(text):
    lines = [
        line.strip() for line in text.splitlines() if line.strip() and "Picked up" not in line
        and not line.startswith(("Node.js", "    at "))]
    errors = [line for line in lines if re.search(r"Error|Exception|error:", line)]
    return (errors or lines or ["failed without a word"])[-1]


def noted(result, folder):
    """The last answer that the prelude noted."""
    if result.returncode != 0:
        return None, last_line(result.stderr)
    answers = folder / "answers"
    if not answers.exists():
        return None, "the block sent no request"
    return tuple(json.loads(answers.read_text().splitlines()[-1])), ""
