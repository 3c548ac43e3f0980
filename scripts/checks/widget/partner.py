"""A client's web site: pages on an origin of their own, and what its server does for them."""

import http.server
import json
import threading

from checks.harness import wire

SECRET = "sdk_test_demo_sandbox_2026"
PUBLISHABLE = "sdk_pub_test_demo_sandbox_2026"
PATIENT, BORN = "OPC-2024-XK7T9", "1975-11-02"
SESSIONS = "/api/v1/connect/widget/sessions"
WRITER = ("demo_full_sandbox", "demo_full_secret_sandbox_2026")
# Patients whom the check registers.
FULL_RECORD, WITHOUT_PHONE = "full record", "without a phone"
RECORDS = {
    "lab-results": [
        {"test_name": "Hémoglobine glyquée (HbA1c)", "result_value": "9.8", "unit": "%", "flagged": True,
         "reference_range": "< 6.5", "flag_level": "high", "occurred_at": "2026-03-05T08:30:00Z"},
        {"test_name": "تحليل صورة الدم الكاملة", "result_value": "سليم"},
        {"test_name": "Protein" + "electrophoresis" * 5, "result_value": "pending"}],
    "prescriptions": [
        {"medication_name": "Amoxicillin/Clavulanic acid", "dose": "875 mg/125 mg", "route": "oral",
         "frequency": "every 12 hours, with food", "prescribed_at": "2026-03-01T10:00:00Z"},
        {"medication_name": "Warfarin", "alert_type": "interaction", "severity": "high",
         "message": "Do not take with ibuprofen: bleeding"}],
    "encounters": [
        {"encounter_type": "outpatient", "chief_complaint": "Fever for three days and a cough at night"}],
}

PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Portal</title>
<style>html { scrollbar-width: none } body { margin: 0 } body > button { position: absolute; opacity: 0 }</style>
<button id="before">Before</button><div id="record"></div><button id="after">After</button>
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
        self.server = server
        self.api = f"http://127.0.0.1:{server.port}"
        self.options = {}
        self.example = ""
        partner = self

        class Pages(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/favicon.ico":
                    self.send_response(204)
                    self.end_headers()
                elif self.path == "/example":
                    self.answer("text/html", partner.example)
                else:
                    self.answer("text/html", PAGE % (partner.api, json.dumps(partner.options)))

            def do_POST(self):
                """What the documentation's page asks its own server for."""
                self.answer("application/json", json.dumps(partner.session()))

            def answer(self, kind, text):
                self.send_response(200)
                self.send_header("Content-Type", kind + "; charset=utf-8")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self.pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        threading.Thread(target=self.pages.serve_forever, daemon=True).start()
        self.port = self.pages.server_address[1]
        # Another site than the server's own address, as a browser counts them.
        self.origin = f"http://localhost:{self.port}"
        self.stranger = f"http://127.0.0.1:{self.port}"

        person = {"first_name": "Marie-Antoinette Félicité", "last_name": "Ngo Nkemdirim-Abdoulrahman",
                  "date_of_birth": BORN, "country_code": "CM", "sex": "female"}
        self.patients = {
            FULL_RECORD: self.register({**person, "phone_number": "+237699001122"}),
            WITHOUT_PHONE: self.register({**person, "first_name": "Awa", "last_name": "Diop"})}
        for kind, records in RECORDS.items():
            for record in records:
                self.write("/records/" + kind, {"health_id": self.patients[FULL_RECORD], **record})

    def close(self):
        self.pages.shutdown()

    def write(self, path, body):
        return self.server.make("/api/v1/connect" + path, body, self.server.token(WRITER))

    def register(self, person):
        return self.write("/patients/resolve", person)["health_id"]

    def session(self, **more):
        return self.server.make(
            SESSIONS, {"health_id": PATIENT, "allowed_origin": self.origin, **more}, SECRET)

    def end(self, session):
        return self.server.call("DELETE", f"{SESSIONS}/{session['session_id']}", token=SECRET)

    def revoke(self, patient=PATIENT):
        self.server.make(
            f"/api/v1/connect/patient/{patient}/consent/revoke", {}, self.server.token(wire.READER))
