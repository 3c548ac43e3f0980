"""The page with the widget, and what is inside its frame, which is another site's."""

import json
import time

FAULTS = """(() => {
  const wrong = [];
  const view = selector => document.querySelectorAll(selector);
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("too wide");
  for (const one of view("#view *"))
    if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth && getComputedStyle(one).display !== "inline"
        && one.tagName !== "INPUT") wrong.push("overrun: " + one.textContent.slice(0, 40));
  for (const one of view("#view button, #view input"))
    if (one.offsetHeight < 24) wrong.push("too small: " + one.textContent);
  for (const one of view("#view input")) if (!one.labels.length) wrong.push("a field has no label");
  if (view("h1").length !== 1) wrong.push("not one heading");
  const ids = [...view("[id]")].map(one => one.id);
  if (new Set(ids).size !== ids.length) wrong.push("an id comes twice");
  if (/\\{\\d\\}|undefined|null|\\[object/.test(document.body.innerText)) wrong.push("a hole in a sentence");
  const light = color => color.match(/[\\d.]+/g).slice(0, 3).map(one => one / 255)
    .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const contrast = (color, place) => {
    while (/, 0\\)$|transparent/.test(getComputedStyle(place).backgroundColor)) place = place.parentElement;
    const [low, high] = [color, getComputedStyle(place).backgroundColor].map(light).sort((a, b) => a - b);
    return (high + .05) / (low + .05);
  };
  // Text, and the edges of what is filled in or pressed (WCAG 2.2 §§ 1.4.3, 1.4.11).
  for (const one of view("#view *, footer"))
    if ([...one.childNodes].some(child => child.nodeType === 3 && child.data.trim())
        && contrast(getComputedStyle(one).color, one) < 4.5) wrong.push("pale: " + one.textContent.slice(0, 40));
  for (const one of view("#view button, #view input"))
    if (contrast(getComputedStyle(one).borderTopColor, one.parentElement) < 3) wrong.push("pale edge: " + one.textContent);
  return [...new Set(wrong)]; })()"""


class Frame:
    """A page of the partner's; `inside` runs scripts in the frame."""

    def __init__(self, browser, partner, axe):
        self.browser = browser
        self.axe = axe
        self.partner = partner
        self.session = None

    def open(self, origin=None, width=1280, **options):
        self.partner.options = options
        self.session = None
        self.browser.resize(width)
        self.browser.go("about:blank")
        self.browser.go((origin or self.partner.origin) + "/portal")

    def go(self, url):
        """The frame's page, alone in the window."""
        self.browser.go(url)
        self.session = self.browser.session

    def resize(self, width):
        """A frame of automatic height follows."""
        self.browser.resize(width, 1600)
        self.wait(f"innerWidth === {width} && document.documentElement.scrollHeight <= innerHeight")

    def attach(self, seconds=10):
        page, self.browser.session = self.browser.session, None
        try:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                targets = self.browser.send("Target.getTargets")["targetInfos"]
                found = [one for one in targets
                         if one["type"] == "iframe" and one["url"].startswith(self.partner.api)]
                if found:
                    self.session = self.browser.send(
                        "Target.attachToTarget", targetId=found[-1]["targetId"], flatten=True)["sessionId"]
                    return
                time.sleep(0.05)
        finally:
            self.browser.session = page
        raise RuntimeError("there is no frame")

    def inside(self, action, *arguments, **named):
        if not self.session:
            self.attach()
        page, self.browser.session = self.browser.session, self.session
        try:
            return action(*arguments, **named)
        finally:
            self.browser.session = page

    def run(self, script):
        return self.inside(self.browser.run, script)

    def wait(self, script, seconds=10):
        return self.inside(self.browser.wait, script, seconds)

    def wait_state(self, state, seconds=10):
        self.wait(f"document.getElementById('view')?.dataset.state === {json.dumps(state)}", seconds)

    def press(self, number):
        """The button of that number, from the top."""
        self.run(f"document.querySelectorAll('#view button')[{number}].click()")

    def fill(self, name, value):
        self.run(f"document.getElementById({json.dumps(name)}).value = {json.dumps(value)}")

    def send_form(self):
        self.run("document.querySelector('#view form').requestSubmit()")

    def key(self, key, shift=False, text=None):
        """As it comes from the page: it goes to whatever has the focus."""
        self.browser.press(key, shift=shift, text=text)

    def sandbox_code(self):
        return self.run("document.querySelector('.sandbox').textContent.match(/\\d{6}/)[0]")

    def heard(self):
        return self.browser.run("heard")

    def wait_heard(self, name):
        self.browser.wait(f"heard.some(one => one[0] === {json.dumps(name)})")

    def faults(self, where):
        """Whatever is wider than its place, too small to touch, too pale, or has no name."""
        found = self.run(FAULTS)
        return [f"{where}: {one}" for one in found] + self.axe.faults(self.run, where)
