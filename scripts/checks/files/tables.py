"""Tables of one kind as one dialect writes them, and what each of their rows means."""

import random

from checks.files import headings

# Of clinical rows the Health ID comes first.
FIELDS = {kind: list(fields) for kind, fields in headings.ENGLISH.items()}


class Row:
    def __init__(self, number, truth, cells):
        # As Excel counts.
        self.number = number
        self.truth = truth
        self.cells = cells
        # What was said of it, and followed.
        self.sentences = set()


class Table:
    """One file: its rows, its bytes, and lines of totals that are no rows."""

    def __init__(self, dialect, kind, part, truths, seed):
        self.dialect = dialect
        self.kind = kind
        self.name = dialect.file_name(kind, part)
        self.fields = FIELDS[kind]
        rng = random.Random(f"{seed} {dialect.name} {kind} {part}")
        above = dialect.above(kind, len(self.fields))
        # Excel shows no line for `sep=;`.
        number = 1 + sum(not line.startswith("sep=") for line in above)
        lines = above + [dialect.line([dialect.heading(kind, field, rng) for field in self.fields])]
        self.rows = {}
        for truth in truths:
            number += 1
            cells = {field: self.cell(field, truth, rng) for field in self.fields}
            self.rows[number] = Row(number, truth, cells)
            lines.append(dialect.line([cells[field].text for field in self.fields]))
        self.below = dialect.below(kind, self.fields)
        self.bytes = dialect.encode(lines + self.below)

    def cell(self, field, truth, rng):
        value = truth["person"]["health_id"] if field == "health_id" else truth[field]
        return self.dialect.cell(self.kind, field, value, truth, rng)


class Corrected:
    """Rows of a table that were sent again, in the form of an error file."""

    def __init__(self, table, numbers):
        self.kind = table.kind
        self.fields = table.fields
        # The heading is row 1.
        self.rows = {index: self.original(table, number) for index, number in enumerate(numbers, 2)}

    @staticmethod
    def original(table, number):
        return table.rows[number]
