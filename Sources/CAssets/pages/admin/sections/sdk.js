async function showSDKTokens(view) {
  const container = make("div");
  const columns = redraw => [
    { label: t("name"), cell: row => two(row.label, row.id) },
    { label: t("clientId"), cell: row => row.client_id },
    { label: t("keyStarts"), cell: row => make("code", {}, row.prefix + "…") },
    { label: t("state"), cell: row => badge(row.status) },
    {
      label: t("scopes"),
      cell: row =>
        row.kind === "publishable" ? two(t("publishable"), row.origins.join(" ")) : row.scopes.join(" "),
    },
    { label: t("rateLimit"), cell: row => row.rate_limit === null ? t("clientDefault") : rateText(row.rate_limit) },
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
                    "/sdk-tokens",
                    row.id,
                    t("rotate"),
                    24,
                    made => [[t("sdkToken"), made.token]],
                    "previous_token_expires_at",
                    redraw,
                  ),
                { of: row.label },
              ),
              ...lifecycle("/sdk-tokens", row.id, row.status, [], redraw),
            ),
    },
  ];
  const redraw = () =>
    list(container, "/sdk-tokens", "sdk_tokens", {}, rows =>
      table(t("sdk"), columns(redraw), rows, t("noSDKTokens")),
    );
  view.append(
    ...heading(
      "sdk",
      "sdkHint",
      button(
        t("makeSDKToken"),
        async () => {
          let made;
          const isDone = await ask(
            t("makeSDKToken"),
            [
              { name: "client_id", label: t("clientId"), required: true },
              { name: "label", label: t("name"), required: true },
              { name: "scopes", label: t("scopes"), hint: t("sdkScopesHint"), type: "textarea" },
              { name: "origins", label: t("origins"), hint: t("pageOriginsHint"), type: "textarea" },
              { name: "expires_at", label: t("expires"), hint: t("sdkExpiresHint"), type: "date" },
              rateField(),
            ],
            async fields => {
              const kind = fields.origins ? "publishable" : "secret";
              made = await call("POST", "/sdk-tokens", { ...present(fields), kind });
            },
            t("makeSDKToken"),
          );
          if (!isDone) return;
          await showSecret(t("makeSDKToken"), [[t("sdkToken"), made.token]]);
          await redraw();
        },
        { class: "primary" },
      ),
    ),
    container,
  );
  await redraw();
}

async function editOrigins(row) {
  const path = "/clients/" + encodeURIComponent(row.client_id) + "/origins";
  const known = await get(path);
  const title = t("forThing", t("origins"), row.client_id);
  const isDone = await ask(
    title,
    [
      {
        name: "origins",
        label: t("origins"),
        hint: t("originsHint"),
        value: known.origins.join("\n"),
        type: "textarea",
      },
    ],
    fields => call("PUT", path, { origins: fields.origins.split(/\s+/).filter(Boolean) }),
  );
  if (isDone) tell(t("done", title));
}
