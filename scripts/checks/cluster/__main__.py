"""Kills what a registry on PostgreSQL stands on, and looks what is left.

A primary, two standbys of which one must have every commit, and two servers on loopback. Callers push laboratory results through both servers,
each under an id and an Idempotency-Key of its own, and repeat what they got no answer to. Every round kills the
primary and promotes the standby that is ahead, or kills a server, or both, and then makes what was killed anew; or
stops the primary (SIGSTOP), promotes, and lets it go on beside its successor for a while. In the end:

    every result that was acknowledged is there, and none is there twice;
    the audit log is one chain, whoever wrote;
    after a promotion somebody was served again within --within seconds;
    GET /health was answered all the while, 99 of 100 within --health seconds.

    scripts/check cluster -- --rounds 50      for a night
    scripts/check cluster -- --serve          leaves the cluster running and says how to reach it

PostgreSQL 15 or newer is needed (Debian: postgresql), and setpriv. Exit status: 0, 1, or 77 without them.
"""

import argparse
import random
import sys
import time

from checks.cluster.callers import Callers, HealthWatch
from checks.cluster.postgres import Postgres, find_programs
from checks.cluster.servers import Registry
from checks.harness import programs


def promote(callers, sites, wanted):
    """The standby that is ahead becomes the primary; returns how long nobody was served afterwards."""
    killed, *standbys = sites
    chosen, other = sorted(standbys, key=Postgres.received, reverse=True)
    other.turn_to(chosen)
    chosen.promote()
    promoted = time.monotonic()
    if not callers.wait_for_success(promoted, wanted + 30):
        raise SystemExit("cluster: nobody was served within half a minute after the promotion")
    waited = callers.first_success_after(promoted) - promoted
    if killed.is_alive:
        killed.thaw()
        time.sleep(1.5)
        killed.kill()
    killed.follow(chosen)
    chosen.require_standbys(2)
    sites[:] = [chosen, other, killed]
    return waited


def run_round(kind, registry, callers, sites, wanted, chance):
    time.sleep(chance.uniform(0.3, 1.0))
    if kind in ("server", "both"):
        registry.servers[chance.randrange(2)].kill()
    waited = None
    if kind in ("primary", "both", "frozen"):
        if kind == "frozen":
            sites[0].freeze()
        else:
            sites[0].kill()
        time.sleep(chance.uniform(0, 0.5))
        waited = promote(callers, sites, wanted)
    registry.restart_killed()
    callers.servers = registry.ports()
    return waited


def serve(registry, sites):
    print("   Two servers on one PostgreSQL with two standbys:")
    for port in registry.ports():
        print(f"     http://127.0.0.1:{port}")
    print(f"     psql {registry.address}\n   Ctrl-C ends them.")
    try:
        while all(site.is_alive for site in sites):
            time.sleep(1)
    except KeyboardInterrupt:
        pass


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--within", type=float, default=2.0, help="seconds (default 2)")
    parser.add_argument("--health", type=float, default=0.1, help="seconds (default 0.1)")
    parser.add_argument("--serve", action="store_true", help="start it, and leave it running")
    options = programs.options(parser)
    found = find_programs()
    if not found:
        print("   PostgreSQL 15 or newer and setpriv are not installed: apt-get install postgresql")
        return 77
    chance = random.Random(options.seed)
    sites = [Postgres(found, name) for name in "abc"]
    registry = None
    try:
        sites[0].create()
        for standby in sites[1:]:
            standby.follow(sites[0])
        sites[0].require_standbys(2)
        registry = Registry(options.program, sites)
        if options.serve:
            serve(registry, sites)
            return 0
        callers = Callers(registry.ports())
        health = HealthWatch(callers)
        waits, kinds = [], ["primary", "server", "both", "frozen"]
        for number in range(options.rounds):
            if time.monotonic() > options.until:
                break
            kind = kinds[number % 4]
            waited = run_round(kind, registry, callers, sites, options.within, chance)
            if waited is not None:
                waits.append(waited)
            told = "" if waited is None else f", served again {waited:.1f} s after the promotion"
            print(f"   round {number + 1}: {kind}{told}; {len(callers.acknowledged)} acknowledged")
        unknown = callers.stop()
        faults = health.stop(options.health) + callers.faults + registry.faults(sites[0], callers.acknowledged, unknown)
        faults += [f"served again only {wait:.1f} s after the promotion" for wait in waits
                   if wait > options.within]
        print(f"   {len(callers.acknowledged)} acknowledged, {len(unknown)} left open; "
              f"{len(faults)} findings")
        for fault in faults[:20]:
            print("   " + fault)
        return 1 if faults else 0
    finally:
        if registry:
            registry.kill()
        for site in sites:
            site.kill()
            site.remove()


if __name__ == "__main__":
    sys.exit(main())
