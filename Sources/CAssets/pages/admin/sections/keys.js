// Credentials that are shown once, when they are made: listed, made, rotated and revoked.
async function showIssued(view, kind) {
  const container = make("div");
  const actions = row => [
    ...(kind.buttons ? kind.buttons(row, redraw) : []),
    button(
      t("rotate"),
      () => rotate(kind.path, row.id, t("rotate"), kind.hours, kind.secret, kind.end, redraw),
      { of: kind.label(row) },
    ),
    ...lifecycle(kind.path, row.id, row.status, [], redraw),
  ];
  const columns = [
    { label: t("name"), cell: row => two(kind.label(row), row.id) },
    { label: t("keyStarts"), cell: row => make("code", {}, row.prefix + "…") },
    { label: t("state"), cell: row => badge(row.status) },
    ...kind.columns,
    { label: t("expires"), cell: row => when(row.expires_at) },
    { label: t("lastUsed"), cell: row => when(row.last_used_at) },
    { label: t("actions"), cell: row => (row.status === "active" ? make("div", {}, ...actions(row)) : "–") },
  ];
  const redraw = () =>
    list(container, kind.path, kind.member, {}, rows => table(t(kind.section), columns, rows, t(kind.none)));
  const issue = async () => {
    let made;
    const fields = await kind.fields();
    const send = async values => {
      made = await call("POST", kind.path, kind.body(values));
    };
    if (!(await ask(t(kind.make), fields, send, t(kind.make)))) return;
    await showSecret(t(kind.make), kind.secret(made));
    await redraw();
  };
  view.append(
    ...heading(kind.section, kind.section + "Hint", button(t(kind.make), issue, { class: "primary" })),
    container,
  );
  await redraw();
}

const showKeys = view =>
  showIssued(view, {
    section: "keys",
    path: "/api-keys",
    member: "api_keys",
    none: "noKeys",
    make: "makeKey",
    label: row => row.name,
    columns: [
      { label: t("facility"), cell: row => row.facility_name || row.facility_id },
      { label: t("rateLimit"), cell: row => rateText(row.rate_limit) },
    ],
    hours: 168,
    secret: made => [[t("apiKey"), made.api_key]],
    end: "previous_key_expires_at",
    fields: async () => [
      { name: "name", label: t("name"), required: true },
      await facilityField(),
      { name: "expires_at", label: t("expires"), hint: t("expiresHint"), type: "date" },
      rateField(),
    ],
    body: present,
  });
