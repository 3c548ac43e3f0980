"""A person's page: found by another spelling, corrected, verified, and put back."""

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
    browser.run("[...document.querySelectorAll('#view tbody a')].at(0).focus()")
    browser.press("Enter")
    opened = (f"document.querySelector('.case')?.innerText.includes('{health_id}')"
              " && !document.getElementById('loading')")
    browser.wait(opened)
    failures += look(panel, "person-en")
    panel.click(f"Correct: {health_id}")
    browser.wait("document.querySelector('dialog form')")
    failures += look(panel, "person-correct")
    panel.fill("first_name", "Bernadette")
    panel.fill("address.city", "")
    panel.click("Save")
    browser.wait("document.getElementById('error-reason')?.textContent")
    panel.fill("reason", "misspelt at the desk")
    panel.click("Save")
    browser.wait("!document.querySelector('dialog')")
    browser.wait("document.querySelector('.case').innerText.includes('misspelt at the desk')")
    if "Bafia" in browser.run("document.querySelector('.case table').innerText"):
        failures.append("a city that was taken away is still shown")
    panel.click(f"Verify: {health_id}")
    browser.wait("document.querySelector('dialog form')")
    panel.fill("verification_method", "document")
    panel.fill("document_kind", "passport")
    panel.click("Verify")
    browser.wait("document.querySelector('.case .badge')?.innerText === 'verified'")
    panel.click("Français")
    browser.wait(opened + " && document.querySelector('.case .badge')?.innerText === 'vérifié'")
    failures += look(panel, "person-fr")
    panel.click("English")
    browser.wait(opened + " && document.querySelector('.case .badge')?.innerText === 'verified'")
    for _ in range(2):
        undo = browser.run("[...document.querySelectorAll('.case button.danger')].at(0)?.ariaLabel")
        panel.click(undo)
        browser.wait("document.querySelector('dialog')")
        panel.click("Undo")
        browser.wait("!document.querySelector('dialog')")
        browser.wait(f"![...document.querySelectorAll('.case button')].some(one => one.ariaLabel === '{undo}')")
    shown = browser.run("document.querySelector('.case table').innerText")
    if "Bernadete" not in shown or "Bafia" not in shown:
        failures.append(f"undoing two corrections shows {shown}")
    return failures


def ask(panel, *pairs):
    for name, value in zip(pairs[::2], pairs[1::2]):
        panel.browser.run(f"document.getElementById('people-{name}').focus()")
        panel.browser.write(value)
    panel.browser.press("Enter")
