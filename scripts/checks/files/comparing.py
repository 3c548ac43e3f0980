"""Values as they are compared: in one form, however they were written."""

import collections
import datetime
import re
import unicodedata

from checks.files.dialects import ARABIC_DIGITS

WESTERN = str.maketrans({ord(value): chr(key) for key, value in (
    (key, chr(value) if isinstance(value, int) else value) for key, value in ARABIC_DIGITS.items())
    if chr(key).isdigit()})


def letters(text):
    """Without marks that nobody sees, and with letters in one form."""
    text = "".join(letter for letter in str(text) if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", text).replace("\u00a0", " ").replace("\u202f", " ").strip()


def millis(value):
    if isinstance(value, datetime.datetime):
        return int(value.timestamp() * 1000)
    return int(datetime.datetime(value.year, value.month, value.day,
                                 tzinfo=datetime.timezone.utc).timestamp() * 1000)


def number(text, dialect):
    """A result as the writer's readers read it."""
    text = letters(text).translate(WESTERN).replace("٫", ".").replace("٬", "")
    if dialect.thousands:
        text = text.replace(letters(dialect.thousands) or " ", "")
    text = re.sub(r"[\s'\u202f\u00a0]", "", text)
    if dialect.point == ",":
        text = text.replace(",", ".")
    return text


class Comparing:
    """The wrong values and silent losses of one table."""

    def __init__(self, stored, table):
        self.stored = stored
        self.table = table
        self.dialect = table.dialect
        self.wrong = []
        self.lost = []
        self.left_out = collections.Counter()

    def run(self):
        compare = getattr(self, self.table.kind)
        for row in self.table.rows.values():
            compare(row, {field: cell.expected for field, cell in row.cells.items()})
        return self

    def expect(self, row, field, found, expected=None, alike=None):
        cell = row.cells[field]
        expected = cell.expected if expected is None else expected
        if cell.destroyed:
            # Left out, which its sender is told; never the remains of it.
            self.left_out[(self.table.kind, field, cell.text)] += 1
            is_right = found in (None, "")
        elif alike:
            is_right = alike(found)
        else:
            is_right = (found if found != "" else None) == (expected if expected != "" else None)
        if not is_right:
            self.wrong.append(
                f"{self.table.name} row {row.number} {field}: {cell.text!r} was stored as {found!r},"
                f" and is {expected!r}")

    def same_text(self, row, field, found):
        expected = row.cells[field].expected
        self.expect(row, field, found and letters(found).replace("\r\n", "\n"),
                    expected and letters(expected))

    def missing(self, row, key):
        self.lost.append(f"{self.table.name} row {row.number} is not stored: {key}")

    def one(self, row, kind, external, name=None, words=None):
        """The record of that id, and of that test or medicine."""
        found = [record for record in self.stored.records.get((kind, external), [])
                 if name is None or letters(record.get(name)).casefold() == letters(words).casefold()]
        if not found:
            self.missing(row, (external, words))
            return None
        if len(found) > 1 or found[0]["patient"] != row.truth["person"]["health_id"]:
            self.wrong.append(f"{self.table.name} row {row.number} is stored {len(found)} times, of "
                              f"{found[0]['patient']}")
        return found[0]

    def listed(self, row, kind, fits):
        """The record of that person and day that fits."""
        found = [record for record in self.stored.people.get(row.truth["person"]["health_id"], [])
                 if record["type"] == kind and record["at"] == millis(row.truth["date"]) and fits(record)]
        if len(found) != 1:
            self.lost.append(f"{self.table.name} row {row.number} is stored {len(found)} times")
            return None
        return found[0]
