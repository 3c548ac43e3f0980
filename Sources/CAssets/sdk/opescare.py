"""The client of OpesCare Connect: one file, Python 3.9 or later, nothing else.

    from opescare import OpesCareClient

    client = OpesCareClient(client_id="…", client_secret="…")
    patient = client.health_ids.resolve(health_id="CM-HID-7KQ9-MP42-X8D1")

`OpesCareSDK(token="sdk_test_…")` does what an SDK token opens. Every answer is a dict whose members are
attributes, too. What fails raises an OpesCareError.
"""

import hashlib
import hmac
import http.client
import json
import random
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

__all__ = [
    "OpesCareClient", "OpesCareSDK", "OpesCareError", "AuthenticationError", "AuthorizationError",
    "ConsentRequiredError", "ValidationError", "NotFoundError", "NotFoundException",
    "IdempotencyConflictError", "RateLimitError", "ServerError", "NetworkError",
    "WebhookSignatureError", "verify_signature", "parse_event",
]

ADDRESSES = {"sandbox": "http://opescare.test", "production": "https://api.opescare.health"}
# Of one answer.
MOST_BYTES = 64 << 20


class OpesCareError(Exception):
    """What was refused, or did not arrive.

    `status` is HTTP's, 0 when there was no answer; `code` is the server's word, such as
    consent_required; `errors` has the complaints by field; `request_id` is what to report.
    """

    def __init__(self, message, status=0, body=None, retry_after=None):
        body = body if isinstance(body, dict) else {}
        self.status = self.status_code = status
        self.code = body.get("error")
        self.message = body.get("message") or message
        self.request_id = body.get("request_id")
        self.errors = body.get("errors") or {}
        self.response_body = body
        self.retry_after = retry_after
        text = self.message if self.code is None else f"{self.code}: {self.message}"
        super().__init__(text if self.request_id is None else f"{text} ({self.request_id})")


class AuthenticationError(OpesCareError):
    """The credentials or the token are not, or no longer, in force."""


class AuthorizationError(OpesCareError):
    """The credentials do not open this."""


class ConsentRequiredError(AuthorizationError):
    """The patient has not consented."""


class ValidationError(OpesCareError):
    """The request is wrong; `errors` says where."""


class NotFoundError(OpesCareError):
    """There is no such patient, facility or thing."""


NotFoundException = NotFoundError


class IdempotencyConflictError(OpesCareError):
    """The idempotency key was used with another body."""


class RateLimitError(OpesCareError):
    """Too many requests; `retry_after` is in seconds."""


class ServerError(OpesCareError):
    """The server failed, at every try."""


class NetworkError(OpesCareError):
    """No answer arrived, at any try."""


class WebhookSignatureError(OpesCareError):
    """A delivery is not the server's, was changed, or is too old."""


KINDS = {
    400: ValidationError, 401: AuthenticationError, 403: AuthorizationError, 404: NotFoundError,
    413: ValidationError, 415: ValidationError, 422: ValidationError, 429: RateLimitError,
}
CODES = {
    "consent_required": ConsentRequiredError, "idempotency_conflict": IdempotencyConflictError,
    "invalid_client": AuthenticationError,
}


class Answer(dict):
    """A JSON object whose members are attributes, too: answer["name"] is answer.name."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another server."""

    def redirect_request(self, *_):
        return None


class _Credentials:
    """A token of a client, fetched anew a minute before it ends; or an SDK token, which stays."""

    def __init__(self, transport, client_id, client_secret, scope, token):
        if (token is None) == (client_id is None or client_secret is None):
            raise ValueError("give client_id and client_secret, or token")
        self._transport, self._scope, self._token = transport, scope, token
        self.client_id, self._client_secret = client_id, client_secret
        self._end = float("inf") if token is not None else 0.0
        self._lock = threading.Lock()

    def token(self, until, refused=None):
        """The token to send; another one than `refused`."""
        with self._lock:
            if time.monotonic() < self._end and self._token != refused:
                return self._token
            fields = {"grant_type": "client_credentials", "client_id": self.client_id,
                      "client_secret": self._client_secret}
            if self._scope:
                fields["scope"] = self._scope
            began = time.monotonic()
            answer = self._transport.try_often("POST", "/api/v1/connect/auth/token", fields, {}, until)
            lasts = float(answer["expires_in"])
            self._token = answer["access_token"]
            self._end = began + lasts - min(60, lasts / 2)
            return self._token

    @property
    def can_renew(self):
        return self.client_id is not None


