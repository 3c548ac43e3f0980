async function showAudit(view) {
  const chain = make("p", { role: "status", "aria-live": "polite" }),
    container = make("div");
  const showChain = async () => {
    const state = await get("/audit/verification");
    const words = {
      never: [],
      running: [number(state.checked), number(state.rows)],
      intact: [number(state.rows), whenText(state.finished_at)],
      broken: [number(state.broken_seq), state.reason],
      failed: [state.reason],
    };
    chain.className =
      state.status === "intact" ? "notice good" : state.status === "broken" ? "notice bad" : "notice";
    chain.replaceChildren(
      t("chain_" + state.status, ...words[state.status]),
      ...(state.head ? [make("span", { class: "muted" }, t("head"), " ", make("code", {}, state.head))] : []),
    );
    if (state.status === "running" && chain.isConnected) setTimeout(() => showChain().catch(complain), 1000);
  };
  const fields = [
    ["patient", t("patient")],
    ["principal", t("principal"), t("principalHint")],
    ["operation", t("operation")],
    ["outcome", t("outcomeLabel"), t("outcomeHint")],
    ["request_id", t("requestId")],
    ["from", t("from"), "", "date"],
    ["to", t("to"), "", "date"],
  ];
  const form = make(
    "form",
    { role: "search", "aria-label": t("audit") },
    make(
      "div",
      { class: "row" },
      ...fields.map(([name, label, hint, type]) =>
        make(
          "div",
          {},
          make("label", { for: "audit-" + name }, label, " ", hint ? make("small", {}, hint) : null),
          make("input", {
            id: "audit-" + name,
            type: type || "text",
            autocomplete: "off",
            spellcheck: "false",
          }),
        ),
      ),
    ),
    make(
      "div",
      { class: "actions" },
      make("button", { class: "primary" }, t("search")),
      make("a", { class: "button", id: "export-csv", download: true }, t("exportCSV")),
      make("a", { class: "button", id: "export-ndjson", download: true }, t("exportNDJSON")),
    ),
  );
  const query = () =>
    Object.fromEntries(fields.map(([name]) => [name, form.querySelector("#audit-" + name).value.trim()]));
  const link = () => {
    for (const format of ["csv", "ndjson"])
      form.querySelector("#export-" + format).href =
        "/api/v1/admin/audit/export?" +
        new URLSearchParams(Object.entries({ ...query(), format }).filter(([, value]) => value));
  };
  const search = () =>
    list(container, "/audit", "entries", query(), (rows, page) =>
      table(t("audit"), auditColumns(), rows, t(page.next_cursor ? "noAuditYet" : "noAudit")),
    );
  form.addEventListener("input", link);
  form.addEventListener("submit", event => {
    event.preventDefault();
    $("alert").textContent = "";
    search().catch(complain);
  });
  view.append(
    ...heading("audit", "auditHint"),
    make("h3", {}, t("chain")),
    chain,
    make(
      "div",
      { class: "actions" },
      button(t("check"), async () => {
        await call("POST", "/audit/verification", {});
        await showChain();
      }),
    ),
    make("h3", {}, t("search")),
    form,
    container,
  );
  link();
  await showChain();
  await search();
}

function auditColumns() {
  return [
    {
      label: t("when"),
      cell: row =>
        two(when(row.recorded_at, { dateStyle: "short", timeStyle: "medium" }), t("row") + " " + row.seq),
    },
    { label: t("principal"), cell: row => two(row.principal, row.acting_user && isolated(row.acting_user)) },
    { label: t("operation"), cell: row => two(row.operation, word("a_", row.action)) },
    {
      label: t("entity"),
      cell: row => two(row.entity || "–", row.patients > 1 ? t("patientsCount", number(row.patients)) : null),
    },
    {
      label: t("outcomeLabel"),
      cell: row => make("span", { class: row.outcome === "success" ? "good" : "bad" }, row.outcome),
    },
    { label: t("purpose"), cell: row => two(row.purpose || "–", row.emergency_access_id) },
    { label: t("address"), cell: row => two(row.address || "–", row.request_id) },
  ];
}
