async function showConsents(view) {
  const container = make("div");
  const path = row => "/consents/" + encodeURIComponent(row.id);
  const answer = verb => async row => {
    const one = await get(path(row));
    const isDone = await ask(
      t(verb + "Consent"),
      [
        {
          name: "verification_method",
          label: t("verifiedBy"),
          hint: t("verifiedByHint", "\u2068" + one.full_name + "\u2069", one.date_of_birth),
        },
      ],
      fields => call("POST", path(row) + "/" + verb, present(fields)),
      t(verb + "Consent"),
    );
    if (isDone) {
      await redraw();
      tell(t("done", t(verb + "Consent")));
    }
  };
  const redraw = () =>
    list(container, "/consents", "consents", {}, rows =>
      table(
        t("consents"),
        [
          { label: t("when"), cell: row => two(when(row.requested_at), row.id) },
          { label: t("principal"), cell: row => two(isolated(row.client_name), row.facility_name) },
          { label: t("patient"), cell: row => row.health_id },
          { label: t("asksFor"), cell: row => two(row.consent_type, row.purpose && isolated(row.purpose)) },
          { label: t("until"), cell: row => when(row.expires_at) },
          {
            label: t("actions"),
            cell: row =>
              make(
                "div",
                {},
                button(t("grantConsent"), () => answer("grant")(row), { of: row.id }),
                button(t("denyConsent"), () => answer("deny")(row), { of: row.id }),
              ),
          },
        ],
        rows,
        t("noConsents"),
      ),
    );
  view.append(...heading("consents", "consentsHint", button(t("refresh"), redraw)), container);
  await redraw();
}
