async function showAgents(view, id) {
  if (id) return agentBatches(view, id);
  const container = make("div");
  let status = "";
  const redraw = () => list(container, "/agents", "agents", { status }, rows => agentTable(rows, redraw));
  view.append(
    ...heading(
      "agents",
      "agentsHint",
      button(
        t("registerAgent"),
        async () => {
          const facility = await facilityField();
          let made;
          const isDone = await ask(
            t("registerAgent"),
            [
              facility,
              { name: "agent_id", label: t("agentId"), hint: t("idHint") },
              { name: "name", label: t("name") },
              rateField(),
            ],
            async fields => {
              made = await call("POST", "/agents", present(fields));
            },
            t("registerAgent"),
          );
          if (!isDone) return;
          await showSecret(t("registerAgent"), [
            [t("agentId"), made.agent_id],
            [t("agentKey"), made.agent_key],
          ]);
          await redraw();
          tell(t("done", t("forThing", t("registerAgent"), made.agent_id)));
        },
        { class: "primary" },
      ),
      button(t("refresh"), redraw),
    ),
    chooser("agent-status", t("state"), ["", "active", "suspended", "revoked"], status, value => {
      status = value;
      return redraw();
    }),
    container,
  );
  await redraw();
}

function agentTable(rows, redraw) {
  return table(
    t("agents"),
    [
      { label: t("agent"), cell: row => two(row.agent_id, row.name === row.agent_id ? null : row.name) },
      { label: t("facility"), cell: row => row.facility_name || row.facility_id },
      { label: t("state"), cell: row => (row.status === "active" ? badge(row.liveness) : badge(row.status)) },
      { label: t("lastSeen"), cell: row => when(row.last_seen_at) },
      { label: t("synced24"), number: true, cell: row => number(row.last_24_hours.records_synced) },
      { label: t("refused24"), number: true, cell: row => number(row.last_24_hours.rejected) },
      {
        label: t("queue"),
        number: true,
        cell: row => (row.queue_depth === null ? "–" : number(row.queue_depth)),
      },
      { label: t("version"), cell: row => two(row.version || "–", row.hostname) },
      {
        label: t("actions"),
        cell: row =>
          make(
            "div",
            {},
            make(
              "a",
              {
                class: "button",
                href: "#agents/" + encodeURIComponent(row.agent_id),
                "aria-label": t("forThing", t("batches"), row.agent_id),
              },
              t("batches"),
            ),
            ...(row.status === "revoked"
              ? []
              : [
                  button(
                    t("rotate"),
                    () =>
                      rotate(
                        "/agents",
                        row.agent_id,
                        t("rotate"),
                        168,
                        made => [
                          [t("agentId"), made.agent_id],
                          [t("agentKey"), made.agent_key],
                        ],
                        "previous_key_expires_at",
                        redraw,
                      ),
                    { of: row.agent_id },
                  ),
                  ...lifecycle("/agents", row.agent_id, row.status, ["suspend", "resume"], redraw),
                ]),
          ),
      },
    ],
    rows,
    t("noAgents"),
  );
}

async function agentBatches(view, id) {
  const container = make("div");
  view.append(
    make("h2", {}, t("batchesOf", id)),
    make("p", {}, make("a", { href: "#agents" }, t("back"))),
    container,
  );
  await list(container, "/agents/" + encodeURIComponent(id) + "/batches", "batches", {}, rows =>
    table(
      t("batchesOf", id),
      [
        { label: t("received"), cell: row => two(when(row.received_at), row.sync_id) },
        { label: t("state"), cell: row => badge(row.status) },
        { label: t("records"), number: true, cell: row => number(row.records) },
        { label: t("accepted"), number: true, cell: row => number(row.accepted) },
        { label: t("duplicatesCount"), number: true, cell: row => number(row.duplicates) },
        { label: t("pendingCount"), number: true, cell: row => number(row.pending) },
        { label: t("rejected"), number: true, cell: row => number(row.rejected) },
        { label: "ms", number: true, cell: row => number(row.duration_ms) },
      ],
      rows,
      t("noBatches"),
    ),
  );
}
