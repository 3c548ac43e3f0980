async function showQuarantine(view) {
  const container = make("div");
  let state = "open",
    shown = [];
  const path = row => "/quarantine/" + row.id;
  const columns = redraw => [
    { label: t("record"), cell: row => two(isolated(row.type || "?") + " " + row.id, row.sync_id) },
    { label: t("reason"), cell: row => two(said(row.reason), row.error) },
    { label: t("agent"), cell: row => row.agent_id },
    { label: t("arrivals"), number: true, cell: row => number(row.arrivals) },
    { label: t("lastCame"), cell: row => when(row.last_at) },
    {
      label: t("state"),
      cell: row =>
        make(
          "div",
          {},
          badge(row.state),
          row.resolved_by
            ? make("span", { class: "muted" }, row.resolved_by + (row.note ? ": " + row.note : ""))
            : null,
        ),
    },
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
                t("forThing", t("record"), one.id),
                make("p", {}, said(one.reason)),
                make("h3", {}, t("payload")),
                make("pre", { tabindex: "0" }, JSON.stringify(one.payload, null, 2)),
              );
            },
            { of: row.id },
          ),
          ...(row.state !== "open"
            ? []
            : [
                button(
                  t("tryAgain"),
                  async () => {
                    try {
                      const one = await call("POST", path(row) + "/replay", {});
                      const waits = one.outcome === "pending_patient" ? 1 : 0;
                      tell(t("outcome", 1 - waits, waits, 0));
                      await redraw();
                    } catch (error) {
                      await redraw();
                      throw error;
                    }
                  },
                  { of: row.id },
                ),
                button(t("discard"), () => discard([row], t("confirmDiscard", row.id), redraw), {
                  of: row.id,
                  class: "danger",
                }),
              ]),
        ),
    },
  ];
  const discard = async (rows, text, redraw) => {
    const isDone = await ask(
      t("discard"),
      [{ name: "note", label: t("note"), type: "textarea", hint: text }],
      async fields => {
        for (let start = 0; start < rows.length; start += 100)
          await call("POST", "/quarantine/batch/discard", {
            ids: rows.slice(start, start + 100).map(row => row.id),
            ...present(fields),
          });
      },
      t("discard"),
    );
    if (isDone) {
      await redraw();
      tell(t("done", t("discard")));
    }
  };
  const redraw = () =>
    list(container, "/quarantine", "records", { state }, rows => {
      shown = rows;
      return make(
        "div",
        {},
        state === "open" && rows.length
          ? make(
              "div",
              { class: "actions" },
              button(t("tryAgainAll"), async () => {
                let stored = 0,
                  waiting = 0,
                  left = 0;
                for (let start = 0; start < shown.length; start += 100) {
                  const answer = await call("POST", "/quarantine/batch/replay", {
                    ids: shown.slice(start, start + 100).map(row => row.id),
                  });
                  const waits = answer.results.filter(one => one.outcome === "pending_patient").length;
                  stored += answer.replayed - waits;
                  waiting += waits;
                  left += answer.remaining;
                }
                await redraw();
                tell(t("outcome", number(stored), number(waiting), number(left)));
              }),
              button(t("discardAll"), () => discard(shown, t("confirmDiscardAll", shown.length), redraw), {
                class: "danger",
              }),
            )
          : null,
        table(t("quarantine"), columns(redraw), rows, t("noQuarantine")),
      );
    });
  view.append(
    ...heading("quarantine", "quarantineHint", button(t("refresh"), redraw)),
    chooser("quarantine-state", t("state"), ["open", "corrected", "replayed", "discarded"], state, value => {
      state = value;
      return redraw();
    }),
    container,
  );
  await redraw();
}
