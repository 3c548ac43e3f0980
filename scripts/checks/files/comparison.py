"""What the server has stored of each row, compared with what the row meant."""

import decimal
import re

from checks.files import headings
from checks.files.comparing import Comparing, letters, millis, number


class Comparison(Comparing):
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
