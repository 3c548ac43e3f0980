"""A real `opescare serve`, and its commands beside it."""

import atexit
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time

from checks.harness import programs, wire


def scratch_folder(name):
    return tempfile.mkdtemp(prefix=f"opescare-{name}-")


def command(program, *words, data=None, timeout=60):
    """Runs a command of the program and returns its status, output and complaints."""
    words = [program, *words] + (["--data", data] if data else [])
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=timeout, env=programs.clean_environment(),
        check=False)
    return done.returncode, done.stdout, done.stderr


class Server:
    """One `opescare serve` on a free port, its log in a file beside the data folder."""

    def __init__(self, program, data, *flags, log=None, wrap=(), wait=True, rate_limit=0, port=0):
        words = ["--port", str(port), "--data", data, "--rate-limit", str(rate_limit), *flags]
        self.begin(program, data, data.rstrip("/"), words, log=log, wrap=wrap)
        if wait:
            self.wait_ready()

    def begin(self, program, data, beside, flags, log=None, wrap=(), **place):
        self.program = program
        self.data = data
        self.port = None
        self.log_path = beside + ".log"
        self.output_path = beside + ".out"
        words = [*wrap, program, "serve", *flags]
        self.started = time.monotonic()
        with open(self.output_path, "wb") as output, open(self.log_path, "ab") as file:
            self.log_start = file.tell()
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=output, stderr=file if log is None else log,
                start_new_session=True, **{"env": programs.clean_environment(), **place})
        atexit.register(self.kill)

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
        return wire.Client(self.port, timeout)

    def token(self, who=wire.CREATOR):
        with self.client() as client:
            answer = client.token(who)
            if answer.status != 200:
                raise RuntimeError(f"no token: {answer.status} {answer.body!r}")
            return answer.json()["access_token"]

    def call(self, method, path, body=None, token=None, fields=None):
        """The status and the JSON of an answer."""
        fields = {**(wire.bearer(token) if token else {}), **(fields or {})}
        return wire.call(self.port, method, path, body, fields)

    def make(self, path, body, token, method="POST"):
        """What a request makes; raises where it is refused."""
        status, answer = self.call(method, path, body, token)
        if status >= 300:
            raise RuntimeError(f"{path} is answered {status} {answer}")
        return answer

    def admin_token(self):
        made = subprocess.run(
            [self.program, "admin-token", "create", "--name", "Check", "--data", self.data],
            check=True, capture_output=True, text=True).stdout
        return re.search(r"at_[\w-]+", made).group()

    def memory(self):
        """Proportional set size in bytes."""
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(r"^Pss:\s+(\d+) kB", file.read(), re.M).group(1)) * 1024

    def peak(self):
        """The most bytes that were ever resident."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"^VmHWM:\s+(\d+) kB", file.read(), re.M).group(1)) * 1024


class PlainServer(Server):
    """One as the manuals start it: without a word, its data in the folder where it runs."""

    def __init__(self, program, folder, *flags):
        folder = str(folder)
        environment = {**programs.clean_environment(), "OPESCARE_PORT": "0"}
        self.begin(
            program, folder + "/data", folder + "/server", flags, cwd=folder, env=environment)
        self.wait_ready()

    def greeting(self):
        with open(self.output_path, encoding="utf-8") as file:
            return file.read()


def database(data):
    """A read-only connection, beside a running server or without one."""
    return sqlite3.connect(f"file:{data}/opescare.db?mode=ro", uri=True, timeout=10)


def remove(data):
    shutil.rmtree(data, ignore_errors=True)
    for suffix in [".log", ".out"]:
        if os.path.exists(data.rstrip("/") + suffix):
            os.remove(data.rstrip("/") + suffix)


def certificate(folder, name="opescare.test"):
    """The flags of a server with a certificate of its own, made anew."""
    os.makedirs(folder, exist_ok=True)
    names = [os.path.join(folder, name) for name in ("cert.pem", "key.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", f"/CN={name}", "-out", names[0], "-keyout", names[1]],
        check=True, capture_output=True)
    return ["--tls-cert", names[0], "--tls-key", names[1]]
