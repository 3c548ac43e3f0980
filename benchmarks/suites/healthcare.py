"""Lists of a desktop system."""

import json
import statistics
import sys
import urllib.request

from suites.sync import peer_token, start_peer, sync_script

DESKTOP_KEY = "demo_healthcare_key_sandbox_2026"


def healthcare(bench):
    """Lists of 500 records of a desktop system, by kind: new ones, and the same again."""
    arms = []
    if bench.options.peer:
        peer = start_peer(bench)
        arms.append(("peer", peer, "/bridge/sync", sync_script(bench, 
            "healthcare-peer", {"Authorization": "Bearer " + peer_token(bench, peer)})))
    else:
        print("no --peer: there is nothing to compare with", file=sys.stderr)
    for server in bench.every(bench.options.patients):
        send_booked(bench, server)
        for entity in ("clinics", "doctors", "patients", "appointments"):
            for kind in ("new", "same"):
                arms.append((f"{server.name} {entity} {kind}", server,
                             "/api/healthcare/" + entity, healthcare_script(bench, entity, kind)))
    results = bench.compare(
        f"healthcare, 500 rows a request, {bench.options.patients:,} patients", arms,
        connections=4)
    for label, rounds in results.items():
        rate = statistics.median(one["rate"] for one in rounds) * 500
        cost = statistics.median(one["cpu"] for one in rounds) / 500
        print(f"{label}: {rate:,.0f} rows/s, {cost:.1f} µs CPU a row")


def send_booked(bench, server):
    """The patients for whom appointments are booked."""
    rows = [{"name": f"Given{number} Family{number * 7919 % 500}", "patientNo": f"B-{number}"}
            for number in range(1, 501)]
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/healthcare/patients", json.dumps(rows).encode(),
        {"Content-Type": "application/json", "X-API-Key": DESKTOP_KEY})
    with urllib.request.urlopen(request) as answer:
        if json.load(answer)["failed"]:
            sys.exit("the patients of the appointments were refused")


def healthcare_script(bench, entity, kind):
    """What the documents print, with keys and names of its own in every row."""
    rows = {
        "clinics": """'{"name":"Clinic %s","code":"CLN-%s","number":"104","specialization":'
            .. '"Pediatrics","clinicType":"Outpatient","branch":"Riyadh Main","floor":"1st Floor",'
            .. '"location":"Building A, West Wing","accountNo":"GL-1200","costCenterNo":"CC-901",'
            .. '"address":"Olaya Street, Riyadh","phone":"+966500000000","email":'
            .. '"pediatrics@hwadiclinic.com","isActive":true}', tag, tag""",
        "doctors": """'{"name":"Dr. Sarah %s","aName":"د. سارة العتيبي","code":"DOC-%s",'
            .. '"branch":"Riyadh Main","gender":"Female","dateOfBirth":"1985-05-12",'
            .. '"email":"s.otaibi@hwadiclinic.com","phone":"+966501111111","specialization":'
            .. '"Pediatrics","licenseNumber":"LIC-%s","isActive":true,"clinicCodes":[]}',
            tag, tag, tag""",
        "patients": """'{"name":"%s %s","patientNo":"P-%s","firstName":"%s","lastName":"%s",'
            .. '"mobile":"+9665%08d","dateOfBirth":"19%02d-%02d-%02d","gender":"Male","email":'
            .. '"someone@example.com","bloodType":"O+","isActive":true}',
            given, family, tag, given, family, count * 7919 % 100000000, 30 + count % 69,
            1 + count % 12, 1 + count % 28""",
        # Of the 500 patients that are there, each in a slot of its own.
        "appointments": """'{"patientNo":"B-%d","date":"%04d-%02d-%02dT00:00:00","timeFrom":'
            .. '"%02d:%02d:00","timeTo":"23:59:00","status":"Confirmed","notes":'
            .. '"Regular pediatric dental consult."}', i, 1970 + run % 220 + list % 8,
            1 + run % 12, 1 + list % 28, list / 28 % 24, list / 672 % 60""",
    }
    return bench.script(f"healthcare-{entity}-{kind}", f"""
        wrk.method = "POST"
        wrk.headers["Content-Type"] = "application/json"
        wrk.headers["X-API-Key"] = "{DESKTOP_KEY}"
        math.randomseed({"os.time() + os.clock() * 1e6" if kind == "new" else 7})
        local run, count, parts = math.random(1e9), 0, {{}}
        local function word()
            local text = ""
            for i = 1, 4 do
                text = text .. string.char(97 + math.random(0, 25), 97 + math.random(0, 25))
            end
            return text
        end
        local function list()
            local list = count / 500
            for i = 1, 500 do
                count = count + 1
                local tag = run .. "-" .. count
                local given, family = word(), word()
                parts[i] = string.format({rows[entity]})
            end
            return "[" .. table.concat(parts, ",") .. "]"
        end
        local body = list()
        request = function()
            return wrk.format(nil, nil, nil, {"list()" if kind == "new" else "body"})
        end
        """)
