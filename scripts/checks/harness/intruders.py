"""Callers and receivers that keep to no protocol, for the check of sequences: bytes that are no TLS
and no HTTP, fields without an end, requests that break off, answers that nobody reads, and webhook
receivers that answer anything but HTTP."""

import random
import socket
import ssl
import struct
import threading
import time

from checks.harness import wire

TARGETS = [
    "/health", "/api/v1/connect/patients/resolve", "/api/v1/admin/audit", "/api/v1/bridge/sync", "/admin",
    "/openapi.yaml", "/%00", "/" + "a" * 9000, "//", "/docs/../../etc/passwd", "/api/v1/connect/auth/token",
]


def noise(rng, most=4096):
    return rng.randbytes(rng.randrange(most))


def hello(rng):
    """A handshake as a client begins it, some of its bytes changed."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    session = context.wrap_bio(incoming, outgoing, server_hostname="opescare.test")
    try:
        session.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return damaged(rng, outgoing.read())


def damaged(rng, content):
    content = bytearray(content)
    for _ in range(rng.choice([0, 1, 1, 2, 5, 40])):
        content[rng.randrange(len(content))] = rng.randrange(256)
    cut = rng.randrange(1, len(content) + 1) if rng.random() < 0.3 else len(content)
    return bytes(content[:cut])


def head(rng, token):
    """One request, honest or not."""
    fields = {"Authorization": "Bearer " + token}
    body = rng.choice([b"", b"{}", b"[" * 5000, b'{"a":"' + noise(rng) + b'"}', b"\xff" * 70000])
    whole = wire.request(rng.choice(["GET", "POST", "PUT", "\x00", "HEAD"]), rng.choice(TARGETS), fields, body)
    extra = rng.choice([
        b"", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 99999999999999999999\r\n",
        b"X: " + b"a" * 20000 + b"\r\n", b"".join(b"X%d: y\r\n" % number for number in range(150)),
        b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"Host: \x00\r\n", b": \r\n", b"A : b\r\n",
        b"Cookie: opescare_admin=" + noise(rng, 300) + b"\r\n", b"Authorization: Basic ////\r\n",
    ])
    line, rest = whole.split(b"\r\n", 1)
    return line + b"\r\n" + extra + rest


class Intruder:
    """Meets a port with what is no request until it is told to stop."""

    def __init__(self, port, seed, token, is_tls):
        self.rng = random.Random(seed)
        self.port, self.token, self.is_tls = port, token, is_tls
        self.count = 0

    def run(self, until):
        while time.monotonic() < until:
            self.count += 1
            try:
                self.attack()
            except OSError:
                # Being thrown out is the right answer.
                pass

    def attack(self):
        rng = self.rng
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            if self.is_tls and rng.random() < 0.6:
                connection.sendall(rng.choice([hello, noise])(rng))
            elif self.is_tls:
                connection = self.secured(connection)
                self.speak(connection)
            else:
                self.speak(connection)
            self.leave(connection)

    def secured(self, connection):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(connection, server_hostname="opescare.test")

    def speak(self, connection):
        rng = self.rng
        content = b"".join(head(rng, self.token) for _ in range(rng.choice([1, 1, 1, 3, 40])))
        content = rng.choice([lambda: content, lambda: damaged(rng, content), lambda: noise(rng)])()
        while content:
            size = rng.choice([1, 7, 1000, 100000])
            connection.sendall(content[:size])
            content = content[size:] if rng.random() < 0.98 else b""

    def leave(self, connection):
        rng = self.rng
        if rng.random() < 0.5:
            connection.settimeout(0.2)
            connection.recv(rng.choice([1, 65536]))
        if rng.random() < 0.3:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


class Receiver:
    """Where webhooks go: it proves its URL, and then answers with anything."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.socket.getsockname()[1]
        self.count = 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            connection, _ = self.socket.accept()
            self.count += 1
            try:
                with connection:
                    connection.settimeout(0.5)
                    request = connection.recv(65536)
                    connection.sendall(self.answer(b"webhook.verification" in request))
            except OSError:
                pass

    def answer(self, is_verification):
        rng = self.rng
        good = b"HTTP/1.1 204 No Content\r\n\r\n"
        if is_verification and rng.random() < 0.7:
            return good
        return rng.choice([
            good, b"", noise(rng), damaged(rng, good), b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"F" * 40 + b"\r\n",
            b"HTTP/1.1 503 No\r\nRetry-After: 99999999999999999999\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 429 No\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n" * 500, b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
            b"HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 999999999999999999999 X\r\n\r\n", b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
        ])
