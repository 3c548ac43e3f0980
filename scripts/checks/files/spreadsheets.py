"""Other spreadsheets, and all of them."""

import unicodedata

from checks.files.dialects import Cell, Dialect
from checks.files.excel import ExcelArabic, ExcelArabicUnicode, ExcelEnglish, ExcelFrench, ExcelUnicode


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


class Notepad(ExcelFrench):
    """A file of Excel that somebody has saved again as Unicode, the greater byte first."""

    name, encoding, bom = "notepad-be", "utf-16-be", b"\xfe\xff"


class GoogleSheets(Dialect):
    """Google Sheets of an English user outside of America."""

    name = "google-sheets"
    date_format, time_format, thousands = "%d/%m/%Y", " %H:%M:%S", ","


ALL = [program() for program in [
    ExcelFrench, ExcelEnglish, ExcelUnicode, ExcelArabic, ExcelArabicUnicode, LibreOffice, LibreOfficeTab,
    ExcelMac, NumbersMac, Notepad, GoogleSheets]]
