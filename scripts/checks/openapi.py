"""The two OpenAPI documents are valid, as openapi-spec-validator sees it; fetched when it is missing.

Exit status: 0 valid, 1 not, 77 when the validator cannot be had.
"""

import subprocess
import sys
import tempfile

from checks.harness import programs
from checks.harness.packages import python_with

PACKAGE = "openapi-spec-validator"


def main():
    with tempfile.TemporaryDirectory() as folder:
        python = python_with(PACKAGE.replace("-", "_"), folder, PACKAGE)
        if not python:
            print(f"   {PACKAGE} is not installed, and pip could not fetch it")
            return 77
        words = [python, "-m", "openapi_spec_validator", "openapi.yaml", "openapi-admin.yaml"]
        return int(subprocess.run(words, cwd=programs.ROOT, check=False).returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
