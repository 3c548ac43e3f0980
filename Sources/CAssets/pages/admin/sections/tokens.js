async function showTokens(view) {
  const container = make("div");
  const redraw = () =>
    list(container, "/tokens", "tokens", {}, rows =>
      table(
        t("tokens"),
        [
          { label: t("name"), cell: row => two(row.name, row.is_own ? t("yours") : null) },
          { label: t("keyStarts"), cell: row => make("code", {}, row.prefix + "…") },
          { label: t("state"), cell: row => badge(row.status) },
          { label: t("expires"), cell: row => when(row.expires_at) },
          { label: t("lastUsed"), cell: row => when(row.last_used_at) },
          { label: t("created"), cell: row => when(row.created_at) },
          {
            label: t("actions"),
            cell: row =>
              row.status === "active"
                ? make("div", {}, ...lifecycle("/tokens", row.id, row.status, [], redraw))
                : "–",
          },
        ],
        rows,
        t("none"),
      ),
    );
  view.append(
    ...heading(
      "tokens",
      "tokensHint",
      button(
        t("makeToken"),
        async () => {
          let made;
          const isDone = await ask(
            t("makeToken"),
            [
              { name: "name", label: t("name"), hint: t("nameHint"), required: true },
              { name: "expires_at", label: t("expires"), type: "date" },
            ],
            async fields => {
              made = await call("POST", "/tokens", present(fields));
            },
            t("makeToken"),
          );
          if (!isDone) return;
          await showSecret(t("makeToken"), [[t("token"), made.token]]);
          await redraw();
        },
        { class: "primary" },
      ),
    ),
    container,
  );
  await redraw();
}
