"""Signals at bad moments."""

import os
import threading
import time

from checks.faults.group import Group, person
from checks.harness import live, verdict, wire


class Signals(Group):
    def fault_sigterm_under_load(self):
        folder = self.folder()
        for turn in range(10):
            server = self.serve(folder)
            token = server.token()
            acknowledged, broken = {}, []

            def work(index, server=server, token=token, turn=turn, acknowledged=acknowledged, broken=broken):
                try:
                    with server.client() as client:
                        for number in range(100_000):
                            serial = (turn * 10 + index) * 100_000 + number
                            answer = self.create(client, token, serial)
                            if answer.status != 201:
                                broken.append(f"{answer.status} {answer.body!r}")
                                return
                            acknowledged[serial] = answer.json()["health_id"]
                            if answer.field("Connection") == "close":
                                return
                except wire.CutOff as end:
                    if end.received:
                        broken.append(f"half an answer: {end.received!r}")
                except TimeoutError:
                    broken.append("hangs")

            threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
            for thread in threads:
                thread.start()
            time.sleep(self.rng.uniform(0.05, 0.4))
            started = time.monotonic()
            self.check(server.stop() == 0, "does not stop")
            self.check(time.monotonic() - started < 3, "takes long")
            for thread in threads:
                thread.join()
            self.check(not broken, f"{broken[:3]}")
            connection = live.database(folder)
            stored = {row[0] for row in connection.execute("SELECT health_id FROM patients")}
            connection.close()
            lost = set(acknowledged.values()) - stored
            self.check(acknowledged and not lost, f"lost {lost} of {len(acknowledged)}")
            log = folder + "/opescare.db-wal"
            self.check(
                not os.path.exists(log) or os.path.getsize(log) == 0,
                "leaves writes outside the database file",
            )
        verdict.check_intact(self.findings, self.program, folder)

    def fault_sigterm_during_upload(self):
        folder = self.folder()
        server = self.serve(folder, "--drain-timeout", "3")
        token = server.token()
        data = wire.request("POST", wire.RESOLVE, wire.bearer(token), person(1))
        quick, slow, idle = server.client(), server.client(), server.client()
        for client in [quick, slow]:
            client.send(data[:-10])
        time.sleep(0.2)
        server.process.terminate()
        time.sleep(0.3)
        try:
            idle.more()
        except wire.CutOff:
            pass
        quick.send(data[-10:])
        answer = quick.receive()
        self.check(
            answer.status == 201 and answer.field("Connection") == "close",
            f"an upload that ends in time: {answer.status} {answer.fields}",
        )
        try:
            server.client(timeout=1)
            self.check(False, "a draining server accepts")
        except (wire.CutOff, OSError):
            pass
        started = time.monotonic()
        self.check(server.process.wait(10) == 0, "exit status")
        self.check(time.monotonic() - started < 4, "waits for a client that does nothing")
        verdict.check_intact(self.findings, self.program, folder)
