"""Callers who push results through several servers and repeat whatever was not answered."""

import http.client
import json
import threading
import time

PATIENT = "OPC-2024-DEMO1"


class Callers:
    def __init__(self, ports, count=8):
        self.servers = ports
        self.acknowledged = []
        self.successes = []
        self.lock = threading.Lock()
        self.is_stopping = False
        self.unknown = set()
        self.faults = []
        self.token = self.sign_in()
        self.threads = [threading.Thread(target=self.work, args=(number,), daemon=True)
                        for number in range(count)]
        for thread in self.threads:
            thread.start()

    def sign_in(self):
        body = json.dumps({"grant_type": "client_credentials", "client_id": "opeshisos_production",
                           "client_secret": "prod_secret_opeshisos_2026"})
        status, answer = self.post(0, "auth/token", body, {})
        if status != 200:
            raise SystemExit(f"cluster: no token: {answer}")
        return json.loads(answer)["access_token"]

    def post(self, turn, path, body, fields, timeout=20):
        ports = self.servers
        connection = http.client.HTTPConnection("127.0.0.1", ports[turn % len(ports)], timeout=timeout)
        try:
            connection.request("POST", "/api/v1/connect/" + path, body,
                               {"Content-Type": "application/json", **fields})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def work(self, number):
        count = 0
        while not self.is_stopping:
            count += 1
            self.push(f"c-{number}-{count}", number + count)

    def push(self, name, turn):
        """Sends it until it is acknowledged: each time by another server, under the same key."""
        body = json.dumps({"health_id": PATIENT, "test_name": "Hb", "result_value": "12",
                           "external_lab_order_id": name})
        fields = {"Authorization": "Bearer " + self.token, "Idempotency-Key": name}
        with self.lock:
            self.unknown.add(name)
        while True:
            turn += 1
            try:
                status, answer = self.post(turn, "records/lab-results", body, fields)
            except (OSError, http.client.HTTPException):
                status, answer = 503, b""
            if status == 201:
                with self.lock:
                    self.acknowledged.append(name)
                    self.unknown.discard(name)
                    self.successes.append(time.monotonic())
                return
            if status != 503:
                self.faults.append(f"{name} was answered {status}: {answer[:300]}")
                return
            if self.is_stopping:
                return
            time.sleep(0.05)

    def first_success_after(self, moment):
        """The first success after a moment."""
        with self.lock:
            return next((at for at in self.successes if at > moment), None)

    def wait_for_success(self, moment, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.first_success_after(moment):
                return True
            time.sleep(0.01)
        return False

    def stop(self):
        """Ends them; returns the names of what was never answered."""
        self.is_stopping = True
        for thread in self.threads:
            thread.join(60)
        return sorted(self.unknown)


class HealthWatch:
    """Asks every server how it is, all the while: what needs no database waits for none."""

    def __init__(self, callers):
        self.callers = callers
        self.waits = []
        self.is_stopping = False
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        turn = 0
        while not self.is_stopping:
            turn += 1
            port = self.callers.servers[turn % len(self.callers.servers)]
            begun = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            try:
                connection.request("GET", "/health")
                connection.getresponse().read()
                self.waits.append(time.monotonic() - begun)
            except ConnectionError:
                pass  # It was killed.
            except OSError:
                self.waits.append(time.monotonic() - begun)
            finally:
                connection.close()
            time.sleep(0.02)

    def stop(self, limit):
        self.is_stopping = True
        self.thread.join(30)
        slow = sorted(self.waits)[int(len(self.waits) * 0.99)] if self.waits else 0
        print(f"   /health: {len(self.waits)} answers, 99 of 100 within {slow * 1000:.0f} ms, "
              f"all within {max(self.waits, default=0) * 1000:.0f} ms")
        return [f"/health took {slow:.2f} s"] if slow > limit else []
