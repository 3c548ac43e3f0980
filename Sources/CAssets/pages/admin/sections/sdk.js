const showSDKTokens = view =>
  showIssued(view, {
    section: "sdk",
    path: "/sdk-tokens",
    member: "sdk_tokens",
    none: "noSDKTokens",
    make: "makeSDKToken",
    label: row => row.label,
    columns: [
      { label: t("clientId"), cell: row => row.client_id },
      {
        label: t("scopes"),
        cell: row =>
          row.kind === "publishable" ? two(t("publishable"), row.origins.join(" ")) : row.scopes.join(" "),
      },
      { label: t("rateLimit"), cell: row => (row.rate_limit === null ? t("clientDefault") : rateText(row.rate_limit)) },
    ],
    buttons: (row, redraw) => [button(t("edit"), () => editSDKToken(row, redraw), { of: row.label })],
    hours: 24,
    secret: made => [[t("sdkToken"), made.token]],
    end: "previous_token_expires_at",
    fields: async () => [
      { name: "client_id", label: t("clientId"), required: true },
      { name: "label", label: t("name"), required: true },
      { name: "scopes", label: t("scopes"), hint: t("sdkScopesHint"), type: "textarea" },
      { name: "origins", label: t("origins"), hint: t("pageOriginsHint"), type: "textarea" },
      { name: "expires_at", label: t("expires"), hint: t("sdkExpiresHint"), type: "date" },
      rateField(undefined, "clientRateHint"),
    ],
    body: fields => ({ ...present(fields), kind: fields.origins ? "publishable" : "secret" }),
  });

async function editSDKToken(row, redraw) {
  const title = t("forThing", t("edit"), row.label);
  const rights = row.kind === "publishable" ? "origins" : "scopes";
  const isDone = await ask(
    title,
    [
      { name: "label", label: t("name"), value: row.label, required: true },
      {
        name: rights,
        label: t(rights),
        hint: t(rights === "origins" ? "pageOriginsHint" : "sdkScopesHint"),
        value: row[rights].join(rights === "origins" ? "\n" : " "),
        required: true,
        type: "textarea",
      },
      rateField(row.rate_limit, "clientRateHint"),
    ],
    fields =>
      call("PATCH", "/sdk-tokens/" + encodeURIComponent(row.id), {
        ...fields,
        rate_limit: fields.rate_limit || "default",
      }),
  );
  if (!isDone) return;
  await redraw();
  tell(t("done", title));
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
