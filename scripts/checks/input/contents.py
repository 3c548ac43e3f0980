"""Tables of content: media types, broken JSON, wrong types, values."""

from checks.harness import wire
from checks.input.asking import Asking
from checks.input.bad import BROKEN, NUMBERS, WRONG_TYPES
from checks.input.good import INTROSPECT, LOGIN, PERSON, REVOKE


class Contents(Asking):
    def media_types(self):
        body = wire.encode(PERSON)
        for kind in [
            "application/json", "application/json; charset=utf-8", "Application/JSON",
            'application/json;charset="UTF-8"', "application/json ; charset=UTF-8", "",
        ]:
            self.resolve(f"as {kind!r}", (200, 201), body, Content_Type=kind)
        for kind in [
            "text/plain", "application/xml", "multipart/form-data; boundary=x", "json", "*/*",
            "application/x-www-form-urlencoded", "application/jsonp", "application/json5", "text/json",
            "application/octet-stream",
        ]:
            self.resolve(f"as {kind!r}", 415, body, "unsupported_media_type", Content_Type=kind)
            if "form" not in kind:
                for target in [wire.TOKEN, INTROSPECT, REVOKE]:
                    self.expect(
                        f"{target} as {kind!r}", 415, "POST", target, {"Content-Type": kind},
                        wire.encode(LOGIN),
                    )
        for coding in ["gzip", "br", "deflate", "x"]:
            self.resolve(f"coded {coding}", 415, body, Content_Encoding=coding)
        self.resolve("coded identity", 200, body, Content_Encoding="identity")

    def broken_json(self):
        for body in BROKEN:
            name = repr(body[:24])
            self.resolve(name, 400, body, "malformed_json")
            for target in [wire.TOKEN, INTROSPECT, REVOKE]:
                # Nothing at all is no client authentication (RFC 6749 §5.2).
                wanted = (400, 413) if body else 401
                self.expect(f"{target} {name}", wanted, "POST", target, None, body)
        for body in [b"[]", b"null", b'"x"', b"1", b"true", b'[{"first_name":"A"}]']:
            self.resolve(repr(body), 422, body, "validation_failed")
            self.expect(f"token {body!r}", 400, "POST", wire.TOKEN, None, body)
        text = wire.encode(PERSON)
        self.resolve("with a BOM", (200, 201, 400), b"\xef\xbb\xbf" + text)
        self.resolve("in UTF-16", 400, text.decode().encode("utf-16"))
        for key in PERSON:
            twice = text[:-1] + b", " + wire.encode({key: PERSON[key]})[1:]
            self.resolve(f"{key} twice", 422, twice, "validation_failed", [key])
        self.resolve(
            "escaped key twice", 422, text[:-1] + b', "first\\u005fname": "x"}', "validation_failed",
            ["first_name"],
        )
        self.resolve("an unknown key twice", 422, text[:-1] + b',"x":{"y":1,"y":2}}', None, ["x.y"])
        self.expect(
            "token, a key twice", 422, "POST", wire.TOKEN, None,
            wire.encode(LOGIN)[:-1] + b', "client_id": "x"}',
        )
        self.resolve("unknown fields", 200, {**PERSON, "x": None, "y": [[{}]], "": 1, "\U0001f600": 2})

    def wrong_types(self):
        for key in PERSON:
            for value in WRONG_TYPES:
                # Numbers are taken as their digits where a text identifies (contract § 1).
                is_read = key in NUMBERS and isinstance(value, (int, float))
                if is_read and not isinstance(value, bool):
                    self.resolve(
                        f"{key} = {str(value)[:20]}", (200, 201, 422), {**PERSON, key: value})
                    continue
                self.resolve(
                    f"{key} = {str(value)[:20]}", 422, {**PERSON, key: value}, "validation_failed", [key],
                )
        for value in WRONG_TYPES:
            self.resolve(f"health_id = {str(value)[:20]}", 422, {"health_id": value})
            for key in LOGIN:
                self.expect(
                    f"token, {key} = {str(value)[:20]}", 400, "POST", wire.TOKEN, None,
                    wire.encode({**LOGIN, key: value}),
                )
        required = ["first_name", "last_name", "date_of_birth"]
        self.resolve("nothing", 422, {}, "validation_failed", required)
        self.resolve("null everywhere", 422, dict.fromkeys([*PERSON, "health_id"]), None, required)
        self.resolve("everything wrong", 422, dict.fromkeys(PERSON, True), None, list(PERSON))
        for key in required:
            self.resolve(f"without {key}", 422, {**PERSON, key: None}, None, [key])
            self.resolve(f"{key} empty", 422, {**PERSON, key: " \t "}, None, [key])

    def values(self):
        limits = {
            "first_name": 100, "last_name": 100, "national_id": 64, "external_reference": 255, "purpose": 255,
        }
        for key, limit in limits.items():
            self.resolve(f"{key} of {limit}", (200, 201), {**PERSON, key: ("é1" * limit)[:limit]})
            self.resolve(
                f"{key} of {limit + 1}", 422, {**PERSON, key: ("é1" * limit)[: limit + 1]}, None, [key]
            )
            self.resolve(f"{key} of 500,000", 422, {**PERSON, key: "a" * 500_000}, None, [key])
            for control in ["\x00", "\x01", "\x1b[31m", "\x7f", "\x85", "a\nb", "a\rb"]:
                self.resolve(f"{key} with {control!r}", 422, {**PERSON, key: f"a{control}b"}, None, [key])
        for date in [
            "2026-02-30", "1990-13-01", "1990-00-10", "", "1899-02-29", "+1990-01-01", "1990-07-22T25:00:00Z",
            "١٩٩٠-٠٧-٣٢", "9999-12-31", "0000-01-01", "1799-12-31", "-001-01-01", "x",
            "1990-07-22T10:00:00+99:00", "1990-07-22 x", "1990-07-22Z",
        ]:
            self.resolve(f"born {date!r}", 422, {**PERSON, "date_of_birth": date}, None, ["date_of_birth"])
        for date in [
            "1990-1-1", "19900101", "22/07/1990", "1990-07-22T", "1990-01-00", "1800-01-01",
            "1990-07-22T10:00:00Z", "1990-07-22T23:59:60Z", "1990-07-22T10:00:00.123+01:00",
        ]:
            self.resolve(f"born {date!r}", (200, 201, 422), {**PERSON, "date_of_birth": date})
        for country in ["XX", "CMR", "C", "12", "cm ", "Ç1", "\u212a\u212a"]:
            self.resolve(
                f"country {country!r}", (200, 201) if country in ("cm ", "CMR") else 422,
                {**PERSON, "country_code": country},
            )
        for phone in ["12", "+237;drop", "١٢٣"]:
            self.resolve(f"phone {phone!r}", 422, {**PERSON, "phone_number": phone}, None, ["phone_number"])
        for phone in ["x", "1" * 41, "++", "1234567890123456", "½½½½½½½"]:
            # What stands for no number, or is longer than any, is not kept.
            self.resolve(f"phone {phone!r}", (200, 422), {**PERSON, "phone_number": phone})
        for sex in ["qq", "12"]:
            self.resolve(f"sex {sex!r}", 422, {**PERSON, "sex": sex}, None, ["sex"])
        for sex in ["x", "MALE?", "0"]:
            self.resolve(f"sex {sex!r}", (200, 201), {**PERSON, "sex": sex})
        for name in [
            "123", "...", "😀", "\u200b", "'; DROP TABLE patients; --", "\u202eevil", "﷽" * 100,
            "a" + "\u0301" * 99, "ẞßﬃ", "İıi̇", "\ufeffAma", "\U0010ffff", "A\u0000",
        ]:
            self.resolve(f"name {name[:9]!r}", (200, 201, 422), {**PERSON, "first_name": name})
