"""Content that is broken, and values that stand where others belong."""

from checks.input.good import KNOWN

DOCUMENTED = {
    200, 201, 202, 204, 400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 417, 422, 429, 431, 501, 505,
}
LEAKS = [
    b"SELECT ", b"sqlite", b"SQLite", b"Sources/", b"Fatal error", b"secret_sandbox", b"secret_opeshisos",
]
BROKEN = [
    b"", b" ", b"{", b"}", b"[", b"{]", b'{"a"}', b'{"a":}', b'{"a":1,}', b"{'a':1}", b"{a:1}", b'{"a":NaN}',
    b'{"a":Infinity}', b'{"a":01}', b'{"a":1.}', b'{"a":.5}', b'{"a":+1}', b'{"a":1e}', b'{"a":0x1}',
    b'{"a":"\\x41"}', b'{"a":"\\u12"}', b'{"a":"\\ud800"}', b'{"a":"\\udc00\\ud800"}', b'{"a":"\n"}',
    b'{"a":"\x00"}', b'{"a":"\xff"}', b'{"a":"\xc0\xaf"}', b'{"a":"\xed\xa0\x80"}',
    b'{"a":"\xf4\x90\x80\x80"}', b'{"a":"\xe2\x82"}', b'{"a":1} {"b":2}', b'{"a":1}x', b"{}\x00",
    b'{"a":tru}', b'{"a":True}', b'{"a":"b}', b'{"a":1 "b":2}', b"// x\n{}", b"{/**/}", b"\xfe\xff\x00{\x00}",
    b"{\x00}\x00", b"[" * 100_000, b'{"a":' * 100_000, b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
]
NUMBERS = ["phone_number", "national_id", "external_reference", "purpose"]
WRONG_TYPES = [1, 1.5, True, False, [], ["x"], {}, {"a": 1}, -0.0, 10**400]
NASTY = [
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b'"', b"\\", b"{", b"}", b"[", b"]", b",",
    b":", b"1e999", b"-0", b"9" * 40, b"null", b"true", b"\r\n", b"\n", b"\r", b" ", b"\t", b"%00", b"%ff",
    b"%", b"&", b"=", b"+", b";", b"\xef\xbb\xbf", b"'", b"--", b"\x1b", b"/", b"..", b"#", b"?", b"chunked",
    b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n", "é\u0301\u200b😀".encode(), b"[" * 300,
    b"a" * 300,
]
VALUES = [
    None, True, 0, -1, 1.5, 10**30, "", " ", "\x00", "a\nb", "\ud7ff", "\U0010ffff", "x" * 300, [], {},
    [[[]]], {"a": None}, "2026-02-30", "1900-01-01", "0001-01-01", KNOWN, "CM", "male", "é" * 90, "Baby of",
    "Inconnu", "محمد", "\u202e", "OPC-2024-DEMO1", "1990-07-22", "+237600000000",
]
