"""The server that delivers, and a client of it."""

import json
import sys

from checks.harness import live, wire


class Caller:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.start()
        self.fields = wire.bearer(self.server.token())

    def start(self):
        """On the same data folder each time."""
        self.server = live.Server(self.program, self.folder + "/data", "--webhook-allow-private")
        self.client = self.server.client(timeout=30)

    def call(self, method, path, body=None):
        content = b"" if body is None else wire.encode(body)
        answer = self.client.ask(method, "/api/v1/connect/" + path, self.fields, content)
        if answer.status >= 300:
            sys.exit(f"webhooks: {method} {path} answered {answer.status}: {answer.body.decode()}")
        return json.loads(answer.body)

    def post(self, path, body):
        return self.call("POST", path, body)
