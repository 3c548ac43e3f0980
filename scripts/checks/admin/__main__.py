"""Proves the panel at /admin in a real browser: signs in by keyboard alone, registers an agent, sees
it come online with its heartbeat, reads every section in both languages, is refused what another
site's page sends, and signs out. Then everything has a name that is markup, too long, or written from
the right, and must be text that stays in its place. Last, the same over TLS: the cookie is one that
only this host can set.

--pictures FOLDER keeps a picture of each page. Exit status: 0 all true, 1 something is not, 77 there is no
Chromium here.
"""

import sys
import tempfile

from checks.admin.panel import Panel
from checks.admin.sessions import check, check_tls
from checks.harness import programs
from checks.harness.axe import Axe
from checks.harness.browser import Browser, pictures
from checks.harness.live import PlainServer


def main():
    folder_of_pictures = pictures(__doc__)
    binary, axe = programs.server(), Axe()
    with tempfile.TemporaryDirectory() as folder:
        server = PlainServer(binary, folder)
        try:
            token = server.admin_token()
            browser = Browser()
            try:
                failures = check(Panel(browser, server.port, folder_of_pictures, axe), server.port, token)
            finally:
                browser.close()
            if token in server.log():
                failures.append("the token is in the log")
        finally:
            server.stop()
    failures += check_tls(binary, folder_of_pictures, axe)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
