async function showDuplicates(view) {
  const container = make("div"),
    opened = make("div", { "aria-live": "polite" }),
    merges = make("div");
  let state = "open";
  const redraw = async () => {
    opened.replaceChildren();
    await list(container, "/duplicates", "duplicates", { state }, rows =>
      table(
        t("duplicates"),
        [
          { label: t("later"), cell: row => row.patients[0].health_id },
          { label: t("earlier"), cell: row => row.patients[1].health_id },
          { label: t("state"), cell: row => badge(row.state) },
          { label: t("scoreLabel"), number: true, cell: row => decimal(row.score) },
          { label: t("when"), cell: row => when(row.created_at) },
          {
            label: t("actions"),
            cell: row =>
              button(
                t("show"),
                async () => {
                  opened.replaceChildren(
                    duplicateCase(await get("/duplicates/" + encodeURIComponent(row.id)), redraw),
                  );
                  opened.scrollIntoView();
                },
                { of: row.patients[0].health_id },
              ),
          },
        ],
        rows,
        t("noDuplicates"),
      ),
    );
    await list(merges, "/merges", "merges", {}, rows =>
      table(
        t("merges"),
        [
          { label: t("survivor"), cell: row => row.survivor_health_id },
          { label: t("retired"), cell: row => row.retired_health_id },
          { label: t("state"), cell: row => badge(row.status) },
          { label: t("reason"), cell: row => row.reason || "–" },
          { label: t("when"), cell: row => when(row.merged_at) },
          { label: t("by"), cell: row => row.merged_by },
          {
            label: t("actions"),
            cell: row =>
              row.status === "merged"
                ? button(
                    t("undo"),
                    async () => {
                      if (!(await confirmThat(t("confirmUndo"), t("undo")))) return;
                      await call("POST", "/merges/" + row.id + "/undo", {});
                      await redraw();
                      tell(t("done", t("undo")));
                    },
                    { of: row.retired_health_id, class: "danger" },
                  )
                : "–",
          },
        ],
        rows,
        t("noMerges"),
      ),
    );
  };
  view.append(
    ...heading("duplicates", "duplicatesHint", button(t("refresh"), redraw)),
    chooser("duplicate-state", t("state"), ["open", "merged", "dismissed"], state, value => {
      state = value;
      return redraw();
    }),
    container,
    opened,
    make("h3", {}, t("merges")),
    merges,
  );
  await redraw();
}

function duplicateCase(one, redraw) {
  const [later, earlier] = one.patients;
  const name = "stays-" + one.id;
  const value = (person, field) =>
    field === "address"
      ? Object.values(person.address || {})
          .filter(Boolean)
          .join(", ")
      : field === "sex" && person.sex
        ? word("x_", person.sex)
        : person[field];
  const agreements = Object.fromEntries(
    one.fields.map(field => [
      field.field,
      word("m_", field.agreement) + " (" + (field.bits > 0 ? "+" : "") + decimal(field.bits) + ")",
    ]),
  );
  const rows = [
    "health_id",
    "first_name",
    "last_name",
    "date_of_birth",
    "sex",
    "phone_number",
    "national_id",
    "address",
  ].map(field => ({
    field,
    later: value(later, field),
    earlier: value(earlier, field),
    agreement:
      agreements[field] ||
      (field === "last_name" ? agreements.name || agreements.names : undefined) ||
      (field === "phone_number" ? agreements.phone : undefined),
  }));
  const named = new Set(rows.map(row => row.agreement));
  const others = Object.entries(agreements).filter(([, text]) => !named.has(text));
  const columns = [
    { label: t("field"), cell: row => t("f_" + row.field) },
    { label: t("later"), cell: row => row.later || "–" },
    { label: t("earlier"), cell: row => row.earlier || "–" },
    { label: t("agreement"), cell: row => row.agreement || "" },
  ];
  const chosen = () =>
    document.querySelector("input[name='" + name + "']:checked")?.value || earlier.health_id;
  const note = make("textarea", { id: "note-" + one.id });
  return make(
    "article",
    { class: "case", "aria-label": later.health_id + " / " + earlier.health_id },
    make(
      "div",
      { class: "actions" },
      badge(one.state),
      make("span", {}, t("score", decimal(one.score))),
      when(one.created_at),
    ),
    table(later.health_id + " / " + earlier.health_id, columns, rows, ""),
    others.length
      ? make(
          "p",
          { class: "muted" },
          others.map(([field, text]) => word("f_", field) + ": " + text).join(" · "),
        )
      : null,
    one.state !== "open"
      ? make("p", {}, [one.decided_by, one.note].filter(Boolean).join(": "))
      : make(
          "div",
          {},
          make(
            "fieldset",
            {},
            make("legend", {}, t("stays")),
            ...[earlier, later].map((person, index) =>
              make(
                "label",
                {},
                make("input", { type: "radio", name, value: person.health_id, checked: index === 0 }),
                " ",
                isolated(person.first_name + " " + person.last_name) + ", " + person.health_id,
              ),
            ),
          ),
          make("label", { for: note.id }, t("note"), " ", make("small", {}, t("optional"))),
          note,
          make(
            "div",
            { class: "actions" },
            button(
              t("merge"),
              async () => {
                const survivor = chosen(),
                  other = survivor === later.health_id ? earlier.health_id : later.health_id;
                if (!(await confirmThat(t("confirmMerge", survivor, other), t("merge")))) return;
                await call("POST", "/duplicates/" + one.id + "/merge", {
                  survivor,
                  reason: note.value.trim() || undefined,
                });
                await redraw();
                tell(t("done", t("forThing", t("merge"), survivor)));
              },
              { class: "primary", of: later.health_id },
            ),
            button(
              t("dismiss"),
              async () => {
                await call("POST", "/duplicates/" + one.id + "/dismiss", {
                  note: note.value.trim() || undefined,
                });
                await redraw();
                tell(t("done", t("dismiss")));
              },
              { of: later.health_id },
            ),
          ),
        ),
  );
}
