"""How programs write tables: letters, separators, numbers, dates and words, with their quirks."""

import datetime
import decimal
import re
import unicodedata

from files import headings

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

    def heading(self, kind, field):
        return headings.STYLES[self.style or self.language][kind][field]

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


class ExcelFrench(Dialect):
    """Excel in French Windows, "CSV (séparateur : point-virgule)": ANSI, and cells as they show."""

    name, language = "excel-fr", "fr"
    encoding, delimiter = "cp1252", ";"
    date_format, point, thousands = "%d/%m/%Y", ",", "\u00a0"
    trailing = 3

    def day(self, value, field, rng):
        if field == "expiry" and rng.random() < 0.2:
            last = datetime.date(value.year + value.month // 12, value.month % 12 + 1, 1)
            return Cell(value.strftime("%m/%Y"), last - datetime.timedelta(days=1))
        return super().day(value, field, rng)

    def cell(self, kind, field, value, row, rng):
        if field == "reorder" and rng.random() < 0.02:
            return Cell("-3", value, destroyed=True)
        return super().cell(kind, field, value, row, rng)

    def below(self, kind, fields):
        return [self.delimiter * (len(fields) + self.trailing - 1)] * 3

    def identifier(self, field, value, rng):
        if field in ("phone", "national_id") and rng.random() < 0.1:
            digits = value.lstrip("+")
            exponent = f"{decimal.Decimal(digits):.5E}".replace(".", ",")
            return Cell(exponent, value, destroyed=True)
        if field == "phone":
            return Cell(rng.choice([value, value[1:], "0" + value[4:], " ".join(
                [value[:4], value[4:7], value[7:9], value[9:]]), value + " / 699000111"]), value)
        # A column of numbers has lost its zeros before the file was written.
        shown = value.lstrip("0") if field in ("reference", "code") and value.isdigit() else value
        return Cell(shown, shown)

    def text(self, field, value, rng):
        if rng.random() < 0.02 and field == "blood":
            return Cell(rng.choice(["#N/A", "#VALEUR!"]), value, destroyed=True)
        if field in ("first", "last") and rng.random() < 0.01:
            # A letter that the code page has not.
            return Cell(value[0] + "?" + value[2:], value, destroyed=True)
        # What looks like a date has become one.
        made_up = {"1/80": "janv-80", "1-1-1": "01/01/2001"}
        if value in made_up and rng.random() < 0.5:
            return Cell(made_up[value], value, destroyed=True)
        return Cell(value, value)

    def decimal(self, value, decimals, field, rng):
        if field == "value" and rng.random() < 0.03:
            return Cell(rng.choice(["#VALEUR!", "#DIV/0!", "#REF!", "#NOM?", "12-mars", "1,2E+15"]), value,
                        destroyed=True)
        cell = super().decimal(value, decimals, field, rng)
        if field == "amount" and decimals == 0:
            cell.text += rng.choice(["", ",00", " FCFA"])
        if field == "amount" and rng.random() < 0.02:
            cell.text = "-" + cell.text  # Of a refund, in the books.
        if field == "amount" and rng.random() < 0.02 and "\u00a0" in cell.text:
            # A narrow no-break space has no place in the code page.
            cell.text = cell.text.replace("\u00a0", "?")
        return cell


class ExcelEnglish(Dialect):
    """Excel in English (US) Windows, "CSV UTF-8"."""

    name = "excel-us"
    encoding, bom = "utf-8", b"\xef\xbb\xbf"
    date_format, thousands, date_order = "%-m/%-d/%Y", ",", "mdy"
    time_format = " %-I:%M %p"
    totals = True

    def identifier(self, field, value, rng):
        if field == "phone":
            if rng.random() < 0.1:
                return Cell(f"{decimal.Decimal(value[1:]):.5E}", value, destroyed=True)
            return Cell(rng.choice([value, value[1:], f'="{value}"', f"({value[:4]}) {value[4:]}"]), value)
        shown = value.lstrip("0") if field == "order" else value
        return Cell(shown, shown)

    def text(self, field, value, rng):
        if rng.random() < 0.02 and field == "blood":
            return Cell("#N/A", value, destroyed=True)
        if value == "1/80":
            return Cell("Jan-80", value, destroyed=True)
        return Cell(value, value)

    def below(self, kind, fields):
        sums = {"pharmacy_stock": ("code", "quantity"), "payments": ("reference", "amount")}
        if kind not in sums:
            return []
        label, number = sums[kind]
        return [self.line([{label: headings.TOTALS[self.language], number: "1,234,567"}.get(field, "")
                           for field in fields])]


class ExcelUnicode(ExcelEnglish):
    """The same, "Unicode Text": UTF-16 with tabs."""

    name = "excel-us-unicode"
    encoding, bom, delimiter = "utf-16-le", b"\xff\xfe", "\t"
    date_format = "%-d-%b-%Y"


class ExcelArabic(Dialect):
    """Excel in Arabic Windows: code page 1256, semicolons, western digits."""

    name, language = "excel-ar", "ar"
    encoding, delimiter = "cp1256", ";"
    date_format, thousands = "%d/%m/%Y", ","
    trailing = 1

    def identifier(self, field, value, rng):
        if field == "phone":
            return Cell(rng.choice([value, "00" + value[1:], "0" + value[4:]]), value)
        return Cell(value, value)


class ExcelArabicUnicode(ExcelArabic):
    """The same as Unicode text: Arabic digits, marks of direction, and days of the Hijri calendar."""

    name = "excel-ar-unicode"
    encoding, bom, delimiter = "utf-16-le", b"\xff\xfe", "\t"
    date_format, point, thousands = "%d/%m/%Y", ".", ","
    hijri = [(datetime.date(2000, 4, 6), "01/01/1421"), (datetime.date(2009, 8, 22), "01/09/1430 هـ"),
             (datetime.date(2018, 9, 11), "1440/01/01"), (datetime.date(2024, 3, 11), "1445-09-01")]

    def digits(self, cell):
        if isinstance(cell.text, str):
            cell.text = cell.text.translate(ARABIC_DIGITS)
        return cell

    def day(self, value, field, rng):
        if field == "born" and rng.random() < 0.1:
            value, hijri = rng.choice(self.hijri)
            return Cell(hijri.translate(ARABIC_DIGITS), value)
        cell = self.digits(super().day(value, field, rng))
        cell.text = "\u200f" + cell.text
        return cell

    def moment(self, value, rng):
        return Cell(value.strftime("%d/%m/%Y %I:%M ").translate(ARABIC_DIGITS)
                    + ("ص" if value.hour < 12 else "م"), value)

    def whole(self, value, rng):
        return self.digits(super().whole(value, rng))

    def decimal(self, value, decimals, field, rng):
        return self.digits(super().decimal(value, decimals, field, rng))

    def identifier(self, field, value, rng):
        cell = super().identifier(field, value, rng)
        if field in ("phone", "national_id"):
            cell.text = "\u202a" + cell.text.translate(ARABIC_DIGITS) + "\u202c"
        return cell


class LibreOffice(Dialect):
    """LibreOffice Calc, "Quote all text cells", UTF-8; text that looks like a number has an apostrophe."""

    name, language = "libreoffice", "fr"
    newline, quotes_text = "\n", True
    point = ","
    delimiter = ","

    def identifier(self, field, value, rng):
        if value.isdigit() and value.startswith("0") and rng.random() < 0.5:
            return Cell("'" + value, value)
        return Cell(value, value)


class LibreOfficeTab(LibreOffice):
    """The same with tabs and the dates of the locale."""

    name = "libreoffice-tab"
    delimiter, quotes_text = "\t", False
    date_format, thousands = "%d.%m.%Y", "\u202f"
    time_format = " %H:%M:%S"


class ExcelMac(Dialect):
    """Excel for Mac, "CSV (Macintosh)": Mac OS Roman, lines that end in CR."""

    name, language = "excel-mac", "fr"
    encoding, delimiter, newline = "mac_roman", ";", "\r"
    date_format, point, thousands = "%d/%m/%Y", ",", "\u00a0"

    def identifier(self, field, value, rng):
        if field == "phone":
            return Cell(rng.choice([value, value[4:]]), value)
        return Cell(value, value)


class NumbersMac(Dialect):
    """A Mac program whose letters are decomposed, with long dates."""

    name, language = "mac-utf8", "fr"
    delimiter, newline = ";", "\n"
    point = ","
    months = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]

    def spelt(self, text):
        return unicodedata.normalize("NFD", text)

    def day(self, value, field, rng):
        return Cell(f"{value.day} {self.months[value.month - 1]} {value.year}", value)


