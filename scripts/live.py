"""A real `opescare serve` and plain sockets to talk to it, for the check-* programs beside this."""

import atexit
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CREATOR = ("opeshisos_production", "prod_secret_opeshisos_2026")
READER = ("demo_dev_sandbox", "demo_secret_sandbox_2026")
AGENT = ("BRIDGE-2024-DEMO-001", "demo_bridge_key_sandbox_2026")
TOKEN = "/api/v1/connect/auth/token"
RESOLVE = "/api/v1/connect/patients/resolve"
VERIFY = "/api/v1/connect/patients/verify/"
SEARCH = "/api/v1/connect/patient/search?health_id="


def default_program():
    for folder in [".build-release/release", ".build/release", ".build/debug"]:
        path = os.path.join(ROOT, folder, "opescare")
        if os.path.exists(path):
            return path
    return "opescare"


def add_arguments(parser):
    parser.add_argument("--program", default=default_program(), help="the opescare to try")
    parser.add_argument("--seed", type=int, default=1, help="of everything random (default 1)")


class Findings:
    """What went wrong, told at once; the exit status says whether there was any."""

    def __init__(self):
        self.count = 0
        self.checks = 0
        self.lock = threading.Lock()

    def check(self, is_right, text):
        with self.lock:
            self.checks += 1
            if not is_right:
                self.count += 1
                if self.count <= 50:
                    print("FINDING:", text, flush=True)
        return is_right

    def end(self, name, text=""):
        print(f"{name}: {self.checks} checks, {self.count} findings{text}")
        sys.exit(1 if self.count or not self.checks else 0)


def scratch_folder(name):
    return tempfile.mkdtemp(prefix=f"opescare-{name}-")


def command(program, *words, data=None, environment=None, timeout=60):
    """Runs a command of the program and returns its status, output and complaints."""
    words = [program, *words] + (["--data", data] if data else [])
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=timeout, env=environment, check=False
    )
    return done.returncode, done.stdout, done.stderr


class Server:
    """One `opescare serve` on a free port, its log in a file beside the data folder."""

    def __init__(self, program, data, *flags, log=None, wrap=(), wait=True, rate_limit=0, port=0):
        self.program = program
        self.data = data
        self.log_path = data.rstrip("/") + ".log"
        self.output_path = data.rstrip("/") + ".out"
        words = [*wrap, program, "serve", "--port", str(port), "--data", data]
        words += ["--rate-limit", str(rate_limit)]
        self.started = time.monotonic()
        with open(self.output_path, "wb") as output, open(self.log_path, "ab") as file:
            self.log_start = file.tell()
            self.process = subprocess.Popen(
                [*words, *flags],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=file if log is None else log,
                start_new_session=True,
            )
        atexit.register(self.kill)
        self.port = None
        if wait:
            self.wait_ready()

    def wait_ready(self, seconds=20):
        """Waits for the address on standard output; raises when the server ends instead."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with open(self.output_path, encoding="utf-8", errors="replace") as file:
                found = re.search(r"Listening on \w+://[^\s]*:(\d+)\n", file.read())
            if found:
                self.port = int(found.group(1))
                return self
            if self.process.poll() is not None:
                raise RuntimeError(f"the server did not start: {self.log()}")
            time.sleep(0.002)
        raise RuntimeError("the server did not start in time")

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            file.seek(self.log_start)
            return file.read()

    @property
    def is_alive(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """SIGKILL; harmless when it has ended."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=40):
        """SIGTERM; returns the exit status, None when it had to be killed."""
        if self.is_alive:
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def client(self, timeout=10):
        return Client(self.port, timeout)

    def token(self, who=CREATOR):
        with self.client() as client:
            answer = client.token(who)
            if answer.status != 200:
                raise RuntimeError(f"no token: {answer.status} {answer.body!r}")
            return answer.json()["access_token"]

    def memory(self):
        """Proportional set size in bytes."""
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(r"^Pss:\s+(\d+) kB", file.read(), re.M).group(1)) * 1024


class Answer:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body

    def json(self):
        return json.loads(self.body)

    def field(self, name):
        return self.fields.get(name.lower())


class CutOff(Exception):
    """The connection ended before a whole answer had come; `received` is what there was."""

    def __init__(self, received=b""):
        super().__init__(f"cut off after {received[:200]!r}")
        self.received = received


