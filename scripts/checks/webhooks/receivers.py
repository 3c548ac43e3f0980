"""Receivers that answer, fail, hang, redirect, reset, are slow or gone."""

import json
import socket
import struct
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KINDS = ["good", "slow", "failing", "redirecting", "resetting", "hanging", "gone"]


class Receivers:
    """One HTTP server; the path says who is meant."""

    def __init__(self):
        self.lock = threading.Lock()
        self.secrets = {}
        # By receiver: (time, headers, body) of each request; those that verify the URL apart.
        self.verifications = defaultdict(list)
        self.requests = defaultdict(list)
        self.running = defaultdict(int)
        self.most_running = defaultdict(int)
        receivers = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer goes out as one segment; without it Nagle's algorithm adds 40 ms.
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_POST(self):
                kind = self.path.strip("/")
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receivers.lock:
                    is_verification = json.loads(body)["type"] == "webhook.verification"
                    store = receivers.verifications if is_verification else receivers.requests
                    store[kind].append((time.time(), self.headers, body))
                    receivers.running[kind] += 1
                    receivers.most_running[kind] = max(
                        receivers.most_running[kind], receivers.running[kind])
                try:
                    getattr(receivers, kind)(self)
                finally:
                    with receivers.lock:
                        receivers.running[kind] -= 1

            def answer(self, status, *fields):
                self.send_response(status)
                for name, value in fields:
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 512
            daemon_threads = True

            def handle_error(self, *_):
                # The server was killed; that is the point.
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def good(self, handler):
        handler.answer(204)

    def slow(self, handler):
        time.sleep(0.2)
        handler.answer(200)

    def failing(self, handler):
        handler.answer(503)

    def redirecting(self, handler):
        handler.answer(307, ("Location", f"http://127.0.0.1:{self.port}/stolen"))

    def stolen(self, handler):
        handler.answer(200)

    def resetting(self, handler):
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True

    def hanging(self, handler):
        # Until the other side has had enough.
        handler.connection.recv(1)
        handler.close_connection = True

    def gone(self, handler):
        handler.answer(410)