class Dos(Dialect):
    """A program of DOS: code page 850, capital headings, packed dates, and its end-of-file mark."""

    name, language = "dos-850", "fr"
    encoding, delimiter = "cp850", ";"
    date_format, time_format = "%Y%m%d", "%H%M%S"
    suffix = b"\x1a"

    def heading(self, kind, field):
        plain = unicodedata.normalize("NFD", super().heading(kind, field).upper().replace("°", "O"))
        return "".join(letter for letter in plain if not unicodedata.combining(letter))


class Dos437(Dos):
    """The same of an English PC, which kept two digits of a year."""

    name = "dos-437"
    encoding = "cp437"
    date_format, time_format = "%d/%m/%Y", " %H:%M"

    def day(self, value, field, rng):
        if rng.random() < 0.1:
            return Cell(value.strftime("%d/%m/%y"), value, destroyed=True)
        return super().day(value, field, rng)

    def file_name(self, kind, part):
        # 8.3: the name cannot say what the rows are.
        return f"{kind[:6].upper()}{part}.CSV" if kind == "patients" else super().file_name(kind, part)


class Dos720(Dialect):
    """A program of an Arabic DOS."""

    name, language = "dos-720", "ar"
    encoding, delimiter, suffix = "cp720", ";", b"\x1a"
    date_format = "%d-%m-%Y"


