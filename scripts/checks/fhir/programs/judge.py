"""Run by a Python that has the validator: judges resources, one a line, and prints what is wrong with them."""

import json
import sys


def tell(at, code, place, text):
    print(json.dumps({"at": at, "code": code, "place": place, "text": text}))


def fhirkit(resources):
    import fhirkit as validator

    for at, resource in enumerate(resources):
        for issue in validator.parse(resource).issues:
            tell(at, "structure", "", str(issue))


def pyrofile(resources, definitions):
    from pyrofile_validator import Validator
    from pyrofile_validator.config import ValidatorConfig

    validator = Validator(ValidatorConfig.load_dict({
        "fhirVersion": "4.0.1", "localPackagePaths": [definitions], "terminology": {"mode": "local"}}))
    for at, resource in enumerate(resources):
        for issue in validator.validate_resource(json.loads(resource)).issues:
            tell(at, issue.code, issue.path, f"{issue.severity.value}: {issue.message}")


def main():
    name, source, *arguments = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        {"fhirkit": fhirkit, "pyrofile": pyrofile}[name](file.read().splitlines(), *arguments)


if __name__ == "__main__":
    main()
