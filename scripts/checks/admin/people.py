"""A person's page, by keyboard alone: found by another spelling, corrected, verified, and put back."""

from checks.admin.layout import look
from checks.admin.panel import call
from checks.admin.reviews import sign_in_client


def correct_person(panel, port):
    browser = panel.browser
    failures = []
    health_id = call(port, "/api/v1/connect/patients/resolve", {
        "first_name": "Bernadete", "last_name": "Nguemo", "date_of_birth": "1968-11-30",
        "external_reference": "HIS-1", "address": {"city": "Bafia"}},
        sign_in_client(port))[1]["health_id"]
    panel.show("people")
    ask(panel, "first_name", "BERNADETTE", "last_name", "N'Guemo")
    browser.wait(f"document.getElementById('view').innerText.includes('{health_id}')")
    failures += look(panel, "people-found")
    panel.tab_to("\u2068Bernadete Nguemo\u2069")
    browser.press("Enter")
    opened = (f"document.querySelector('.case')?.innerText.includes('{health_id}')"
              " && !document.getElementById('loading')")
    browser.wait(opened)
    failures += look(panel, "person-en")
    press(panel, f"Correct: {health_id}")
    browser.wait("document.querySelector('dialog form')")
    failures += look(panel, "person-correct")
    panel.tab_to("field-first_name")
    browser.write("Bernadette")
    panel.tab_to("field-address.city")
    browser.press("Backspace")
    press(panel, "Save")
    browser.wait("document.getElementById('error-reason')?.textContent")
    if browser.run("document.activeElement.id") != "field-reason":
        failures.append("a reason that is missing has not the focus")
    browser.write("misspelt at the desk")
    browser.press("Enter")
    browser.wait("!document.querySelector('dialog')")
    browser.wait("document.querySelector('.case').innerText.includes('misspelt at the desk')")
    if "Bafia" in browser.run("document.querySelector('.case table').innerText"):
        failures.append("a city that was taken away is still shown")
    press(panel, f"Verify: {health_id}")
    browser.wait("document.querySelector('dialog form')")
    panel.tab_to("field-verification_method")
    browser.press("ArrowDown")
    panel.tab_to("field-document_kind")
    browser.press("ArrowDown")
    browser.press("ArrowDown")
    press(panel, "Verify")
    browser.wait("document.querySelector('.case .badge')?.innerText === 'verified'")
    panel.click("Français")
    browser.wait(opened + " && document.querySelector('.case .badge')?.innerText === 'vérifié'")
    failures += look(panel, "person-fr")
    panel.click("English")
    browser.wait(opened + " && document.querySelector('.case .badge')?.innerText === 'verified'")
    for _ in range(2):
        undo = browser.run("[...document.querySelectorAll('.case button.danger')].at(0)?.ariaLabel")
        press(panel, undo)
        browser.wait("document.querySelector('dialog')")
        press(panel, "Undo")
        browser.wait("!document.querySelector('dialog')")
        browser.wait(f"![...document.querySelectorAll('.case button')].some(one => one.ariaLabel === '{undo}')")
    shown = browser.run("document.querySelector('.case table').innerText")
    if "Bernadete" not in shown or "Bafia" not in shown:
        failures.append(f"undoing two corrections shows {shown}")
    return failures


def press(panel, button):
    panel.tab_to(button)
    panel.browser.press("Enter")


def ask(panel, *pairs):
    for name, value in zip(pairs[::2], pairs[1::2]):
        panel.browser.run(f"document.getElementById('people-{name}').focus()")
        panel.browser.write(value)
    panel.browser.press("Enter")