class _Transport:
    """Sends requests, again where that is safe, within a total time."""

    def __init__(self, base_url, timeout, max_tries, total_timeout, ssl_context):
        if urllib.parse.urlsplit(base_url).scheme not in ("http", "https"):
            raise ValueError("base_url is such as https://api.example.org")
        self.base_url = base_url.rstrip("/")
        self.timeout, self.max_tries, self.total_timeout = timeout, max_tries, total_timeout
        handlers = [_NoRedirect()]
        if ssl_context is not None:
            handlers.append(urllib.request.HTTPSHandler(context=ssl_context))
        self._opener = urllib.request.build_opener(*handlers)

    def try_often(self, method, target, body, headers, until):
        """Answers other than 429 and 5xx are final; every try sends the same bytes and the same key."""
        content = None if body is None else json.dumps(body).encode()
        for count in range(1, self.max_tries + 1):
            try:
                return self._try_once(method, target, content, headers, until)
            except (RateLimitError, ServerError, NetworkError) as error:
                pause = error.retry_after
                if pause is None:
                    pause = random.uniform(0, min(8, 0.5 * 2 ** count))
                if count == self.max_tries or time.monotonic() + pause >= until:
                    raise
            time.sleep(pause)

    def _try_once(self, method, target, content, headers, until):
        request = urllib.request.Request(self.base_url + target, content, method=method, headers={
            "Accept": "application/json", "User-Agent": "opescare-python", **headers})
        if content is not None:
            request.add_header("Content-Type", "application/json")
        wait = max(0.001, min(self.timeout, until - time.monotonic()))
        try:
            try:
                answer = self._opener.open(request, timeout=wait)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                text = _read(answer, until)
        except ssl.SSLCertVerificationError as error:
            raise OpesCareError(f"the server's certificate is not trusted: {error.reason}") from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            if isinstance(reason, ssl.SSLCertVerificationError):
                raise OpesCareError(
                    f"the server's certificate is not trusted: {reason.verify_message}") from None
            raise NetworkError(f"no answer from {self.base_url}: {reason or type(error).__name__}") from None
        status = answer.status
        try:
            found = json.loads(text, object_pairs_hook=Answer) if text else Answer()
        except ValueError:
            found = None
        if 200 <= status < 300:
            if found is None:
                raise ServerError("the answer is not JSON: is this the right address?", status)
            return found
        raise _error(status, found, answer.headers.get("Retry-After"))


def _read(answer, until):
    pieces, count = [], 0
    while True:
        piece = answer.read1(1 << 16) if hasattr(answer, "read1") else answer.read()
        if not piece:
            break
        count += len(piece)
        pieces.append(piece)
        if time.monotonic() > until:
            raise TimeoutError("the answer takes too long")
        if count > MOST_BYTES:
            raise OpesCareError("the answer is too long")
    expected = answer.headers.get("Content-Length")
    if expected is not None and expected.isdigit() and count < int(expected):
        raise http.client.IncompleteRead(b"", int(expected) - count)
    return b"".join(pieces)


def _error(status, body, retry_after):
    code = body.get("error") if isinstance(body, dict) else None
    kind = CODES.get(code) or KINDS.get(status) or (ServerError if status >= 500 else OpesCareError)
    seconds = int(retry_after) if retry_after and retry_after.isdigit() else None
    return kind(f"the server answered {status}", status, body, seconds)


def _segment(value):
    """One segment of a path; an empty one or dots would lead elsewhere."""
    text = str(value)
    if text in ("", ".", ".."):
        raise ValueError("an id is missing")
    return urllib.parse.quote(text, safe="")


def _given(fields, **named):
    """The fields that have a value."""
    return {name: value for name, value in {**named, **fields}.items() if value is not None}


