"""What the server's process needs: memory, and time to start."""

import resource
import socket
import statistics
import time
import urllib.error
import urllib.request


def memory(bench):
    many = 10_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < many + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (many + 200, max(hard, many + 200)))
    for server in bench.every(0, "--max-body", 16 << 20):
        time.sleep(1)
        print(f"\nmemory, {server.name}: idle {server.pss():.1f} MB")
        request = b"GET /health HTTP/1.1\r\nHost: h\r\n\r\n"
        sockets = []
        for _ in range(many):
            one = socket.create_connection(("127.0.0.1", server.port))
            one.sendall(request)
            one.recv(4096)
            sockets.append(one)
        print(f"{many:,} idle keep-alive connections {server.pss():.1f} MB")
        for one in sockets:
            one.close()
        token = bench.token(server)
        before = server.peak()
        filling = b"x" * ((16 << 20) - 80)
        body = b'{"health_id":"CM-HID-7KQ9-MP42-X8D1","purpose":"' + filling + b'"}'
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/api/v1/connect/patients/resolve", body,
            {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
        try:
            status = urllib.request.urlopen(request).status
        except urllib.error.HTTPError as error:
            status = error.code
        print(f"a body of {len(body) / 1e6:.1f} MB (answer {status}) raises the peak from "
              f"{before:.1f} to {server.peak():.1f} MB: "
              f"{(server.peak() - before) * 1024 * 1024 / len(body):.1f} times its size")


def startup(bench):
    for binary, name in zip(bench.binaries, bench.names()):
        times = []
        folder = bench.folder(0, "run-start")
        for _ in range(bench.options.rounds * 2):
            begin = time.monotonic()
            server = bench.opescare(folder, binary=binary)
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/health") as answer:
                answer.read()
            times.append((time.monotonic() - begin) * 1000)
            server.stop()
        print(f"\nstart to first answer, {name}: median {statistics.median(times):.0f} ms "
              f"[{min(times):.0f}..{max(times):.0f}]")
