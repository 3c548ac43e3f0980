"""Good requests, bent by chance."""

import copy
import json
import random

from checks.harness import wire
from checks.input.bad import NASTY, VALUES
from checks.input.good import CONNECT, GETS, INTROSPECT, KNOWN, LOGIN, PERSON, POSTS, REVOKE


class Mutator:
    def __init__(self, seed, token):
        self.rng = random.Random(seed)
        self.token = token

    def good(self):
        """A request as it should be: method, target, fields, body."""
        rng = self.rng
        bearer = {"Authorization": "Bearer " + self.token}
        kind = rng.randrange(12)
        if kind >= 8:
            fields = dict(bearer)
            if rng.random() < 0.2:
                fields["Idempotency-Key"] = f"k{rng.randrange(1000)}"
            target, body = rng.choice(list(POSTS.items()))
            return "POST", CONNECT + target, fields, copy.deepcopy(body)
        if kind == 7:
            return "GET", CONNECT + rng.choice(GETS), bearer, None
        if kind <= 2:
            fields = dict(bearer)
            if rng.random() < 0.2:
                fields["Idempotency-Key"] = f"k{rng.randrange(1000)}"
            return "POST", wire.RESOLVE, fields, dict(PERSON, last_name=f"N{rng.randrange(5000)}x")
        if kind == 3:
            return "GET", wire.SEARCH + KNOWN, bearer, None
        if kind == 4:
            return "GET", wire.VERIFY + KNOWN, bearer, None
        if kind == 5 and rng.random() < 0.3:
            return "POST", wire.TOKEN, {}, dict(LOGIN, scope="patient:read")
        if kind == 6 and rng.random() < 0.3:
            target = rng.choice([INTROSPECT, REVOKE])
            return "POST", target, {}, dict(LOGIN, token="a.b.c")
        return (
            "GET",
            rng.choice(
                [
                    "/health", "/ready", "/.well-known/jwks.json", "/nothing",
                    "/.well-known/oauth-authorization-server",
                ]
            ),
            {},
            None,
        )

    def bend(self, data, times):
        rng = self.rng
        data = bytearray(data)
        for _ in range(times):
            at = rng.randrange(len(data) + 1)
            end = min(len(data), at + rng.randrange(1, 9))
            kind = rng.randrange(6)
            if kind == 0 and at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            elif kind == 1:
                del data[at:end]
            elif kind == 2:
                data[at:at] = rng.choice(NASTY)
            elif kind == 3:
                data[at:end] = rng.choice(NASTY)
            elif kind == 4:
                data[at:at] = data[at:end]
            elif at < len(data):
                data[at] = rng.randrange(256)
        return bytes(data)

    def framed(self, request_id):
        """Bent in target, fields or content; sound framing lets many share a connection."""
        rng = self.rng
        method, target, fields, body = self.good()
        if body is not None and rng.random() < 0.9:
            if rng.random() < 0.5:
                for _ in range(rng.randrange(1, 4)):
                    place = self.somewhere(body)
                    place[rng.choice([*place, "health_id", "x"])] = copy.deepcopy(rng.choice(VALUES))
                body = json.dumps(body, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
            else:
                body = self.bend(wire.encode(body), rng.randrange(1, 5))
        else:
            body = b"" if body is None else wire.encode(body)
            encoded = self.bend(target.encode(), rng.randrange(1, 4))
            safe = bytes(c for c in encoded if 33 <= c < 127 and c != 35)
            target = "/" + safe.decode().lstrip("/")
        if fields and rng.random() < 0.02:
            name = rng.choice(list(fields))
            value = self.bend(fields[name].encode(), 2)
            fields[name] = bytes(c for c in value if 32 <= c < 127).decode()
        if rng.random() < 0.1:
            fields["Content-Type"] = rng.choice(
                [
                    "application/json", "text/plain", "", "application/x-www-form-urlencoded", ";;",
                    "application/json;",
                ]
            )
        if rng.random() < 0.05:
            method = rng.choice(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
        fields["X-Request-Id"] = request_id
        return method, wire.request(method, target, fields, body)

    def somewhere(self, body):
        """The object itself, or one within it."""
        while True:
            inner = [value for value in body.values() if isinstance(value, dict)]
            for value in body.values():
                if isinstance(value, list):
                    inner += [element for element in value if isinstance(element, dict)]
            if not inner or self.rng.random() < 0.4:
                return body
            body = self.rng.choice(inner)

    def unframed(self):
        """Bent anywhere."""
        method, target, fields, body = self.good()
        data = wire.request(method, target, fields, b"" if body is None else wire.encode(body))
        return self.bend(data, self.rng.randrange(1, 6))
