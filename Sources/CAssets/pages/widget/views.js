// What is on the screen: one heading, a text, a next step.
let shown = null;
function show(state, title, ...children) {
  shown = state;
  const heading = make("h1", { tabindex: "-1" }, title);
  $("view").replaceChildren(heading, ...children.flat().filter(Boolean));
  $("view").dataset.state = state;
  $("view").removeAttribute("aria-busy");
  // Elsewhere on the page, a reader hears what changed here.
  $("said").textContent = document.hasFocus() ? "" : title;
  if (document.hasFocus()) heading.focus();
}
const says = (state, ...more) => show(state, t(state), make("p", {}, t(state + "Next")), ...more);
const actions = (...buttons) => make("div", { class: "actions" }, buttons);

// A button that waits for what it does, and keeps the focus meanwhile.
function button(text, action, attributes = {}) {
  const one = make("button", { type: "button", ...attributes }, text);
  one.addEventListener("click", async () => {
    if (one.ariaDisabled) return;
    one.ariaDisabled = "true";
    try {
      await action();
    } catch (error) {
      fail(error);
    }
    one.ariaDisabled = null;
  });
  return one;
}

function field(id, label, attributes, hint) {
  return [
    make("label", { for: id }, label, hint ? make("span", { class: "hint", id: id + "-hint" }, hint) : null),
    make("input", {
      id,
      required: true,
      "aria-describedby": [hint ? id + "-hint" : "", "wrong"].join(" ").trim(),
      ...attributes,
    }),
  ];
}

function form(fields, label, send) {
  const wrong = make("p", { id: "wrong", class: "bad", role: "alert" });
  const submit = make("button", { class: "primary" }, label);
  const one = make("form", { novalidate: true }, fields.flat(), wrong, actions(submit));
  one.addEventListener("submit", async event => {
    event.preventDefault();
    if (submit.ariaDisabled) return;
    submit.ariaDisabled = "true";
    wrong.textContent = "";
    for (const input of one.querySelectorAll("input")) input.removeAttribute("aria-invalid");
    try {
      const complaint = await send();
      if (complaint) {
        wrong.textContent = complaint;
        for (const input of one.querySelectorAll("input")) input.setAttribute("aria-invalid", "true");
        one.querySelector("input").focus();
      }
    } catch (error) {
      fail(error);
    }
    submit.ariaDisabled = null;
  });
  return one;
}

// When so many seconds have gone, as a clock on the wall says it; the next minute is late enough.
const moment = seconds =>
  "\u2068" +
  new Date(Date.now() + (seconds + 60) * 1000).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }) +
  "\u2069";

// What is asked for, in the patient's words.
const coverage = text => text.split(" ").map(word => t(word)).join(comma());

function showIdentify() {
  show(
    "identify",
    t("identify"),
    make("p", {}, t("identifyNext")),
    form(
      [
        field(
          "health-id",
          t("healthId"),
          { dir: "ltr", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 64,
            value: prefilled },
          t("healthIdHint"),
        ),
        field("birth-date", t("birthDate"), { type: "date", autocomplete: "bday", min: "1880-01-01" }),
      ],
      t("continue"),
      async () => {
        const date = $("birth-date").value;
        if (!/^\d{4}-\d\d-\d\d$/.test(date)) return t("badBirthDate");
        try {
          const answer = await call("POST", "/identify", {
            health_id: $("health-id").value,
            date_of_birth: date,
          });
          prefilled = "";
          healthId = answer.health_id;
          tell("opescare.health_id.verified", "verified", { health_id: healthId });
          await refresh();
        } catch (error) {
          if (error.code === "health_id_invalid") return t("badHealthId");
          if (error.status === 429 && error.wait > 60) return t("tooManyTries", moment(error.wait));
          if (error.code === "validation_failed")
            return t(error.errors?.health_id ? "badHealthId" : error.errors ? "badBirthDate" : "notTogether");
          throw error;
        }
      },
    ),
    actions(leave()),
  );
}

function showQuestion() {
  if (!session.allow_consent) {
    show("consent_required", t("noAsking"), make("p", {}, t("noAskingNext")));
    return;
  }
  const sentence = t(session.facility_name ? "asksAt" : "asks", "\u2068" + session.client_name + "\u2069",
    coverage(session.consent_type), "\u2068" + session.facility_name + "\u2069");
  // Two answers of one size and weight: neither is suggested.
  show(
    "consent_required",
    t("consent_required"),
    make("p", {}, sentence),
    make("p", {}, t("howLong")),
    make(
      "div",
      { class: "answers" },
      button(t("yes"), () => decide("granted")),
      button(t("no"), () => decide("denied")),
    ),
    actions(leave()),
  );
}

// Leaves what is asked unanswered; the page around hears of it, and may take the frame away.
const leave = () =>
  button(t("leave"), async () => {
    says("cancelled", actions(button(t("goOn"), draw)));
    tell("opescare.widget.cancelled", "cancelled");
  });

// What came of the code that was asked for last: where it went, or false for none.
let sent = null;
async function decide(decision, typed) {
  let answer;
  try {
    answer = await call("POST", "/consent", typed ? { decision, code: typed } : { decision });
  } catch (error) {
    if (error.code !== "conflict" || typed) throw error;
    // It was answered elsewhere meanwhile: that stands.
    shown = null;
    await refresh();
    $("view").querySelector("h1").after(make("p", { class: "bad", role: "alert" }, t("answeredElsewhere")));
    return;
  }
  healthId = answer.health_id;
  // Where no other one is sent, the code that is out can still be typed.
  sent = answer.code_sent || answer.sandbox_code ? answer : sent ? { ...sent, code_sent: false } : false;
  if (answer.state === "access_granted") tellGranted(answer);
  if (answer.state === "consent_pending")
    tell("opescare.consent.requested", "consent-requested", { consent_id: answer.consent_id });
  if (answer.state === "declined")
    tell("opescare.consent.denied", "consent-denied", { consent_id: answer.consent_id });
  shown = null;
  await refresh();
}

function showPending() {
  const again = button(t(sent ? "newCode" : "sendCode"), () => decide("granted"));
  const no = button(t("no"), () => decide("denied"));
  if (!sent) {
    const unsent = sent === null ? null : make("p", {}, t("notSent"));
    show("consent_pending", t("consent_pending"), unsent, make("p", {}, t("facilityConfirms")), actions(again, no));
    return;
  }
  show(
    "consent_pending",
    t("consent_pending"),
    sent.code_sent
      ? make("p", {}, t("codeSentTo", "\u2066" + sent.code_sent_to.replace(" ", "\u00a0") + "\u2069"))
      : [make("p", {}, t("notSent")), make("p", {}, t("facilityConfirms"))],
    sent.sandbox_code ? make("p", { class: "sandbox" }, t("sandboxCode", sent.sandbox_code)) : null,
    form(
      field("code", t("code"), { dir: "ltr", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 16 }),
      t("confirm"),
      async () => {
        try {
          await decide("granted", $("code").value.trim() || "-");
        } catch (error) {
          if (error.code === "validation_failed") return t("wrongCode", error.body.tries_left ?? 0);
          if (error.code === "conflict") return t("codeSpent");
          throw error;
        }
      },
    ),
    actions(again, no),
  );
}