class Client:
    """One keep-alive connection. Every failure to get a whole answer is `CutOff` or a timeout."""

    def __init__(self, port, timeout=10, source=None):
        self.held = b""
        try:
            # Failed authentications are counted by address; every 127.x.y.z is one of its own.
            self.socket = socket.create_connection(
                ("127.0.0.1", port), timeout, (source, 0) if source else None
            )
        except ConnectionError as error:
            raise CutOff() from error
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (ConnectionError, BrokenPipeError) as error:
            raise CutOff(self.held) from error

    def more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionError as error:
            raise CutOff(self.held) from error
        if not data:
            raise CutOff(self.held)
        self.held += data

    def receive(self, has_body=True):
        """The next answer; every answer of this server has a Content-Length."""
        while True:
            end = self.held.find(b"\r\n\r\n")
            if end >= 0:
                break
            self.more()
        lines = self.held[:end].decode("latin-1").split("\r\n")
        version, status, *_ = lines[0].split(" ", 2)
        if version != "HTTP/1.1":
            raise ValueError(f"not an answer: {lines[0]!r}")
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.lower() in fields:
                raise ValueError(f"{name} twice in an answer")
            fields[name.lower()] = value.strip()
        self.held = self.held[end + 4 :]
        status = int(status)
        if status == 100:
            return Answer(status, fields, b"")
        length = int(fields.get("content-length", "0")) if has_body and status != 204 else 0
        while len(self.held) < length:
            self.more()
        body, self.held = self.held[:length], self.held[length:]
        return Answer(status, fields, body)

    def ask(self, method, target, fields=None, body=b""):
        self.send(request(method, target, fields, body))
        return self.receive(method != "HEAD")

    def token(self, who=CREATOR, fields=None):
        body = {"grant_type": "client_credentials", "client_id": who[0], "client_secret": who[1]}
        return self.ask("POST", TOKEN, fields, encode(body))


def request(method, target, fields=None, body=b""):
    head = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n"
    if body or method == "POST":
        head += f"Content-Length: {len(body)}\r\n"
        if not fields or "Content-Type" not in fields:
            head += "Content-Type: application/json\r\n"
    for name, value in (fields or {}).items():
        head += f"{name}: {value}\r\n"
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + body


def encode(value):
    return json.dumps(value, ensure_ascii=False).encode()


def bearer(token, **fields):
    return {
        "Authorization": "Bearer " + token,
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }


def database(data):
    """A read-only connection, beside a running server or without one."""
    return sqlite3.connect(f"file:{data}/opescare.db?mode=ro", uri=True, timeout=10)


def check_refusal(findings, name, answer):
    """The common error shape of contract § 1, whichever layer refused."""
    check = findings.check
    check(answer.field("Content-Type") == "application/json", f"{name}: not JSON")
    check(answer.status not in (500, 502, 504), f"{name}: {answer.status}")
    try:
        body = answer.json()
    except ValueError:
        check(False, f"{name}: {answer.body[:200]!r} is not JSON")
        return
    check(
        isinstance(body.get("message"), str) and body["message"].endswith("."),
        f"{name}: no sentence in {body}",
    )
    check(body.get("error_code") == str(body.get("error")).upper(), f"{name}: codes in {body}")
    check(body.get("http_status") == answer.status, f"{name}: http_status in {body}")
    check(
        body.get("request_id") and body["request_id"] == answer.field("X-Request-Id"),
        f"{name}: request id in {body}",
    )
    if answer.status == 405:
        check(bool(answer.field("Allow")), f"{name}: no Allow")
    if answer.status == 401:
        check(bool(answer.field("WWW-Authenticate")), f"{name}: no WWW-Authenticate")
    if answer.status in (429, 503):
        check(str(answer.field("Retry-After")).isdigit(), f"{name}: no Retry-After")


def check_intact(findings, program, data, expected=None):
    """`audit verify` and SQLite's own check; returns the head of the chain."""
    words = ["audit", "verify"] + (["--expect", expected] if expected else [])
    status, output, complaint = command(program, *words, data=data, timeout=300)
    findings.check(status == 0 and output.startswith("intact"), f"audit verify: {complaint}")
    with_head = re.search(r"^head (\S+)", output, re.M)
    connection = database(data)
    try:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        findings.check(verdict == "ok", f"integrity_check: {verdict}")
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        findings.check(not broken, f"foreign_key_check: {broken}")
    finally:
        connection.close()
    return with_head.group(1) if with_head else None


def remove(data):
    shutil.rmtree(data, ignore_errors=True)
    for suffix in [".log", ".out"]:
        if os.path.exists(data.rstrip("/") + suffix):
            os.remove(data.rstrip("/") + suffix)
