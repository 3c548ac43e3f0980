"""Programs of hospitals, old and new, that export tables."""

import datetime
import unicodedata

from checks.files import headings
from checks.files.dialects import Cell, Dialect
from checks.files.truth import ZONE


class Dos(Dialect):
    """A program of DOS: code page 850, capital headings, packed dates, and its end-of-file mark."""

    name, language = "dos-850", "fr"
    encoding, delimiter = "cp850", ";"
    date_format, time_format = "%Y%m%d", "%H%M%S"
    suffix = b"\x1a"

    def heading(self, kind, field, rng):
        plain = unicodedata.normalize("NFD", super().heading(kind, field, rng).upper().replace("°", "O"))
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


class LabSystem(Dialect):
    """A laboratory's system on Unix: bars between the fields, Latin-9."""

    name, language = "lis", "fr"
    encoding, delimiter, newline = "iso8859-15", "|", "\n"
    date_format, point = "%d-%m-%Y", "."


class UnixArabic(Dialect):
    """A program of an Arabic Unix."""

    name, language = "unix-ar", "ar"
    encoding, delimiter, newline = "iso8859-6", ";", "\n"
    date_format = "%Y/%m/%d"


class Access(Dialect):
    """Microsoft Access, "Export text": quotes, days with a midnight, -1 for yes, a currency's sign."""

    name, language = "access", "fr"
    encoding, delimiter, quotes_text = "cp1252", ";", True
    date_format, point, thousands = "%d/%m/%Y", ",", "\u00a0"
    time_format = " %H:%M:%S"

    def day(self, value, field, rng):
        return Cell(value.strftime("%d/%m/%Y 00:00:00"), value)

    def word(self, value, rng):
        return {True: "-1", False: "0"}.get(value) or super().word(value, rng)

    def decimal(self, value, decimals, field, rng):
        cell = super().decimal(value, decimals, field, rng)
        if field == "amount" and decimals == 0:
            cell.text += "\u00a0FCFA"
        return cell


class Node(Dialect):
    """A web application of JavaScript: local midnights as moments of UTC, words for nothing."""

    name, style, newline = "node", "camel", "\n"

    def day(self, value, field, rng):
        if field not in ("born", "expiry"):
            return Cell(value.isoformat(), value)
        midnight = datetime.datetime(value.year, value.month, value.day, tzinfo=ZONE)
        return Cell(midnight.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z"), value)

    def moment(self, value, rng):
        return Cell(value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z"), value)

    def word(self, value, rng):
        return {True: "true", False: "false"}.get(value) or super().word(value, rng)

    def empty(self, field, rng):
        return rng.choice(["", "null", "undefined"]) if field in ("phone", "national_id", "flag") else ""


ALL = [program() for program in [
    Dos, Dos437, Dos720, HospitalSystem, DotNet, Pandas, LabSystem, UnixArabic, Access, Node]]
