"""Examples that a document prints, compared with what a fresh server answers to them."""

import difflib
import json
import re

KNOWN_IDS = ["CM-HID-7KQ9-MP42-X8D1", "CM-HID-M9S3-46Q3-D25J", "CM-HID-VT4F-5V37-E3SM"]
MASKS = [
    (r"eyJ[\w.-]+", "<token>"),
    (r"\b(req|cmd|tok|cons|enc|lab|rx|evt|sub|sync|adm|key|stk|wgs)_[0-9a-z]{26}\b", r"\1_<id>"),
    (r"\b(sk|bk|ak|at|sdk_(?:test|live|pub))_[\w-]{20,}", "<secret>"),
    (r"\bwgt_[\w.-]*…?", "<secret>"),
    (r"\bwhsec_[\w+/=]{20,}", "<secret>"),
    (r"\b(?!0{8}-)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uuid>"), (r"\b[0-9a-f]{64}\b", "<hash>"),
    (r"\bsigning-\d+\.pem", "signing-<time>.pem"), (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>"),
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
