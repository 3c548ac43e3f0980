"""Tokens, checked by other people's libraries with nothing but the key set's address."""

import importlib.util
import shutil
import sys

from checks.examples.runners import last_line, run

JWKS_CHECKS = {
    "PyJWT": ("jwt", """\
import jwt, os
token = os.environ['ACCESS_TOKEN']
key = jwt.PyJWKClient('https://opescare.test/.well-known/jwks.json').get_signing_key_from_jwt(token)
claims = jwt.decode(token, key.key, algorithms=['RS256'], options={'verify_aud': False})
assert claims['client_id'] == 'demo_dev_sandbox', claims
try:
    body = token.split('.')
    swapped = 'A' if body[1][9] != 'A' else 'B'
    body[1] = body[1][:9] + swapped + body[1][10:]
    jwt.decode('.'.join(body), key.key, algorithms=['RS256'], options={'verify_aud': False})
    raise SystemExit('Error: an altered token passed')
except jwt.InvalidTokenError:
    pass
"""),
    "joserfc": ("joserfc", """\
import os, requests
from joserfc import jwt
from joserfc.jwk import KeySet
keys = KeySet.import_key_set(requests.get('https://opescare.test/.well-known/jwks.json').json())
claims = jwt.decode(os.environ['ACCESS_TOKEN'], keys, algorithms=['RS256']).claims
jwt.JWTClaimsRegistry(iss={'essential': True}, exp={'essential': True}).validate(claims)
assert claims['client_id'] == 'demo_dev_sandbox', claims
"""),
    "node:crypto": ("node", """\
import { createPublicKey, verify } from 'node:crypto';
const [head, body, signature] = process.env.ACCESS_TOKEN.split('.');
const { kid, alg } = JSON.parse(Buffer.from(head, 'base64url'));
const answer = await fetch('https://opescare.test/.well-known/jwks.json');
const jwk = (await answer.json()).keys.find((key) => key.kid === kid);
const key = createPublicKey({ format: 'jwk', key: jwk });
const good = verify('sha256', `${head}.${body}`, key, Buffer.from(signature, 'base64url'));
const bad = verify('sha256', `${head}.${body}A`, key, Buffer.from(signature, 'base64url'));
if (alg !== 'RS256' || !good || bad) throw new Error('the signature does not verify');
"""),
}


def check_key_set(name, token, folder):
    """None when the library is missing, else what is wrong."""
    needs, source = JWKS_CHECKS[name]
    if needs == "node":
        if not shutil.which("node"):
            return None
        words, script = ["node"], folder / "keys.mjs"
    else:
        if not importlib.util.find_spec(needs):
            return None
        words, script = [sys.executable], folder / "keys.py"
    script.write_text(source)
    result = run(words + [str(script)], folder, token)
    return "" if result.returncode == 0 else last_line(result.stderr)