class _Module:
    def __init__(self, client):
        self._client = client

    def _call(self, method, path, *, query=None, body=None, key=None):
        return self._client._send(method, path, query, body, key)

    def _pages(self, path, query):
        """Every page of a list, each asked for when it is needed."""
        while True:
            page = self._call("GET", path, query=query)
            yield page
            if not page.get("next_cursor"):
                return
            query = {**query, "cursor": page["next_cursor"]}

    def _items(self, path, query, name):
        for page in self._pages(path, query):
            yield from page[name]


def verify_signature(raw_payload, signature_header, secret, tolerance=300):
    """Raises WebhookSignatureError unless a delivery was signed with the secret, within so many seconds.

    `raw_payload` is the body as it arrived, before anything reads it; `signature_header` the value of
    X-OpesCare-Signature.
    """
    content = raw_payload.encode() if isinstance(raw_payload, str) else bytes(raw_payload)
    parts = [part.partition("=")[::2] for part in (signature_header or "").split(",")]
    times = [value for name, value in parts if name == "t"]
    signatures = [value for name, value in parts if name == "v1"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit()) or not signatures:
        raise WebhookSignatureError("the signature has not the form t=SECONDS,v1=HEX")
    signed = times[0].encode() + b"." + content
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()
    # Every one is compared, in constant time.
    if not any([hmac.compare_digest(expected, each.encode()) for each in signatures]):
        raise WebhookSignatureError("the signature is not the secret's")
    if abs(time.time() - int(times[0][:15])) > tolerance:
        raise WebhookSignatureError("the delivery is too old")


def parse_event(raw_payload):
    """The event of a delivery that `verify_signature` let pass."""
    event = json.loads(raw_payload, object_pairs_hook=Answer)
    if not isinstance(event, dict) or "type" not in event:
        raise ValueError("the delivery has no type")
    return event


class _Webhooks(_Module):
    verify_signature = staticmethod(verify_signature)
    parse_event = staticmethod(parse_event)


# Made by scripts/sdk from openapi.yaml: begin.


class Patients(_Module):
    def get_patient_access_log(self, health_id, **fields):
        """Who looked at a patient's chart, newest first.

        Fields: limit, cursor, purpose.
        """
        return self._call("GET", f"/api/v1/connect/patients/{_segment(health_id)}/access-log", query=_given(fields))

    def find(self, health_id=None, **fields):
        """Look up a patient by Health ID.

        Fields: health_id, purpose.
        """
        return self._call("GET", "/api/v1/connect/patient/search", query=_given(fields, health_id=health_id))

    def search(self, **fields):
        """Look for patients by phone, national id, Health ID or exact demographics.

        Fields: search_type, query, health_id, phone_number, national_id, first_name, last_name,
        date_of_birth, country_code, purpose.
        """
        return self._call("POST", "/api/v1/connect/patients/search", body=_given(fields))

    def correct_patient(self, health_id, *, idempotency_key=None, **fields):
        """Put right what is registered of a patient.

        Fields: reason, first_name, last_name, date_of_birth, sex, phone_number, national_id, address,
        blood_type, allergies, deceased, date_of_death, remove, verification_method, document_kind.
        """
        return self._call("PATCH", f"/api/v1/connect/patients/{_segment(health_id)}", body=_given(fields), key=idempotency_key or True)

    def verify_patient(self, health_id, *, idempotency_key=None, **fields):
        """Say that somebody made sure who a patient is.

        Fields: verification_method, document_kind, reason.
        """
        return self._call("POST", f"/api/v1/connect/patients/{_segment(health_id)}/verification", body=_given(fields), key=idempotency_key or True)

    def list_patient_corrections(self, health_id, **fields):
        """What was corrected of a patient, newest first.

        Fields: limit, cursor.
        """
        return self._call("GET", f"/api/v1/connect/patients/{_segment(health_id)}/corrections", query=_given(fields))

    def undo_patient_correction(self, health_id, correction_id, *, idempotency_key=None, **fields):
        """Take a correction back.

        Fields: reason.
        """
        return self._call("POST", f"/api/v1/connect/patients/{_segment(health_id)}/corrections/{_segment(correction_id)}/undo", body=_given(fields), key=idempotency_key or True)

    def get_summary(self, health_id):
        """Demographics, allergies, active medications, recent labs and visits; needs consent."""
        return self._call("GET", f"/api/v1/connect/patients/{_segment(health_id)}/summary")

    def get_emergency_profile(self, health_id):
        """Blood type and allergies; medications where consent or break-glass opens them."""
        return self._call("GET", f"/api/v1/connect/patients/{_segment(health_id)}/emergency-profile")


