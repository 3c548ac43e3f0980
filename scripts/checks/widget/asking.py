"""Codes as patients handle them, and the language in which they are asked."""

BORN = "1984-02-29"
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def impatience(frame, partner, pictures):
    """A patient asks for codes until no more are sent, and then types the last one, as their phone writes it;
    in the language that the server chose, since the page chose none."""
    failures = []
    patient = partner.register({
        "first_name": "Salma", "last_name": "Benali", "date_of_birth": BORN, "country_code": "CM",
        "phone_number": "+237699445566"})
    session = partner.session(health_id=None, language="ar")["session_token"]
    frame.open(sessionToken=session, patientId=patient)
    frame.wait_state("identify")
    if frame.run("document.documentElement.lang") != "ar":
        failures.append("the session's language is not the frame's")
    frame.fill("birth-date", BORN)
    frame.send_form()
    frame.wait_state("consent_required")
    frame.press(0)
    frame.wait_state("consent_pending")
    for _ in range(4):
        code = frame.sandbox_code()
        frame.press(1)
        frame.wait(f"document.querySelector('.sandbox')?.textContent.includes('{code}') === false")
    frame.run("document.querySelector('.sandbox').dataset.before = 'it'")
    frame.press(1)
    frame.wait("document.querySelector('#view p') && !document.querySelector('[data-before]')")
    if frame.run("document.getElementById('code') === null"):
        return [*failures, "a code that was sent can be typed nowhere"]
    failures += frame.faults("no more codes")
    if pictures:
        frame.browser.capture(pictures / "no-more-codes.png")
    code = frame.sandbox_code().translate(ARABIC)
    frame.run("document.getElementById('code').focus()")
    frame.inside(frame.browser.send, "Input.insertText", text=code[:3] + " " + code[3:])
    frame.send_form()
    frame.wait_state("access_granted")
    return failures
