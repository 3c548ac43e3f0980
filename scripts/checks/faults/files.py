"""Files that are damaged, foreign, edited or missing."""

import os
import sqlite3
import time

from checks.faults.group import Group
from checks.harness import live

DAMAGED = "the database file is damaged"


class Files(Group):
    def fault_damaged_page(self):
        folder = self.folder()
        server = self.serve(folder)
        token = server.token()
        ids = []
        with server.client() as client:
            for serial in range(1500):
                ids.append(self.create(client, token, serial).json()["health_id"])
        self.check(server.stop() == 0, "does not stop")
        connection = live.database(folder)
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'patients'").fetchone()[0]
        connection.close()
        with open(f"{folder}/opescare.db", "r+b") as file:
            file.seek((root - 1) * size)
            # Cell pointers of the table's root, each to a page number. The middle one: the first
            # page has the sandbox's patients, whom the start looks up.
            page = file.read(size)
            cells = int.from_bytes(page[3:5], "big")
            middle = 12 + cells // 2 * 2
            offset = int.from_bytes(page[middle : middle + 2], "big")
            child = int.from_bytes(page[offset : offset + 4], "big")
            self.check(page[0] == 5 and cells > 3 and child > 1, "the table has no inner page")
            file.seek((child - 1) * size)
            file.write(bytes(self.rng.randrange(256) for _ in range(size)))
        server = self.serve(folder)
        seen = set()
        with server.client() as client:
            token = server.token()
            for health_id in ids:
                answer = self.verify(client, token, health_id)
                seen.add(answer.status)
                if answer.status >= 400:
                    self.check(answer.status in (404, 500, 503), f"{answer.status}")
                    self.check(answer.json()["request_id"], "no request id")
                    self.check(b"database" not in answer.body, f"tells {answer.body!r}")
            self.check(client.ask("GET", "/health").status == 200, "no health")
        self.check(200 in seen and 500 in seen, f"answers {seen}")
        time.sleep(0.4)
        self.check(DAMAGED in server.log(), "the log does not say why")
        self.check(server.stop() == 0, "does not stop")

    def fault_damaged_file(self):
        for name, damage in [
            ("the first page", lambda file: file.write(b"\x55" * 4096)),
            ("the schema", lambda file: (file.seek(100), file.write(b"\x00" * 3996))),
            ("the end", lambda file: file.truncate(8192)),
            ("everything", lambda file: (file.truncate(0), file.write(b"Hello, world\n" * 99))),
        ]:
            folder = self.made()
            with open(f"{folder}/opescare.db", "r+b") as file:
                damage(file)
            self.refuses(folder, "(?i)damaged|not a SQLite database|restore")
            status, _, text = live.command(self.program, "audit", "verify", data=folder)
            self.check(status == 1 and text.startswith("opescare: "), f"{name}: {text!r}")

    def altered(self, *statements):
        folder = self.made()
        connection = sqlite3.connect(f"{folder}/opescare.db")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()
        return folder

    def fault_future_database(self):
        folder = self.altered(
            "INSERT INTO schema_migrations SELECT version + 1, 'x', 'x', 0 FROM schema_migrations "
            "ORDER BY version DESC LIMIT 1"
        )
        self.refuses(folder, "newer program")
        for words in [("client", "list"), ("audit", "verify"), ("migrate",)]:
            status, _, text = live.command(self.program, *words, data=folder)
            self.check(status == 1 and "newer program" in text, f"{words}: {status} {text!r}")

    def fault_edited_migration(self):
        folder = self.altered("UPDATE schema_migrations SET checksum = 'x' WHERE version = 1")
        self.refuses(folder, "was edited after it was")
        folder = self.altered("DELETE FROM schema_migrations")
        self.refuses(folder, "migration|schema")

    def fault_foreign_database(self):
        folder = self.folder()
        connection = sqlite3.connect(f"{folder}/opescare.db")
        connection.execute("CREATE TABLE songs (title TEXT)")
        connection.commit()
        connection.close()
        self.refuses(folder, "some other program")

    def fault_keys(self):
        folder = self.made()
        os.rename(f"{folder}/keys/secrets.key", f"{folder}/secrets.saved")
        # A fresh key would turn every client's secret into a wrong one without a word.
        self.refuses(folder, "secrets.key")
        with open(f"{folder}/keys/secrets.key", "wb") as file:
            os.fchmod(file.fileno(), 0o600)
        self.refuses(folder, "secrets.key")
        os.rename(f"{folder}/secrets.saved", f"{folder}/keys/secrets.key")
        server = self.serve(folder)
        server.token()
        self.end(server, folder)
        os.chmod(f"{folder}/keys/secrets.key", 0o644)
        self.refuses(folder, "secrets.key")
        os.chmod(f"{folder}/keys/secrets.key", 0o600)
        signing = next(n for n in os.listdir(folder + "/keys") if n.startswith("signing-"))
        with open(f"{folder}/keys/{signing}", "r+b") as file:
            file.truncate(100)
        self.refuses(folder, "(?i)key")

    def fault_folder(self):
        folder = self.folder()
        path = folder + "/file"
        with open(path, "w", encoding="ascii"):
            pass
        self.folders.append(path)
        server = self.serve(path, wait=False)
        self.check(server.process.wait(10) == 1, "a file is a folder")
        self.check("--data" in server.log(), f"says {server.log()!r}")
        os.mkdir(folder + "/opescare.db")
        self.refuses(folder, "not a file")

    def fault_second_server(self):
        folder = self.folder()
        server = self.serve(folder)
        self.refuses(folder, f"another server .pid {server.process.pid}. runs")
        other = self.folder()
        self.refuses(other, f"(?i){server.port}.*in use|in use", "--port", str(server.port))
        server.token()
        self.end(server, folder)
