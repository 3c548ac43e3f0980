"""Everything on the server, by the keys of the rows."""

import collections
import json


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
