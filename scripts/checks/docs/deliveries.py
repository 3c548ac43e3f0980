"""Signed deliveries in both families, and what a verifier must say to each."""

import base64
import hashlib
import hmac
import os
import time


def deliveries():
    """Signed deliveries in both families, and what a verifier must say to each."""
    key = os.urandom(32)
    secret = "whsec_" + base64.b64encode(key).decode()
    other = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    body = '{"id":"evt_1","type":"lab_result.released","data":{"name":"Ngo Bassa é"}}\n'.encode()
    tampered = body.replace(b"released", b"Released")
    now = int(time.time())
    event = "evt_01m7xwsv8mcnz4k21wgaqcp9pz"

    def opescare(secret, seconds):
        mac = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
        return f"t={seconds},v1={mac.hexdigest()}"

    def standard(secret, seconds):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{event}.{seconds}.".encode() + body
        digest = hmac.new(key, signed, hashlib.sha256).digest()
        return "v1," + base64.b64encode(digest).decode()

    mine, foreign = opescare(secret, now), standard(other, now)
    both = foreign + " " + standard(secret, now)
    mac = mine.partition("v1=")[2]
    cases = [
        ("good", True, "opescare", body, mine),
        ("tampered body", False, "opescare", tampered, mine),
        ("body without its last byte", False, "opescare", body[:-1], mine),
        ("tampered signature", False, "opescare", body,
         mine[:-1] + ("0" if mine[-1] != "0" else "1")),
        ("shortened signature", False, "opescare", body, mine[:-2]),
        ("another time", False, "opescare", body, f"t={now - 1},v1={mac}"),
        ("another secret", False, "opescare", body, opescare(other, now)),
        ("old", False, "opescare", body, opescare(secret, now - 400)),
        ("from the future", False, "opescare", body, opescare(secret, now + 400)),
        ("no time", False, "opescare", body, f"v1={mac}"),
        ("time that is no number", False, "opescare", body, opescare(secret, "soon")),
        ("no signature", False, "opescare", body, f"t={now}"),
        ("nothing", False, "opescare", body, ""),
        ("nonsense", False, "opescare", body, "=,=,,v1"),
        ("good", True, "standard", body, event, str(now), standard(secret, now)),
        ("while the secret changes", True, "standard", body, event, str(now), both),
        ("tampered body", False, "standard", tampered, event, str(now), standard(secret, now)),
        ("another event", False, "standard", body, event[:-1], str(now), standard(secret, now)),
        ("another time", False, "standard", body, event, str(now - 1), standard(secret, now)),
        ("another secret", False, "standard", body, event, str(now), foreign),
        ("old", False, "standard", body, event, str(now - 400), standard(secret, now - 400)),
        ("time that is no number", False, "standard", body, event, "soon",
         standard(secret, "soon")),
        ("no version", False, "standard", body, event, str(now), standard(secret, now)[3:]),
        ("nothing", False, "standard", body, "", "", ""),
    ]
    lines = ["\t".join([family, secret, base64.b64encode(content).decode(), *fields])
             for _, _, family, content, *fields in cases]
    return cases, "\n".join(lines) + "\n"
