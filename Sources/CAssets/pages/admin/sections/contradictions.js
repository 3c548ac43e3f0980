async function showContradictions(view) {
  const container = make("div");
  let state = "open";
  const path = row => "/contradictions/" + encodeURIComponent(row.id);
  const decide = (row, verb, word, fields) =>
    button(
      t(word),
      async () => {
        const isDone = await ask(t(word), fields, said => call("POST", path(row) + verb, present(said)), t(word));
        if (isDone) {
          await redraw();
          tell(t("done", t(word)));
        }
      },
      { of: row.id },
    );
  const redraw = () =>
    list(container, "/contradictions", "contradictions", { state }, rows =>
      table(
        t("contradictions"),
        [
          { label: t("when"), cell: row => two(when(row.opened_at), row.id) },
          { label: t("principal"), cell: row => two(row.said_by, row.facility_id) },
          { label: t("patient"), cell: row => row.health_id },
          { label: t("differs"), cell: row => row.fields.map(field => t("f_" + field)).join(", ") },
          { label: t("state"), cell: row => two(badge(row.state), row.decided_by) },
          {
            label: t("actions"),
            cell: row =>
              make(
                "div",
                {},
                button(
                  t("show"),
                  async () => {
                    const one = await get(path(row));
                    reveal(
                      t("forThing", t("contradictions"), one.health_id),
                      table(
                        t("differs"),
                        [
                          { label: t("field"), cell: fact => t("f_" + fact[0]) },
                          { label: t("verifiedFact"), cell: fact => isolated(fact[1].verified || "–") },
                          { label: t("saidFact"), cell: fact => isolated(fact[1].said) },
                        ],
                        Object.entries(one.facts),
                        "",
                      ),
                      one.note ? make("p", {}, isolated(one.note)) : null,
                    );
                  },
                  { of: row.id },
                ),
                row.state === "open"
                  ? decide(row, "/uphold", "uphold", [
                      { name: "note", label: t("note"), type: "textarea", hint: t("upholdHint") },
                    ])
                  : null,
                row.state === "upheld" ? decide(row, "/undo", "undo", []) : null,
              ),
          },
        ],
        rows,
        t("noContradictions"),
      ),
    );
  view.append(
    ...heading("contradictions", "contradictionsHint", button(t("refresh"), redraw)),
    chooser("contradiction-state", t("state"), ["open", "upheld", "closed"], state, value => {
      state = value;
      return redraw();
    }),
    container,
  );
  await redraw();
}
