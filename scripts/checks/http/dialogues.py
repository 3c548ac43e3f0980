"""What a table of bytes cannot say: several requests, and waits, on one connection."""

import socket
import threading
import time

from checks.harness import wire
from checks.http.requests import HEALTH, SECRET, chunk, chunked, get, post
from checks.http.run import Run


class Dialogues(Run):
    def sequences(self, token):
        for test in [
            self.pipelines, self.half_closes, self.cut_requests, self.continues, self.heads, self.smuggles,
            self.echoes, self.echoes_of_refusals, self.timeouts,
        ]:
            try:
                test(token)
            except (wire.CutOff, TimeoutError, ValueError) as error:
                self.findings.check(False, f"{test.__name__}: {type(error).__name__} {error}")

    def pipelines(self, token):
        kinds = [
            ("GET", "/health", {}, 200), ("GET", "/nothing", {}, 404),
            ("GET", wire.VERIFY + "CM-HID-7KQ9-MP42-X8D1", wire.bearer(token), 200),
            ("GET", wire.SEARCH + "x", wire.bearer(token), 422),
        ]
        plan = [self.rng.choice(kinds) for _ in range(1000)]
        data = b"".join(
            wire.request(method, target, {**fields, "X-Request-Id": f"p-{index}"})
            for index, (method, target, fields, _) in enumerate(plan)
        )
        with self.server.client() as client:
            sender = threading.Thread(target=client.send, args=(data,))
            sender.start()
            for index, (_, target, _, status) in enumerate(plan):
                answer = client.receive()
                self.findings.check(
                    answer.status == status and answer.field("X-Request-Id") == f"p-{index}",
                    f"pipelined request {index} ({target}): {answer.status} "
                    f"{answer.field('X-Request-Id')}",
                )
            sender.join()

    def half_closes(self, token):
        body = wire.encode({"health_id": "CM-HID-7KQ9-MP42-X8D1"})
        for name, data in [
            ("a GET", HEALTH),
            (
                "an audited read",
                wire.request("GET", wire.VERIFY + "CM-HID-7KQ9-MP42-X8D1", wire.bearer(token)),
            ),
            ("a write", wire.request("POST", wire.RESOLVE, wire.bearer(token), body)),
            ("three at once", HEALTH * 3),
        ]:
            with self.server.client() as client:
                client.send(data)
                client.socket.shutdown(socket.SHUT_WR)
                for _ in range(3 if name == "three at once" else 1):
                    answer = client.receive()
                    self.findings.check(answer.status == 200, f"{name}, then half closed: {answer.status}")
                try:
                    client.more()
                    self.findings.check(False, f"{name}, then half closed: more came")
                except wire.CutOff:
                    pass

    def cut_requests(self, _):
        """Half a request and then the end: nothing to answer, nothing to wait for."""
        for data in [
            b"", b"GET /hea", HEALTH[:-2], post("Content-Length: 100\r\n", b"{"), chunked(b"5\r\nab"),
        ]:
            with self.server.client(timeout=3) as client:
                if data:
                    client.send(data)
                client.socket.shutdown(socket.SHUT_WR)
                try:
                    answer = client.receive()
                    self.findings.check(answer.status in (400, 408), f"{data!r}: {answer.status}")
                except wire.CutOff as end:
                    self.findings.check(not end.received, f"{data!r}: {end.received!r}")

    def continues(self, _):
        with self.server.client() as client:
            for coding, body in [
                (f"Content-Length: {len(SECRET)}\r\n", SECRET),
                ("Transfer-Encoding: chunked\r\n", chunk(SECRET) + chunk(b"", b"0")),
            ]:
                client.send(post(coding + "Expect: 100-Continue\r\n", b""))
                self.findings.check(client.receive().status == 100, "no 100 Continue")
                client.send(body)
                self.findings.check(client.receive().status == 200, "not 200 after 100 Continue")
            client.send(post(f"Content-Length: {len(SECRET)}\r\nExpect: 100-continue\r\n"))
            answer = client.receive()
            if answer.status == 100:
                answer = client.receive()
            self.findings.check(answer.status == 200, f"content with Expect: {answer.status}")

    def heads(self, token):
        with self.server.client() as client:
            for target, fields in [
                ("/health", {}), ("/openapi.yaml", {}), ("/nothing", {}), ("/.well-known/jwks.json", {}),
                (wire.VERIFY + "CM-HID-7KQ9-MP42-X8D1", wire.bearer(token)),
                (wire.VERIFY + "x", wire.bearer(token)), (wire.TOKEN, {}),
            ]:
                full = client.ask("GET", target, fields)
                bare = client.ask("HEAD", target, fields)
                # Were there content after it, the next answer would not be one.
                same = bare.status == full.status and bare.field("Content-Type") == full.field("Content-Type")
                length = abs(int(bare.field("Content-Length")) - int(full.field("Content-Length")))
                # "GET is not allowed" and "HEAD is not allowed" differ by a letter.
                self.findings.check(same and length <= 1, f"HEAD {target}: {bare.status} {length}")

    def smuggles(self, _):
        """What follows a request with content is one request, whatever the content looks like."""
        inner = b"GET /openapi.yaml HTTP/1.1\r\nHost: h\r\n\r\n"
        for data in [
            post(f"Content-Length: {len(inner)}\r\n", inner), chunked(chunk(inner) + chunk(b"", b"0")),
            get(fields=f"Host: h\r\nContent-Length: {len(inner)}\r\n") + inner,
        ]:
            with self.server.client() as client:
                client.send(data + b"GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n")
                first, second = client.receive(), client.receive()
                self.findings.check(
                    second.status == 404 and b"openapi:" not in first.body + second.body,
                    f"content was taken for a request: {first.status} {second.status}",
                )

    def echoes(self, _):
        with self.server.client() as client:
            for name, value, is_kept in [
                ("X-Request-Id", "abc-1.2_3", True), ("X-Correlation-Id", "abc", True),
                ("X-Request-Id", "a b", False), ("X-Request-Id", "a" * 129, False),
                ("X-Request-Id", "a" * 128, True), ("X-Request-Id", '"><script>', False),
                ("X-Request-Id", "\u00e9", False),
            ]:
                for target in ["/health", "/nothing", wire.VERIFY + "x"]:
                    answer = client.ask("GET", target, {name: value})
                    self.findings.check(
                        (answer.field("X-Request-Id") == value) == is_kept,
                        f"{name}: {value} comes back as {answer.field('X-Request-Id')}",
                    )

    def echoes_of_refusals(self, _):
        """Whoever is refused after a whole head gets the request id of that head."""
        for fields, body, status in [
            ("Content-Length: 1048577\r\n", b"", 413), ("Transfer-Encoding: chunked\r\n", b"x\r\n", 400),
        ]:
            with self.server.client() as client:
                client.send(post("X-Request-Id: mine-1\r\n" + fields, body))
                answer = client.receive()
                self.check_answer(f"{status} with a request id", answer, status)
                kept = answer.field("X-Request-Id") == answer.json()["request_id"] == "mine-1"
                self.findings.check(kept, f"{status} answers {answer.field('X-Request-Id')}")

    def timeouts(self, _):
        """Stalled heads and content are refused with 408, an idle connection is kept."""
        clients = {
            name: self.server.client(timeout=25) for name in ["head", "content", "chunk", "idle"]
        }
        clients["head"].send(HEALTH[:-2])
        clients["content"].send(post("Content-Length: 100\r\n", b"{"))
        clients["chunk"].send(chunked(b"5\r\nab"))
        started = time.monotonic()
        for name in ["head", "content", "chunk"]:
            answer = clients[name].receive()
            self.check_answer(f"stalled {name}", answer, 408)
        self.findings.check(time.monotonic() - started < 20, "a stalled request waits too long")
        clients["idle"].send(HEALTH)
        self.findings.check(clients["idle"].receive().status == 200, "an idle connection was closed early")
        for client in clients.values():
            client.close()
