"""Every table, and what holds for each route, whatever it is for."""

from checks.harness import wire
from checks.input.bad import BROKEN, WRONG_TYPES
from checks.input.contents import Contents
from checks.input.good import CHART, CONNECT, FACILITY, GETS, KNOWN, POSTS
from checks.input.places import Places


class Table(Contents, Places):
    def run(self):
        self.media_types()
        self.broken_json()
        self.wrong_types()
        self.values()
        self.queries()
        self.paths()
        self.headers()
        self.credentials()
        self.tokens()
        self.every_post()
        self.every_get()

    def every_post(self):
        """What holds for each POST, whatever it is for."""
        for target, good in POSTS.items():
            path = CONNECT + target
            for fields in [{}, {"Authorization": "Bearer a.b.c"}]:
                self.expect(f"{target} without a token", 401, "POST", path, fields, b"{")
            self.expect(f"{target} of text", 415, "POST", path, self.bearer(Content_Type="text/plain"), b"x")
            for body in BROKEN:
                # A body may be left out where nothing in it is needed.
                wanted = 400 if body.strip() or "revoke" not in target else (200, 400, 404)
                name = f"{target} {body[:24]!r}"
                self.expect(name, wanted, "POST", path, self.bearer(), body)
            for body in [b"null", b'"x"', b"1", b"true"]:
                self.expect(f"{target} {body!r}", 422, "POST", path, self.bearer(), body)
            for key in good:
                twice = wire.encode(good)[:-1] + b", " + wire.encode({key: good[key]})[1:]
                self.expect(f"{target}, {key} twice", 422, "POST", path, self.bearer(), twice)
                for value in [*WRONG_TYPES, None, "", "\x00", "x" * 500_000]:
                    body = wire.encode({**good, key: value})
                    name = f"{target}, {key} = {str(value)[:20]}"
                    # A record has its own maximum.
                    wanted = (200, 201, 202, 403, 404, 413, 422)
                    self.expect(name, wanted, "POST", path, self.bearer(), body)
            for method in ["PUT", "PATCH", "DELETE", "TRACE"]:
                self.expect(f"{method} {target}", 405, method, path, self.bearer())

    def every_get(self):
        odd = [
            "", "x", "-1", "0", "501", "9" * 30, "%00", "%ff", "2026-02-30", "+5", "1e3", "%F0%9F%98%80",
            "a" * 5000, "null", "[]",
        ]
        for target in GETS:
            path = CONNECT + target.split("?")[0]
            self.expect(f"{target} without a token", 401, "GET", path)
            for name in ["type", "limit", "cursor", "from", "to", "date", "health_id"]:
                for value in odd:
                    self.expect(
                        f"{path}?{name}={value[:20]}", (200, 400, 403, 404, 422), "GET",
                        f"{path}?{name}={value}", self.bearer(),
                    )
            for place in ["x", "%00", "%ff", "..%2f", "a" * 3000, "' OR 1=1 --".replace(" ", "%20")]:
                for old in [CHART, FACILITY, "FAC-001", KNOWN]:
                    if old in path:
                        self.expect(
                            f"{path} of {place[:12]}", (403, 404, 422), "GET", path.replace(old, place),
                            self.bearer(),
                        )
