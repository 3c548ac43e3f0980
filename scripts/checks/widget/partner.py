"""A client's web site: pages on an origin of their own, and what its server does for them."""

import http.server
import json
import threading
import urllib.error
import urllib.request

SECRET = "sdk_test_demo_sandbox_2026"
PUBLISHABLE = "sdk_pub_test_demo_sandbox_2026"
PATIENT, BORN = "OPC-2024-XK7T9", "1975-11-02"

PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Portal</title><style>body { margin: 0 }</style><div id="record"></div>
<script>
window.heard = []; window.messages = [];
for (const name of ["loaded", "ready", "verified", "consent-requested", "consent-granted", "consent-denied",
                    "expired", "error"])
  addEventListener("opescare:" + name, event => heard.push([name, event.detail]));
addEventListener("message", event => messages.push(JSON.stringify(event.data)));
</script>
<script src="%s/widget/v1/loader.js"></script>
<script>
const options = %s;
window.widget = OpesCareWidget.init({ container: "#record", ...options });
</script>
"""


class Partner:
    def __init__(self, server):
        self.api = f"http://127.0.0.1:{server.port}"
        self.options = {}
        partner = self

        class Pages(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = (PAGE % (partner.api, json.dumps(partner.options))).encode()
                if self.path == "/favicon.ico":
                    self.send_response(204)
                    self.end_headers()
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        threading.Thread(target=self.pages.serve_forever, daemon=True).start()
        self.port = self.pages.server_address[1]
        # Another site than the server's own address, as a browser counts them.
        self.origin = f"http://localhost:{self.port}"
        self.stranger = f"http://127.0.0.1:{self.port}"

    def close(self):
        self.pages.shutdown()

    def call(self, method, path, body=None, token=SECRET):
        request = urllib.request.Request(
            self.api + path, None if body is None else json.dumps(body).encode(), method=method,
            headers={"Authorization": "Bearer " + token, "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def session(self, **more):
        status, answer = self.call("POST", "/api/v1/connect/widget/sessions", {
            "health_id": PATIENT, "allowed_origin": self.origin, **more})
        if status != 201:
            raise RuntimeError(f"no session: {status} {answer}")
        return answer

    def access_token(self):
        status, answer = self.call("POST", "/api/v1/connect/auth/token", {
            "grant_type": "client_credentials", "client_id": "demo_dev_sandbox",
            "client_secret": "demo_secret_sandbox_2026"})
        return answer["access_token"]

    def revoke(self):
        return self.call(
            "POST", f"/api/v1/connect/patient/{PATIENT}/consent/revoke", {}, self.access_token())
