"""Patients, searched and resolved."""

import json
import os

import seed
from suites.program import CORES, free_port


def search_script(bench, program, name):
    return bench.script(name, f"""
        wrk.headers["Authorization"] = "Bearer {bench.token(program)}"
        local ids = {{}}
        for id in io.lines("{ids(bench)}") do ids[#ids + 1] = id end
        math.randomseed(os.time())
        request = function()
            return wrk.format("GET", "/api/v1/connect/patient/search?health_id="
                .. ids[math.random(#ids)])
        end
        """)


def ids(bench):
    count = bench.options.patients
    path = f"{bench.work}/ids-{count}"
    if not os.path.exists(path):
        step = max(1, count // 200_000)
        with open(path, "w") as file:
            for number in range(1, count + 1, step):
                file.write(seed.health_id(number) + "\n")
    return path


def search(bench):
    servers = bench.every(bench.options.patients)
    folder = bench.folder(bench.options.patients, "run-limit")
    keys = f"{folder}/keys"
    pem = next(f"{keys}/{name}" for name in sorted(os.listdir(keys)) if name.endswith(".pem"))
    port = free_port()
    limit = bench.start("c-limit", [bench.limit("search", " -lsqlite3 -lcrypto"),
                                   f"{folder}/opescare.db", pem, port, CORES], port)
    scripts = [search_script(bench, server, f"search-{server.port}") for server in servers]
    # The limit program works on a copy of the first one's folder, and knows its keys.
    bench.compare(f"audited search, {bench.options.patients:,} patients",
                 [(one.name, one, "", script)
                  for one, script in zip([limit] + servers, scripts[:1] + scripts)])


def resolve(bench):
    count = bench.options.patients
    arms = []
    for server in bench.every(count):
        prefix = "" if len(bench.binaries) == 1 else server.name + " "
        arms += resolve_arms(bench, server, prefix)
    bench.compare(f"resolve, {count:,} patients", arms)


def resolve_arms(bench, server, prefix):
    """A search, and resolves of who is found, who is named by a Health ID, and who is new."""
    count = bench.options.patients
    bodies = f"{bench.work}/bodies-{count}"
    if not os.path.exists(bodies):
        with open(bodies, "w") as file:
            for number in range(1, count + 1, max(1, count // 20_000)):
                first, last, born, sex = seed.person(number)
                file.write(json.dumps({
                    "first_name": first, "last_name": last, "date_of_birth": born, "sex": sex,
                    "country_code": "CM", "phone_number": f"+2376{number % 100_000_000:08d}"},
                    separators=(",", ":")) + "\n")
    head = f"""
        wrk.method = "POST"
        wrk.headers["Authorization"] = "Bearer {bench.token(server)}"
        wrk.headers["Content-Type"] = "application/json"
        math.randomseed(os.time() * 1000 + math.floor(os.clock() * 1e6) % 1000)
        """
    found = bench.script(f"found-{server.port}", head + f"""
        local bodies = {{}}
        for body in io.lines("{bodies}") do bodies[#bodies + 1] = body end
        request = function()
            return wrk.format(nil, nil, nil, bodies[math.random(#bodies)])
        end
        """)
    known = bench.script(f"known-{server.port}", head + f"""
        local ids = {{}}
        for id in io.lines("{ids(bench)}") do ids[#ids + 1] = id end
        request = function()
            local id = ids[math.random(#ids)]
            return wrk.format(nil, nil, nil, '{{"health_id":"' .. id .. '"}}')
        end
        """)
    created = bench.script(f"created-{server.port}", head + """
        local letters = "bcdfghjklmnpqrstvwxz"
        local function name()
            local text = "Q"
            for i = 1, 12 do
                local at = math.random(#letters)
                text = text .. letters:sub(at, at)
            end
            return text
        end
        request = function()
            return wrk.format(nil, nil, nil, string.format(
                '{"first_name":"%s","last_name":"%s","date_of_birth":"19%02d-%02d-%02d",'
                .. '"sex":"female","country_code":"CM"}',
                name(), name(), math.random(40, 99), math.random(12), math.random(28)))
        end
        """)
    search = search_script(bench, server, f"search-{server.port}")
    path = "/api/v1/connect/patients/resolve"
    return [(prefix + "search", server, "", search),
            (prefix + "resolve found", server, path, found),
            (prefix + "resolve health_id", server, path, known),
            (prefix + "resolve created", server, path, created)]
