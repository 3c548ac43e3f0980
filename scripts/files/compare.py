"""Reads what the server has stored, and compares it with what the rows meant."""

import collections
import datetime
import decimal
import json
import re
import unicodedata

from files import headings
from files.dialects import ARABIC_DIGITS

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


def sizes(connection):
    """How many there are of each kind."""
    counts = collections.Counter(dict(connection.execute(
        "SELECT type, COUNT(*) FROM records WHERE replaced_at IS NULL GROUP BY type")))
    for table in ["patients", "appointments", "pharmacy_stock", "blood_stock", "payments"]:
        counts[table] = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
    counts["refused"] = connection.execute(
        "SELECT COUNT(*) FROM quarantined_records WHERE state = 'open'").fetchone()[0]
    return counts


class Stored:
    """Everything on the server, by the keys of the rows."""

    def __init__(self, connection):
        connection.row_factory = None
        self.patients = {row[0]: row[1:] for row in connection.execute(
            "SELECT health_id, first_name, last_name, date_of_birth, sex, country_code, phone_number,"
            " national_id, blood_type, id FROM patients")}
        self.references = dict(connection.execute(
            "SELECT reference, patient_id FROM external_references"))
        owners = {row[8]: health_id for health_id, row in self.patients.items()}
        self.records = {}
        self.people = {}
        self.appointments = {
            (owners.get(row[0]), row[1], row[2]): row[3:] for row in connection.execute(
                "SELECT patient_id, date, time_from, time_to, doctor_code, status FROM appointments")}
        self.parts = {}
        for seq, kind, external, patient, encounter, at, content in connection.execute(
                "SELECT seq, type, external_id, patient_id, encounter, occurred_at, content FROM records"):
            value = {**json.loads(content), "patient": owners.get(patient), "at": at, "seq": seq, "type": kind}
            if external is None and encounter is None:
                self.people.setdefault(value["patient"], []).append(value)
            if encounter is None:
                self.records.setdefault((kind, external), []).append(value)
            else:
                self.parts.setdefault(encounter, []).append(value)
        self.items = {}
        for row in connection.execute(
                "SELECT drug_code, name, batch, quantity, unit, expires_on, reorder_level FROM pharmacy_stock"):
            self.items.setdefault(row[0], []).append(row)
        self.bags = {row[0]: row for row in connection.execute(
            "SELECT donation, blood_group, component, expires_on, units FROM blood_stock")}
        self.payments = {row[0]: row for row in connection.execute(
            "SELECT reference, amount_minor, currency, paid_at, status, method FROM payments"
            " WHERE side = 'facility'")}


