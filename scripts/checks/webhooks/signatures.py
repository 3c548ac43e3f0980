"""Both signatures of everything a receiver got."""

import hashlib
import hmac
import json


def verify(receivers, kind, problems):
    """Both signatures of everything a receiver got."""
    from standardwebhooks import Webhook, WebhookVerificationError

    secret = receivers.secrets[kind]
    for _, headers, body in receivers.verifications[kind] + receivers.requests[kind]:
        try:
            Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
        except WebhookVerificationError as error:
            problems.append(f"{kind}: webhook-signature: {error}")
        parts = headers["X-OpesCare-Signature"].split(",")
        if len(parts) != 2 or not parts[0].startswith("t=") or not parts[1].startswith("v1="):
            problems.append(f"{kind}: X-OpesCare-Signature is {headers['X-OpesCare-Signature']}")
            continue
        digest = hmac.new(
            secret.encode(), parts[0][2:].encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(digest, parts[1][3:]):
            problems.append(f"{kind}: X-OpesCare-Signature is wrong")
        event = json.loads(body)
        if not headers["webhook-id"] == headers["X-OpesCare-Event-Id"] == event["id"]:
            problems.append(f"{kind}: the ids of {event['id']} disagree")
        if event["id"] != event["event_id"] or event["data"] != event["resource"]:
            problems.append(f"{kind}: the older members of {event['id']} disagree")
