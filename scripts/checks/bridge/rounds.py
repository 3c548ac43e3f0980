"""Rounds of kills behind a network that fails."""

import random
import time

from checks.bridge.ledger import Ledger, verify
from checks.harness import live, verdict
from checks.harness.bridge_site import LIMIT, Site
from checks.harness.faulty_proxy import FaultyProxy


def rounds(findings, options):
    rng = random.Random(options.seed)
    data = live.scratch_folder("bridge-data")
    proxy = FaultyProxy(options.seed, options.rate)
    site = Site(options.bridge, proxy.port, "rounds", batch_size=25)
    ledger = Ledger()
    kills = 0
    server = live.Server(options.program, data)
    proxy.upstream = server.port
    try:
        for number in range(1, options.rounds + 1):
            proxy.rate = options.rate
            site.start()
            for _ in range(rng.randint(2, 5)):
                for _ in range(rng.randint(1, 3)):
                    make = rng.choice([ledger.results_file, ledger.patients_file])
                    site.drop(*make(rng, rng.randint(1, options.rows)))
                time.sleep(rng.random() * 0.4)
                if rng.random() < 0.7:
                    site.kill()
                    kills += 1
                    site.start()
                if rng.random() < 0.3:
                    proxy.upstream = None
                    server.kill()
                    kills += 1
                    time.sleep(rng.random() * 0.2)
                    server = live.Server(options.program, data)
                    proxy.upstream = server.port
            time.sleep(rng.random() * 0.5)
            site.kill()
            kills += 1
            # With some luck this brings everything home in spite of the faults.
            proxy.rate = options.rate / 2
            site.run("--once", timeout=LIMIT * 2)
            proxy.rate = 0
            done = site.once()
            findings.check(
                done.returncode in (0, 3), f"round {number}: --once: {done.stderr[-2000:]}")
            is_last = number == options.rounds or time.monotonic() > options.until
            if number % 10 == 0 or is_last:
                verify(findings, f"round {number}", site, ledger, data)
                print(f"  round {number}: {len(ledger.results)} results, {len(ledger.patients)} "
                      f"patients, {len(ledger.bad)} bad rows, {kills} kills", flush=True)
            if findings.count > 20 or is_last:
                break
        server.stop()
        verdict.check_intact(findings, options.program, data)
        faults = ", ".join(f"{kind} {count}" for kind, count in proxy.counts.items())
        print(f"  faults: {faults}; {proxy.passed} requests passed")
        findings.check(
            number < 10 or min(proxy.counts.values()) > 0, "a fault never happened")
    finally:
        proxy.close()
        server.kill()
        if findings.count:
            print(f"  kept: {site.folder} {data}")
            site.kill()
        else:
            site.remove()
            live.remove(data)