class Comparison:
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

    def patients(self, row, value):
        health_id = row.truth.get("health_id")
        if health_id not in self.stored.patients:
            return self.missing(row, value["reference"])
        first, last, born, sex, country, phone, national_id, blood, identifier = (
            self.stored.patients[health_id])
        if self.stored.references.get(value["reference"]) != identifier:
            self.wrong.append(f"{self.table.name} row {row.number}: {value['reference']} does not lead to it")
        self.same_text(row, "first", first)
        self.same_text(row, "last", last)
        self.expect(row, "born", born, str(value["born"]))
        for field, found in [("sex", sex), ("country", country), ("blood", blood),
                             ("national_id", national_id)]:
            self.expect(row, field, found)
        expected = value["phone"]
        self.expect(row, "phone", phone, alike=lambda found: not found if expected is None else bool(
            found) and re.sub(r"\D", "", found)[-8:] == expected[-8:])

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

    def visits(self, row, value):
        found = self.one(row, "encounter", value["id"])
        if found is None:
            return
        self.expect(row, "at", found["at"], millis(value["at"]))
        for field, name in [("type", "encounter_type"), ("complaint", "chief_complaint"), ("notes", "notes")]:
            self.same_text(row, field, found.get(name))
        parts = [letters(part.get("display")) for part in self.stored.parts.get(found["seq"], [])]
        if parts != [letters(value["diagnosis"])]:
            self.wrong.append(f"{self.table.name} row {row.number}: diagnoses {parts}")

    def lab_results(self, row, value):
        found = self.one(row, "lab_result", value["order"], "test_name", value["test"])
        if found is None:
            return
        self.same_text(row, "test", found.get("test_name"))
        result = found.get("result_value")
        if isinstance(value["value"], decimal.Decimal):
            def alike(text):
                try:
                    return decimal.Decimal(number(text, self.dialect)) == value["value"]
                except decimal.InvalidOperation:
                    return False
            self.expect(row, "value", result, alike=alike)
        else:
            self.same_text(row, "value", result)
        self.same_text(row, "unit", found.get("unit"))
        written = row.cells["range"].text if value["range"] else ""
        self.expect(row, "range", letters(found.get("reference_range") or ""), letters(written))
        self.expect(row, "flag", found.get("flagged"))
        self.expect(row, "date", found["at"], millis(value["date"]))

    def prescriptions(self, row, value):
        found = self.one(row, "prescription", value["id"], "medication_name", value["drug"])
        if found is None:
            return
        for field, name in [("drug", "medication_name"), ("dose", "dose"), ("frequency", "frequency")]:
            self.same_text(row, field, found.get(name))
        self.expect(row, "quantity", found.get("quantity"), alike=lambda text: (
            decimal.Decimal(number(text or "0", self.dialect)) == value["quantity"]))
        self.expect(row, "date", found["at"], millis(value["date"]))

    def listed(self, row, kind, fits):
        """The record of that person and day that fits."""
        found = [record for record in self.stored.people.get(row.truth["person"]["health_id"], [])
                 if record["type"] == kind and record["at"] == millis(row.truth["date"]) and fits(record)]
        if len(found) != 1:
            self.lost.append(f"{self.table.name} row {row.number} is stored {len(found)} times")
            return None
        return found[0]

    def vitals(self, row, value):
        found = self.listed(row, "vital", lambda record: letters(record.get("name")) == letters(value["sign"]))
        if found is None:
            return
        if isinstance(value["value"], decimal.Decimal):
            self.expect(row, "value", found["value"], alike=lambda text: decimal.Decimal(
                number(text, self.dialect)) == value["value"])
        else:
            self.same_text(row, "value", found["value"])
        self.same_text(row, "unit", found.get("unit"))

    def diagnoses(self, row, value):
        found = self.listed(row, "diagnosis", lambda record: record.get("code") == value["code"])
        if found is not None:
            self.same_text(row, "display", found.get("display"))

    def appointments(self, row, value):
        statuses = {"attended": "completed", "called_off": "cancelled"}
        key = (row.truth["person"]["health_id"], value["date"].isoformat(), f"{value['from']:%H:%M}")
        found = self.stored.appointments.get(key)
        if not found:
            return self.missing(row, key)
        end, doctor, status = found
        self.expect(row, "to", end, value["to"] and f"{value['to']:%H:%M}")
        self.expect(row, "doctor", doctor)
        self.expect(row, "status", status, statuses.get(value["status"], value["status"]))

    def pharmacy_stock(self, row, value):
        found = self.stored.items.get(value["code"])
        if not found:
            return self.missing(row, value["code"])
        if len(found) > 1:
            self.wrong.append(f"{self.table.name} row {row.number} is stored {len(found)} times")
        _, name, lot, quantity, unit, expiry, reorder = found[0]
        self.same_text(row, "name", name)
        self.same_text(row, "unit", unit)
        for field, stored in [("lot", lot), ("quantity", quantity), ("reorder", reorder)]:
            self.expect(row, field, stored)
        self.expect(row, "expiry", expiry, value["expiry"].isoformat())

    def blood_stock(self, row, value):
        found = self.stored.bags.get(value["donation"])
        if not found:
            return self.missing(row, value["donation"])
        _, group, component, expiry, units = found
        self.expect(row, "group", group)
        self.expect(row, "component", component)
        self.expect(row, "expiry", expiry, value["expiry"].isoformat())
        self.expect(row, "donation", units, 1)

    def payments(self, row, value):
        found = self.stored.payments.get(value["reference"])
        if not found:
            return self.missing(row, value["reference"])
        _, minor, currency, paid_at, status, method = found
        self.expect(row, "amount", minor, int(value["amount"].scaleb(row.truth["decimals"])))
        for field, stored in [("currency", currency), ("status", status)]:
            self.expect(row, field, stored)
        self.expect(row, "at", paid_at, millis(value["at"]))
        words = {value["method"], *headings.WORDS[self.dialect.language][value["method"]]}
        self.expect(row, "method", method, alike=lambda text: letters(text) in words)
