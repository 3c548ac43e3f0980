async function showClients(view) {
  const container = make("div");
  let status = "";
  const columns = redraw => [
    { label: t("clientId"), cell: row => two(row.client_id, row.name) },
    { label: t("state"), cell: row => badge(row.status) },
    { label: t("scopes"), cell: row => row.scopes.join(" ") },
    { label: t("rateLimit"), cell: row => rateText(row.rate_limit) },
    { label: t("created"), cell: row => when(row.created_at) },
    {
      label: t("actions"),
      cell: row =>
        row.status === "revoked"
          ? "–"
          : make(
              "div",
              {},
              button(t("edit"), () => editClient(row, redraw), { of: row.client_id }),
              button(t("origins"), () => editOrigins(row), { of: row.client_id }),
              button(t("publicKeys"), () => editKeys(row), { of: row.client_id }),
              button(
                t("rotateSecret"),
                () =>
                  rotate(
                    "/clients",
                    row.client_id,
                    t("rotateSecret"),
                    24,
                    made => [
                      [t("clientId"), made.client_id],
                      [t("clientSecret"), made.client_secret],
                    ],
                    "previous_secret_expires_at",
                    redraw,
                  ),
                { of: row.client_id },
              ),
              ...lifecycle("/clients", row.client_id, row.status, ["suspend", "resume"], redraw),
            ),
    },
  ];
  const redraw = () =>
    list(container, "/clients", "clients", { status }, rows =>
      table(t("clients"), columns(redraw), rows, t("noClients")),
    );
  view.append(
    ...heading(
      "clients",
      "clientsHint",
      button(
        t("registerClient"),
        async () => {
          const facility = await facilityField();
          let made;
          const isDone = await ask(
            t("registerClient"),
            [
              { name: "client_id", label: t("clientId"), hint: t("idHint") },
              { name: "name", label: t("name") },
              { name: "scopes", label: t("scopes"), hint: t("scopesHint"), required: true, type: "textarea" },
              { ...facility, required: false },
              rateField(),
            ],
            async fields => {
              made = await call("POST", "/clients", present(fields));
            },
            t("registerClient"),
          );
          if (!isDone) return;
          await showSecret(t("registerClient"), [
            [t("clientId"), made.client_id],
            [t("clientSecret"), made.client_secret],
          ]);
          await redraw();
        },
        { class: "primary" },
      ),
    ),
    chooser("client-status", t("state"), ["", "active", "suspended", "revoked"], status, value => {
      status = value;
      return redraw();
    }),
    container,
  );
  await redraw();
}

async function editClient(row, redraw) {
  const isDone = await ask(
    t("forThing", t("edit"), row.client_id),
    [
      { name: "name", label: t("name"), value: row.name, required: true },
      {
        name: "scopes",
        label: t("scopes"),
        hint: t("scopesHint"),
        value: row.scopes.join(" "),
        required: true,
        type: "textarea",
      },
      rateField(row.rate_limit),
    ],
    fields =>
      call("PATCH", "/clients/" + encodeURIComponent(row.client_id), {
        ...fields,
        rate_limit: fields.rate_limit || "default",
      }),
  );
  if (isDone) {
    await redraw();
    tell(t("done", t("forThing", t("edit"), row.client_id)));
  }
}

async function editKeys(row) {
  const path = "/clients/" + encodeURIComponent(row.client_id) + "/keys";
  const known = await get(path);
  const title = t("forThing", t("publicKeys"), row.client_id);
  const names = known.keys.map(key => `${key.kid} (${key.crv || key.kty + " " + key.bits})`);
  const isDone = await ask(
    title,
    [
      {
        name: "jwks",
        label: t("publicKeys"),
        hint: [t("publicKeysHint"), ...names].join("; "),
        value: known.jwks_uri || "",
        required: true,
        type: "textarea",
      },
    ],
    fields => {
      if (fields.jwks === "none") return call("DELETE", path);
      if (!fields.jwks.startsWith("{")) return call("PUT", path, { jwks_uri: fields.jwks });
      let jwks;
      try {
        jwks = JSON.parse(fields.jwks);
      } catch {
        throw t("publicKeysHint");
      }
      return call("PUT", path, { jwks });
    },
  );
  if (isDone) tell(t("done", title));
}
