"""Proves the widget in a real browser, in the frame of a page of another site: the record of a patient whom a
server named, a page's session with its one-time code, and what must not work: a page of another
origin, a secret in a page, a token that stays in the address, a clinical value in a message. Each state in
English, French and Arabic, light and dark, 280, 390 and 800 pixels wide, as axe sees it; then by keyboard alone, and
by a patient who asks for one code after the other. Last, one-time codes in production, over TLS, to a hook that takes them and to hooks that fail.

--pictures FOLDER keeps a picture of each state. Exit status: 0 all true, 1 something is not, 77 there is no
Chromium here.
"""

import sys
import tempfile

from checks.harness import programs
from checks.harness.axe import Axe
from checks.harness.browser import Browser, pictures
from checks.harness.live import PlainServer
from checks.widget.asking import impatience
from checks.widget.codes import codes
from checks.widget.flows import attacks, dead_sessions, page_session, pages, server_session
from checks.widget.frame import Frame
from checks.widget.guesses import guesses
from checks.widget.keyboard import keyboard
from checks.widget.partner import Partner
from checks.widget.states import states


def main():
    folder_of_pictures = pictures(__doc__)
    failures, axe = [], Axe()
    with tempfile.TemporaryDirectory() as folder:
        server = PlainServer(programs.server(), folder)
        try:
            partner = Partner(server)
            # The frame is another site's, in a process of its own.
            browser = Browser("--site-per-process")
            try:
                frame = Frame(browser, partner, axe)
                for flow in (page_session, server_session, dead_sessions, states, keyboard, guesses, impatience,
                             attacks, pages, codes):
                    failures += flow(frame, partner, folder_of_pictures)
            finally:
                browser.close()
                partner.close()
            if "wgt_" in server.log():
                failures.append("a session's token is in the log")
        finally:
            server.stop()
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
