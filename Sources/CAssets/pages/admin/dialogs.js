function open(title, ...children) {
  const id = "dialog-title";
  const dialog = make("dialog", { "aria-labelledby": id }, make("h2", { id }, title), ...children);
  const opener = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus();
    else $("main").focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
/** Shows what can only be looked at. */
function reveal(title, ...children) {
  const dialog = open(
    title,
    ...children,
    make(
      "div",
      { class: "actions" },
      make("button", { type: "button", class: "primary", onclick: () => dialog.close() }, t("close")),
    ),
  );
}
function confirmThat(text, label) {
  return new Promise(resolve => {
    let answer = false;
    const dialog = open(
      label,
      make("p", {}, text),
      make(
        "div",
        { class: "actions" },
        make(
          "button",
          {
            type: "button",
            class: "primary danger",
            onclick: () => {
              answer = true;
              dialog.close();
            },
          },
          label,
        ),
        make("button", { type: "button", autofocus: true, onclick: () => dialog.close() }, t("cancel")),
      ),
    );
    dialog.addEventListener("close", () => resolve(answer));
  });
}
// fields: {name, label, hint?, type?, required?, value?, options?, list?}. Resolves to whether it was sent.
function ask(title, fields, submit, label = t("save")) {
  return new Promise(resolve => {
    let isDone = false;
    const inputs = {};
    const alert = make("p", { class: "notice bad", role: "alert" });
    const form = make("form", { novalidate: true });
    for (const field of fields) {
      const id = "field-" + field.name;
      const common = { id, required: field.required, "aria-describedby": "error-" + field.name };
      const input = field.options
        ? make(
            "select",
            common,
            ...field.options.map(option =>
              make("option", { value: option.value, selected: option.value === field.value }, option.label),
            ),
          )
        : field.type === "textarea"
          ? make("textarea", common)
          : make("input", {
              ...common,
              type: field.type || "text",
              min: field.min,
              autocomplete: "off",
              spellcheck: "false",
            });
      if (!field.options) input.value = field.value ?? "";
      inputs[field.name] = input;
      form.append(
        make(
          "label",
          { for: id },
          field.label,
          " ",
          make("small", {}, [field.required ? "" : t("optional"), field.hint].filter(Boolean).join("; ")),
        ),
        input,
        make("span", { id: "error-" + field.name, class: "bad" }),
      );
    }
    const send = make("button", { class: "primary" }, label);
    form.append(
      alert,
      make(
        "div",
        { class: "actions" },
        send,
        make("button", { type: "button", onclick: () => dialog.close() }, t("cancel")),
      ),
    );
    const dialog = open(title, form);
    form.addEventListener("submit", async event => {
      event.preventDefault();
      if (send.disabled) return;
      send.disabled = true;
      alert.textContent = "";
      for (const field of fields) {
        $("error-" + field.name).textContent = "";
        inputs[field.name].removeAttribute("aria-invalid");
      }
      try {
        await submit(
          Object.fromEntries(fields.map(field => [field.name, inputs[field.name].value.trim()])),
          dialog,
        );
        isDone = true;
        dialog.close();
      } catch (error) {
        const wrong = fields.filter(field => error.body?.errors?.[field.name]);
        alert.textContent = wrong.length
          ? t("e_validation_failed")
          : error instanceof Failure
            ? error.sentence()
            : String(error);
        for (const field of wrong) {
          inputs[field.name].setAttribute("aria-invalid", "true");
          $("error-" + field.name).replaceChildren(
            ...error.body.errors[field.name].map(message =>
              message === "is required" ? t("isRequired") : said(message),
            ),
          );
        }
        if (wrong.length) inputs[wrong[0].name].focus();
      }
      send.disabled = false;
    });
    dialog.addEventListener("close", () => resolve(isDone));
  });
}
// Shows a secret the only time it can be seen.
function showSecret(title, pairs, more) {
  return new Promise(resolve => {
    const outcome = make("p", { role: "status", "aria-live": "polite" });
    const dialog = open(
      title,
      make("p", {}, make("strong", {}, t("secretOnce"))),
      ...pairs.flatMap(([label, value], index) => {
        const text = make(
          "pre",
          {
            class: "secret",
            tabindex: "0",
            "aria-label": label,
            "data-secret": index === pairs.length - 1 ? "" : undefined,
          },
          value,
        );
        return [
          make("h3", {}, label),
          text,
          make(
            "button",
            {
              type: "button",
              onclick: async () => {
                try {
                  await navigator.clipboard.writeText(value);
                  outcome.textContent = t("copied");
                } catch {
                  getSelection().selectAllChildren(text);
                  outcome.textContent = t("copyFailed");
                }
              },
              "aria-label": t("forThing", t("copy"), label),
            },
            t("copy"),
          ),
        ];
      }),
      more ? make("p", {}, more) : null,
      outcome,
      make(
        "div",
        { class: "actions" },
        make("button", { type: "button", class: "primary", onclick: () => dialog.close() }, t("close")),
      ),
    );
    dialog.addEventListener("close", () => resolve());
  });
}
