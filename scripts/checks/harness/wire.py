"""Plain sockets that speak HTTP/1.1, and what every check says over them."""

import json
import socket

CREATOR = ("opeshisos_production", "prod_secret_opeshisos_2026")
READER = ("demo_dev_sandbox", "demo_secret_sandbox_2026")
AGENT = ("BRIDGE-2024-DEMO-001", "demo_bridge_key_sandbox_2026")
TOKEN = "/api/v1/connect/auth/token"
RESOLVE = "/api/v1/connect/patients/resolve"
VERIFY = "/api/v1/connect/patients/verify/"
SEARCH = "/api/v1/connect/patient/search?health_id="


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


def call(port, method, target, body=None, fields=None):
    """The status and the JSON of an answer."""
    with Client(port) as client:
        answer = client.ask(method, target, fields, b"" if body is None else encode(body))
    return answer.status, json.loads(answer.body or b"null")


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
