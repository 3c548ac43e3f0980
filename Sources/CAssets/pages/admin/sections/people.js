async function showPeople(view, id) {
  const container = make("div", { "aria-live": "polite" });
  const fields = [
    ["number", t("anyNumber"), t("anyNumberHint")],
    ["first_name", t("f_first_name")],
    ["last_name", t("f_last_name")],
    ["date_of_birth", t("f_date_of_birth"), t("dateHint")],
  ];
  const form = make(
    "form",
    { role: "search", "aria-label": t("people") },
    make(
      "div",
      { class: "row" },
      ...fields.map(([name, label, hint]) =>
        make(
          "div",
          {},
          make("label", { for: "people-" + name }, label, " ", hint ? make("small", {}, hint) : null),
          make("input", { id: "people-" + name, autocomplete: "off", spellcheck: "false" }),
        ),
      ),
    ),
    make("div", { class: "actions" }, make("button", { class: "primary" }, t("search"))),
  );
  const search = async () => {
    const asked = present(
      Object.fromEntries(fields.map(([name]) => [name, form.querySelector("#people-" + name).value.trim()])),
    );
    const { people } = await call("POST", "/patients/search", asked);
    container.replaceChildren(foundPeople(people));
  };
  form.addEventListener("submit", event => {
    event.preventDefault();
    $("alert").textContent = "";
    search().catch(error => {
      container.replaceChildren();
      complain(error);
    });
  });
  view.append(...heading("people", "peopleHint"), form, container);
  if (id) await showPerson(container, id);
}

const foundPeople = people =>
  table(
    t("people"),
    [
      {
        label: t("name"),
        cell: row =>
          two(
            make("a", { href: "#people/" + encodeURIComponent(row.health_id) }, isolated(row.display_name)),
            row.health_id,
          ),
      },
      { label: t("f_date_of_birth"), cell: row => row.date_of_birth },
      { label: t("f_sex"), cell: row => (row.sex ? word("x_", row.sex) : "–") },
      { label: t("place"), cell: row => (row.place ? isolated(row.place) : "–") },
      { label: t("foundBy"), cell: row => two(row.found_by.map(by => word("by_", by)).join(", "), agreed(row)) },
      { label: t("state"), cell: row => badge(row.verification_status) },
    ],
    people,
    t("nobodyFound"),
  );

const agreed = row =>
  row.fields.map(field => word("f_", field.field) + ": " + word("m_", field.agreement)).join(" · ");

async function showPerson(container, id) {
  const path = "/patients/" + encodeURIComponent(id);
  const redraw = async done => {
    const one = await get(path);
    container.replaceChildren(person(one, path, redraw));
    if (done) tell(done);
  };
  await redraw();
}

function person(one, path, redraw) {
  const address = ["line", "district", "city", "state", "postal_code"]
    .map(part => one.address[part])
    .filter(Boolean)
    .join(", ");
  const facts = [
    ["health_id", one.health_id],
    ["first_name", isolated(one.first_name)],
    ["last_name", isolated(one.last_name)],
    ["date_of_birth", one.date_of_birth],
    ["date_of_death", one.date_of_death === "unknown" ? t("diedUnknown") : one.date_of_death],
    ["sex", one.sex && word("x_", one.sex)],
    ["phone_number", one.phone_number],
    ["national_id", one.national_id],
    ["address", address && isolated(address)],
    ["blood_type", one.blood_type],
    ["allergies", one.allergies.map(isolated).join(", ")],
    ["verification", verificationText(one)],
    ["registered", t("registeredBy", whenText(one.created_at), one.created_by)],
    ["former", one.former_ids.join(", ")],
  ];
  const part = (title, columns, rows, empty) =>
    make("section", {}, make("h4", {}, title), table(title, columns, rows, empty));
  return make(
    "article",
    { class: "case", "aria-label": one.health_id },
    make("h3", {}, isolated(one.name)),
    make(
      "div",
      { class: "actions" },
      badge(one.verification_status),
      button(t("correct"), () => correctPerson(one, path, redraw), { of: one.health_id, class: "primary" }),
      button(t("verify"), () => verifyPerson(one, path, redraw), { of: one.health_id }),
      make("a", { href: "#access/" + encodeURIComponent(one.health_id) }, t("access")),
    ),
    make(
      "div",
      { class: "facts" },
      table(
        t("facts"),
        [
          { label: t("field"), cell: row => t("f_" + row[0]) },
          { label: t("value"), cell: row => row[1] || "–" },
        ],
        facts,
        "",
      ),
    ),
    part(t("corrections"), correctionColumns(path, redraw), one.corrections, t("noCorrections")),
    part(
      t("records"),
      [
        { label: t("kind"), cell: row => word("r_", row.type) },
        { label: t("count"), number: true, cell: row => number(row.count) },
        { label: t("newest"), cell: row => when(row.newest_at) },
      ],
      one.records,
      t("noRecords"),
    ),
    part(
      t("references"),
      [
        { label: t("whose"), cell: row => row.owner },
        { label: t("ownNumber"), cell: row => row.reference },
        { label: t("when"), cell: row => when(row.created_at) },
      ],
      one.references,
      t("noReferences"),
    ),
    part(
      t("personConsents"),
      [
        { label: t("principal"), cell: row => row.client_id },
        { label: t("asksFor"), cell: row => row.coverage },
        { label: t("state"), cell: row => badge(row.state) },
        { label: t("until"), cell: row => when(row.expires_at) },
      ],
      one.consents,
      t("noPersonConsents"),
    ),
    part(
      t("duplicates"),
      [
        { label: t("f_health_id"), cell: row => make("a", { href: "#people/" + row.health_id }, row.health_id) },
        { label: t("scoreLabel"), number: true, cell: row => decimal(row.score) },
        {
          label: t("actions"),
          cell: row =>
            make(
              "a",
              { href: "#duplicates/" + row.id, "aria-label": t("forThing", t("show"), row.health_id) },
              t("show"),
            ),
        },
      ],
      one.duplicates,
      t("noOpenCase"),
    ),
  );
}

