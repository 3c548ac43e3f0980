"""What once ended the server: many lists at a time, each within every limit."""

from concurrent.futures import ThreadPoolExecutor

from checks.faults.beside import Beside
from checks.faults.group import Group, KNOWN
from checks.harness import verdict, wire

LISTS = "/api/healthcare/patients"
SYNC = "/api/v1/bridge/sync"
CREDENTIALS = {
    LISTS: {"X-API-Key": "demo_healthcare_key_sandbox_2026"},
    SYNC: {"X-Bridge-Agent-ID": wire.AGENT[0], "X-Bridge-Agent-Key": wire.AGENT[1]},
}
# Its check symbol is wrong; and one that nobody has.
WRONG, NOBODY = "CM-HID-7KQ9-MP42-X8D2", "OPC-2024-NBDY1"
RESIDENT = 256  # MiB, at most at any time.


def patients(count, start):
    """New ones, each with a name, a file number and a birth date of its own."""
    def letters(number):
        return "".join(chr(97 + int(digit)) for digit in str(number))

    return wire.encode([
        {"patientNo": f"F-{number}", "name": f"Ama{letters(number)} Ngo{letters(number * 7)}",
         "dateOfBirth": f"{1940 + number % 70}-{number % 12 + 1:02}-{number % 28 + 1:02}"}
        for number in range(start, start + count)
    ])


def records(health_id):
    """A sync of 15.8 MB: 4,900 results for a Health ID, each with a long note."""
    note = "n" * 3015
    return wire.encode({"records": [
        {"record_type": "lab_result", "data": {
            "health_id": health_id, "test_name": "Hb", "result_value": "12.1", "unit": "g/dL",
            "external_id": f"flood-{number}", "date": "2026-06-01T08:00:00Z", "note": note}}
        for number in range(4900)
    ]})


class Floods(Group):
    def fault_flood_of_objects(self):
        """300 lists and syncs at one moment, each of 5,000 objects that say nothing."""
        item = b"[" + b"{}," * 4999 + b"{}]"
        self.flood([(LISTS, item), (SYNC, b'{"records":' + item + b"}")] * 150, 300)

    def fault_flood_of_patients(self):
        """Lists of new patients: three of 5,000 at a time, then twelve of 1,000."""
        self.flood(
            [(LISTS, patients(5000, 100_000 + 5000 * turn)) for turn in range(3)], 3,
            [(LISTS, patients(1000, 200_000 + 1000 * turn)) for turn in range(12)], 12)

    def fault_flood_of_syncs(self):
        """A gibibyte in 68 syncs, three at a time: of records that are refused, that are stored once, and
        that wait for their Health ID."""
        bodies = [records(WRONG), records(KNOWN), records(NOBODY)]
        self.flood([(SYNC, bodies[turn % 3]) for turn in range(68)], 3)

    def flood(self, *waves):
        """Waves of requests, each followed by how many of it are sent at a time, in two gibibytes of
        addresses. None is answered with a failure of the server; a 503 says when to come again."""
        folder = self.folder()
        server = self.serve(folder, wrap=("prlimit", f"--as={2 << 30}"))
        statuses = {}

        def ask(request):
            target, body = request
            with server.client(timeout=300) as client:
                answer = client.ask("POST", target, CREDENTIALS[target], body)
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            self.check(answer.status < 500 or answer.status == 503, f"{target}: {answer.status}")
            if answer.status == 503:
                verdict.check_refusal(self.findings, self.name, answer)
            self.check(len(answer.body) < 4 << 20, f"{target}: {len(answer.body)} bytes")

        with Beside(self, server) as beside:
            beside.case = self.name
            for requests, count in zip(waves[::2], waves[1::2]):
                with ThreadPoolExecutor(count) as pool:
                    list(pool.map(ask, requests))
        peak = server.peak() / 2**20
        self.check(peak < RESIDENT, f"{peak:.0f} MiB resident")
        self.check(set(statuses) - {503}, f"nothing but refusals: {statuses}")
        beside.judge(self.name)
        self.figures.append(f"{self.name}: {peak:.0f} MiB resident, answers {statuses}")
        self.end(server, folder)
