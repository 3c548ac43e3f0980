"""Records whose members are made by chance, from words that programs do write."""

from checks.fhir.records import HOSTILE, LINES, TABLES

WORDS = [
    "", " ", "N/A", "NULL", "0", "-", "12", "12.5", "12,5", "1.000,5", "<0.01", ">100", "1e309", "-1", "120/80", "٣٫٥",
    "positive", "négatif", "H", "oui", "active", "closed", "entered-in-error", "2026-05-30", "30/05/2026", "2026-13-45",
    "2026-05-30T08:00:00+14:00", "A00.0", "718-7", "ICD-10", "http://loinc.org", "urn:uuid:x", "mg/dL", "%", "°C",
    "\u00a0", "\u2028", "\ufeff", "a\u0301", "\ud7ff", "\U0001f600", "x" * 300, HOSTILE, LINES, "\x00", "a\tb", "true", "=1+1", "#REF!",
]
OTHER = [None, True, False, 0, -1, 1.5, 10 ** 30, 1e-12, [], {}, [None], ["a", 1], {"value": "1", "unit": "kg"}]


def value_of_chance(rng):
    return rng.choice(WORDS) if rng.random() < 0.75 else rng.choice(OTHER)


def record_of_chance(rng):
    """A kind, and a body: one of the tables with some members exchanged."""
    kind = rng.choice(list(TABLES))
    body = dict(rng.choice(TABLES[kind]))
    names = sorted({name for one in TABLES[kind] for name in one})
    for _ in range(rng.randint(1, 5)):
        body[rng.choice(names)] = value_of_chance(rng)
    if kind == "encounters" and rng.random() < 0.5:
        body["diagnoses"] = [members(rng, "system", "code", "display", "status") for _ in range(rng.randint(0, 4))]
        body["vitals"] = [members(rng, "name", "value", "unit") for _ in range(rng.randint(0, 4))]
    return kind, body


def members(rng, *names):
    return {name: value_of_chance(rng) for name in names if rng.random() < 0.8}
