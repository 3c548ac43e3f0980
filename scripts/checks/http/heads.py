"""Cases: a request line or its fields, the right status, and how the connection is left."""

from checks.harness import wire
from checks.http.requests import CLOSES, HEALTH, KEEPS, get


def request_line_cases():
    yield "plain GET", get(), 200, KEEPS
    yield "query", get("/health?a=b&&=%zz"), 200, KEEPS
    yield "trailing slash", get("/health/"), 200, KEEPS
    yield "one empty line before", b"\r\n" + HEALTH, 200, KEEPS
    yield "three empty lines before", b"\r\n\r\n\r\n" + HEALTH, 400, CLOSES
    yield "bare LF before", b"\n" + HEALTH, 400, CLOSES
    yield "HTTP/1.0", get(version="HTTP/1.0", fields=""), 200, CLOSES
    yield "HTTP/1.0 keep-alive", get(version="HTTP/1.0", fields="Connection: keep-alive\r\n"), 200, KEEPS
    yield "HTTP/1.2 is read as 1.1", get(version="HTTP/1.2"), 200, KEEPS
    yield "HTTP/0.9", b"GET /health\r\n\r\n", 400, CLOSES
    yield "HTTP/2.0", get(version="HTTP/2.0"), 505, CLOSES
    yield "HTTP/3.0", get(version="HTTP/3.0"), 505, CLOSES
    for version in [
        "http/1.1", "HTTP/1", "HTTP/1.10", "HTTP/11", "HTTP/1.1 ", "HTTP /1.1", "HTP/1.1", "HTTP/1,1",
        "HTTP/+.1", "HTTP/1.1\x00",
    ]:
        yield f"version {version!r}", get(version=version), 400, CLOSES
    yield "HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, CLOSES
    yield "TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x5a" * 200, 400, CLOSES
    yield "SSH banner", b"SSH-2.0-OpenSSH_9.6\r\n", 400, CLOSES
    yield "nothing but zeros", b"\x00" * 64, 400, CLOSES
    yield "two spaces after method", b"GET  /health HTTP/1.1\r\nHost: h\r\n\r\n", 400, CLOSES
    yield "two spaces after target", b"GET /health  HTTP/1.1\r\nHost: h\r\n\r\n", 400, CLOSES
    yield "tab after method", b"GET\t/health HTTP/1.1\r\nHost: h\r\n\r\n", 400, CLOSES
    yield "space first", b" GET /health HTTP/1.1\r\nHost: h\r\n\r\n", 400, CLOSES
    yield "bare LF ends request line", b"GET /health HTTP/1.1\nHost: h\r\n\r\n", 400, CLOSES
    yield "bare CR in request line", b"GET /hea\rlth HTTP/1.1\r\nHost: h\r\n\r\n", 400, CLOSES
    for target in [
        "/he#alth", "health", "/he\x00alth", "/he\x7falth", "/caf\xe9", "http://", "*", "http:///health",
        "http://u@h/health", "ftp://h/health", "http://h h/health",
    ]:
        yield f"target {target!r}", get(target), 400, CLOSES
    for target in ["/", "http://h", "http://h/health", "HTTP://elsewhere:80/health", "https://h/health?x=1"]:
        yield f"target {target!r}", get(target), 200, KEEPS
    for target in [
        "//health", "/./health", "/x/../health", "/%2e%2e/health", "/health%00", "/health;x",
        "/%68ealth%2f", "/HEALTH", "/health/health", "/v1", "/%", "/%zz", "/health//",
    ]:
        yield f"target {target!r}", get(target), 404, KEEPS
    for method in ["get", "PURGE", "BREW", "PROPFIND", "G", "X" * 200, "GE!T"]:
        yield f"method {method[:9]}", get(method=method), 501, CLOSES
    yield "CONNECT", get("h:443", method="CONNECT"), 501, CLOSES
    yield "method with a colon", get(method="GE:T"), 400, CLOSES
    for method in ["DELETE", "PUT", "PATCH", "POST"]:
        yield f"{method} /health", get(method=method), 405, KEEPS
    yield "GET token", get(wire.TOKEN), 405, KEEPS
    yield "TRACE", get(method="TRACE"), 405, KEEPS
    yield "QUERY", get(method="QUERY"), 405, KEEPS
    yield "OPTIONS /health", get(method="OPTIONS"), 204, KEEPS
    yield "OPTIONS *", get("*", method="OPTIONS"), 404, KEEPS
    yield "OPTIONS /nothing", get("/nothing", method="OPTIONS"), 404, KEEPS
    yield "OPTIONS *x", get("*x", method="OPTIONS"), 400, CLOSES


def field_cases():
    yield "no Host", get(fields=""), 400, CLOSES
    yield "empty Host", get(fields="Host:\r\n"), 200, KEEPS
    yield "two Hosts", get(fields="Host: h\r\nHost: h\r\n"), 400, CLOSES
    for host in ["a b", "a/b", "u@h", "h:99999999", "h:x", "[::1", 'a"b', "h\\", "\xe9", "h,h"]:
        expected = 200 if host == "h,h" else 400
        yield f"Host {host!r}", get(fields=f"Host: {host}\r\n"), expected, (
            KEEPS if expected == 200 else CLOSES
        )
    for host in ["localhost:8080", "[::1]:80", "1.2.3.4", "h:"]:
        yield f"Host {host!r}", get(fields=f"Host: {host}\r\n"), 200, KEEPS
    for line in [
        "X-A : b", "X-A\t: b", ": b", "X-A", "X A: b", "X\x00A: b", "X-A: b\x00c", "X-A: b\rc", "X-A: b\x01",
        "X-A: b\x7f", "X(A): b", "X-\xe9: b", " X-A: b", "\tX-A: b",
    ]:
        yield f"field {line!r}", get(fields=f"Host: h\r\n{line}\r\n"), 400, CLOSES
    yield "obs-fold", get(fields="Host: h\r\nX-A: b\r\n c\r\n"), 400, CLOSES
    yield "obs-fold of nothing", get(fields="Host: h\r\nX-A:\r\n \r\n"), 400, CLOSES
    yield "bare LF ends field", get(fields="Host: h\nX-A: b\r\n"), 400, CLOSES
    yield "bare LF ends head", b"GET /health HTTP/1.1\r\nHost: h\r\n\n", 400, CLOSES
    yield "CR CR LF", get(fields="Host: h\r\r\n"), 400, CLOSES
    for line in ["X-A:b", "X-A:", "X-A: \t b \t ", "X-A: \xe9\xff", "!#$%&'*+-.^_`|~09: b", "X-A: a:b"]:
        yield f"field {line!r}", get(fields=f"Host: h\r\n{line}\r\n"), 200, KEEPS
    yield "Connection: close", get(fields="Host: h\r\nConnection: close\r\n"), 200, CLOSES
    yield "Connection: a, CLOSE", get(fields="Host: h\r\nConnection: a, CLOSE\r\n"), 200, CLOSES
    yield "two Connections", get(
        fields="Host: h\r\nConnection: keep-alive\r\nConnection: close\r\n"
    ), 200, CLOSES
    yield "Upgrade: websocket", get(
        fields="Host: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    ), 200, KEEPS
    yield "Upgrade: h2c", get(
        fields="Host: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
    ), 200, KEEPS