class HealthIds(_Module):
    def resolve(self, *, idempotency_key=None, **fields):
        """Find a patient's Health ID, or register the patient.

        Fields: health_id, first_name, last_name, date_of_birth, country_code, sex, phone_number,
        national_id, blood_type, allergies, purpose, external_reference, dry_run, confirmed_by,
        replaces.
        """
        return self._call("POST", "/api/v1/connect/patients/resolve", body=_given(fields), key=idempotency_key or True)

    def verify(self, health_id):
        """Check a Health ID's form and whether it is registered."""
        return self._call("GET", f"/api/v1/connect/patients/verify/{_segment(health_id)}")


class Consents(_Module):
    def get(self, health_id):
        """What this patient allows your client to read."""
        return self._call("GET", f"/api/v1/connect/patient/{_segment(health_id)}/consent")

    def grant(self, health_id, *, idempotency_key=None, **fields):
        """Record that the patient granted consent to your client.

        Fields: consent_type, expires_at, purpose, verification_method.
        """
        return self._call("POST", f"/api/v1/connect/patient/{_segment(health_id)}/consent/grant", body=_given(fields), key=idempotency_key or True)

    def revoke(self, health_id, *, idempotency_key=None, **fields):
        """End every consent of this patient for your client, at once.

        Fields: reason.
        """
        return self._call("POST", f"/api/v1/connect/patient/{_segment(health_id)}/consent/revoke", body=_given(fields), key=idempotency_key or True)

    def request(self, health_id=None, purpose=None, requested_scopes=None, validity_period_days=None,
            system_name=None, *, idempotency_key=None, **fields):
        """Ask for consent; a later grant answers it.

        Fields: health_id, purpose, requested_scopes, validity_period_days.
        """
        return self._call("POST", "/api/v1/connect/consents/request", body=_given(fields, health_id=health_id, purpose=purpose, requested_scopes=requested_scopes, validity_period_days=validity_period_days, system_name=system_name), key=idempotency_key or True)

    def verify(self, health_id=None, scope=None, **fields):
        """Is there consent for this scope now?

        Fields: health_id, scope.
        """
        return self._call("POST", "/api/v1/connect/consents/verify", body=_given(fields, health_id=health_id, scope=scope))

    def request_emergency_access(self, health_id=None, reason=None,
            emergency_type='clinical_emergency', *, idempotency_key=None, **fields):
        """Break-glass. Open the whole record for an hour, on your word and on record.

        Fields: health_id, reason, emergency_type.
        """
        return self._call("POST", "/api/v1/connect/emergency-access/request", body=_given(fields, health_id=health_id, reason=reason, emergency_type=emergency_type), key=idempotency_key or True)


class Widget(_Module):
    def create_widget_session(self, *, idempotency_key=None, **fields):
        """Open a widget session.

        Fields: health_id, allowed_origins, facility_id, widget_type, scopes, allow_consent, language,
        theme, expires_in, actor.
        """
        return self._call("POST", "/api/v1/connect/widget/sessions", body=_given(fields), key=idempotency_key or True)

    def end_widget_session(self, session_id):
        """End a widget session, at once."""
        return self._call("DELETE", f"/api/v1/connect/widget/sessions/{_segment(session_id)}")

    def create_widget_session_short(self, *, idempotency_key=None, **fields):
        """Open a widget session; the shorter spelling of `createWidgetSession`.

        Fields: health_id, allowed_origins, facility_id, widget_type, scopes, allow_consent, language,
        theme, expires_in, actor.
        """
        return self._call("POST", "/api/v1/widgets/sessions", body=_given(fields), key=idempotency_key or True)

    def end_widget_session_short(self, session_id):
        """End a widget session; the shorter spelling of `endWidgetSession`."""
        return self._call("DELETE", f"/api/v1/widgets/sessions/{_segment(session_id)}")


