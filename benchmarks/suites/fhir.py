"""FHIR, beside Connect's own reads and writes of the same rows."""

import json
import re
import subprocess
import time
import urllib.request

import seed
from suites.bench import CONNECT
from suites.patients import ids, search_script
from suites.records import push_pages
from suites.sync import AGENT

FHIR = "/api/fhir/R4"
SCOPES = ("patient:read patient:profile:read patient:diagnostics:read health_id:verify consents:write labs:write system/*.rs "
          "system:export")
PATIENTS = 200


def fhir(bench):
    """Reads, searches and writes by turns; then what is long, once a round."""
    server = bench.every(bench.options.patients)[0]
    who = register(bench, "bench_fhir")
    pages = push_pages(bench, server, PATIENTS, reader=who)
    token = bench.token(server, who)
    compare_small(bench, server, token, pages)
    compare_long(bench, server, token)
    match(bench, server)
    export(bench, server, token)


def register(bench, name):
    told = subprocess.run(
        [bench.binaries[0], "client", "create", "--data", f"{bench.work}/run-0", "--id", name,
         "--scopes", SCOPES, "--rate-limit", "0", "--facility", "FAC-001"],
        capture_output=True, text=True, check=True).stdout
    return name, re.search(r"^client_secret\s+(\S+)", told, re.M)[1]