class HospitalSystem(Dialect):
    """A hospital system's report: `sep=`, a title, quotes, line breaks in cells, HL7 times, a total."""

    name, language = "his", "fr"
    delimiter, quotes_text = ";", True
    bom = b"\xef\xbb\xbf"
    has_line_breaks = True
    date_format, time_format = "%Y%m%d", "%H%M%S"
    point, thousands = ",", " "

    def above(self, kind, width):
        return ["sep=;", headings.TITLES["fr"] + self.delimiter * (width - 1), self.delimiter * (width - 1)]

    def moment(self, value, rng):
        return Cell(value.strftime("%Y%m%d%H%M%S") + rng.choice(["", "+0100"]), value)

    def below(self, kind, fields):
        if kind != "payments":
            return []
        return [self.line([{"reference": "TOTAL GÉNÉRAL", "amount": "1 234 567"}.get(field, "")
                           for field in fields])]


class DotNet(Dialect):
    """A .NET desktop program: names in CamelCase, round-trip dates, the least date for none."""

    name, style = "dotnet", "camel"
    bom, quotes_text = b"\xef\xbb\xbf", True

    def day(self, value, field, rng):
        if field in ("expiry", "date"):
            return Cell(value.strftime("%Y-%m-%dT00:00:00"), value)
        stamp = (value - datetime.date(1970, 1, 1)).days * 86_400_000
        return Cell(rng.choice([f"/Date({stamp})/", value.strftime("%m/%d/%Y 00:00:00")
                                if value.day > 12 else value.isoformat()]), value)

    def moment(self, value, rng):
        return Cell(value.strftime("%Y-%m-%dT%H:%M:%S.0000000+01:00"), value)

    def empty(self, field, rng):
        return rng.choice(["", "NULL"]) if field in ("phone", "national_id", "flag") else ""


class Pandas(Dialect):
    """A data frame: identifiers have become numbers with a decimal, nothing is NaN."""

    name, newline = "pandas", "\n"
    time_format = " %H:%M:%S"

    def identifier(self, field, value, rng):
        if field in ("phone", "national_id"):
            return Cell(value.lstrip("+") + ".0", value)
        return Cell(value, value)

    def whole(self, value, rng):
        return Cell(f"{value}.0", value)

    def day(self, value, field, rng):
        return Cell(f"{value} 00:00:00", value)

    def empty(self, field, rng):
        return rng.choice(["", "NaN", "<NA>"]) if field != "notes" else ""


ALL = [dialect() for dialect in [
    ExcelFrench, ExcelEnglish, ExcelUnicode, ExcelArabic, ExcelArabicUnicode, LibreOffice, LibreOfficeTab,
    ExcelMac, NumbersMac, Dos, Dos437, Dos720, HospitalSystem, DotNet, Pandas]]
