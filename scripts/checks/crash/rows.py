"""What the database holds after a kill: every answer once, of a batch all or nothing."""

import json

from checks.crash.calls import BATCH, EVENTS, PARTS, PREFIXES, identifier
from checks.harness import live


class Rows:
    def check_halves(self, calls):
        """Right after a kill, before anything is sent again: all of a batch or nothing."""
        counts = {call.request_id: 0 for call in calls if call.kind == "batch"}
        connection = live.database(self.data)
        try:
            for row, content in connection.execute(
                "SELECT seq, content FROM records WHERE seq > ? AND client_id LIKE 'agent:%' "
                "ORDER BY seq",
                [self.last_row],
            ):
                self.last_row = row
                name = json.loads(content)["payload"]["batch"]
                counts[name] = counts.get(name, 0) + 1
        finally:
            connection.close()
        for call in calls:
            if call.kind == "batch":
                allowed = [BATCH] if call.answer else [0, BATCH]
                self.findings.check(
                    counts[call.request_id] in allowed,
                    f"{call.request_id}: {counts[call.request_id]} of {BATCH} records are there",
                )

    def check_batches(self):
        """Every batch is there once: records, events, its bad record and its row."""
        connection = live.database(self.data)
        try:
            records, bad = {}, {}
            for (content,) in connection.execute(
                "SELECT content FROM records WHERE client_id LIKE 'agent:%'"
            ):
                name = json.loads(content)["payload"]["batch"]
                records[name] = records.get(name, 0) + 1
            for (payload,) in connection.execute("SELECT payload FROM quarantined_records"):
                name = json.loads(payload)["batch"]
                bad[name] = bad.get(name, 0) + 1
            events, rows, stored = (
                connection.execute(query).fetchone()[0]
                for query in (
                    "SELECT count(*) FROM events WHERE client_id LIKE 'agent:%'",
                    "SELECT count(*) FROM bridge_batches WHERE duplicates = 0",
                    "SELECT sum(stored) FROM bridge_counts",
                )
            )
        finally:
            connection.close()
        check = self.findings.check
        check(records == {name: BATCH for name in self.batches}, "records of batches differ")
        check(bad == {name: 1 for name in self.batches}, "quarantined records differ")
        count = len(self.batches)
        check(events == count * BATCH, f"{events} events of {count} batches")
        check(rows == count, f"{rows} rows of {count} batches")
        check((stored or 0) == count * BATCH, f"{stored} records counted of {count} batches")

    def check_rows(self, calls):
        connection = live.database(self.data)
        try:
            rows = dict(
                connection.execute(
                    "SELECT request_id, count(*) FROM audit_log WHERE seq > ? GROUP BY request_id",
                    [self.audit_seq],
                )
            )
            self.audit_seq = connection.execute("SELECT max(seq) FROM audit_log").fetchone()[0]
            for call in calls:
                count = rows.get(call.request_id, 0)
                self.findings.check(
                    count == 1 if call.answer else count <= 1,
                    f"{call.request_id} ({call.kind}) has {count} audit rows",
                )
            wanted = {
                (call.body["last_name"], call.body["date_of_birth"])
                for call in calls
                if call.kind == "resolve"
            }
            for last_name, born in wanted:
                count = connection.execute(
                    "SELECT count(*) FROM patients WHERE name_key = (SELECT name_key FROM patients "
                    "WHERE id > ? AND last_name = ? AND date_of_birth = ?) AND date_of_birth = ?",
                    [self.first_id(connection), last_name, born, born],
                ).fetchone()[0]
                self.findings.check(count == 1, f"{last_name} {born} is there {count} times")
        finally:
            connection.close()

    def first_id(self, connection):
        """Patients of this round are among the newest; an index on names does not exist."""
        newest = connection.execute("SELECT max(id) FROM patients").fetchone()[0]
        return newest - 8 * self.options.calls - 100

    def check_records(self):
        """Every record that was answered for is there once, with its parts and its event."""
        connection = live.database(self.data)
        try:
            rows = connection.execute(
                "SELECT seq, nonce, received_at, type, content FROM records WHERE encounter IS NULL"
            ).fetchall()
            parts = dict(
                connection.execute(
                    "SELECT encounter, count(*) FROM records "
                    "WHERE encounter IS NOT NULL GROUP BY 1"
                )
            )
            events = {}
            for kind, data in connection.execute("SELECT type, data FROM events"):
                name = (kind, json.loads(data).get("record_id"))
                events[name] = events.get(name, 0) + 1
            versions = connection.execute("SELECT count(*) FROM record_versions").fetchone()[0]
        finally:
            connection.close()
        self.findings.check(versions == 0, f"{versions} pushes were taken for amendments")
        stored = {}
        for row, nonce, received_at, kind, content in rows:
            marker = json.loads(content)["payload"].get("marker")
            # The sandbox's own records have none.
            if marker is None:
                continue
            record_id = identifier(PREFIXES[kind], received_at, nonce, row)
            self.findings.check(marker not in stored, f"{marker} is stored more than once")
            stored[marker] = record_id
            count = events.get((EVENTS[kind], record_id), 0)
            self.findings.check(count == 1, f"{marker} has {count} events")
            if kind == "encounter":
                count = parts.get(row, 0)
                self.findings.check(count == PARTS, f"{marker} has {count} parts")
        for marker, record_id in self.records.items():
            self.findings.check(
                stored.get(marker) == record_id,
                f"{marker} was answered {record_id} and is {stored.get(marker)}",
            )
        unknown = stored.keys() - self.records.keys()
        self.findings.check(not unknown, f"nobody was answered for {sorted(unknown)[:5]}")
        self.total["records"] = len(stored)

    def check_all_again(self):
        self.check_records()
        connection = live.database(self.data)
        try:
            stored = dict(connection.execute("SELECT health_id, last_name FROM patients"))
            names = connection.execute(
                "SELECT last_name, first_name, date_of_birth, count(*) FROM patients "
                "GROUP BY 1, 2, 3 HAVING count(*) > 1"
            ).fetchall()
        finally:
            connection.close()
        self.findings.check(not names, f"registered more than once: {names[:5]}")
        for health_id, last_name in self.created.items():
            self.findings.check(stored.get(health_id) == last_name, f"{health_id} was lost in a later round")
