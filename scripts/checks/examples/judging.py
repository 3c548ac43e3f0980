"""What is wrong with an answer."""

import json

# What the documents call the outcome of a request, and the status that goes with the word.
STATUS_WORDS = {"found": 200, "valid": 200, "created": 201, "accepted": 201, "not_found": 404}


def kind(value):
    return {
        dict: "object", list: "array", str: "string", bool: "boolean", int: "number",
        float: "number", type(None): "null",
    }[type(value)]


def differences(expected, got, path=""):
    """What a printed response has that the answer has not."""
    here = path or "the body"
    if kind(expected) != kind(got):
        return [f"{here} is {kind(got)} instead of {kind(expected)}"]
    if isinstance(expected, dict):
        found = []
        for name, value in expected.items():
            inner = f"{path}.{name}" if path else name
            if name not in got:
                found.append(f"{inner} is missing")
            else:
                found += differences(value, got[name], inner)
        return found
    if isinstance(expected, list) and expected:
        if not got:
            return [f"{here} is empty"]
        return [text for item in got for text in differences(expected[0], item, path + "[]")]
    if path in ("status", "token_type", "scope", "expires_in") and expected != got:
        return [f"{path} is {got!r} instead of {expected!r}"]
    return []


def judge(block, answer, is_first_creation):
    """What is wrong with an answer; empty when nothing is."""
    status, text = answer
    if status == 204:
        return "" if block.method == "DELETE" else "204 to a request that is no DELETE"
    try:
        body = json.loads(text)
    except ValueError:
        return f"{status} with a body that is not JSON: {text[:60]!r}"
    if status not in (200, 201):
        return f"{status} {body.get('message', text[:100]) if isinstance(body, dict) else ''}"
    if not isinstance(body, dict):
        return "the body is not an object"
    found = []
    word = body.get("status")
    if word in STATUS_WORDS and STATUS_WORDS[word] != status:
        found.append(f"status {word!r} came with {status} instead of {STATUS_WORDS[word]}")
    if block.path.startswith("/api/v1/connect/patient") and "health_id" not in body:
        found.append("health_id is missing")
    if block.path.endswith("/patients/resolve"):
        if word not in ("found", "created"):
            found.append(f"status is {word!r}")
        elif "lookup only" in block.comment and word != "found":
            found.append("a known Health ID was not found")
        elif is_first_creation and word != "created":
            found.append("a patient nobody registered was not created")
    if block.expected is not None:
        found += differences(block.expected, body)
    return "; ".join(found)


def repeated(answer):
    """What is wrong with the answer to a record that was sent before."""
    status, text = answer
    body = json.loads(text)
    changed = body.get("status", "unchanged") != "unchanged" or (
        "total" in body and body["unchanged"] != body["total"])
    return f"sent again: {status} {text[:100]}" if status != 200 or changed else ""
