"""One dialect's files and the agent that reads them."""

import collections
import csv
import io
import os
import re
import time

from checks.files import comparison, follow, tables, truth
from checks.harness.bridge_site import PATIENT, Site


class Facility:
    """One dialect's files and the agent that reads them."""

    def __init__(self, options, port, number, dialect, count, findings):
        self.dialect = dialect
        self.findings = findings
        self.options = options
        self.truth = truth.Truth(dialect, number, count, options.seed)
        self.site = Site(options.bridge, port, dialect.name, time_zone="Africa/Douala", batch_size=1000)
        for name in ["date_order", "encoding"]:
            del self.site.configuration[name]
        self.site.write_configuration()
        self.tables = {}
        self.counts = collections.Counter()
        self.agent_seconds = 0
        self.sentences = collections.Counter()
        # What the program had destroyed, and is not stored.
        self.left_out = collections.Counter()

    def run(self):
        self.send(["patients"])
        self.take_health_ids()
        self.send(truth.KINDS[1:])

    def send(self, kinds):
        for kind in kinds:
            rows = self.truth.rows[kind]
            # A file of a few rows may not tell how it is to be read.
            for part, rows in enumerate([rows[:-4], rows[-4:]], 1):
                table = tables.Table(self.dialect, kind, part, rows, self.options.seed)
                self.counts["rows"] += len(table.rows)
                self.tables[table.name] = table
                self.site.drop(table.name, table.bytes)
        self.once()
        # A technician looks three times at most.
        for _ in range(3):
            if not self.follow():
                return
            self.once()

    def once(self):
        started = time.monotonic()
        done = self.site.run("--once", timeout=600)
        self.agent_seconds += time.monotonic() - started
        self.findings.check(
            done.returncode in (0, 3) or " waits: " in done.stderr,
            f"{self.dialect.name}: --once: {done.stderr[-1000:]}")

    # What the agent says.

    def follow(self):
        """Whether there was anything to do."""
        folder = os.path.join(self.site.folder, "data", "errors")
        names = self.site.files("errors")
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(".reason.txt"):
                self.follow_file(name.removesuffix(".reason.txt"), path)
            elif re.search(r"\.errors(-\d+)?\.csv$", name):
                self.follow_rows(name, path)
        return bool(names)

    def follow_file(self, name, path):
        with open(path, encoding="utf-8") as file:
            sentence = file.read().strip()
        os.remove(path)
        self.sentences[re.sub(r"\(.*?\)|\S*\d\S*", "…", sentence)[:160]] += 1
        self.counts["files that waited"] += 1
        table = self.tables.get(name)
        settings = follow.setting(sentence, self.dialect)
        aside = os.path.join(self.site.folder, "data", "errors", name)
        if settings:
            self.site.configuration[settings[0]] = settings[1]
            self.site.write_configuration()
        elif "must contain" in sentence or "name" in sentence and "token" in sentence:
            better = f"{table.kind}_{name}"
            self.tables[better] = table
            self.site.drop(better, table.bytes)
            os.remove(aside)
        else:
            self.findings.check(False, f"{name}: nobody can follow: {sentence}")

    def follow_rows(self, name, path):
        with open(path, encoding="utf-8-sig", newline="") as file:
            text = file.read()
        os.remove(path)
        delimiter = next(mark for mark in "\t|;," if mark in text.split("\n")[0])
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
        header, rows = rows[0], rows[1:]
        original = re.sub(r"\.errors(-\d+)?\.csv$", "", name)
        table = self.tables[original]
        names = follow.Names(header, table)
        kept = []
        for line in rows:
            line = self.follow_row(original, table, names, line)
            if line:
                kept.append(line)
        if not kept:
            return
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
        writer.writerows([header, *kept])
        better = f"{table.kind}_corrected_{len(self.tables)}.csv"
        corrected = tables.Corrected(table, [int(line[0]) for line in kept])
        self.tables[better] = corrected
        self.site.drop(better, "\ufeff" + out.getvalue())

    def follow_row(self, name, table, names, line):
        """The line as it is sent again; `None` of a line that was no row."""
        number, reason = int(line[0]), line[1]
        self.sentences[re.sub(r"\(.*?\)", "(…)", reason)[:160]] += 1
        row = table.rows.get(number)
        if row is None:
            self.counts["totals refused"] += 1
            return None
        self.counts["rows refused"] += 1
        self.findings.check(
            reason not in row.sentences, f"{name} row {number} was corrected as told, and is refused again: {reason}")
        row.sentences.add(reason)
        cells, fault = follow.corrected(reason, names, row, names.cells(line))
        self.findings.check(fault is None, f"{name} row {number} {fault}")
        return names.line(line, cells) if fault is None else None

    # What the server says.

    def take_health_ids(self):
        folder = os.path.join(self.site.folder, "data", "archive")
        for name in self.site.files("archive"):
            if ".healthids" not in name:
                continue
            table = self.tables[re.sub(r"\.healthids(-\d+)?\.csv$", "", name)]
            with open(os.path.join(folder, name), encoding="utf-8-sig", newline="") as file:
                text = file.read()
            delimiter = next(mark for mark in "\t|;," if mark in text.split("\n")[0])
            for line in csv.DictReader(io.StringIO(text), delimiter=delimiter):
                row = table.rows.get(int(line["row"]))
                if self.findings.check(row is not None, f"{name}: row {line['row']} is none of ours"):
                    row.truth["health_id"] = line["health_id"]
        people = self.truth.rows["patients"]
        for person in people:
            if "health_id" not in person:
                self.findings.check(False, f"{self.dialect.name}: {person['reference']} has no Health ID")
                person["health_id"] = PATIENT
        identifiers = collections.Counter(person["health_id"] for person in people)
        for health_id, count in identifiers.items():
            if count > 1:
                self.findings.check(False, f"{self.dialect.name}: {count} people are one, {health_id}")

    def compare(self, stored):
        for table in {id(table): table for table in self.tables.values()}.values():
            if isinstance(table, tables.Corrected):
                continue
            result = comparison.Comparison(stored, table).run()
            self.counts["wrong"] += len(result.wrong)
            self.counts["lost"] += len(result.lost)
            self.counts["left out"] += result.left_out.total()
            self.left_out += result.left_out
            for text in (result.wrong + result.lost)[:self.options.show]:
                self.findings.check(False, text)
            for _ in (result.wrong + result.lost)[self.options.show:]:
                self.findings.count += 1
            self.findings.checks += len(table.rows)
        self.findings.check(
            not self.site.files("incoming"), f"{self.dialect.name}: {self.site.files('incoming')} wait")
