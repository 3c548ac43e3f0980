async function showFacilities(view) {
  const container = make("div");
  const columns = redraw => [
    { label: t("name"), cell: row => two(row.name, row.id) },
    { label: t("reference"), cell: row => row.reference || "–" },
    { label: t("country"), cell: row => row.country_code },
    { label: t("timeZone"), cell: row => row.time_zone },
    {
      label: t("actions"),
      cell: row =>
        button(
          t("edit"),
          async () => {
            const isDone = await ask(
              t("edit"),
              [
                { name: "name", label: t("name"), value: row.name, required: true },
                { name: "reference", label: t("reference"), hint: t("referenceHint"), value: row.reference },
                {
                  name: "time_zone",
                  label: t("timeZone"),
                  hint: t("zoneHint"),
                  value: row.time_zone,
                  required: true,
                },
              ],
              // What is emptied is sent, to be refused; what was empty stays so.
              fields =>
                call("PATCH", "/facilities/" + row.id, {
                  ...present(fields),
                  ...(row.reference && !fields.reference ? { reference: "" } : {}),
                }),
            );
            if (isDone) {
              await redraw();
              tell(t("done", t("forThing", t("edit"), isolated(row.name))));
            }
          },
          { of: row.name },
        ),
    },
  ];
  const redraw = () =>
    list(container, "/facilities", "facilities", {}, rows =>
      table(t("facilities"), columns(redraw), rows, t("noFacilities")),
    );
  view.append(
    ...heading(
      "facilities",
      null,
      button(
        t("registerFacility"),
        async () => {
          const isDone = await ask(
            t("registerFacility"),
            [
              { name: "name", label: t("name"), required: true },
              { name: "reference", label: t("reference"), hint: t("referenceHint") },
              {
                name: "country_code",
                label: t("country"),
                hint: t("countryHint"),
                value: "CM",
                required: true,
              },
              {
                name: "time_zone",
                label: t("timeZone"),
                hint: t("zoneHint"),
                value: "Africa/Douala",
                required: true,
              },
            ],
            fields => call("POST", "/facilities", present(fields)),
            t("registerFacility"),
          );
          if (isDone) {
            await redraw();
            tell(t("done", t("registerFacility")));
          }
        },
        { class: "primary" },
      ),
    ),
    container,
  );
  await redraw();
}
