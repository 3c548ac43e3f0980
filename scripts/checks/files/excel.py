"""Excel on Windows, with what it does to the values of its users."""

import datetime
import decimal

from checks.files import headings
from checks.files.dialects import ARABIC_DIGITS, Cell, Dialect


class ExcelFrench(Dialect):
    """Excel in French Windows, "CSV (séparateur : point-virgule)": ANSI, and cells as they show."""

    name, language = "excel-fr", "fr"
    encoding, delimiter = "cp1252", ";"
    date_format, point, thousands = "%d/%m/%Y", ",", "\u00a0"
    trailing = 3
    months = {"6": "juin", "7": "juil", "8": "août", "9": "sept"}

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
        day, _, month = value.partition("/")
        if field == "value" and month in self.months:
            return Cell(f"{day}-{self.months[month]}", value, destroyed=True)
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
