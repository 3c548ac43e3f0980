"""PostgreSQL on loopback, started, killed, promoted and made a standby of another."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = {port}
shared_buffers = 64MB
max_connections = 200
wal_level = replica
max_wal_senders = 10
wal_keep_size = 256MB
synchronous_standby_names = 'ANY 1 (*)'
synchronous_commit = on
hot_standby = on
wal_receiver_timeout = 5s
wal_retrieve_retry_interval = 200ms
"""
ACCESS = "host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n"


def find_programs():
    """The folder of the newest programs; none without setpriv, since PostgreSQL refuses to run as root."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
             if path.parts[-3].isdigit() and int(path.parts[-3]) >= 15]
    if not found or not shutil.which("setpriv"):
        return None
    return max(found, key=lambda path: int(path.parts[-3])).parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    def __init__(self, binaries, name):
        self.binaries = binaries
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix=f"opescare-cluster-{name}-")
        self.data = f"{self.folder}/data"
        self.process = None
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")

    def words(self, program, *words):
        user = ["setpriv", "--reuid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        return [*user, str(self.binaries / program), *words]

    def run(self, program, *words):
        return subprocess.run(
            self.words(program, *words), check=True, capture_output=True, text=True,
            cwd=self.folder, timeout=120).stdout

    def create(self):
        """A cluster with an empty database, which waits for no standby yet."""
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--locale=C", "--no-sync")
        self.configure()
        self.start()
        self.query("SET synchronous_commit = local; CREATE DATABASE registry", "postgres")

    def configure(self):
        with open(f"{self.data}/postgresql.conf", "a", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(port=self.port))
        with open(f"{self.data}/pg_hba.conf", "w", encoding="utf-8") as file:
            file.write(ACCESS)

    def start(self):
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(
                self.words("postgres", "-D", self.data), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, cwd=self.folder, start_new_session=True)
        deadline = time.monotonic() + 60
        while subprocess.run(
                self.words("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)),
                check=False).returncode != 0:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit(f"cluster: PostgreSQL does not start: {self.folder}/log")
            time.sleep(0.05)

    @property
    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        """To the whole family at once: each backend has a process group of its own."""
        head = self.process.pid
        children = Path(f"/proc/{head}/task/{head}/children").read_text(encoding="ascii").split()
        for process in [head, *map(int, children)]:
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass

    def kill(self):
        """kill -9."""
        if self.process:
            if self.is_alive:
                self.signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def freeze(self):
        self.signal(signal.SIGSTOP)

    def thaw(self):
        """It goes on as if nothing had happened: a primary that was replaced and does not know it."""
        self.signal(signal.SIGCONT)

    def follow(self, primary):
        """A standby made anew of the primary, as after the loss of a machine."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.run("pg_basebackup", "-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres",
                 "-D", self.data, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self.configure()
        self.start()

    def require_standbys(self, count):
        """Waits until so many standbys stream from this one."""
        deadline = time.monotonic() + 60
        streaming = "SELECT COUNT(*) FROM pg_stat_replication WHERE state = 'streaming'"
        while int(self.query(streaming, "postgres")) < count:
            if time.monotonic() > deadline:
                raise SystemExit("cluster: the standbys do not follow")
            time.sleep(0.1)

    def received(self):
        """How far a standby has got, in bytes of the log."""
        return int(self.query(
            "SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')::bigint", "postgres"))

    def turn_to(self, primary):
        """A standby that goes on with another primary, without being made anew."""
        where = f"host=127.0.0.1 port={primary.port} user=postgres"
        self.query(f"ALTER SYSTEM SET primary_conninfo = '{where}'; SELECT pg_reload_conf()",
                   "postgres")

    def promote(self):
        self.query("SELECT pg_promote()", "postgres")

    def query(self, sql, database="registry"):
        statements = [word for part in sql.split("; ") for word in ("-c", part)]
        return self.run("psql", "-X", "-A", "-t", "-q", "-h", "127.0.0.1", "-p",
                        str(self.port), "-U", "postgres", *statements, database)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
