async function showKeys(view) {
  const container = make("div");
  const columns = redraw => [
    { label: t("name"), cell: row => two(row.name, row.id) },
    { label: t("keyStarts"), cell: row => make("code", {}, row.prefix + "…") },
    { label: t("state"), cell: row => badge(row.status) },
    { label: t("facility"), cell: row => row.facility_name || row.facility_id },
    { label: t("rateLimit"), cell: row => rateText(row.rate_limit) },
    { label: t("expires"), cell: row => when(row.expires_at) },
    { label: t("lastUsed"), cell: row => when(row.last_used_at) },
    {
      label: t("actions"),
      cell: row =>
        row.status !== "active"
          ? "–"
          : make(
              "div",
              {},
              button(
                t("rotate"),
                () =>
                  rotate(
                    "/api-keys",
                    row.id,
                    t("rotate"),
                    168,
                    made => [[t("apiKey"), made.api_key]],
                    "previous_key_expires_at",
                    redraw,
                  ),
                { of: row.name },
              ),
              ...lifecycle("/api-keys", row.id, row.status, [], redraw),
            ),
    },
  ];
  const redraw = () =>
    list(container, "/api-keys", "api_keys", {}, rows =>
      table(t("keys"), columns(redraw), rows, t("noKeys")),
    );
  view.append(
    ...heading(
      "keys",
      "keysHint",
      button(
        t("makeKey"),
        async () => {
          const facility = await facilityField();
          let made;
          const isDone = await ask(
            t("makeKey"),
            [
              { name: "name", label: t("name"), required: true },
              facility,
              { name: "expires_at", label: t("expires"), hint: t("expiresHint"), type: "date" },
              rateField(),
            ],
            async fields => {
              made = await call("POST", "/api-keys", present(fields));
            },
            t("makeKey"),
          );
          if (!isDone) return;
          await showSecret(t("makeKey"), [[t("apiKey"), made.api_key]]);
          await redraw();
        },
        { class: "primary" },
      ),
    ),
    container,
  );
  await redraw();
}