class Records(_Module):
    def list(self, health_id, **fields):
        """A patient's records, newest first; needs an active consent that covers the type.

        Fields: type, from, to, limit, cursor, purpose.
        """
        return self._call("GET", f"/api/v1/connect/patient/{_segment(health_id)}/records", query=_given(fields))

    def pages(self, health_id, **fields):
        """Goes through all: A patient's records, newest first; needs an active consent that covers the type.

        Fields: type, from, to, limit, cursor, purpose.
        """
        return self._pages(f"/api/v1/connect/patient/{_segment(health_id)}/records", _given(fields))

    def push_encounter(self, health_id=None, encounter_type=None, clinical_note=None, *,
            idempotency_key=None, **fields):
        """Add an encounter, with its diagnoses and vitals.

        Fields: health_id, external_encounter_id, encounter_type, clinical_note, notes, severity,
        occurred_at, encounter.
        """
        return self._call("POST", "/api/v1/connect/records/encounters", body=_given(fields, health_id=health_id, encounter_type=encounter_type, clinical_note=clinical_note), key=idempotency_key or True)

    def push_lab_result(self, health_id=None, test_name=None, result_value=None, *,
            idempotency_key=None, **fields):
        """Add a lab result.

        Fields: health_id, test_name, result_value, unit, reference_range, flagged, flag_level,
        interpretation, external_lab_order_id, occurred_at.
        """
        return self._call("POST", "/api/v1/connect/records/lab-results", body=_given(fields, health_id=health_id, test_name=test_name, result_value=result_value), key=idempotency_key or True)

    def push_prescription(self, health_id=None, *, idempotency_key=None, **fields):
        """Add a prescription.

        Fields: health_id, medication_name, dose, frequency, duration, external_prescription_id,
        alert_type, status, occurred_at.
        """
        return self._call("POST", "/api/v1/connect/records/prescriptions", body=_given(fields, health_id=health_id), key=idempotency_key or True)


class Inventory(_Module):
    def pharmacy(self, facility_id, **fields):
        """A pharmacy's stock, as it last reported it.

        Fields: limit, cursor.
        """
        return self._call("GET", f"/api/v1/connect/inventory/pharmacy/{_segment(facility_id)}", query=_given(fields))

    def each_pharmacy_item(self, facility_id, **fields):
        """Goes through all: A pharmacy's stock, as it last reported it.

        Fields: limit, cursor.
        """
        return self._items(f"/api/v1/connect/inventory/pharmacy/{_segment(facility_id)}", _given(fields), "items")

    def blood(self, facility_id, **fields):
        """A blood bank's units by group and component, as it last reported them.

        Fields: limit, cursor.
        """
        return self._call("GET", f"/api/v1/connect/inventory/blood/{_segment(facility_id)}", query=_given(fields))

    def each_blood_item(self, facility_id, **fields):
        """Goes through all: A blood bank's units by group and component, as it last reported them.

        Fields: limit, cursor.
        """
        return self._items(f"/api/v1/connect/inventory/blood/{_segment(facility_id)}", _given(fields), "items")

    def sync_pharmacy_stock(self, *, idempotency_key=None, **fields):
        """Report your facility's pharmacy stock; good items are stored, the others listed.

        Fields: facility_reference, items.
        """
        return self._call("POST", "/api/v1/connect/inventory/pharmacy-stock/sync", body=_given(fields), key=idempotency_key or True)

    def sync_blood_stock(self, *, idempotency_key=None, **fields):
        """Report your facility's blood; unscreened and expired units are left out and listed.

        Fields: facility_reference, items.
        """
        return self._call("POST", "/api/v1/connect/inventory/blood-stock/sync", body=_given(fields), key=idempotency_key or True)


