"""Certificates that change under a running server, and strangers on its port."""

import os
import socket
import ssl
import time

from checks.faults.group import Group
from checks.harness import live, wire


class TLS(Group):
    def presented(self, server):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", server.port), 5) as plain:
            with context.wrap_socket(plain) as secure:
                secure.sendall(wire.request("GET", "/health"))
                self.check(secure.recv(100).startswith(b"HTTP/1.1 200"), "no answer over TLS")
                return secure.getpeercert(True)

    def fault_tls_reload(self):
        folder = self.folder()
        files = self.folder()
        flags = live.certificate(files, "one")
        server = self.serve(folder, *flags)
        first = self.presented(server)
        live.certificate(files, "two")
        self.check(self.presented(server) == first, "takes new files up unasked")
        server.process.send_signal(1)
        time.sleep(0.5)
        second = self.presented(server)
        self.check(second != first, "does not take new files up")
        for damage in ["not a certificate", None]:
            if damage is None:
                os.remove(files + "/cert.pem")
            else:
                with open(files + "/cert.pem", "w", encoding="ascii") as file:
                    file.write(damage)
            server.process.send_signal(1)
            time.sleep(0.5)
            self.check(self.presented(server) == second, "a bad file replaced a good one")
        self.check(server.log().count("tls_not_reloaded") == 2, f"log: {server.log()[-600:]}")
        self.end(server, folder)
        self.refuses(folder, "cert.pem", *flags)
        self.refuses(folder, "go together", "--tls-key", files + "/key.pem", status=2)
        server = self.serve(folder)
        server.process.send_signal(1)
        time.sleep(0.3)
        self.end(server, folder)

    def fault_strangers_on_tls(self):
        """Plain HTTP, noise and silence where a handshake is due cost nobody else anything."""
        folder = self.folder()
        files = self.folder()
        server = self.serve(folder, *live.certificate(files, "one"))
        for data in [wire.request("GET", "/health"), bytes(1000), b"\x16\x03\x01\xff\xff" + b"x" * 99]:
            with server.client(timeout=15) as client:
                client.send(data)
                try:
                    client.more()
                except wire.CutOff:
                    pass
                secret = b"status" in client.held or b"HTTP/1.1 200" in client.held
                self.check(not secret, f"answers {client.held[:60]!r}")
        silent = [server.client(timeout=15) for _ in range(500)]
        for client in silent[::2]:
            client.send(b"\x16\x03\x01")
        started = time.monotonic()
        self.presented(server)
        self.check(time.monotonic() - started < 1, "others wait")
        for client in silent:
            try:
                client.more()
                self.check(False, f"answers silence with {client.held!r}")
            except wire.CutOff:
                pass
            client.close()
        took = time.monotonic() - started
        self.check(took < 15, f"a handshake may take {took:.0f} s")
        self.presented(server)
        self.end(server, folder)
