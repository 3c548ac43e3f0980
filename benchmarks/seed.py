#!/usr/bin/env python3
"""Fills a sandbox data folder with patients, the way the server would have stored them.

usage: seed.py DATA_FOLDER COUNT

Start the server once on the folder first, so that the schema is there; stop it before seeding, and
run "opescare patients reindex" afterwards. The
same COUNT gives the same patients: id i has the Health ID health_id(i), which the load scripts use.
"""
import random
import sqlite3
import sys

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GIVEN = [a + b for a in ["Ama", "Kofi", "Nia", "Zola", "Ife", "Tao", "Lin", "Sara", "Omar", "Eva"]
         for b in ["", "na", "ri", "lo", "mi", "ke", "ta", "so", "va", "du"]]
FAMILY_COUNT = 50_000


def health_id(i):
    """A Health ID (contract § 2) that is a fixed shuffle of i."""
    value = (i * 0x5DEECE66D + 0xB) % (1 << 55)
    values = [value >> 5 * k & 31 for k in range(11)]
    total = 0
    for k, v in enumerate(reversed(values)):
        v = v * 2 if k % 2 == 0 else v
        total += v // 32 + v % 32
    values.append(-total % 32)
    text = "".join(SYMBOLS[v] for v in values)
    return f"CM-HID-{text[:4]}-{text[4:8]}-{text[8:]}"


def person(i):
    """First name, last name, birth date and sex of patient i."""
    pick = random.Random(i)
    first = pick.choice(GIVEN)
    last = "Nk" + "".join("aeioukmnlt"[int(d)] for d in f"{pick.randrange(FAMILY_COUNT):05d}")
    born = f"{pick.randint(1930, 2024):04d}-{pick.randint(1, 12):02d}-{pick.randint(1, 28):02d}"
    return first, last, born, pick.choice(["male", "female"])


def rows(count):
    for i in range(1, count + 1):
        first, last, born, sex = person(i)
        yield (1000 + i, health_id(i), first, last, born, sex,
               f"+2376{i % 100_000_000:08d}", f"{i % 100_000_000:08d}")
        if i % 100_000 == 0:
            print(f"\r{i} of {count} patients", end="", file=sys.stderr)


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    database = sqlite3.connect(f"{folder}/opescare.db")
    database.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-2000000;")
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO patients (id, health_id, first_name, last_name, "
        "date_of_birth, country_code, sex, phone_number, phone_key, verification_status, identity_status, "
        "created_by, created_at, updated_at) "
        "VALUES (?, ?, ?, ?, ?, 'CM', ?, ?, ?, 'unverified', 'active', 'system', 0, 0)",
        rows(count))
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    print(file=sys.stderr)


if __name__ == "__main__":
    main()
