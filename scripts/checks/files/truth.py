"""Made-up people and what was done for them, as typed values: what the files of `dialects` must mean."""

import datetime
import decimal
import random

from checks.files.words import (
    APPOINTMENTS, COMPLAINTS, COMPONENTS, COUNTRIES, CURRENCIES, DIAGNOSES, DRUGS, FAMILY, GIVEN, GROUPS,
    NEWBORN, NUMERIC_TESTS, STATUSES, TEXT_TESTS,
)

TODAY = datetime.date.today()
ZONE = datetime.timezone(datetime.timedelta(hours=1))  # Africa/Douala has no summer time.
KINDS = ["patients", "visits", "lab_results", "prescriptions", "vitals", "diagnoses", "appointments",
         "pharmacy_stock", "blood_stock", "payments"]


class Truth:
    """All that one facility's system knows, in the script that its files can hold."""

    def __init__(self, dialect, number, count, seed):
        self.rng = random.Random(f"{seed} {dialect.name}")
        self.dialect = dialect
        self.language = dialect.language
        self.base = (number + 1) * 1_000_000
        self.rows = {kind: [] for kind in KINDS}
        for index in range(count):
            self.add_person(index)
        for index, person in enumerate(self.rows["patients"]):
            self.add_care(index, person)
            self.add_stock(index)
            self.add_payment(index)

    def choose(self, words):
        """One that the dialect's code page can write."""
        while True:
            word = self.rng.choice(words)
            if self.dialect.can_write(word):
                return word

    def name(self, pool):
        language = self.language
        if self.dialect.is_unicode and self.rng.random() < 0.15:
            language = "wide"
        return self.choose(pool[language].split(","))

    def day(self, first, last):
        start, end = datetime.date(first, 1, 1), min(datetime.date(last, 12, 31), TODAY)
        return start + datetime.timedelta(days=self.rng.randint(0, (end - start).days))

    def moment(self):
        day = self.day(TODAY.year - 1, TODAY.year - 1)
        minute = self.rng.randint(1, 24 * 60 - 1)  # Midnight with seconds is a day.
        return datetime.datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZONE)

    def add_person(self, index):
        rng, rows = self.rng, self.rows["patients"]
        country, code, lead = COUNTRIES[self.language]
        number = self.base + index
        person = {
            "reference": f"{number:09}" if rng.random() < 0.5 else f"HD-{number}",
            "first": self.name(GIVEN), "last": self.name(FAMILY),
            "born": self.day(1931, TODAY.year - 1), "sex": rng.choice(["male", "female"]),
            "phone": "+" + code + lead + f"{number % 100_000_000:08}" if rng.random() < 0.8 else None,
            "national_id": f"{rng.randint(10**10, 10**11 - 1)}" if rng.random() < 0.6 else None,
            "country": country, "blood": rng.choice(GROUPS + [None]),
        }
        before = rows[-1] if rows else None
        kind = index % 25
        if kind == 3:  # One name; a dash says so.
            person["last"] = None
        elif kind == 7 and before:  # A twin.
            person.update(last=before["last"], born=before["born"])
        elif kind in (11, 12):  # Two newborns of one mother.
            if kind == 12:
                person.update(first=before["first"], last=before["last"], born=before["born"])
            else:
                person["first"] = NEWBORN[self.language].format(person["first"])
                person["born"] = self.day(TODAY.year - 1, TODAY.year)
            person.update(phone=None, national_id=None)
        elif kind == 17 and before:  # Two people of one name.
            person.update(first=before["first"], last=before["last"])
        elif kind == 19:  # A year is all that is known.
            person["born"] = person["born"].year
        rows.append(person)

    def add_care(self, index, person):
        rng, number, language = self.rng, self.base + index, self.language
        self.rows["visits"].append({
            "person": person, "id": f"V{number}", "at": self.moment(),
            "type": {"fr": "Consultation", "en": "Outpatient", "ar": "عيادة"}[language],
            "complaint": self.choose(COMPLAINTS[language]), "diagnosis": self.choose(DIAGNOSES[language]),
            "notes": "Repos\nrevoir J+3" if self.dialect.has_line_breaks and index % 9 == 0 else None,
        })
        day = self.day(TODAY.year - 1, TODAY.year - 1)
        for name, unit, decimals, least, most, normal in rng.sample(NUMERIC_TESTS, rng.randint(1, 3)):
            if not self.dialect.can_write(name + unit):
                continue
            value = decimal.Decimal(rng.randint(least, most)).scaleb(-decimals)
            self.rows["lab_results"].append({
                "person": person, "order": f"{number:08}", "test": name, "value": value, "unit": unit,
                "range": normal, "flag": bool(normal) and not normal[0] <= value <= normal[1]
                if normal else None, "date": day})
        if index % 3 == 0:
            test, values = self.choose_pair(TEXT_TESTS[language])
            self.rows["lab_results"].append({
                "person": person, "order": f"{number:08}", "test": test, "value": rng.choice(values),
                "unit": None, "range": None, "flag": None, "date": day})
        self.rows["prescriptions"].append({
            "person": person, "id": f"ORD-{number}", "drug": self.choose(DRUGS[language]),
            "dose": rng.choice(["1 cp", "500 mg", "2"]), "frequency": rng.choice(["1-1-1", "1-0-1", "3x/j"]),
            "quantity": rng.randint(1, 90), "date": day})

        self.add_signs(person, day)
        self.rows["diagnoses"].append({
            "person": person, "code": rng.choice(["B54", "J06.9", "I10", "E11.9", "A09"]),
            "display": self.choose(DIAGNOSES[language]), "date": day})
        minute = rng.randrange(7 * 60, 18 * 60, 5)
        self.rows["appointments"].append({
            "person": person, "date": self.day(TODAY.year - 1, TODAY.year - 1),
            "from": datetime.time(minute // 60, minute % 60),
            "to": datetime.time(minute // 60 + 1, minute % 60) if index % 2 else None,
            "doctor": f"DR{index % 40:03}", "status": rng.choice(APPOINTMENTS)})

    def add_signs(self, person, day):
        """Blood pressure is written in centimetres of mercury as well, and then looks like a day."""
        rng = self.rng
        pressure = rng.choice([f"{rng.randint(100, 180)}/{rng.randint(60, 99)}",
                               f"{rng.randint(10, 12)}/{rng.randint(6, 9)}"])
        names = {"fr": ("TA", "Température", "Poids"), "en": ("BP", "Temperature", "Weight"),
                 "ar": ("ضغط الدم", "الحرارة", "الوزن")}[self.language]
        values = [(pressure, "mmHg" if len(pressure) > 5 else "cmHg"),
                  (decimal.Decimal(rng.randint(351, 405)).scaleb(-1), "C"),
                  (decimal.Decimal(rng.randint(25, 1200)).scaleb(-1), "kg")]
        for name, (value, unit) in zip(names, values):
            self.rows["vitals"].append({
                "person": person, "sign": name, "value": value, "unit": unit, "date": day})

    def choose_pair(self, pairs):
        while True:
            pair = self.rng.choice(pairs)
            if all(self.dialect.can_write(text) for text in [pair[0], *pair[1]]):
                return pair

    def add_stock(self, index):
        rng, number = self.rng, self.base + index
        expiry = TODAY + datetime.timedelta(days=rng.randint(40, 1400))
        self.rows["pharmacy_stock"].append({
            "code": f"MED{number}" if index % 2 else f"{number:09}", "name": self.choose(DRUGS[self.language]),
            "lot": f"L{rng.randint(100, 999)}/{number % 1000}",
            "quantity": rng.choice([rng.randint(0, 999), rng.randint(1000, 99_999)]),
            "unit": {"fr": "boîte", "en": "box", "ar": "علبة"}[self.language], "expiry": expiry,
            "reorder": rng.randint(1, 500)})
        self.rows["blood_stock"].append({
            "donation": f"D{number}", "group": rng.choice(GROUPS), "component": rng.choice(COMPONENTS),
            "expiry": TODAY + datetime.timedelta(days=rng.randint(2, 40)), "safe": True})

    def add_payment(self, index):
        rng, number = self.rng, self.base + index
        currency, decimals = rng.choice(CURRENCIES)
        most = 10 ** rng.randint(3, 7)
        amount = decimal.Decimal(rng.randint(1, most)).scaleb(-decimals)
        self.rows["payments"].append({
            "reference": f"REC-{number}" if index % 2 else f"{number:010}", "amount": amount,
            "currency": currency, "decimals": decimals, "at": self.moment(),
            "status": rng.choice(STATUSES), "method": rng.choice(["cash", "mobile_money", "card"])})
