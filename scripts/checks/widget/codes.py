"""One-time codes, as production sends them: signed, over TLS, by the operator's own hook, to a phone on file.

A hook that fails leaves the request to the facility, and the patient is told; no code is ever in a log.
"""

import http.server
import importlib.util
import json
import re
import ssl
import tempfile
import threading
import time
import urllib.request

from checks.harness import live, programs
from checks.widget.partner import BORN, SESSIONS

PHONE = "+237699001122"
ORIGIN = "https://portal.example.org"
NOT_SENT = "No code could be sent to your phone"


class Hook:
    """The operator's gateway. `mode` says how it takes the next code: well, 500, hanging or stranger."""

    def __init__(self, folder):
        self.mode = "well"
        self.deliveries = []
        self.release = threading.Event()
        self.contexts = {}
        for name in ("trusted", "stranger"):
            place = f"{folder}/{name}"
            _, certificate, _, key = live.certificate(place, "localhost")
            self.contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.contexts[name].load_cert_chain(certificate, key)
        self.authority = f"{folder}/trusted/cert.pem"
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                hook.deliveries.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
                if hook.mode == "hanging":
                    hook.release.wait(60)
                self.send_response(500 if hook.mode == "500" else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def get_request(self):
                connection, address = super().get_request()
                context = hook.contexts["stranger" if hook.mode == "stranger" else "trusted"]
                return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

            def handle_error(self, *_):
                # A handshake that the other side has broken off, as it must.
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"https://localhost:{self.server.server_address[1]}/codes"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def codes(self):
        return [json.loads(body)["data"]["code"] for _, body in self.deliveries]

    def close(self):
        self.release.set()
        self.server.shutdown()


class Deployment:
    """A server in production, with one facility, its client and a patient."""

    def __init__(self, folder, hook):
        self.server = live.Server(
            programs.server(), folder + "/data", "--environment", "production", "--webhook-ca", hook.authority,
            "--code-hook", hook.url)
        token = self.server.admin_token()

        def make(path, body, method="POST"):
            return self.server.make("/api/v1/admin" + path, body, token, method)

        facility = make("/facilities", {"name": "Hôpital Central", "reference": "FAC-1"})["id"]
        client = make("/clients", {
            "client_id": "portal", "name": "Portal", "scopes": ["patient:read", "health_id:verify"],
            "facility_id": facility})
        make("/clients/portal/origins", {"origins": [ORIGIN]}, "PUT")
        self.token = make("/sdk-tokens", {
            "client_id": "portal", "label": "Portal", "scopes": ["widget_sessions"]})["token"]
        self.access = self.server.token(("portal", client["client_secret"]))
        self.patient = self.server.make("/api/v1/connect/patients/resolve", {
            "first_name": "Awa", "last_name": "Diop", "date_of_birth": BORN, "country_code": "CM",
            "phone_number": PHONE}, self.access)["health_id"]

    def ask(self, frame):
        """A session in which the patient has said yes."""
        session = self.server.make(SESSIONS, {"language": "en"}, self.token)
        frame.go(f"http://127.0.0.1:{self.server.port}/widget/v1/frame?s={session['session_id']}"
                 f"#token={session['session_token']}")
        frame.wait_state("identify")
        frame.fill("health-id", self.patient)
        frame.fill("birth-date", BORN)
        frame.send_form()
        frame.wait_state("consent_required")
        frame.press(0)
        frame.wait_state("consent_pending", 20)

    def consent(self):
        _, answer = self.server.call(
            "GET", f"/api/v1/connect/patient/{self.patient}/consent", token=self.access)
        return answer.get("state")

    def client(self, folder):
        """Our own client, as this server gives it."""
        place = folder + "/opescare.py"
        urllib.request.urlretrieve(f"http://127.0.0.1:{self.server.port}/sdk/opescare.py", place)
        spec = importlib.util.spec_from_file_location("opescare", place)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def verify(deployment, hook, folder):
    """The signature of the last delivery, and that a changed body has none."""
    client = deployment.client(folder)
    with open(folder + "/data/keys/code-hook.secret", encoding="ascii") as file:
        secret = file.read().strip()
    fields, body = hook.deliveries[-1]
    client.verify_signature(body, fields["X-OpesCare-Signature"], secret)
    message = json.loads(body)
    right = {"phone": PHONE, "language": "en"}
    if message["type"] != "consent.code" or right.items() - message["data"].items():
        yield f"the hook gets {message}"
    try:
        client.verify_signature(body.replace(b"22", b"23"), fields["X-OpesCare-Signature"], secret)
        yield "a changed message passes for signed"
    except client.WebhookSignatureError:
        pass


def codes(frame, partner, pictures):
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        hook = Hook(folder)
        try:
            deployment = Deployment(folder, hook)
            for mode in ("500", "stranger", "hanging"):
                hook.mode = mode
                deployment.ask(frame)
                text = frame.run("document.getElementById('view').innerText")
                if NOT_SENT not in text or "The facility will confirm it" not in text:
                    failures.append(f"with a hook that is {mode} the patient reads {text}")
                if deployment.consent() != "pending":
                    failures.append(f"with a hook that is {mode} the consent is {deployment.consent()}")
            hook.mode = "well"
            frame.press(0)
            frame.wait("document.getElementById('code')", 20)
            failures += verify(deployment, hook, folder)
            text = frame.run("document.getElementById('view').innerText")
            if not re.search("ends in \u2066••.22", text) or hook.codes()[-1] in text:
                failures.append(f"with a code on its way the patient reads {text}")
            frame.fill("code", hook.codes()[-1])
            frame.send_form()
            frame.wait_state("access_granted")
            if deployment.consent() != "active":
                failures.append(f"a code makes the consent {deployment.consent()}")
            time.sleep(0.5)  # The log leaves four times a second.
            log = deployment.server.log()
            failures += [f"the log says {word}" for word in (PHONE, *hook.codes())
                         if re.search(rf"(?<!\d){re.escape(word)}(?!\d)", log)]
            if log.count("code_not_sent") != 3:
                failures.append(f"the log says {log.count('code_not_sent')} times that a code was not sent, not 3")
            deployment.server.stop()
        finally:
            hook.close()
    return failures