class Payments(_Module):
    def record(self, *, idempotency_key=None, **fields):
        """Record your facility's or the provider's side of one payment, or of up to 5,000.

        Fields: payments.
        """
        return self._call("POST", "/api/v1/connect/payments", body=_given(fields), key=idempotency_key or True)

    def reconciliation(self, date=None, **fields):
        """One day's payments from both sides, and where they disagree.

        Fields: date, limit, cursor.
        """
        return self._call("GET", "/api/v1/connect/reconciliation", query=_given(fields, date=date))

    def each_reconciliation_page(self, date=None, **fields):
        """Goes through all: One day's payments from both sides, and where they disagree.

        Fields: date, limit, cursor.
        """
        return self._pages("/api/v1/connect/reconciliation", _given(fields, date=date))


class Webhooks(_Webhooks):
    def events(self, **fields):
        """The events that you may see, oldest first, for a receiver that was down.

        Fields: after, limit, cursor.
        """
        return self._call("GET", "/api/v1/connect/webhooks/events", query=_given(fields))

    def each_event(self, **fields):
        """Goes through all: The events that you may see, oldest first, for a receiver that was down.

        Fields: after, limit, cursor.
        """
        return self._items("/api/v1/connect/webhooks/events", _given(fields), "events")

    def replay(self, event_id, *, idempotency_key=None):
        """Deliver one event again, to each of your subscriptions that takes it."""
        return self._call("POST", f"/api/v1/connect/webhooks/events/{_segment(event_id)}/replay", key=idempotency_key or True)

    def deliveries(self, **fields):
        """What was delivered, what waits and what failed, newest first.

        Fields: subscription_id, state, limit, cursor.
        """
        return self._call("GET", "/api/v1/connect/webhooks/deliveries", query=_given(fields))

    def each_delivery(self, **fields):
        """Goes through all: What was delivered, what waits and what failed, newest first.

        Fields: subscription_id, state, limit, cursor.
        """
        return self._items("/api/v1/connect/webhooks/deliveries", _given(fields), "deliveries")

    def subscribe(self, callback_url=None, subscribed_events=None, description=None, *,
            idempotency_key=None, **fields):
        """Subscribe a URL to events.

        Fields: callback_url, subscribed_events, description, webhook_secret.
        """
        return self._call("POST", "/api/v1/connect/webhooks/subscriptions", body=_given(fields, callback_url=callback_url, subscribed_events=subscribed_events, description=description), key=idempotency_key or True)

    def list(self):
        """Your active subscriptions, without their secrets."""
        return self._call("GET", "/api/v1/connect/webhooks/subscriptions")

    def unsubscribe(self, subscription_id):
        """End a subscription; what waits for it is not delivered any more."""
        return self._call("DELETE", f"/api/v1/connect/webhooks/subscriptions/{_segment(subscription_id)}")

    def rotate_secret(self, subscription_id, *, idempotency_key=None, **fields):
        """Get a new secret.

        Fields: overlap_seconds.
        """
        return self._call("POST", f"/api/v1/connect/webhooks/subscriptions/{_segment(subscription_id)}/rotate-secret", body=_given(fields), key=idempotency_key or True)

    def replay_subscription(self, subscription_id, *, idempotency_key=None, **fields):
        """Deliver a period's events again.

        Fields: from, to, cursor.
        """
        return self._call("POST", f"/api/v1/connect/webhooks/subscriptions/{_segment(subscription_id)}/replay", body=_given(fields), key=idempotency_key or True)


class SDKWidget(_Module):
    def create_widget_session(self, *, idempotency_key=None, **fields):
        """Open a widget session.

        Fields: health_id, allowed_origins, facility_id, widget_type, scopes, allow_consent, language,
        theme, expires_in, actor.
        """
        return self._call("POST", "/api/v1/connect/widget/sessions", body=_given(fields), key=idempotency_key or True)

    def end_widget_session(self, session_id):
        """End a widget session, at once."""
        return self._call("DELETE", f"/api/v1/connect/widget/sessions/{_segment(session_id)}")

    def create_widget_session_short(self, *, idempotency_key=None, **fields):
        """Open a widget session; the shorter spelling of `createWidgetSession`.

        Fields: health_id, allowed_origins, facility_id, widget_type, scopes, allow_consent, language,
        theme, expires_in, actor.
        """
        return self._call("POST", "/api/v1/widgets/sessions", body=_given(fields), key=idempotency_key or True)

    def end_widget_session_short(self, session_id):
        """End a widget session; the shorter spelling of `endWidgetSession`."""
        return self._call("DELETE", f"/api/v1/widgets/sessions/{_segment(session_id)}")