def compare_small(bench, server, token, pages):
    def get(name, *lines):
        return bench.script(f"fhir-{name}", f"""
            wrk.headers["Authorization"] = "Bearer {token}"
            local ids, pages = {{}}, {{ {", ".join(f'"{page}"' for page in pages)} }}
            for id in io.lines("{ids(bench)}") do ids[#ids + 1] = id end
            math.randomseed(os.time())
            request = function()
                local id, page = ids[math.random(#ids)], pages[math.random(#pages)]
                {" ".join(lines)}
            end
            """)

    fhir_page = 'page:match("patient/([^/]+)/")'
    system = "https://opescare.com/fhir/health-id"
    people = f"{bench.work}/people-{bench.options.patients}"
    with open(people, "w") as file:
        step = max(1, bench.options.patients // 20_000)
        for number in range(1, bench.options.patients + 1, step):
            first, last, born, sex = seed.person(number)
            phone = f"+2376{number % 100_000_000:08d}"
            file.write("\t".join([last, first, born, sex, phone]) + "\n")

    def post(name, path, body):
        return bench.script(f"fhir-{name}", f"""
            wrk.method = "POST"
            wrk.headers["Authorization"] = "Bearer {token}"
            wrk.headers["Content-Type"] = "application/json"
            local people = {{}}
            for line in io.lines("{people}") do people[#people + 1] = line end
            math.randomseed(os.time())
            request = function()
                local last, first, born, sex, phone = people[math.random(#people)]:match(
                    "([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)")
                return wrk.format("POST", "{path}", nil,
                    string.format("{body}", last, first, born, sex, phone))
            end
            """)

    connect = json.dumps({
        "last_name": "%s", "first_name": "%s", "date_of_birth": "%s", "sex": "%s",
        "phone_number": "%s", "country_code": "CM"}).replace('"', '\\"')
    arms = [
        ("search", server, "", search_script(bench, server, "fhir-base")),
        ("Patient read", server, "", get(
            "read", f'return wrk.format("GET", "{FHIR}/Patient/" .. id)')),
        ("Patient by identifier", server, "", get(
            "identifier",
            f'return wrk.format("GET", "{FHIR}/Patient?identifier={system}%7C" .. id)')),
        ("resolve found", server, "", post("resolve", CONNECT + "/patients/resolve", connect)),
        ("Connect, 50 results", server, "", get("page", 'return wrk.format("GET", page)')),
        ("Observation, 50", server, "", get(
            "observations",
            f'return wrk.format("GET", "{FHIR}/Observation?category=laboratory&_count=50'
            f'&patient=" .. {fhir_page})')),
    ]
    bench.compare(f"FHIR, {bench.options.patients:,} patients", arms)


def compare_long(bench, server, token, rows=1000):
    def call(method, path, body=None, prefer=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}{path}",
            json.dumps(body).encode() if body is not None else None,
            {"Authorization": "Bearer " + token, "Content-Type": "application/json",
             **({"Prefer": prefer} if prefer else {})}, method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    patient = seed.health_id(2)
    call("POST", f"{CONNECT}/patient/{patient}/consent/grant",
         {"consent_type": "full_record", "expires_at": "2100-01-01"})

    def push(number):
        return {"health_id": patient, "test_name": "Hémoglobine", "unit": "g/dL",
                "result_value": str(number / 10), "reference_range": "12.0-16.0",
                "occurred_at": f"2026-05-{number % 28 + 1:02d}T10:00:00Z"}

    def observation(number):
        return {"resource": {
            "resourceType": "Observation", "status": "final",
            "category": [{"coding": [{"code": "laboratory"}]}], "code": {"text": "Hémoglobine"},
            "subject": {"reference": "Patient/" + patient},
            "valueQuantity": {"value": number / 10, "unit": "g/dL"},
            "referenceRange": [{"text": "12.0-16.0"}],
            "effectiveDateTime": f"2026-05-{number % 28 + 1:02d}T10:00:00Z"},
            "request": {"method": "POST", "url": "Observation"}}

    for number in range(rows):
        call("POST", CONNECT + "/records/lab-results", push(number))

    def pages():
        path, count = f"{CONNECT}/patient/{patient}/records?type=lab_results&limit=100", 0
        while path:
            answer = json.loads(call("GET", path))
            count += len(answer["records"]["lab_results"])
            cursor = answer.get("next_cursor")
            path = cursor and (f"{CONNECT}/patient/{patient}/records?type=lab_results"
                               f"&limit=100&cursor={cursor}")
        return count

    def everything():
        path, count = f"{FHIR}/Patient/{patient}/$everything?_count=500", 0
        while path:
            answer = json.loads(call("GET", path))
            count += sum(entry["resource"]["resourceType"] == "Observation"
                         for entry in answer.get("entry", []))
            links = {link["relation"]: link["url"] for link in answer["link"]}
            path = "next" in links and links["next"][links["next"].index("/api/"):]
        return count

    def pushes():
        for number in range(100):
            call("POST", CONNECT + "/records/lab-results", push(number + 5000))
        return 100

    def transaction():
        call("POST", FHIR, {"resourceType": "Bundle", "type": "transaction",
                            "entry": [observation(number) for number in range(100)]},
             prefer="return=minimal")
        return 100

    print(f"\n{'':24}{'rows':>8}{'CPU µs a row':>14}{'rows/s':>12}{'peak MB':>9}")
    for name, body in [("Connect, pages of 100", pages), ("$everything", everything),
                       ("100 pushes", pushes), ("transaction of 100", transaction)]:
        before, start, count = server.cpu(), time.monotonic(), 0
        while time.monotonic() - start < bench.options.seconds:
            count += body()
        print_long(name, server, count, before, start)


def match(bench, server, clients=20):
    """Each client may ask 60 times a minute, so that there are several."""
    def ask(token, path, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}{path}", json.dumps(body).encode(),
            {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            answer.read()

    people = [seed.person(1 + number * max(1, bench.options.patients // 1200)) for number in range(1200)]
    tokens = [bench.token(server, register(bench, f"bench_match_{number}")) for number in range(clients)]
    for name, path, body in [
            ("resolve, found", CONNECT + "/patients/resolve", lambda first, last, born, sex: {
                "first_name": first, "last_name": last, "date_of_birth": born, "sex": sex}),
            ("Patient/$match", FHIR + "/Patient/$match", lambda first, last, born, sex: {
                "resourceType": "Patient", "name": [{"family": last, "given": [first]}],
                "birthDate": born, "gender": sex})]:
        before, start = server.cpu(), time.monotonic()
        for number, person in enumerate(people):
            ask(tokens[number % clients], path, body(*person))
        print_long(name, server, len(people), before, start)


def print_long(name, server, count, before, start):
    print(f"{name:24}{count:>8}{(server.cpu() - before) * 1e6 / count:>14.1f}"
          f"{count / (time.monotonic() - start):>12,.0f}{server.peak():>9.1f}")


def export(bench, server, token, rows=100_000):
    """What the agent of one facility sent of those patients, in files."""
    patients = [seed.health_id(1 + i * max(1, bench.options.patients // PATIENTS))
                for i in range(PATIENTS)]

    def ask(path, fields, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}{path}" if path.startswith("/") else path,
            json.dumps(body).encode() if body else None, fields)
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()

    agent = {"X-Bridge-Agent-ID": AGENT[0], "X-Bridge-Agent-Key": AGENT[1],
             "Content-Type": "application/json"}
    for first in range(0, rows, 1000):
        ask("/api/v1/bridge/sync", agent, {"records": [
            {"record_type": "lab_result", "health_id": patients[number % PATIENTS],
             "test_name": "Hémoglobine", "result_value": str(number / 10), "unit": "g/dL",
             "reference_range": "12.0-16.0", "external_lab_order_id": f"X{number}",
             "occurred_at": f"2026-05-{number % 28 + 1:02d}T10:00:00Z"}
            for number in range(first, first + 1000)]})
    reader = {"Authorization": "Bearer " + token, "Prefer": "respond-async"}
    before, start = server.cpu(), time.monotonic()
    _, headers, _ = ask(FHIR + "/$export?_type=Observation", reader)
    status = 202
    while status == 202:
        time.sleep(0.05)
        status, _, body = ask(headers["Content-Location"], reader)
    files = json.loads(body)["output"]
    count = sum(file["count"] for file in files)
    print_long("$export, writing", server, count, before, start)
    before, start = server.cpu(), time.monotonic()
    lines = sum(ask(file["url"], reader)[2].count(b"\n") for file in files)
    print_long("$export, downloads", server, lines, before, start)
