// One case: how sure it is, in words, both people side by side, and what can be done.
function duplicateCard(one, acts) {
  const [later, earlier] = one.patients;
  return make(
    "article",
    { class: "case", "data-case": one.id, "data-state": one.state, "aria-label": pairText(one) },
    make(
      "div",
      { class: "actions" },
      make("h3", {}, word("q_", one.certainty)),
      badge(one.state),
      make("span", { class: "muted" }, t("score", decimal(one.score)), " · ", ago(one.created_at)),
    ),
    one.warnings.length || one.other_cases
      ? make(
          "ul",
          { class: "warnings warn" },
          ...one.warnings.map(code => make("li", {}, word("w_", code))),
          one.other_cases ? make("li", {}, t("otherCases", number(one.other_cases))) : null,
        )
      : null,
    table(
      t("compared"),
      [
        { label: t("field"), cell: row => row.label },
        { label: t("later"), cell: row => row.later || "–" },
        { label: t("earlier"), cell: row => row.earlier || "–" },
        { label: t("agreement"), cell: row => agreementCell(row.fields) },
      ],
      comparedRows(one, later, earlier),
      "",
    ),
    one.state === "open" ? decisionParts(acts) : decidedParts(one, acts),
  );
}

function decisionParts(acts) {
  const note = make("textarea", { id: "case-note", rows: "2", maxlength: "1000" });
  return [
    make(
      "div",
      { class: "actions decide" },
      shortcut("m", t("merge") + "…", acts.merge, { class: "primary" }),
      shortcut("d", t("dismiss"), acts.dismiss, {}),
      ...steps(acts),
    ),
    make(
      "details",
      {},
      make("summary", {}, t("note")),
      make("label", { for: note.id }, t("note"), " ", make("small", {}, t("optional"))),
      note,
    ),
  ];
}

const decidedParts = (one, acts) => [
  make(
    "p",
    {},
    [stateWord(one.state), one.decided_by, whenText(one.decided_at), one.note && isolated(one.note)]
      .filter(Boolean)
      .join(" · "),
  ),
  make(
    "div",
    { class: "actions decide" },
    one.state === "closed" ? null : button(t("undoDecision"), acts.undo, { class: "danger" }),
    ...steps(acts),
  ),
];

const steps = acts => [
  shortcut("k", t("previous"), () => acts.step(-1), {}),
  shortcut("j", t("next"), () => acts.step(1), {}),
];

// Each field of the two, with how it agrees; what neither has is left out.
function comparedRows(one, later, earlier) {
  const agreements = Object.fromEntries(one.fields.map(field => [field.field, field]));
  const plain = field => person => person[field] && isolated(person[field]);
  const part = name => person => person.address[name] && isolated(person.address[name]);
  const rows = [
    ["health_id", person => person.health_id],
    ["first_name", plain("first_name"), ["names", "first_name"]],
    ["last_name", plain("last_name"), ["last_name"]],
    ["date_of_birth", person => person.date_of_birth, ["date_of_birth"]],
    ["sex", person => person.sex && word("x_", person.sex), ["sex"]],
    ["phone_number", person => person.phone_number, ["phone_number"]],
    ["national_id", plain("national_id"), ["national_id"]],
    ["line", part("line"), ["street", "house_number"]],
    ["district", part("district"), ["district"]],
    ["city", part("city"), ["city"]],
    ["state", part("state"), ["state"]],
    ["postal_code", part("postal_code"), ["postal_code"]],
    ["verification", person => stateWord(person.verification_status)],
    ["registered", person => whenText(person.registered_at)],
    ["holds", person => holdsText(person.holds)],
  ];
  return rows
    .map(([field, value, compared = []]) => ({
      label: t("f_" + field),
      later: value(later),
      earlier: value(earlier),
      fields: compared.map(name => agreements[name]).filter(Boolean),
    }))
    .filter(row => row.later || row.earlier);
}

// For a reader the words, and what they weigh; green speaks for one person, red for two.
const agreementCell = fields => {
  const parts = fields.map(field =>
    make(
      "span",
      { class: field.bits > 0 ? "good" : field.bits < 0 ? "bad" : undefined },
      fields.length > 1
        ? t("forThing", word("f_", field.field), word("m_", field.agreement))
        : word("m_", field.agreement),
      make("small", {}, " " + (field.bits > 0 ? "+" : "") + decimal(field.bits) + " "),
    ),
  );
  return parts.length ? make("span", {}, ...parts) : "";
};

const holdsText = holds =>
  ["records", "references", "consents", "files"]
    .filter(kind => holds[kind])
    .map(kind => t("h_" + kind, number(holds[kind])))
    .join(", ");

// Who stays, and what that joins. Nobody is chosen beforehand where papers and records differ about it.
function mergeForm(one, submit, cancel) {
  const outcome = make("p", { role: "status" });
  const fault = make("p", { class: "bad", role: "alert" });
  const choices = one.patients.map((person, place) => {
    const input = make("input", {
      type: "radio",
      name: "survivor",
      value: person.health_id,
      checked: one.survivor.is_clear && person.health_id === one.survivor.health_id,
    });
    input.addEventListener("change", () => say());
    return make(
      "label",
      {},
      input,
      " ",
      make("kbd", { "aria-hidden": "true" }, String(place + 1)),
      " ",
      isolated(person.name) + ", " + person.health_id,
    );
  });
  const inputs = choices.map(choice => choice.querySelector("input"));
  const chosen = () => inputs.findIndex(input => input.checked);
  const say = () => {
    if (chosen() < 0) return;
    const [stays, goes] = chosen() ? [...one.patients].reverse() : one.patients;
    const joins = holdsText(goes.holds);
    outcome.textContent =
      t("mergeOutcome", stays.health_id, goes.health_id) + (joins ? " " + t("mergeJoins", joins) : "");
  };
  const form = make(
    "form",
    { class: "case merge", "aria-label": t("merge"), novalidate: true },
    make("fieldset", {}, make("legend", {}, t("stays")), ...choices),
    outcome,
    fault,
    make(
      "div",
      { class: "actions" },
      make("button", { class: "primary danger" }, t("merge"), " ", make("kbd", { "aria-hidden": "true" }, "↵")),
      make(
        "button",
        { type: "button", onclick: cancel },
        t("cancel"),
        " ",
        make("kbd", { "aria-hidden": "true" }, "Esc"),
      ),
    ),
  );
  form.addEventListener("submit", event => {
    event.preventDefault();
    if (chosen() >= 0) return submit(inputs[chosen()].value);
    fault.textContent = t("chooseSurvivor");
    inputs[0].focus();
  });
  form.addEventListener("keydown", event => {
    const place = ["1", "2"].indexOf(event.key);
    if (event.key === "Escape") cancel();
    if (place < 0) return;
    inputs[place].checked = true;
    form.querySelector("button").focus();
    say();
  });
  say();
  return form;
}
