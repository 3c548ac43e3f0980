"""How a visitor learns that too many birth dates were tried."""

# No other flow is about this patient of the sandbox: theirs must not be locked.
PATIENT, BORN = "OPC-2024-DEMO1", "1988-03-14"


def guesses(frame, partner, pictures):
    """Five wrong birth dates from one address end a session; in the next one the right date waits, and the
    visitor reads until when and where to ask."""
    failures = []
    frame.open(sessionToken=partner.session(health_id=None)["session_token"])
    frame.wait_state("identify")
    for day in range(1, 6):
        frame.fill("health-id", PATIENT)
        frame.fill("birth-date", f"1970-01-0{day}")
        frame.send_form()
        if day < 5:
            frame.wait("document.getElementById('wrong')?.textContent && !document.querySelector('[disabled]')")
    frame.wait_state("session_expired")
    for language, desk in (("en", "desk"), ("fr", "accueil"), ("ar", "استقبال")):
        session = partner.session(health_id=None)["session_token"]
        frame.open(width=280, sessionToken=session, lang=language)
        frame.wait_state("identify")
        frame.fill("health-id", PATIENT)
        frame.fill("birth-date", BORN)
        frame.send_form()
        frame.wait("document.getElementById('wrong')?.textContent")
        text = frame.run("document.getElementById('wrong').textContent")
        if desk not in text or "{0}" in text or "NaN" in text or "Invalid" in text:
            failures.append(f"a locked patient reads: {text}")
        failures += frame.faults(f"too many dates, {language}")
        if pictures:
            frame.browser.capture(pictures / f"guesses-{language}.png")
    return failures
