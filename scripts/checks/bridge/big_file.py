"""One large file against a receiver that takes all."""

import os
import subprocess
import threading
import time

from checks.harness.bridge_site import PATIENT, Site


def big_file(findings, options):
    """One large file against a receiver that takes all: memory, and nothing lost."""
    receiver = CountingReceiver()
    site = Site(options.bridge, receiver.port, "big", batch_size=5000)
    path = os.path.join(site.incoming, "encounters_big.csv")
    count = 0
    size = 0
    with open(path, "w", encoding="utf-8") as file:
        file.write("health_id,notes,severity,date\n")
        while size < options.big << 20:
            lines = "".join(
                f'{PATIENT},"Visit {count + row}: a ""quoted"" note,\nover two lines",mild,'
                "01/06/2026\n" for row in range(1000))
            size += len(lines)
            count += 1000
            file.write(lines)
    started = time.monotonic()
    process = subprocess.Popen(
        site.words("--once"), cwd=site.folder, env=site.environment(), stdout=site.log,
        stderr=site.log)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    peak = usage.ru_maxrss / 1024
    findings.check(os.waitstatus_to_exitcode(status) == 0, f"big file: {site.log_text()[-500:]}")
    findings.check(receiver.count == count, f"big file: {receiver.count} of {count} rows arrived")
    findings.check(peak < 128, f"big file: {peak:.0f} MiB of memory")
    print(f"  {size >> 20} MiB, {count} rows in {seconds:.0f} s ({count / seconds:,.0f} rows/s), "
          f"{peak:.0f} MiB of memory")
    receiver.close()
    site.remove()


class CountingReceiver:
    """Answers every batch with "accepted" and counts."""

    def __init__(self):
        import socketserver
        outer = self
        outer.count = 0

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                while True:
                    line = self.rfile.readline()
                    if not line:
                        return
                    size = 0
                    for field in iter(self.rfile.readline, b"\r\n"):
                        if not field:
                            return
                        if field.lower().startswith(b"content-length:"):
                            size = int(field.split(b":")[1])
                    body = self.rfile.read(size)
                    text = b'{"status":"ok"}'
                    if b"/sync" in line:
                        count = body.count(b'"record_type":')
                        outer.count += count
                        text = b'{"status":"ok","accepted":%d,"rejected":0}' % count
                    self.wfile.write(
                        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text)

        class Threads(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self.server = Threads(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
