async function showAccess(view, id) {
  const container = make("div"),
    input = make("input", {
      id: "access-id",
      autocomplete: "off",
      spellcheck: "false",
      required: true,
      value: id || "",
    });
  const form = make(
    "form",
    { role: "search", "aria-label": t("access") },
    make(
      "div",
      { class: "row" },
      make("div", {}, make("label", { for: "access-id" }, t("healthId")), input),
      make("button", { class: "primary" }, t("show")),
    ),
  );
  const search = () =>
    list(
      container,
      "/patients/" + encodeURIComponent(input.value.trim()) + "/access-log",
      "accesses",
      {},
      (rows, page) =>
        make(
          "div",
          {},
          make("h3", {}, t("accessOf", isolated(page.name), page.health_id)),
          page.merged_health_ids.length
            ? make("p", {}, t("formerly", page.merged_health_ids.join(", ")))
            : null,
          table(t("access"), auditColumns(), rows, t("noAccess")),
        ),
    );
  form.addEventListener("submit", event => {
    event.preventDefault();
    $("alert").textContent = "";
    if (input.value.trim())
      search().catch(error => {
        container.replaceChildren();
        complain(error);
      });
    else input.focus();
  });
  view.append(...heading("access", "accessHint"), form, container);
  if (id) await search();
}
