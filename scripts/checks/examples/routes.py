"""The route table, and tokens for it."""

import json
import os
import re
import subprocess

from checks.examples.world import CLIENTS, DESKTOP_HOST, HOST, TOKEN_PATH


def read_routes():
    """Route templates as patterns, with the scopes each asks for."""
    text = subprocess.run(
        [os.environ["OPESCARE_BINARY"], "routes"], check=True, capture_output=True, text=True
    ).stdout
    routes = []
    for line in text.splitlines():
        match = re.match(r"(\w+) (\S+)  (\S+)  (.*)", line)
        if not match:
            raise SystemExit(f"examples: not a line of the route table: {line}")
        method, template, _, access = match.groups()
        pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)) + "/?$")
        routes.append((method, pattern, access.split(" or ")))
    return routes


def scopes_of(block, routes):
    """What a served request asks for; None when the server does not serve it."""
    if not block.url.startswith((HOST + "/", DESKTOP_HOST + "/")):
        return None
    for method, pattern, scopes in routes:
        if method == block.method and pattern.match(block.path):
            return scopes
    return None


def issue_tokens():
    import urllib.request

    tokens = []
    for client, secret in CLIENTS:
        request = urllib.request.Request(
            HOST + TOKEN_PATH, headers={"Content-Type": "application/json"},
            data=json.dumps({
                "grant_type": "client_credentials", "client_id": client, "client_secret": secret,
            }).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            body = json.load(answer)
        tokens.append((body["access_token"], set(body["scope"].split())))
    return tokens


def token_for(scopes, tokens):
    for token, granted in tokens:
        if granted & set(scopes):
            return token
    return tokens[0][0]
