"""Does what the sentences of the agent say, as a technician would who knows the right values."""

import datetime
import decimal
import re


def plain(value):
    """A value as the documents write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return f"{value:%H:%M}"
    if isinstance(value, tuple):
        return " - ".join(map(str, value))
    return str(value)


# What a sentence must say, so that somebody knows what to enter.
FOLLOWABLE = re.compile(
    r"such as \S|write all four|write \d|take the line out|must not be negative: write|write it without a separator"
    r"|enter (the letter|all digits|the value)|correct the cell|format the column"
    r"|is required|must be .* or |must be (a|an|one|the) |write (it|the day)|must contain a letter")
SETTINGS = [
    (re.compile(r'set "encoding"'), "encoding"),
    (re.compile(r'Set "date_order"'), "date_order"),
]


class Names:
    """The fields that an error file's columns are, by the names that sentences use."""

    def __init__(self, header, table):
        self.fields = table.fields
        # Beside what the agent says of the row.
        self.places = [index for index, name in enumerate(header) if not name.startswith("error_")]
        self.names = [header[index] for index in self.places][:len(table.fields)]

    SYNONYMS = {
        "expiry": "expiry", "paid_at": "at", "occurred_at": ("at", "date"), "units": None,
        "amount_minor": "amount", "result_value": "value", "test_name": "test", "medication_name": "drug",
        "phone_number": "phone", "date_of_birth": "born", "reference": ("reference", "order"),
        "drug_code": "code", "screening": "safe", "health_id": "health_id",
    }

    def cells(self, line):
        texts = [line[index] if index < len(line) else "" for index in self.places]
        return dict(zip(self.fields, texts))

    def line(self, line, cells):
        """The line with those cells in place of its own."""
        line = line + [""] * (max(self.places) + 1 - len(line))
        for index, field in zip(self.places, self.fields):
            line[index] = cells[field]
        return line

    def field(self, word):
        if word in self.names:
            return self.fields[self.names.index(word)]
        for field in self.listed(self.SYNONYMS.get(word)):
            if field in self.fields:
                return field
        return None

    @staticmethod
    def listed(fields):
        return fields if isinstance(fields, tuple) else (fields,)


def complaints(reason):
    """`dob is required; sex is unknown` in parts, each with its field."""
    for part in re.split(r"; (?=[a-z_]+ )", reason):
        word, _, sentence = part.partition(" ")
        yield word, sentence


def corrected(reason, names, row, cells):
    """The row's cells after the sentence was followed; the sentence that nobody can follow."""
    for word, sentence in complaints(reason):
        field = names.field(word)
        if field is None:
            return cells, f"names no column of the file ({word}): {reason}"
        if not FOLLOWABLE.search(sentence):
            return cells, f"does not say what to do: {reason}"
        expected = row.cells[field].expected
        cells = {**cells, field: plain(expected)}
        row.cells[field].destroyed = False
    return cells, None


def setting(sentence, dialect):
    """What to configure, of what a file waits for."""
    for pattern, name in SETTINGS:
        if pattern.search(sentence):
            return name, dialect.encoding_name if name == "encoding" else dialect.date_order
    return None
