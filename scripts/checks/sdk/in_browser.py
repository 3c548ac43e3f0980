"""Our client for JavaScript in a page, from an origin that the server was told of, and from another one."""

import http.server
import tempfile
import threading

from checks.harness import live, programs
from checks.harness.browser import Browser, find

PROGRAM = """(async () => {
  const { OpesCareClient, ConsentRequiredError } = await import("%(api)s/sdk/opescare.mjs");
  const client = await OpesCareClient.create({
    clientId: "demo_full_sandbox", clientSecret: "demo_full_secret_sandbox_2026", baseUrl: "%(api)s" });
  const says = [(await client.patients.find("OPC-2024-DEMO1")).name];
  const { status, health_id } = await client.healthIds.resolve({ first_name: "Awa", last_name: "Ndiaye",
    date_of_birth: "1991-04-17", phone_number: "+221771234567", country_code: "SN" });
  says.push(status);
  for (let n = 0; n < 2; n++)
    await client.records.pushLabResult({ health_id, test_name: `Sodium ${n}`, result_value: 140 + n });
  await client.records.list(health_id).catch(error => says.push(error instanceof ConsentRequiredError));
  says.push((await client.consents.grant(health_id, {
    consent_type: "full_record", expires_at: "2099-12-31T00:00:00Z" })).consent_status);
  for await (const page of client.records.pages(health_id, { type: "lab_results", limit: 1 }))
    says.push(...page.records.lab_results.map(one => one.test_name));
  return says.join(", ");
})().catch(error => `failed: ${error}`)"""
SAYS = "Amina Nkeng, created, true, granted, Sodium 1, Sodium 0"


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>App</title>")

    def log_message(self, *_):
        pass


def faults():
    if not find():
        print("   skipped: a browser: there is no Chromium on this machine")
        return
    pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    port = pages.server_address[1]
    with tempfile.TemporaryDirectory() as folder:
        server = live.Server(
            programs.server(), folder + "/data", "--cors-origins", f"http://localhost:{port}")
        browser = Browser()
        try:
            api = f"http://127.0.0.1:{server.port}"
            for origin, expected in (("localhost", SAYS), ("127.0.0.1", "failed: ")):
                browser.go(f"http://{origin}:{port}/")
                found = browser.run(PROGRAM % {"api": api})
                if not found.startswith(expected):
                    yield f"a page at {origin} gets {found!r} in place of {expected!r}"
        finally:
            browser.close()
            server.stop()
            pages.shutdown()
