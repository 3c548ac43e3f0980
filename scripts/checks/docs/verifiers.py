"""Calls the verification examples with good and with tampered deliveries."""

import shutil
import subprocess

from checks.docs.deliveries import deliveries
from checks.docs.drivers import DRIVERS
from checks.docs.running import environment_without_proxy, skip

# What a language's drivers need, the files of a verification example, and how it is run.
VERIFIERS = {
    "python": (["python3"], "opescare.py", "python3 driver.py"),
    "node": (["node"], "opescare.mjs", "node driver.mjs"),
    "java": (["java", "javac"], "OpesCareWebhook.java",
             "javac -d . OpesCareWebhook.java Driver.java && java -cp . Driver"),
    "php": (["php"], "opescare.php", "php driver.php"),
    "go": (["go"], "opescare/opescare.go", "go run ."),
}


def run_verifiers(page, folder):
    failures = []
    blocks = {block.language: block for block in page.blocks if block.verifies}
    for language in sorted(VERIFIERS.keys() ^ blocks.keys()):
        failures.append(f"docs: verification examples and {language} do not match")
    for language, block in blocks.items():
        programs, file, line = VERIFIERS[language]
        missing = [name for name in programs if not shutil.which(name)]
        if missing:
            skip(f"verification in {language}", f"{missing[0]} is not installed")
            continue
        place = folder / ("verify-" + language)
        for name, text in {file: block.text, **DRIVERS[language]}.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
        cases, lines = deliveries()
        environment = dict(environment_without_proxy(), GOTOOLCHAIN="local", GOPROXY="off",
                           GOFLAGS="-mod=mod", PYTHONDONTWRITEBYTECODE="1")
        result = subprocess.run(
            ["bash", "-c", line], cwd=place, env=environment, input=lines, capture_output=True,
            text=True, timeout=120)
        said = result.stdout.split()
        if result.returncode != 0 or len(said) != len(cases):
            failures.append(f"docs:{block.line}: fails in {language}\n{result.stderr}")
            continue
        for (name, is_right, family, *_), word in zip(cases, said):
            if word != ("true" if is_right else "false"):
                failures.append(
                    f"docs:{block.line}: in {language}, {family}, {name}: says {word}")
    return failures
