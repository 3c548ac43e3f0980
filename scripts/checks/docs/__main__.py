"""Proves the pages at /docs, /docs/sdk, /docs/fhir and /docs/widget: runs their examples in order and compares what they print.

For each, a fresh server runs in an empty folder, on a free port that stands in for 8080, and gives the
page. Every Shell, Python, Node and PHP example is run, in one shell; the block "json" or "text" right below
it, or below the same in several languages, is what it must print. Tokens, generated ids, times and secrets are compared by their form alone.
Attributes of a <pre>:

    data-needs       the example needs this Python module: jwt
    data-refuses     run again with this variable's value altered, the example must fail
    data-prelude     makes the client that the language's examples with data-uses go on with; what such a
                     one calls answer must be the JSON below, when there is some
    data-verify      verifies webhook signatures: is called with good and with tampered deliveries,
                     in every language that is installed
    data-illustration   is not an answer of the example above it

Links to places on the page must lead somewhere.
"""

import sys
import tempfile
import urllib.request
from pathlib import Path

from checks.docs.page import Page, check_links
from checks.docs.running import run_examples
from checks.docs.verifiers import run_verifiers
from checks.harness import programs
from checks.harness.live import PlainServer

# The languages in which each page has examples that run here; that of the page around the widget is the check
# widget's.
PAGES = {
    "/docs": {"sh", "python", "node", "php"}, "/docs/sdk": {"sh", "python", "node", "php"},
    "/docs/fhir": {"sh", "python"}, "/docs/widget": {"sh"}}


def main():
    failures = []
    for path, languages in PAGES.items():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            server = PlainServer(programs.server(), folder)
            try:
                opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                with opener.open(f"http://127.0.0.1:{server.port}{path}", timeout=30) as answer:
                    text = answer.read().decode()
                # The page names the server that shows it, and the examples the one that readers start.
                page = Page(text.replace(f"127.0.0.1:{server.port}", "127.0.0.1:8080"))
                failures += run_examples(page, folder, server)
                missing = languages - {block.language for block in page.blocks}
                failures += [f"{path}: has no example in {name}" for name in sorted(missing)]
            finally:
                server.stop()
            if path == "/docs":
                failures += run_verifiers(page, folder)
            failures += check_links(page)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
