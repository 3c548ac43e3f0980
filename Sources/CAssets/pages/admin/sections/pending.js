async function showPending(view) {
  const container = make("div");
  let state = "waiting",
    healthId = "",
    shown = [];
  const path = row => "/pending-records/" + row.id;
  const inHundreds = async (rows, verb, fields, each) => {
    for (let start = 0; start < rows.length; start += 100)
      each(
        await call("POST", "/pending-records/batch/" + verb, {
          ids: rows.slice(start, start + 100).map(row => row.id),
          ...present(fields),
        }),
      );
  };
  const note = hint => ({ name: "note", label: t("note"), type: "textarea", hint });
  const redirect = async (rows, hint) => {
    let done = 0,
      left = [];
    const isDone = await ask(
      t("redirect"),
      [{ name: "new_health_id", label: t("newHealthId"), hint, required: true }, note()],
      async fields => {
        // One that is refused says why at its field; of several, each for itself.
        if (rows.length === 1) {
          await call("POST", path(rows[0]) + "/redirect", present(fields));
          done = 1;
          return;
        }
        done = 0;
        left = [];
        await inHundreds(rows, "redirect", fields, answer => {
          done += answer.redirected;
          left = left.concat(answer.results.filter(one => one.status !== "redirected"));
        });
      },
      t("redirect"),
    );
    if (!isDone) return;
    await redraw();
    tell(t("redirected", number(done), number(left.length)));
    if (left.length)
      $("alert").replaceChildren(
        ...left
          .slice(0, 10)
          .map(one => make("span", {}, t("notRedirected", one.id, ""), said(one.message || one.status), " ")),
      );
  };
  const discard = async (rows, text) => {
    const isDone = await ask(
      t("discard"),
      [note(text)],
      fields => inHundreds(rows, "discard", fields, () => {}),
      t("discard"),
    );
    if (isDone) {
      await redraw();
      tell(t("done", t("discard")));
    }
  };
  const columns = [
    {
      label: t("record"),
      cell: row => two(row.type + " " + row.id, row.external_id ? isolated(row.external_id) : ""),
    },
    {
      label: t("healthId"),
      cell: row => two(row.health_id, row.new_health_id ? t("redirectedTo", row.new_health_id) : ""),
    },
    { label: t("agent"), cell: row => two(row.agent_id, row.request_id) },
    { label: t("received"), cell: row => when(row.received_at) },
    {
      label: t("state"),
      cell: row =>
        make(
          "div",
          {},
          badge(row.state),
          row.resolved_by
            ? make("span", { class: "muted" }, row.resolved_by + (row.note ? ": " + isolated(row.note) : ""))
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
                make("p", {}, one.health_id),
                make("h3", {}, t("payload")),
                make("pre", { tabindex: "0" }, JSON.stringify(one.payload, null, 2)),
              );
            },
            { of: row.id },
          ),
          ...(row.state !== "waiting"
            ? []
            : [
                button(t("redirect"), () => redirect([row], t("redirectHint")), { of: row.id }),
                button(t("discard"), () => discard([row], t("confirmGiveUp", row.id)), {
                  of: row.id,
                  class: "danger",
                }),
              ]),
        ),
    },
  ];
  const redraw = () =>
    list(container, "/pending-records", "records", { state, health_id: healthId }, rows => {
      shown = rows;
      // Only what waits for one id can go to one patient.
      const isOne = rows.length > 1 && rows.every(row => row.health_id === rows[0].health_id);
      return make(
        "div",
        {},
        state === "waiting" && rows.length
          ? make(
              "div",
              { class: "actions" },
              isOne
                ? button(t("redirectAll"), () =>
                    redirect(shown, t("redirectAllHint", shown.length, shown[0].health_id)),
                  )
                : null,
              button(t("discardAll"), () => discard(shown, t("confirmGiveUpAll", shown.length)), {
                class: "danger",
              }),
            )
          : null,
        table(
          t("pending"),
          columns,
          rows,
          t(state === "waiting" && !healthId ? "noPending" : "noPendingSuch"),
        ),
      );
    });
  const input = make("input", { id: "pending-health-id", autocomplete: "off", spellcheck: "false" });
  const form = make(
    "form",
    { class: "choose", novalidate: true },
    make("label", { for: "pending-health-id" }, t("pendingFilter")),
    input,
    make("div", { class: "actions" }, make("button", {}, t("search"))),
  );
  form.addEventListener("submit", event => {
    event.preventDefault();
    $("alert").textContent = "";
    healthId = input.value.trim();
    redraw().catch(complain);
  });
  view.append(
    ...heading("pending", "pendingHint", button(t("refresh"), redraw)),
    chooser("pending-state", t("state"), ["waiting", "redirected", "discarded"], state, value => {
      state = value;
      return redraw();
    }),
    form,
    container,
  );
  await redraw();
}
