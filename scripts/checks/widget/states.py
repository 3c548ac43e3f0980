"""Every state that a patient sees, in each language, theme and width."""

from checks.widget.partner import BORN, FULL_RECORD, PATIENT, WITHOUT_PHONE

WIDTHS = (280, 390, 800)
THEMES = ("light", "dark")
LANGUAGES = ("en", "fr", "ar")
# What the frame's requests meet, in place of the server.
STALLED = "window.fetch = () => new Promise(() => {})"
OFFLINE = "window.fetch = () => Promise.reject(new TypeError('Failed to fetch'))"
REFUSED = ("window.fetch = async () => new Response(JSON.stringify("
           "{ error: 'internal_error', message: 'Something failed on our side.' }), { status: %d })")


def states(frame, partner, pictures):
    failures = []
    for language in LANGUAGES:
        walk = Walk(frame, partner, pictures, language)
        walk.named()
        walk.identified()
        walk.stopped()
        failures += walk.failures
    return failures


class Walk:
    """Goes through all states in one language, and looks at each."""

    def __init__(self, frame, partner, pictures, language):
        self.frame, self.partner, self.pictures, self.language = frame, partner, pictures, language
        self.failures = []

    def open(self, **session):
        session = self.partner.session(**session)
        self.frame.open(sessionToken=session["session_token"], lang=self.language, theme="dark", height="auto")
        return session

    def look(self, state, name=None):
        self.frame.wait_state(state)
        for width in WIDTHS:
            self.frame.resize(width)
            for theme in THEMES:
                where = f"{name or state}-{self.language}-{theme}-{width}"
                self.frame.run(f"document.documentElement.dataset.theme = '{theme}'")
                self.failures += self.frame.faults(where)
                if self.pictures:
                    self.frame.browser.capture(self.pictures / f"{where}.png")

    def named(self):
        """The patient is present: a question, an answer, the record."""
        self.open(health_id=self.partner.patients[FULL_RECORD])
        self.frame.wait_state("consent_required")
        dress = "document.documentElement.dir + getComputedStyle(document.body).backgroundColor"
        if self.frame.run(dress) != ("rtl" if self.language == "ar" else "ltr") + "rgb(18, 25, 31)":
            self.failures.append(f"{self.language} is dressed as {self.frame.run(dress)}")
        self.look("consent_required")
        sizes = self.frame.run("[...document.querySelectorAll('.answers button')].map(one =>"
                               " [one.offsetWidth, getComputedStyle(one).backgroundColor])")
        if len(sizes) != 2 or sizes[0] != sizes[1]:
            self.failures.append(f"{self.language}: the two answers are not alike: {sizes}")
        self.frame.press(1)
        self.look("declined")
        self.frame.press(0)
        self.frame.wait_state("consent_required")
        self.frame.press(0)
        self.look("access_granted", "record")
        self.partner.revoke(self.partner.patients[FULL_RECORD])
        self.open(scopes=["lab_results"])
        self.frame.wait_state("consent_required")
        self.frame.press(0)
        self.look("access_granted", "record-in-part")
        self.partner.revoke()
        self.open(allow_consent=False)
        self.look("consent_required", "not-asked")

    def identify(self, health_id, born):
        self.frame.fill("health-id", health_id)
        self.frame.fill("birth-date", born)
        self.frame.send_form()

    def identified(self):
        """The patient says who they are, and a code or the facility confirms the answer."""
        self.open(health_id=None)
        self.look("identify")
        self.identify(PATIENT, "1975-11-03")
        self.frame.wait("document.getElementById('wrong')?.textContent")
        self.look("identify", "not-together")
        self.identify(PATIENT, BORN)
        self.frame.wait_state("consent_required")
        self.frame.press(0)
        self.look("consent_pending")
        code = self.frame.sandbox_code()
        self.frame.fill("code", "000000" if code != "000000" else "111111")
        self.frame.send_form()
        self.frame.wait("document.getElementById('wrong').textContent")
        self.look("consent_pending", "wrong-code")
        self.frame.fill("code", code)
        self.frame.send_form()
        self.look("access_granted", "agreed")
        self.partner.revoke()
        self.open(health_id=None, widget_type="health_id_verify")
        self.frame.wait_state("identify")
        self.identify(PATIENT, BORN)
        self.look("ready")

    def stopped(self):
        """What ends or breaks a session."""
        session = self.open(health_id=None)
        self.frame.wait_state("identify")
        self.identify(self.partner.patients[WITHOUT_PHONE], BORN)
        self.frame.wait_state("consent_required")
        self.frame.press(0)
        self.look("consent_pending", "facility-confirms")
        self.partner.end(session)
        self.look("session_expired")
        for script, state, name in [(STALLED, "loading", None), (OFFLINE, "offline", None),
                                    (REFUSED % 500, "error", None), (REFUSED % 429, "error", "busy")]:
            self.frame.run(script)
            token = self.partner.session()["session_token"]
            self.frame.browser.run(f"widget.setToken('{token}')")
            self.look(state, name)
