"""Finds the requests of a document."""

import json
import re

from checks.examples.blocks import Block, GRAMMARS, LONGEST_STATEMENT, take_block
from checks.examples.world import DESKTOP_HOST


def take_json(lines, start):
    """The JSON value that begins at `start`. Text may follow its end on the same line."""
    try:
        return json.JSONDecoder().raw_decode("\n".join(lines[start:]).lstrip())[0]
    except ValueError:
        return None


def take_body(name, target, lines, start):
    """The body printed from `start` on, for its path and, as a list of one, for the path of many."""
    for end in range(start + 1, min(len(lines), start + LONGEST_STATEMENT) + 1):
        text = "\n".join(lines[start:end])
        try:
            json.loads(text)
        except ValueError:
            continue
        return [
            Block(name, "body", f"{DESKTOP_HOST}{target}\n{text}", ""),
            Block(name, "body", f"{DESKTOP_HOST}{target}s\n[{text}]", ""),
        ]
    raise SystemExit(f"examples: {name}: the body under {target} does not end")


def read_document(path):
    lines = [line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()]
    blocks, comment, index, target = [], "", 0, ""
    while index < len(lines):
        line = lines[index]
        if re.fullmatch(r"/api/healthcare/\w+", line):
            target = line
        if target and line == "Request Body (JSON)":
            for block in take_body(path.name, target, lines, index + 1):
                blocks.append(block)
                block.number = len(blocks)
            target = ""
        language = next(
            (name for name, (begin, _, _) in GRAMMARS.items() if re.match(begin, line)), None)
        if language:
            end = take_block(lines, index, language)
            block = Block(path.name, language, "\n".join(lines[index:end]), comment)
            if block.url:
                blocks.append(block)
                block.number = len(blocks)
            comment, index = "", end
            continue
        if re.match(r"Response:?$", line) and blocks:
            expected = take_json(lines, index + 1)
            # It belongs to the printed request above it, in every language.
            for block in blocks:
                if block.line == blocks[-1].line and block.expected is None:
                    block.expected = expected
        comment = line if line.startswith("#") else ""
        index += 1
    return blocks