class SDKAppointments(_Module):
    def list(self, facility_id=None, date=None, **fields):
        """A day of your own facility, by time.

        Fields: facility_id, date, limit, cursor.
        """
        return list(self._items("/api/v1/sdk/appointments", _given(fields, facility_id=facility_id, date=date), "appointments"))

    def create(self, *, idempotency_key=None, **fields):
        """Book a patient at your own facility.

        Fields: health_id, facility_id, scheduled_at, reason, appointment_type.
        """
        return self._call("POST", "/api/v1/sdk/appointments", body=_given(fields), key=idempotency_key or True)

    def get(self, appointment_id):
        """One appointment of your own facility."""
        return self._call("GET", f"/api/v1/sdk/appointments/{_segment(appointment_id)}")

    def cancel(self, appointment_id, *, idempotency_key=None):
        """Cancel an appointment; one that is cancelled stays as it is."""
        return self._call("POST", f"/api/v1/sdk/appointments/{_segment(appointment_id)}/cancel", key=idempotency_key or True)


class SDKFacilities(_Module):
    def get(self, facility_id):
        """Your own facility, by id or reference."""
        return self._call("GET", f"/api/v1/sdk/facilities/{_segment(facility_id)}")

    def stock(self, facility_id, **fields):
        """What your own facility's pharmacy has of each medicine.

        Fields: limit, cursor.
        """
        return self._call("GET", f"/api/v1/sdk/facilities/{_segment(facility_id)}/stock", query=_given(fields))

    def each_stock_item(self, facility_id, **fields):
        """Goes through all: What your own facility's pharmacy has of each medicine.

        Fields: limit, cursor.
        """
        return self._items(f"/api/v1/sdk/facilities/{_segment(facility_id)}/stock", _given(fields), "items")


class SDKTokens(_Module):
    def introspect(self):
        """What the token that you send may do."""
        return self._call("GET", "/api/v1/sdk/token/introspect")


class SDKPatients(_Module):
    def get(self, health_id):
        """Who is registered under a Health ID; as `searchPatient`."""
        return self._call("GET", f"/api/v1/sdk/patient/{_segment(health_id)}")

    def get_summary(self, health_id):
        """Demographics, allergies, active medications, recent labs and visits; needs consent."""
        return self._call("GET", f"/api/v1/sdk/patients/{_segment(health_id)}/summary")

    def encounters(self, health_id, **fields):
        """A patient's visits, newest first; needs consent.

        Fields: from, to, limit, cursor.
        """
        return self._call("GET", f"/api/v1/sdk/patients/{_segment(health_id)}/encounters", query=_given(fields))

    def each_encounter(self, health_id, **fields):
        """Goes through all: A patient's visits, newest first; needs consent.

        Fields: from, to, limit, cursor.
        """
        return self._items(f"/api/v1/sdk/patients/{_segment(health_id)}/encounters", _given(fields), "encounters")


class SDKWebhooks(_Webhooks):
    def subscribe(self, endpoint_url=None, events=None, description=None, *, idempotency_key=None,
            **fields):
        """Subscribe a URL to events; as `createSubscription`.

        Fields: callback_url, subscribed_events, description, webhook_secret.
        """
        return self._call("POST", "/api/v1/sdk/webhooks/subscriptions", body=_given(fields, endpoint_url=endpoint_url, events=events, description=description), key=idempotency_key or True)

    def list(self):
        """Your client's active subscriptions, without their secrets."""
        return self._call("GET", "/api/v1/sdk/webhooks/subscriptions")

    def unsubscribe(self, subscription_id):
        """End a subscription; what waits for it is not delivered any more."""
        return self._call("DELETE", f"/api/v1/sdk/webhooks/subscriptions/{_segment(subscription_id)}")


