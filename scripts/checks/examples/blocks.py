"""One printed request, and where its statements end."""

import re
import shlex
import warnings
from urllib.parse import urlsplit

LONGEST_STATEMENT = 60


class Block:
    """One printed request; `number` counts a document's requests of all languages from 1."""

    def __init__(self, document, language, source, comment):
        self.document = document
        self.language = language
        self.source = source
        self.comment = comment
        self.number = 0
        self.expected = None
        url = re.search(r"https?://[^\s\"'`\\]+", source)
        self.url = url.group(0) if url else ""
        self.path = urlsplit(self.url).path
        self.method = self.find_method()

    def find_method(self):
        if self.language == "body":
            return "POST"
        if self.language == "curl":
            named = re.search(r"(?:-X|--request)\s+(\w+)", self.source)
            if named:
                return named.group(1)
            return "POST" if re.search(r"\s(-d|--data\S*)\s", self.source) else "GET"
        patterns = {
            "python": r"requests\.(\w+)\(", "node": r"method:\s*['\"](\w+)['\"]",
            "java": r"\.(GET|POST|PUT|DELETE)\(", "php": r"(?:->|::)(get|post|put|delete)\(",
            "c#": r"\.(Get|Post|Put|Delete)Async\(",
        }
        found = re.search(patterns[self.language], self.source)
        return found.group(1).upper() if found else "GET"

    @property
    def line(self):
        return f"{self.method} {self.path}"


def is_shell_complete(text):
    if text.endswith("\\"):
        return False
    try:
        shlex.split(text)
        return True
    except ValueError:
        return False


def is_python_complete(text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "block", "exec")
        return True
    except SyntaxError:
        return False


def is_bracket_complete(text, end=";"):
    """Whether brackets outside of strings and comments are balanced and the statement ended."""
    text = re.sub(
        r'"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|`(?:\\.|[^`\\])*`', "''", text)
    if '"""' in text:
        return False
    text = re.sub(r"(?m)//.*$", "", text).strip()
    depth = sum(text.count(c) for c in "([{") - sum(text.count(c) for c in ")]}")
    return depth == 0 and (not text or text.endswith(end))


# For each language: how a block begins, how its later statements begin, what ends a statement.
GRAMMARS = {
    "curl": (r"curl\s", None, is_shell_complete),
    "python": (
        r"import requests|(\w+ = )?requests\.\w+\(",
        r"import |(\w+ = )?requests\.|\w+ = |print\(", is_python_complete),
    "node": (
        r"(const|let) (\w+|\{.*\}) = await fetch\(|await fetch\(",
        r"const |let |await |console\.|//", is_bracket_complete),
    "java": (
        r"import java\.|HttpClient \w+ =|HttpRequest \w+ =",
        r"import java|HttpClient |String |HttpRequest |HttpResponse|var |System\.|//",
        is_bracket_complete),
    "php": (
        r"<\?php|\$\w+ = Http::|Http::", r"\$\w+ = |Http::|//|<\?php",
        lambda text: text == "<?php" or is_bracket_complete(text)),
    "c#": (
        r"using System;", r"using |class |namespace ",
        lambda text: is_bracket_complete(text) or is_bracket_complete(text, "}")),
}
# What sends a request; imports and settings before it belong to its block.
CALL = re.compile(r"requests\.\w+\(|fetch\(|newBuilder\(|Http::")


def take_statement(lines, start, is_complete):
    """The index after the statement that begins at `start`; `start` when none ends in time."""
    for end in range(start + 1, min(len(lines), start + LONGEST_STATEMENT) + 1):
        if is_complete("\n".join(lines[start:end])):
            return end
    return start


def take_block(lines, start, language):
    begin, follow, is_complete = GRAMMARS[language]
    end = take_statement(lines, start, is_complete)
    if end == start:
        raise SystemExit(
            f"examples: a {language} request does not end: {lines[start][:80]}")
    while follow and end < len(lines) and re.match(follow, lines[end]):
        # A second request is a block of its own.
        if re.match(begin, lines[end]) and CALL.search("\n".join(lines[start:end])):
            break
        after = take_statement(lines, end, is_complete)
        if after == end:
            break
        end = after
    return end
