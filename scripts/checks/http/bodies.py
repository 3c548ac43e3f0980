"""Cases: sizes, lengths and chunks, the right status, and how the connection is left."""

from checks.harness import wire
from checks.http.requests import (
    CLOSES, KEEPS, SECRET, chunk, chunked, fields, get, padded_head, padded_json, padded_target, post,
)


def limit_cases(token):
    yield "head of 16 KiB", padded_head(16384), 200, KEEPS
    yield "head of 16 KiB + 1", padded_head(16385), 431, CLOSES
    yield "head without end", get(fields="Host: h\r\nX: " + "a" * 20000), 431, CLOSES
    yield "request line without end", b"GET /" + b"a" * 20000, 414, CLOSES
    yield "100 fields", fields(100), 200, KEEPS
    yield "101 fields", fields(101), 431, CLOSES
    yield "target of 8 KiB", padded_target(8192), 200, KEEPS
    yield "target of 8 KiB + 1", padded_target(8193), 414, CLOSES
    limit = 1 << 20
    bearer = f"Authorization: Bearer {token}\r\n"
    for total, status, leaves in [(limit - 1, 200, KEEPS), (limit, 200, KEEPS), (limit + 1, 413, CLOSES)]:
        body = padded_json(total)
        yield f"body of {total}", post(
            f"{bearer}Content-Length: {total}\r\n", body, wire.RESOLVE
        ), status, leaves
        pieces = b"".join(chunk(body[i : i + 60000]) for i in range(0, total, 60000))
        yield f"chunked body of {total}", post(
            f"{bearer}Transfer-Encoding: chunked\r\n", pieces + chunk(b"", b"0"), wire.RESOLVE
        ), status, leaves
    yield "413 before content", post("Content-Length: 1048577\r\n", b""), 413, CLOSES
    yield "413 instead of 100", post("Content-Length: 1048577\r\nExpect: 100-continue\r\n", b""), 413, CLOSES
    yield "Content-Length of 18 nines", post("Content-Length: " + "9" * 18 + "\r\n", b""), 413, CLOSES
    yield "unknown expectation", post(f"Content-Length: {len(SECRET)}\r\nExpect: tea\r\n"), 417, CLOSES
    yield "expectation in HTTP/1.0", post(
        f"Content-Length: {len(SECRET)}\r\nExpect: tea\r\n", version="HTTP/1.0"
    ), 200, CLOSES


def length_cases():
    length = len(SECRET)
    right = f"Content-Length: {length}\r\n"
    yield "POST", post(right), 200, KEEPS
    yield "leading zeros", post(f"Content-Length: 000{length}\r\n"), 200, KEEPS
    yield "content on a GET", get(fields="Host: h\r\nContent-Length: 5\r\n") + b"12345", 200, KEEPS
    for value in [
        f"+{length}", "-1", f"{length},{length}", f"{length}, {length}", f"{length} {length}", hex(length),
        "", f"{length}.0", f"{length}\x0b", "\xb9", "1e2", "9" * 19, f"{length};", f'"{length}"',
        "18446744073709551697",
    ]:
        yield f"Content-Length {value!r}", post(f"Content-Length: {value}\r\n"), 400, CLOSES
    yield "Content-Length twice", post(right + right), 400, CLOSES
    yield "two Content-Lengths", post(right + "Content-Length: 1\r\n"), 400, CLOSES
    yield "Content-Length before a colon", post(f"Content-Length : {length}\r\n"), 400, CLOSES


def chunk_cases():
    last = chunk(b"", b"0")
    whole = chunk(SECRET) + last
    yield "chunked", chunked(whole), 200, KEEPS
    yield "chunks of one byte", chunked(
        b"".join(chunk(SECRET[i : i + 1]) for i in range(len(SECRET))) + last
    ), 200, KEEPS
    for coding in ["CHUNKED", "chunked ", "\tchunked"]:
        yield f"coding {coding!r}", chunked(whole, f"Transfer-Encoding: {coding}\r\n"), 200, KEEPS
    for coding in [
        "xchunked", "chunked, gzip", "chunked, chunked", "identity", "\x0bchunked", "", "chunked;q=1",
        '"chunked"', "chunked, identity", "cow", "chunk\xe9d",
    ]:
        yield f"coding {coding!r}", chunked(whole, f"Transfer-Encoding: {coding}\r\n"), 400, CLOSES
    yield "coding gzip, chunked", chunked(whole, "Transfer-Encoding: gzip, chunked\r\n"), 501, CLOSES
    for name, lines in [
        ("CL.TE", f"Content-Length: {len(whole)}\r\nTransfer-Encoding: chunked\r\n"),
        ("TE.CL", f"Transfer-Encoding: chunked\r\nContent-Length: {len(whole)}\r\n"),
        ("CL 0 and TE", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"),
        ("TE.TE", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
        ("TE twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        ("TE before a space", "Transfer-Encoding : chunked\r\n"),
        ("TE folded", "Transfer-Encoding:\r\n chunked\r\n"),
        ("TE after a bare LF", "X: y\nTransfer-Encoding: chunked\r\n"),
        ("TE after a bare CR", "X: y\rTransfer-Encoding: chunked\r\n"),
    ]:
        yield name, chunked(whole, lines), 400, CLOSES
    yield "TE in HTTP/1.0", post("Transfer-Encoding: chunked\r\n", whole, version="HTTP/1.0"), 400, CLOSES
    for size in [
        b"", b"-1", b"+5", b"0x5", b" 5", b"5 ", b"g", b"5_0", b"F" * 16, b"1" + b"0" * 16, b"100000000",
        b"000000005", b"5\x00", b"\xb25",
    ]:
        yield f"chunk size {size!r}", chunked(chunk(SECRET, size) + last), 400, CLOSES
    yield "chunk of 4 GiB - 1", chunked(b"ffffffff\r\n"), 413, CLOSES
    for extension in [b";a", b";a=b", b';a="b c"', b" ;a=b", b";" * 100, b";a=\xe9"]:
        yield f"chunk extension {extension[:9]!r}", chunked(chunk(SECRET, None, extension) + last), 200, KEEPS
    for extension in [b";a\x00", b";a\nb", b";a\rb", b" a", b";" + b"a" * 5000, b"\t"]:
        yield f"chunk extension {extension[:9]!r}", chunked(
            chunk(SECRET, None, extension) + last
        ), 400, CLOSES
    size = b"%x" % len(SECRET)
    yield "chunk ends in bare LF", chunked(size + b"\r\n" + SECRET + b"\n" + last), 400, CLOSES
    yield "chunk size ends in bare LF", chunked(size + b"\n" + SECRET + b"\r\n" + last), 400, CLOSES
    yield "chunk longer than its size", chunked(chunk(SECRET, b"5") + last), 400, CLOSES
    yield "trailers", chunked(chunk(SECRET) + b"0\r\nContent-Length: 5\r\nX-Sum: 1\r\n\r\n"), 200, KEEPS
    yield "trailer folded", chunked(chunk(SECRET) + b"0\r\nX: 1\r\n 2\r\n\r\n"), 400, CLOSES
    yield "trailer with NUL", chunked(chunk(SECRET) + b"0\r\nX: \x00\r\n\r\n"), 400, CLOSES
    yield "trailer ends in bare LF", chunked(chunk(SECRET) + b"0\r\nX: 1\n\r\n"), 400, CLOSES
    yield "trailer of 9,000 bytes", chunked(
        chunk(SECRET) + b"0\r\nX: " + b"a" * 9000 + b"\r\n\r\n"
    ), 431, CLOSES