const verificationText = one =>
  one.verification_method
    ? [word("v_", one.verification_method), one.verification_document && word("d_", one.verification_document)]
        .filter(Boolean)
        .join(", ")
    : stateWord(one.verification_status);

const correctionColumns = (path, redraw) => [
  { label: t("when"), cell: row => two(when(row.made_at), row.id) },
  {
    label: t("changed"),
    cell: row =>
      row.kind === "confirmation"
        ? t("confirmedLink", row.confirmed_by)
        : Object.entries(row.changes)
            .map(([field, change]) =>
              t(
                "fromTo",
                word("f_", field.replace("address.", "")),
                shownValue(field, change.from),
                shownValue(field, change.to),
              ),
            )
            .join(" · "),
  },
  { label: t("reason"), cell: row => isolated(row.reason) },
  { label: t("by"), cell: row => row.made_by },
  {
    label: t("actions"),
    cell: row =>
      row.undone_at
        ? badge("undone")
        : button(
            t("undo"),
            async () => {
              if (!(await confirmThat(t("confirmUndoCorrection"), t("undo")))) return;
              await call("POST", path + "/corrections/" + row.id + "/undo", {});
              await redraw(t("done", t("undo")));
            },
            { of: row.id, class: "danger" },
          ),
  },
];
const CODES = { sex: "x_", verification_status: "s_", verification_method: "v_", verification_document: "d_" };
const shownValue = (field, value) =>
  value === null
    ? "–"
    : CODES[field]
      ? word(CODES[field], value)
      : isolated(Array.isArray(value) ? value.join(", ") : value);

// What stands in a form and was not there, as a correction: an emptied field is removed.
function changesOf(one, fields) {
  const body = { reason: fields.reason, address: {}, remove: [] };
  for (const [name, value] of Object.entries(fields)) {
    const known = knownValue(one, name);
    if (name === "reason" || value === known || (value === "" && name.startsWith("verif"))) continue;
    const part = name.startsWith("address.") ? name.slice(8) : null;
    if (value === "") body.remove.push(name);
    else if (part) body.address[part] = value;
    else if (name === "allergies") body.allergies = value.split(",").map(text => text.trim()).filter(Boolean);
    else body[name] = value;
  }
  if (!Object.keys(body.address).length) delete body.address;
  if (!body.remove.length) delete body.remove;
  return body;
}
const knownValue = (one, name) =>
  (name.startsWith("address.")
    ? one.address[name.slice(8)]
    : name === "allergies"
      ? one.allergies.join(", ")
      : name.startsWith("verification") || name === "document_kind"
        ? ""
        : one[name]) ?? "";

const choices = (kind, words) => [
  { value: "", label: "–" },
  ...words.map(value => ({ value, label: word(kind, value) })),
];
const methodField = required => ({
  name: "verification_method",
  label: t("verificationMethod"),
  required,
  options: choices("v_", ["document", "biometric", "registry", "witness"]),
});
const documentField = () => ({
  name: "document_kind",
  label: t("documentKind"),
  options: choices("d_", [
    "national_id",
    "passport",
    "birth_certificate",
    "residence_permit",
    "refugee_card",
    "driver_licence",
    "voter_card",
    "other",
  ]),
});

async function correctPerson(one, path, redraw) {
  const plain = name => ({
    name,
    label: t("f_" + name.replace("address.", "")),
    value: knownValue(one, name),
  });
  const isDone = await ask(
    t("forThing", t("correct"), one.health_id),
    [
      { ...plain("first_name"), required: true },
      { ...plain("last_name"), required: true },
      { ...plain("date_of_birth"), hint: t("dateHint"), required: true },
      { ...plain("sex"), options: choices("x_", ["female", "male", "other"]) },
      plain("phone_number"),
      plain("national_id"),
      plain("address.line"),
      plain("address.district"),
      plain("address.city"),
      plain("blood_type"),
      { ...plain("allergies"), hint: t("allergiesHint") },
      { ...plain("date_of_death"), hint: t("dateHint") },
      ...(one.verification_status === "verified" ? [methodField(false), documentField()] : []),
      { name: "reason", label: t("reason"), required: true },
    ],
    fields => call("PATCH", path, changesOf(one, fields)),
  );
  if (isDone) await redraw(t("done", t("correct")));
}

async function verifyPerson(one, path, redraw) {
  const isDone = await ask(
    t("forThing", t("verify"), one.health_id),
    [methodField(true), documentField(), { name: "reason", label: t("note") }],
    fields => call("POST", path + "/verification", present(fields)),
    t("verify"),
  );
  if (isDone) await redraw(t("done", t("verify")));
}
