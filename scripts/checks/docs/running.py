"""Runs the examples of the page in one shell."""

import shutil
import subprocess

from checks.docs.page import RUN
from checks.harness import programs
from checks.harness.packages import python_with
from checks.harness.printed import compare


def skip(what, why):
    print(f"   skipped: {what}: {why}")


def environment_without_proxy():
    return {name: value for name, value in programs.clean_environment().items()
            if not name.lower().endswith("_proxy")}


# Shows what an example for our own clients got.
SHOW = {
    "python": "\nimport json\nprint(json.dumps(answer))\n",
    "node": "\nconsole.log(JSON.stringify(answer));\n",
    "php": "\necho json_encode($answer), \"\\n\";\n",
}


def complete(block, preludes):
    """The whole program of an example that goes on with its language's prelude."""
    if not block.uses_prelude:
        return block.text
    is_shown = block.output and block.output.language == "json" and "answer" in block.text
    return preludes[block.language] + block.text + (SHOW[block.language] if is_shown else "")


def command(number, block, folder, python, preludes):
    """The example as lines of the one shell script."""
    if block.language == "sh":
        return block.text
    line = RUN[block.language].format(python=python, file=f"example.{number}")
    file = folder / line.split()[-1]
    file.write_text(complete(block, preludes))
    text = line + "\n"
    if block.refuses:
        # One symbol in the middle of the value is another one.
        name = block.refuses
        text += (f"half=$(( ${{#{name}}} / 2 )); at=${{{name}:half:1}}\n"
                 f"[ \"$at\" = A ] && at=B || at=A\n"
                 f"if {name}=${{{name}:0:half}}$at${{{name}:half+1}} {line} >refused 2>&1\n"
                 f"then echo 'the altered {name} was accepted'; fi\n")
    return text


def run_examples(page, folder, server):
    failures = []
    here, stand_in = f"127.0.0.1:{server.port}", "127.0.0.1:8080"
    to_run, script = [], "set -e\n"
    preludes = {block.language: block.text for block in page.blocks if block.is_prelude}
    for block in page.blocks:
        if block.language not in RUN or block.verifies:
            continue
        python = "python3"
        if block.needs == "jwt":
            python = python_with("cryptography, jwt", folder, "pyjwt[crypto]")
        if block.language in ("node", "php") and not shutil.which(block.language):
            skip(f"example in line {block.line}", f"{block.language} is not installed")
        elif not python:
            skip(f"example in line {block.line}", "PyJWT is not installed, nor could pip fetch it")
        elif block.needs not in (None, "jwt"):
            failures.append(f"docs:{block.line}: cannot provide {block.needs}")
        else:
            number = len(to_run)
            to_run.append(block)
            script += f"echo {number} >at\n{{\n"
            script += command(number, block, folder, python, preludes)
            script += f"}} >out.{number} 2>err.{number}\n"
    for file in [*folder.glob("example.*")]:
        file.write_text(file.read_text().replace(stand_in, here))
    (folder / "examples.sh").write_text(script.replace(stand_in, here) + "echo end >at\n")
    try:
        status = subprocess.run(
            ["bash", "examples.sh"], cwd=folder, env=environment_without_proxy(), timeout=120,
            stdin=subprocess.DEVNULL).returncode
    except subprocess.TimeoutExpired:
        failures.append("the examples did not end within two minutes")
        status = 0
    if status != 0:
        number = (folder / "at").read_text().strip()
        failures.append(f"docs:{to_run[int(number)].line}: the example failed with {status}\n"
                        + (folder / f"err.{number}").read_text())
    for number, block in enumerate(to_run):
        path = folder / f"out.{number}"
        if not path.exists():
            continue
        printed = path.read_text().replace(here, stand_in)
        if block.uses_prelude and not printed and "answer" not in block.text:
            continue
        if block.output:
            difference = compare(block.output, printed, "docs")
            if difference:
                failures.append(f"docs:{block.output.line}: prints something else\n"
                                + "\n".join(difference))
        elif printed:
            failures.append(f"docs:{block.line}: prints what the page does not show\n{printed}")
    return failures
