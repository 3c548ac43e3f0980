"""Lab results, pushed and read."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import seed
from suites.bench import CONNECT
from suites.patients import ids, search_script

READER = ("demo_dev_sandbox", "demo_secret_sandbox_2026")


def records(bench):
    """Pushed one by one, and read fifty at a time."""
    arms = []
    for server in bench.every(bench.options.patients):
        prefix = "" if len(bench.binaries) == 1 else server.name + " "
        arms += record_arms(bench, server, prefix)
    bench.compare(f"records, {bench.options.patients:,} patients", arms)


def record_arms(bench, server, prefix):
    """A search, pushes with and without a key, and a page of fifty."""
    pages = push_pages(bench, server)
    push = bench.script(f"push-{server.port}", f"""
        wrk.method = "POST"
        wrk.headers["Authorization"] = "Bearer {bench.token(server)}"
        wrk.headers["Content-Type"] = "application/json"
        local ids, number = {{}}, 0
        for id in io.lines("{ids(bench)}") do ids[#ids + 1] = id end
        local run = os.time() .. "-" .. math.floor(os.clock() * 1e6)
        math.randomseed(os.time())
        request = function()
            number = number + 1
            local name = run .. "-" .. number
            wrk.headers["Idempotency-Key"] = name
            return wrk.format(nil, nil, nil, '{{"health_id":"' .. ids[math.random(#ids)]
                .. '","test_name":"HbA1c","result_value":"9.2%","unit":"%","reference_range":'
                .. '"4.0-5.6%","flagged":true,"flag_level":"high",'
                .. '"occurred_at":"2026-06-01T08:00:00Z","external_lab_order_id":"'
                .. name .. '"}}')
        end
        """)
    unkeyed = bench.script(
        f"push-unkeyed-{server.port}",
        open(push).read().replace('wrk.headers["Idempotency-Key"] = name', ""))
    read = bench.script(f"read-{server.port}", f"""
        wrk.headers["Authorization"] = "Bearer {bench.token(server, READER)}"
        local pages = {{ {", ".join(f'"{page}"' for page in pages)} }}
        math.randomseed(os.time())
        request = function() return wrk.format("GET", pages[math.random(#pages)]) end
        """)
    search = search_script(bench, server, f"search-{server.port}")
    path = CONNECT + "/records/lab-results"
    return [(prefix + "search", server, "", search),
            (prefix + "push", server, path, unkeyed),
            (prefix + "push with key", server, path, push),
            (prefix + "read 50 rows", server, "", read)]


def push_pages(bench, server, patients=200, rows=50, reader=READER):
    """Gives so many patients a page of lab results each; returns where to read them."""
    writer, reader = bench.token(server), bench.token(server, reader)
    ids = [seed.health_id(1 + i * max(1, bench.options.patients // patients))
           for i in range(min(patients, bench.options.patients))]

    def post(token, path, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}{CONNECT}{path}", json.dumps(body).encode(),
            {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
        urllib.request.urlopen(request).close()

    def fill(health_id):
        post(reader, f"/patient/{health_id}/consent/grant",
             {"consent_type": "full_record", "expires_at": "2100-01-01"})
        for number in range(rows):
            post(writer, "/records/lab-results", {
                "health_id": health_id, "test_name": "Hémoglobine", "unit": "g/dL",
                "result_value": number / 10, "reference_range": "12.0-16.0",
                "occurred_at": f"2026-05-{number % 28 + 1:02d}T10:00:00Z"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fill, ids))
    return [f"{CONNECT}/patient/{one}/records?type=lab_results&limit={rows}" for one in ids]
