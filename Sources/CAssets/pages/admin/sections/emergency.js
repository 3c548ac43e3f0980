async function showEmergency(view) {
  const container = make("div");
  let state = "open";
  const path = row => "/emergency-access/" + encodeURIComponent(row.id);
  const redraw = () =>
    list(container, "/emergency-access", "emergency_access", { state }, rows =>
      table(
        t("emergency"),
        [
          { label: t("when"), cell: row => two(when(row.granted_at), row.id) },
          { label: t("principal"), cell: row => two(row.client_id, row.facility_name) },
          { label: t("patient"), cell: row => row.health_id },
          { label: t("until"), cell: row => when(row.ended_at || row.expires_at) },
          { label: t("state"), cell: row => two(badge(row.state), row.reviewed_by) },
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
                    const facts = [
                      ["patient", one.health_id],
                      ["emergencyType", one.emergency_type],
                      ["reason", one.reason],
                      ["note", one.note],
                    ];
                    reveal(
                      t("forThing", t("emergency"), one.client_id),
                      ...facts
                        .filter(([, text]) => text)
                        .flatMap(([name, text]) => [make("h3", {}, t(name)), make("p", {}, isolated(text))]),
                    );
                  },
                  { of: row.id },
                ),
                row.state === "open"
                  ? button(
                      t("review"),
                      async () => {
                        const isDone = await ask(
                          t("review"),
                          [{ name: "note", label: t("note"), type: "textarea", hint: t("reviewHint") }],
                          fields => call("POST", path(row) + "/review", present(fields)),
                          t("review"),
                        );
                        if (isDone) {
                          await redraw();
                          tell(t("done", t("review")));
                        }
                      },
                      { of: row.id },
                    )
                  : null,
              ),
          },
        ],
        rows,
        t("noEmergency"),
      ),
    );
  view.append(
    ...heading("emergency", "emergencyHint", button(t("refresh"), redraw)),
    chooser("emergency-state", t("state"), ["open", "reviewed"], state, value => {
      state = value;
      return redraw();
    }),
    container,
  );
  await redraw();
}
