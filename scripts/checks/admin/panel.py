"""The panel as its reader uses it, by keyboard."""

import json

from checks.harness import wire

AGENT = "BRIDGE-CHECK-1"


def call(port, path, body=None, headers=None, method=None):
    """The status and the JSON of an answer."""
    return wire.call(port, method or ("GET" if body is None else "POST"), path, body, headers)


class Panel:
    def __init__(self, browser, port, pictures, axe, scheme="http"):
        self.browser = browser
        self.axe = axe
        self.base = f"{scheme}://127.0.0.1:{port}/admin"
        self.pictures = pictures

    def picture(self, name, **options):
        if self.pictures:
            self.browser.picture(str(self.pictures / (name + ".png")), **options)

    def click(self, selector_or_text):
        found = self.browser.run(
            "(() => { const wanted = " + json.dumps(selector_or_text) + ";"
            "const scope = document.querySelector('dialog') || document;"
            "const one = [...scope.querySelectorAll('button, a')].find(element =>"
            " !element.closest('[hidden]') && (element.getAttribute('aria-label') === wanted ||"
            " element.textContent === wanted));"
            "one?.focus(); one?.click(); return !!one; })()")
        if not found:
            raise RuntimeError(f"there is no {selector_or_text}")

    def tab_to(self, wanted):
        """By Tab alone, to what has this id, name or text."""
        is_there = ("(() => { const one = document.activeElement; return [one.id, one.ariaLabel, one.textContent]"
                    f".includes({json.dumps(wanted)}); }})()")
        for _ in range(150):
            self.browser.press("Tab")
            if self.browser.run(is_there):
                return
        raise RuntimeError(f"Tab does not lead to {wanted}")

    def fill(self, name, value):
        self.browser.run(
            "(() => { const field = document.getElementById('field-" + name + "');"
            "field.value = " + json.dumps(value) + "; })()")

    def show(self, section):
        self.browser.run(f"location.hash = '#{section}'")
        self.browser.wait(
            f"document.querySelector('#view [data-section={section}] h2')"
            " && !document.getElementById('loading')"
            " && ![...document.querySelectorAll('#view [role=status]')]"
            ".some(one => /^(Loading|Chargement)/.test(one.textContent))")
        alert = self.browser.run("document.getElementById('alert').textContent")
        if alert:
            raise RuntimeError(f"{section}: {alert}")

    def sign_in(self, token):
        """By keyboard: the field has the focus."""
        browser = self.browser
        browser.go(self.base)
        browser.wait("document.activeElement?.id === 'token'")
        browser.write("at_wrong")
        browser.press("Enter")
        browser.wait("document.getElementById('door-alert').textContent.includes('wrong')")
        browser.run("document.getElementById('token').value = ''")
        self.picture("sign-in")
        browser.write(token)
        browser.press("Enter")
        browser.wait("!document.getElementById('panel').hidden")
        browser.wait("document.querySelector('.cards') && document.querySelector('figure svg')")

    def register_agent(self):
        browser = self.browser
        self.show("agents")
        self.click("Register an agent")
        browser.wait("document.querySelector('dialog form')")
        # Both fields that are wrong say so.
        self.fill("agent_id", "not an id")
        self.click("Register an agent")
        browser.wait("document.getElementById('error-agent_id').textContent")
        browser.wait("document.getElementById('error-facility_id').textContent")
        self.fill("agent_id", AGENT)
        self.fill("name", "<img src=x onerror=alert(1)>")
        self.fill("facility_id", browser.run(
            "document.querySelectorAll('#field-facility_id option')[1].value"))
        self.picture("register")
        self.click("Register an agent")
        browser.wait("document.querySelector('dialog [data-secret]')")
        self.picture("secret", height=900)
        key = browser.run("document.querySelector('dialog [data-secret]').textContent")
        # Escape closes it, and it is not shown again.
        browser.press("Escape")
        browser.wait("!document.querySelector('dialog')")
        browser.wait(f"document.querySelector('#view').innerText.includes('{AGENT}')")
        if browser.run("document.body.innerHTML").find(key) >= 0:
            raise RuntimeError("the key is still on the page")
        if browser.run("document.querySelectorAll('#view img').length"):
            raise RuntimeError("a name became markup")
        return key
