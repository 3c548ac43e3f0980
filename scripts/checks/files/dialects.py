"""How a program writes a table: letters, separators, numbers, dates and words."""

import datetime
import decimal
import re

from checks.files import headings

ARABIC_DIGITS = str.maketrans("0123456789.,", "٠١٢٣٤٥٦٧٨٩٫٬")
IDENTIFIERS = {"reference", "phone", "national_id", "order", "code", "health_id"}


class Cell:
    """What a file shows of one value, and what a reader can know of it."""

    def __init__(self, text, expected, destroyed=False):
        self.text = text
        self.expected = expected
        # The program has lost the value: it must be told, and never be stored as if it were one.
        self.destroyed = destroyed


class Dialect:
    """A program that writes tables. Subclasses say in what it differs from a careful one."""

    name = "plain"
    language = "en"
    style = None
    encoding = "utf-8"
    bom = b""
    delimiter = ","
    newline = "\r\n"
    # As the program's users set it: written dates, decimal point, thousands.
    date_format = "%Y-%m-%d"
    time_format = " %H:%M"
    point, thousands = ".", ""
    quotes_text = False
    title = False
    totals = False
    trailing = 0
    has_line_breaks = False
    suffix = b""
    # What a technician configures where a file asks for it.
    date_order = "dmy"

    @property
    def encoding_name(self):
        names = {"cp1252": "windows-1252", "cp1256": "windows-1256", "mac_roman": "macintosh"}
        return names.get(self.encoding, self.encoding)

    @property
    def is_unicode(self):
        return self.encoding.startswith("utf")

    def can_write(self, text):
        try:
            return self.spelt(text).encode(self.encoding).decode(self.encoding) == self.spelt(text)
        except UnicodeEncodeError:
            return False

    def spelt(self, text):
        return text

    # Values to cells.

    def heading(self, kind, field, rng):
        return rng.choice(headings.STYLES[self.style or self.language][kind][field].split("|"))

    def cell(self, kind, field, value, row, rng):
        """The cell of one typed value."""
        if value is None:
            if kind == "patients" and field == "last":
                return Cell(rng.choice(["-", "."]), "")
            return Cell(self.empty(field, rng), None)
        if field == "born" and isinstance(value, int):
            return Cell(str(value), str(value))
        if isinstance(value, datetime.datetime):
            return self.moment(value, rng)
        if isinstance(value, datetime.date):
            return self.day(value, field, rng)
        if isinstance(value, datetime.time):
            return Cell(self.clock(value, rng), value)
        if isinstance(value, decimal.Decimal):
            return self.decimal(value, row.get("decimals"), field, rng)
        if isinstance(value, tuple):
            return Cell(" - ".join(str(end).replace(".", self.point) for end in value), value)
        if field in ("quantity", "reorder"):
            return self.whole(value, rng)
        if field == "safe":
            return Cell(self.word("safe" if value else "unsafe", rng), value)
        words = headings.WORDS[self.language]
        if field in ("sex", "component", "status", "method", "country", "currency", "flag") and value in words:
            return Cell(self.word(value, rng), value)
        if field == "health_id" and self.is_unicode and rng.random() < 0.1:
            # As word processors and people pass it on.
            return Cell(rng.choice([value.replace("-", "\u2011"), value.lower(), value.replace("-", " ")]), value)
        if field in ("blood", "group") and self.language == "fr" and rng.random() < 0.3:
            return Cell(value[:-1] + {"+": " positif", "-": " négatif"}[value[-1]], value)
        if field in IDENTIFIERS:
            return self.identifier(field, value, rng)
        return self.text(field, value, rng)

    def empty(self, field, rng):
        return ""

    def word(self, value, rng):
        return rng.choice(headings.WORDS[self.language][value])

    def identifier(self, field, value, rng):
        return Cell(value, value)

    def text(self, field, value, rng):
        return Cell(value, value)

    def day(self, value, field, rng):
        return Cell(value.strftime(self.date_format), value)

    def moment(self, value, rng):
        return Cell(value.strftime(self.date_format + self.time_format), value)

    def clock(self, value, rng):
        return value.strftime(self.time_format.strip())

    def whole(self, value, rng):
        return Cell(self.grouped(str(value), rng), value)

    def decimal(self, value, decimals, field, rng):
        whole, _, fraction = f"{value:f}".partition(".")
        return Cell(self.grouped(whole, rng) + (self.point + fraction if fraction else ""), value)

    def grouped(self, digits, rng):
        return re.sub(r"(?<=\d)(?=(\d{3})+$)", self.thousands, digits) if self.thousands else digits

    # Cells to bytes.

    def field(self, text, is_heading=False):
        text = self.spelt(text)
        is_number = re.fullmatch(r"-?[\d.,]+", text)
        if (re.search(f'["\r\n{self.delimiter}]', text)
                or self.quotes_text and text and not is_number):
            return '"' + text.replace('"', '""') + '"'
        return text

    def line(self, texts):
        return self.delimiter.join([self.field(text) for text in texts] + [""] * self.trailing)

    def above(self, kind, width):
        """Lines above the heading."""
        return []

    def below(self, kind, fields):
        """Lines below the rows."""
        return []

    def encode(self, lines):
        text = self.newline.join(lines) + self.newline
        return self.bom + text.encode(self.encoding, "replace") + self.suffix

    def file_name(self, kind, part):
        return f"{kind}_{self.name.replace('-', '_')}_{part}.csv"
