"""Requests byte by byte, as the cases of the tables are made of them."""

from checks.harness import wire

HEALTH = b"GET /health HTTP/1.1\r\nHost: h\r\n\r\n"
KEEPS, CLOSES = "keeps", "closes"
KEEPS, CLOSES = "keeps", "closes"
SECRET = wire.encode(
    {"grant_type": "client_credentials", "client_id": wire.CREATOR[0], "client_secret": wire.CREATOR[1]}
)


def get(target="/health", version="HTTP/1.1", method="GET", fields="Host: h\r\n"):
    return f"{method} {target} {version}\r\n{fields}\r\n".encode("latin-1")


def post(fields, body=SECRET, target=wire.TOKEN, version="HTTP/1.1"):
    head = f"POST {target} {version}\r\nHost: h\r\nContent-Type: application/json\r\n{fields}\r\n"
    return head.encode("latin-1") + body


def chunked(body, coding="Transfer-Encoding: chunked\r\n"):
    return post(coding, body)


def chunk(data, size=None, extension=b""):
    size = b"%x" % len(data) if size is None else size
    return size + extension + b"\r\n" + data + b"\r\n"


def padded_head(total):
    """A request whose head has exactly `total` bytes."""
    room = total - len(get(fields="Host: h\r\nX-Padding: \r\n"))
    return get(fields=f"Host: h\r\nX-Padding: {'a' * room}\r\n")


def padded_target(length):
    return get("/health?" + "a" * (length - len("/health?")))


def fields(count):
    return get(fields="Host: h\r\n" + "".join(f"X-{i}: v\r\n" for i in range(count - 1)))


def padded_json(total):
    known = b'{"health_id":"CM-HID-7KQ9-MP42-X8D1","x":"'
    return known + b"a" * (total - len(known) - 2) + b'"}'
