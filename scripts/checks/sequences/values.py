"""Values that broken systems send, and good ones between them."""

import urllib.parse

DATES = [
    "1990-07-22", "1990-22-07", "1971-04-12", "1971-12-04", "9999-12-31", "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59+14:00", "0001-01-01", "0000-00-00", "0000-01-01T00:00:00-23:59",
    "-0001-01-01", "1900-01-01", "1970-01-01", "1969-12-31T23:59:59.999Z", "2026-02-30",
    "2026-07-01T10:00:00Z", "2026-07-01", "2200-01-01T00:00:00Z", "10000-01-01", "+275760-09-13",
    "292278994-08-17T07:12:55Z", "٢٠٢٦-٠٧-٠١", "22/07/1990", "/Date(253402300799999)/", "NaN", "",
    253402300799, 9223372036854775807, -9223372036854775808, 1e308, 0, -1,
]
AMOUNTS = [
    0, 1, -1, 1.5, "1", "1,5", "1 000", "999999999999", "999999999999999", "9" * 40, 2**31, 2**53,
    2**63 - 1, 2**63, -(2**63), 1e308, 1e-308, -0.0, "NaN", "Infinity", "0x10", "١٢", "", None, True,
]
NAMES = [
    "Ama", "Maryam", "Mariam", "Marie", "Ngo Bassong", "Atangana", "", " ", "\x00", "a\x00b", "\ud800",
    "\udfff\ud800", "\u0301", "a" + "\u0301" * 300, "\u202eama", "😀" * 40, "أمينة", "O'Brien", "=1+1",
    '"', '"\u0301', "\\", "%00", "../..", "x" * 101, "x" * 5000, "Baby of Ama", "Inconnu", "\ufeff",
]
WORDS = [
    "lab_results", "full_record", "KWD", "XAF", "CM", "XX", "female", "f", "treatment", "positive",
    "cardiac_arrest", "O+", "A", "final", "corrected", "cancelled", "*", "patient.created",
]


def deep(rng):
    value = "x"
    for _ in range(rng.choice([3, 60, 127, 128, 129, 400])):
        value = [value] if rng.random() < 0.5 else {"a": value}
    return value


class Values:
    def bad(self):
        rng = self.rng
        return rng.choice(
            [
                lambda: rng.choice(DATES), lambda: rng.choice(AMOUNTS), lambda: rng.choice(NAMES),
                lambda: rng.choice(WORDS), lambda: deep(rng), lambda: None, lambda: [], lambda: {},
                lambda: [self.bad() for _ in range(3)], lambda: {"a": 1, "b": [None]},
            ]
        )()

    def one(self, good):
        """Mostly the good one."""
        return self.bad() if self.rng.random() < 0.08 else good

    def name(self):
        return self.one(self.rng.choice(NAMES[:6] * 4 + NAMES))

    def date(self):
        return self.one(self.rng.choice(["1971-04-12", "1971-12-04", "1990-07-22"] * 8 + DATES))

    def moment(self):
        return self.one(self.rng.choice(["2026-07-01T10:00:00Z"] * 9 + DATES))

    def an_id(self, name="health_id"):
        some = self.known.get(name) or self.known["health_id"]
        if self.rng.random() < 0.04:
            return str(self.rng.choice(NAMES))
        return self.rng.choice(some[-40:])

    def number(self):
        return self.rng.choice(["A", "L", "é", "\u0301"]) + str(self.rng.randrange(12))

    def place(self, text):
        return urllib.parse.quote(str(text).encode("utf-8", "surrogatepass"), safe="")
