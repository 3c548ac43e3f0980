"""A TCP proxy for one HTTP/1.1 server that fails as networks do, by a seeded plan."""

import email.utils
import random
import re
import socket
import struct
import threading
import time

ANSWERS = {
    "401": b"HTTP/1.1 401 No\r\nContent-Length: 25\r\nConnection: close\r\n\r\n"
           b'{"error":"token_expired"}',
    "429": b"HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
    "500": b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
    "503": b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
    "portal": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n"
              b"Connection: close\r\n\r\n<html></html>",
}
# Drawn by chance.
KINDS = ["cut request", "reset after request", "cut answer", "delay", "refuse", "500", "503", "portal"]


class FaultyProxy:
    """Listens on `port`; every request meets a fault with the probability `rate`.

    The faults hit requests whose target contains `only`; others pass. `upstream` may change while it
    runs, as when the server comes back on another port; `None` is a server that is gone. `behind`
    makes both sides see a client whose clock is so many seconds behind.
    """

    def __init__(self, seed, rate=0.3, only=b"/sync", behind=0):
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.rate = rate
        self.only = only
        self.behind = behind
        self.upstream = None
        self.counts = {kind: 0 for kind in KINDS}
        self.passed = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def plan(self, head):
        with self.lock:
            if self.only not in head.split(b"\r\n", 1)[0] or self.random.random() >= self.rate:
                self.passed += 1
                return None
            kind = self.random.choice(KINDS)
            self.counts[kind] += 1
            return kind

    def serve(self, client):
        server = None
        try:
            client.settimeout(20)
            while True:
                request = read_message(client)
                if request is None:
                    return
                kind = self.plan(request)
                if kind == "refuse":
                    return reset(client)
                if kind in ANSWERS:
                    client.sendall(ANSWERS[kind])
                    return None
                port = self.upstream
                if port is None:
                    return reset(client)
                if server is None:
                    server = socket.create_connection(("127.0.0.1", port), 20)
                if kind == "cut request":
                    server.sendall(request[: max(1, len(request) // 2)])
                    return reset(client)
                server.sendall(self.shifted(request, rb"(?i)(\r\nX-Bridge-Timestamp: )(\d+)", -1))
                if kind == "reset after request":
                    # The server does the work; nobody hears of it.
                    read_message(server)
                    return reset(client)
                answer = read_message(server)
                if answer is None:
                    return reset(client)
                answer = self.shifted(answer, rb"(?i)(\r\nDate: )([^\r]+)", 1)
                if kind == "cut answer":
                    client.sendall(answer[: max(1, len(answer) // 2)])
                    return reset(client)
                if kind == "delay":
                    time.sleep(0.2)
                client.sendall(answer)
        except OSError:
            return None
        finally:
            client.close()
            if server:
                server.close()

    def shifted(self, message, pattern, sign):
        def shift(found):
            text = found.group(2).decode()
            seconds = sign * self.behind
            if text.isdigit():
                return found.group(1) + str(int(text) + seconds).encode()
            stamp = email.utils.parsedate_to_datetime(text).timestamp() + seconds
            return found.group(1) + email.utils.formatdate(stamp, usegmt=True).encode()

        return re.sub(pattern, shift, message, count=1) if self.behind else message

    def close(self):
        self.listener.close()


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def read_message(connection):
    """One message with a Content-Length; `None` when the connection ends before its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head = data.split(b"\r\n\r\n", 1)[0]
    found = re.search(rb"(?i)\r\ncontent-length:\s*(\d+)", head)
    size = len(head) + 4 + (int(found.group(1)) if found else 0)
    while len(data) < size:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    return data
