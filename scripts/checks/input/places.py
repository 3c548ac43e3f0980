"""Tables of queries, paths, header fields, credentials and tokens."""

import base64
import json

from checks.harness import wire
from checks.input.asking import Asking
from checks.input.good import KNOWN, LOGIN, PERSON


class Places(Asking):
    def queries(self):
        good = self.bearer()
        for query, wanted in [
            ("", 422), ("?", 422), ("?health_id", 422), ("?health_id=", 422), ("?x=1", 422),
            (f"?health_id={KNOWN}", 200), (f"?HEALTH_ID={KNOWN}", 422), (f"?&&health_id={KNOWN}&&", 200),
            (f"?health_id={KNOWN}&health_id=x", 422), (f"?health_id=x&health_id={KNOWN}", 422),
            ("?health_id=%00", 422), ("?health_id=%ff", 422), ("?health_id=%", 422), ("?health_id=%zz", 422),
            ("?health_id=" + "A" * 7000, 422), ("?health_id=%C0%AF", 422), (f"?health%5Fid={KNOWN}", 200),
            (f"?health_id={KNOWN.lower()}", 200), (f"?health_id={KNOWN.replace('-', '+')}", 200),
            ("?health_id=" + "&" * 5000, 422), (f"?health_id={KNOWN}=", 422), (f"?health_id={KNOWN};x", 422),
            ("?health_id=CM-HID-7KQ9-MP42-X8D2", 422), ("?health_id=NG-HID-QKFB-F5KZ-NWJ0", 404),
            (f"?health_id={KNOWN}&purpose=" + "é".encode().hex().upper(), 200),
            (f"?health_id={KNOWN}&purpose=%00%0A%1b", 422), (f"?health_id={KNOWN}&purpose=%ff", 422),
            ("?health_id=OPC-2024-DEMO1", 200), ("?health_id=OPC-2024-XXXXX", 404),
        ]:
            target = wire.SEARCH.split("?", maxsplit=1)[0] + query
            self.expect(f"search {query[:30]}", wanted, "GET", target, good)

    def paths(self):
        good = self.bearer()
        for text, wanted in [
            (KNOWN, 200), (KNOWN.lower(), 200), (KNOWN.replace("-", "%20"), 200), (KNOWN + "/", 200),
            ("%00", 422), ("%ff", 422), ("%", 422), ("%2F", 422), ("%2e%2e", 404), ("x", 422),
            ("A" * 7000, 422), ("NG-HID-QKFB-F5KZ-NWJ0", 404),
            # Without an id this is the path of a patient, who may be corrected and not got.
            ("", 405), ("a/b", 404), ("%F0%9F%98%80", 422),
            ("CM-HID-0000-0000-0000", (404, 422)), ("OPC-2024-DEMO1", 200),
        ]:
            self.expect(f"verify {text[:20]}", wanted, "GET", wire.VERIFY + text, good)

    def headers(self):
        body = wire.encode(PERSON)
        for key, wanted in [
            ("a" * 255, 200), ("a" * 256, 400), ("é", 400), ("a b", 400), ('"quoted"', 200), ('""', 400),
            ("", 400), ('"', 200), ("{}", 200),
        ]:
            self.resolve(f"Idempotency-Key {key[:9]!r}", wanted, body, Idempotency_Key=key)
        self.resolve(
            "a used key", 409, {**PERSON, "purpose": "x"}, "idempotency_conflict", Idempotency_Key="{}",
        )
        for value in [
            "", "Bearer", "Bearer ", "Bearer  x", "Bearer x y", "bearer", "Basic x", "Token x",
            "Bearer " + "a" * 8000, "Bearer ..", "Bearer a.b.c", "Bearer \xff", "Bearer\tx",
        ]:
            for method, target, text in [("POST", wire.RESOLVE, body), ("GET", wire.VERIFY + "x", b"")]:
                self.expect(
                    f"Authorization {value[:12]!r}", 401, method, target, {"Authorization": value}, text,
                )
        self.expect(
            "bearer in lower case", 200, "GET", wire.VERIFY + KNOWN,
            {"Authorization": "bEARER " + self.token},
        )

    def credentials(self):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        good = "grant_type=client_credentials&client_id=%s&client_secret=%s" % wire.CREATOR
        for name, body, wanted in [
            ("good", good, 200), ("twice", good + "&client_id=x", 400), ("bad percent", good + "&x=%z", 400),
            ("not UTF-8", good + "&x=%ff", 400), ("no secret", good.rsplit("&", 1)[0], 401),
            ("empty", "", 401), ("no grant", good.split("&", 1)[1], 400), ("blank pairs", f"&&{good}&&", 200),
            ("wrong secret", good + "x", 401), ("scope", good + "&scope=patient%3Aread", 200),
            ("bad scope", good + "&scope=admin", 400), ("other grant", good.replace("client_cr", "x"), 400),
            ("binary", "\x00\x01=\x02", 401), ("long", good + "&x=" + "a" * 50_000, 200),
        ]:
            self.expect(f"form, {name}", wanted, "POST", wire.TOKEN, form, body.encode("latin-1"))
        grant = wire.encode({"grant_type": "client_credentials"})
        for name, text, wanted in [
            ("good", ":".join(wire.CREATOR).encode(), 200), ("no colon", b"x", 400), ("empty", b"", 401),
            ("only colon", b":", 401), ("not UTF-8", b"\xff:\xff", 400), ("NUL", b"a\x00:b", 401),
            ("bad percent", b"a%zz:b", 400), ("long", b"a" * 5000 + b":b", 401),
            ("wrong", wire.CREATOR[0].encode() + b":x", 401),
        ]:
            encoded = base64.b64encode(text).decode()
            self.expect(
                f"Basic, {name}", wanted, "POST", wire.TOKEN, {"Authorization": "Basic " + encoded}, grant,
            )
        self.expect("Basic, not base64", 400, "POST", wire.TOKEN, {"Authorization": "Basic !!"}, grant)
        self.expect(
            "Basic and body", 400, "POST", wire.TOKEN, {"Authorization": "Basic eDp5"}, wire.encode(LOGIN),
        )

    def tokens(self):
        """Forged and bent tokens: all the same 401."""
        header, payload, signature = self.token.split(".")

        def part(value):
            return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        kid = json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]
        for name, token in [
            ("alg none", f"{part({'alg': 'none', 'typ': 'JWT'})}.{payload}."),
            ("alg none, kid", f"{part({'alg': 'none', 'kid': kid})}.{payload}.{signature}"),
            ("alg HS256", f"{part({'alg': 'HS256', 'kid': kid})}.{payload}.{signature}"),
            ("crit", f"{part({'alg': 'RS256', 'kid': kid, 'crit': ['x']})}.{payload}.{signature}"),
            ("kid missing", f"{part({'alg': 'RS256'})}.{payload}.{signature}"),
            ("kid path", f"{part({'alg': 'RS256', 'kid': '../../etc/passwd'})}.{payload}.{signature}"),
            ("claims changed", f"{header}.{part({**claims, 'scope': 'admin'})}.{signature}"),
            ("exp a string", f"{header}.{part({**claims, 'exp': 'never'})}.{signature}"),
            ("signature cut", self.token[:-4]), ("signature empty", f"{header}.{payload}."),
            ("padding", self.token + "="), ("four parts", self.token + ".x"),
            ("signature bent", f"{header}.{payload}.{'A' * len(signature)}"),
            ("payload empty", f"{header}..{signature}"), ("header deep", f"{part([[[]]])}.{payload}.x"),
        ]:
            self.expect(
                f"token, {name}", 401, "GET", wire.VERIFY + KNOWN, wire.bearer(token), b"", "token_invalid",
            )
