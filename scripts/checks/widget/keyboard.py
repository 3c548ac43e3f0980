"""The widget by keyboard alone: where the focus goes, that it can be seen, and that it comes out again."""

import json
import time

from checks.widget.partner import BORN, FULL_RECORD
from checks.widget.states import OFFLINE, REFUSED

PLACES = ("[...document.querySelectorAll('#view a, #view button, #view input')].map(one =>"
          " one.id || one.textContent)")
FOCUS = """(() => {
  const one = document.activeElement, style = getComputedStyle(one);
  return { name: one === document.body || !document.hasFocus() ? "" : one.id || one.textContent,
           isSeen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
})()"""


def keyboard(frame, partner, pictures):
    """Every state that waits for somebody, in the order in which they meet them."""
    keys, patient = Keys(frame), partner.patients[FULL_RECORD]
    frame.open(sessionToken=partner.session(health_id=None)["session_token"], lang="en")
    keys.begin("identify")
    identify(keys, patient)
    keys.activate("Yes, I agree", "consent_pending")
    keys.begin("consent_pending")
    code = frame.sandbox_code()
    keys.type("code", "000000" if code != "000000" else "111111")
    keys.complain("code")
    keys.activate("Send a new code", "consent_pending")
    keys.type("code", frame.sandbox_code())
    keys.enter("access_granted")
    keys.begin("access_granted")
    partner.revoke(patient)
    frame.open(sessionToken=partner.session()["session_token"], lang="en")
    keys.begin("consent_required")
    keys.activate("No, I do not agree", "declined")
    keys.begin("declined")
    # What the server is asked for meanwhile takes no focus away.
    keys.reach("Change my answer")
    frame.run("refresh()")
    keys.expect("Change my answer", "after the server was asked again")
    keys.enter("consent_required")
    for script, state in ((OFFLINE, "offline"), (REFUSED % 500, "error")):
        frame.run("window.fetched ??= fetch;" + script)
        frame.run("refresh().catch(fail)")
        frame.wait_state(state)
        keys.begin(state)
        keys.reach("Try again")
        keys.press("Enter")
        frame.wait("!document.querySelector('#view [aria-disabled]')")
        frame.run("window.fetch = fetched")
        keys.activate("Try again", "declined")
    keys.activate("Change my answer", "consent_required")
    keys.activate("Yes, I agree", "access_granted")
    keys.begin("access_granted")
    partner.revoke()
    return keys.failures


def identify(keys, patient):
    keys.type("health-id", patient)
    for date in ("1975-11-03", BORN):
        keys.reach("birth-date")
        year, month, day = date.split("-")
        keys.digits(month + day + year)
        if date == BORN:
            keys.enter("consent_required")
        else:
            keys.complain("health-id")
    keys.begin("consent_required")


class Keys:
    def __init__(self, frame):
        self.frame = frame
        self.failures = []
        self.state = None

    def press(self, key, shift=False):
        self.frame.key(key, shift)

    def digits(self, text):
        for digit in text:
            self.frame.key(digit, text=digit)

    def focus(self):
        """What has it: of the frame an element, of the page around an id."""
        outside = self.frame.browser.run("document.activeElement === widget.iframe || document.activeElement.id")
        return self.frame.run(FOCUS) if outside is True else {"name": outside, "isSeen": True}

    def tab(self, shift=False):
        """Between the page and the frame, which are processes of their own, the focus takes a moment."""
        before = self.focus()
        self.press("Tab", shift)
        for _ in range(10):
            found = self.focus()
            if found["name"] and found != before:
                break
            time.sleep(0.02)
        return found

    def expect(self, name, when):
        found = self.focus()["name"]
        if found != name:
            self.failures.append(f"keyboard: {when} the focus is on {found!r}, not on {name!r}")

    def leave(self, start):
        """Puts the focus beside the frame, where a Tab leads into it."""
        self.frame.browser.run(f"document.getElementById('{start}').focus()")
        self.frame.wait("!document.hasFocus()")
        self.frame.run("document.activeElement.blur()")

    def tour(self, start, end, shift=False):
        """What has the focus, one after the other, from one side of the frame to the other."""
        self.leave(start)
        stops = []
        for _ in range(20):
            found = self.tab(shift)
            if found["name"] == end:
                return stops
            if found["name"] and found not in stops:
                stops.append(found)
        self.failures.append(f"keyboard: {self.state} does not let go of the focus")
        return stops

    def begin(self, state):
        """The focus goes through a state in its order, seen everywhere, and out on both sides."""
        self.state = state
        self.frame.wait_state(state)
        places = self.frame.run(PLACES)
        for shift in (False, True):
            stops = self.tour("after", "before", shift) if shift else self.tour("before", "after")
            names, order = [one["name"] for one in stops], places[::-1] if shift else places
            if names != order:
                self.failures.append(f"keyboard: {state} goes through {names}, not {order}")
            unseen = [one["name"] for one in stops if not one["isSeen"]]
            if unseen:
                self.failures.append(f"keyboard: in {state} the focus is not seen on {unseen}")
        if not places:
            return
        self.reach(places[0])
        self.press("Escape")
        self.expect(places[0], f"after Escape in {state}")
        self.frame.wait_state(state)

    def reach(self, name):
        """By Tab, from before the frame."""
        self.leave("before")
        for _ in range(20):
            if self.tab()["name"] == name:
                return
        raise RuntimeError(f"the focus does not reach {name} in {self.state}")

    def type(self, name, text):
        self.reach(name)
        self.frame.run(f"document.getElementById({json.dumps(name)}).select()")
        self.frame.inside(self.frame.browser.write, text)

    def complain(self, name):
        """What is wrong is said, and the focus is where it can be mended."""
        self.press("Enter")
        self.frame.wait("document.getElementById('wrong').textContent")
        self.expect(name, "after a mistake")

    def enter(self, state):
        """The next state has the focus, on its heading."""
        self.press("Enter")
        self.frame.wait_state(state)
        heading = self.frame.run("document.querySelector('h1').textContent")
        self.expect(heading, f"at the beginning of {state}")
        self.state = state

    def activate(self, name, state):
        self.reach(name)
        self.frame.run("document.getElementById('view').dataset.state = 'before'")
        self.enter(state)
