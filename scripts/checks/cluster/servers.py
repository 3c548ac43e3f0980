"""Two servers on one database, and what it holds in the end."""

import shutil

from checks.harness.live import Server, command, scratch_folder


class Registry:
    def __init__(self, program, sites):
        self.program = program
        self.folder = scratch_folder("cluster")
        self.data = self.folder + "/data"
        hosts = ",".join(f"127.0.0.1:{site.port}" for site in sites)
        self.address = f"postgres://postgres@{hosts}/registry?sslmode=disable"
        self.servers = []
        # The first makes the keys and the schema; the second finds them.
        for number in range(2):
            self.servers.append(self.start(number))

    def start(self, number):
        log = open(f"{self.folder}/server-{number}.log", "ab")
        return Server(self.program, self.data, "--database", self.address, log=log)

    def ports(self):
        return [server.port for server in self.servers]

    def restart_killed(self):
        for number, server in enumerate(self.servers):
            if not server.is_alive:
                self.servers[number] = self.start(number)

    def kill(self):
        for server in self.servers:
            server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def faults(self, primary, acknowledged, unknown):
        """What is not as it was acknowledged."""
        rows = primary.query("SELECT external_id, COUNT(*) FROM records WHERE external_id LIKE 'c-%' "
                             "GROUP BY external_id")
        stored = {name: int(count) for name, count in
                  (line.split("|") for line in rows.splitlines())}
        faults = [f"{name} was acknowledged and is lost" for name in acknowledged
                  if name not in stored]
        faults += [f"{name} is there {count} times" for name, count in stored.items() if count > 1]
        known = set(acknowledged) | set(unknown)
        faults += [f"{name} is there and was never sent" for name in stored if name not in known]
        status, output, complaints = command(
            self.program, "audit", "verify", "--database", self.address, data=self.data, timeout=300)
        if status != 0 or not output.startswith("intact"):
            faults.append(f"audit verify: {output}{complaints}")
        return faults