CLIENT_MODULES = {
    "patients": Patients,
    "health_ids": HealthIds,
    "consents": Consents,
    "widget": Widget,
    "records": Records,
    "inventory": Inventory,
    "payments": Payments,
    "webhooks": Webhooks,
}

SDK_MODULES = {
    "widget": SDKWidget,
    "appointments": SDKAppointments,
    "facilities": SDKFacilities,
    "tokens": SDKTokens,
    "patients": SDKPatients,
    "webhooks": SDKWebhooks,
}

# Made by scripts/sdk from openapi.yaml: end.


class _Base:
    """`timeout` is of one try and `total_timeout` of a call, in seconds; `max_tries` counts the first.

    A list of scopes, separated by spaces, may narrow what the client's token does. `acting_user` is which person
    acts, for the audit log: a text, or a function that says who it is now.
    """

    def __init__(self, client_id=None, client_secret=None, environment="sandbox", base_url=None,
                 timeout=30.0, *, token=None, scope=None, max_tries=4, total_timeout=60.0,
                 ssl_context=None, acting_user=None):
        if base_url is None and environment not in ADDRESSES:
            raise ValueError("environment is sandbox or production")
        self._transport = _Transport(
            base_url or ADDRESSES[environment], timeout, max_tries, total_timeout, ssl_context)
        self._credentials = _Credentials(self._transport, client_id, client_secret, scope, token)
        self._acting_user = acting_user
        for name, kind in self._modules().items():
            setattr(self, name, kind(self))
        # Wrong credentials show here, and not at the first call.
        self._credentials.token(time.monotonic() + total_timeout)

    def __repr__(self):
        who = self._credentials.client_id or "an SDK token"
        return f"<{type(self).__name__} of {who} at {self._transport.base_url}>"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Nothing is held open; here for code that closes what it opened."""

    def _send(self, method, path, query, body, key):
        """`key` is the caller's idempotency key, or True for one of our own; the same at every try."""
        until = time.monotonic() + self._transport.total_timeout
        query = {name: ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
                 for name, value in (query or {}).items()}
        target = path + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = {} if key is None else {
            "Idempotency-Key": str(uuid.uuid4()) if key is True else key}
        who = self._acting_user() if callable(self._acting_user) else self._acting_user
        if who is not None:
            # Fields are bytes: the server reads them as UTF-8.
            headers["X-Acting-User"] = str(who).encode().decode("latin-1")
        token = self._credentials.token(until)
        try:
            return self._with(token, method, target, body, headers, until)
        except AuthenticationError as error:
            if error.status != 401 or not self._credentials.can_renew:
                raise
        return self._with(
            self._credentials.token(until, refused=token), method, target, body, headers, until)

    def _with(self, token, method, target, body, headers, until):
        headers = {**headers, "Authorization": "Bearer " + token}
        return self._transport.try_often(method, target, body, headers, until)


class OpesCareClient(_Base):
    """What a client of Connect may do, by its id and secret."""

    def _modules(self):
        return CLIENT_MODULES


class OpesCareSDK(_Base):
    """What an SDK token opens: OpesCareSDK(token="sdk_test_…")."""

    def __init__(self, client_id=None, client_secret=None, environment="sandbox", base_url=None,
                 timeout=30.0, *, token=None, **options):
        super().__init__(
            client_id, client_secret, environment, base_url, timeout, token=token, **options)

    def _modules(self):
        return SDK_MODULES

    def facility(self, facility_id):
        """One facility: `.get()` and `.stock()`."""
        return _Facility(self.facilities, facility_id)

    def introspect(self):
        """What the token is, and how long it lasts."""
        return self.tokens.introspect()


class _Facility:
    def __init__(self, facilities, facility_id):
        self._facilities, self._id = facilities, facility_id

    def get(self):
        return self._facilities.get(self._id)

    def stock(self, **fields):
        return self._facilities.stock(self._id, **fields)
