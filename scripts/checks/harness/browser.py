"""A headless Chromium, driven over the DevTools protocol; for the checks of the pages."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KEYS = {"Enter": 13, "Tab": 9, "Escape": 27, "Backspace": 8, "ArrowDown": 40}
NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"]


def find():
    """The browser's path, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def pictures(text):
    """The folder that --pictures names, or None; ends a check that is called otherwise, or has no browser."""
    folder = Path(sys.argv[2]) if len(sys.argv) == 3 and sys.argv[1] == "--pictures" else None
    if len(sys.argv) != 1 and not folder:
        print(text)
        sys.exit(2)
    if not find():
        print("there is no Chromium on this machine")
        sys.exit(77)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


class Browser:
    """One page. What it complains about gathers in `complaints`."""

    def __init__(self, *flags, width=1280, height=900):
        # Its helper processes outlive it for a moment, and write on.
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_browser, from_us = os.pipe()
        to_us, from_browser = os.pipe()
        # The protocol's pipes are descriptors 3 and 4.
        command = [
            "bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "browser", find(),
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--remote-debugging-pipe", f"--user-data-dir={self.folder.name}", "--lang=en",
            "--no-first-run", "--disable-background-networking",
            f"--window-size={width},{height}", *flags, "about:blank"]
        self.process = subprocess.Popen(
            command, pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.sink, self.source = from_us, to_us
        self.buffer = b""
        self.number = 0
        self.session = None
        self.complaints = []
        self.is_loaded = False
        self.send("Target.setDiscoverTargets", discover=True)
        for _ in range(50):
            targets = self.send("Target.getTargets")["targetInfos"]
            page = next((target for target in targets if target["type"] == "page"), None)
            if page:
                break
            time.sleep(0.1)
        self.session = self.send(
            "Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(domain + ".enable")

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        os.close(self.sink)
        os.close(self.source)
        self.folder.cleanup()

    def send(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.sink, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer)

    def receive(self):
        while b"\0" not in self.buffer:
            part = os.read(self.source, 1 << 16)
            if not part:
                raise RuntimeError("the browser has gone")
            self.buffer += part
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def note(self, event):
        parameters = event.get("params", {})
        if event.get("method") == "Page.loadEventFired":
            self.is_loaded = True
        elif event.get("method") == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.complaints.append(
                details.get("exception", {}).get("description") or details["text"])
        elif event.get("method") == "Log.entryAdded":
            entry = parameters["entry"]
            if entry["level"] == "error":
                self.complaints.append(entry["text"] + " " + entry.get("url", ""))

    def go(self, url):
        """Loads a page, to its end."""
        self.is_loaded = False
        self.send("Page.navigate", url=url)
        while not self.is_loaded:
            self.note(self.receive())

    def run(self, script):
        """The value of an expression, awaited."""
        result = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, script, seconds=10):
        """Until an expression is true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.run(f"!!({script})")
            if value:
                return value
            time.sleep(0.05)
        raise RuntimeError(f"still not true: {script}\n" + (self.run("document.body.innerText") or ""))

    def press(self, key, text=None, shift=False):
        text = "\r" if key == "Enter" else text
        for kind in ("keyDown", "keyUp"):
            self.send(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, modifiers=8 if shift else 0,
                windowsVirtualKeyCode=KEYS.get(key, ord(key[0])),
                **({"text": text} if text and kind == "keyDown" else {}))

    def write(self, text):
        self.send("Input.insertText", text=text)

    def resize(self, width, height=900, mobile=False):
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=mobile)

    def prefer(self, theme):
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])

    def picture(self, path, width=1280, height=None, dark=False):
        self.prefer("dark" if dark else "light")
        self.resize(width, mobile=width < 600)
        height = height or min(4000, self.run("document.documentElement.scrollHeight"))
        self.resize(width, height, mobile=width < 600)
        self.capture(path)

    def capture(self, path):
        """What is in sight."""
        data = self.send("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
