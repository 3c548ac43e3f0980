function table(caption, columns, rows, empty) {
  if (!rows.length) return make("p", { class: "empty" }, empty);
  const head = make(
    "thead",
    {},
    make(
      "tr",
      {},
      ...columns.map(column =>
        make("th", { scope: "col", class: column.number ? "number" : undefined }, column.label),
      ),
    ),
  );
  const body = make(
    "tbody",
    {},
    ...rows.map(row =>
      make(
        "tr",
        {},
        ...columns.map((column, index) => {
          const cell = make(
            index === 0 ? "th" : "td",
            {
              scope: index === 0 ? "row" : undefined,
              class: column.number ? "number" : undefined,
              "data-label": column.label,
            },
            column.cell(row),
          );
          // A name may be as long as people like; the other columns stay in sight.
          if (/.{60}|\S{25}/s.test(cell.textContent) && !cell.querySelector("button"))
            cell.classList.add("long");
          return cell;
        }),
      ),
    ),
  );
  return make(
    "div",
    { class: "table", role: "region", tabindex: "0", "aria-label": caption },
    make("table", { class: "stack" }, make("caption", {}, caption), head, body),
  );
}

// A list of the API with its pages.
async function list(container, path, name, query, draw) {
  let rows = [],
    cursor = null;
  const again = async () => {
    const page = await get(path, { ...query, cursor });
    rows = rows.concat(page[name]);
    cursor = page.next_cursor;
    container.replaceChildren(draw(rows, page));
    if (cursor)
      container.append(
        make(
          "p",
          {},
          button(t(path === "/audit" ? "further" : "more"), async () => {
            const before = rows.length;
            await again();
            const next = container.querySelectorAll("tbody tr")[before];
            if (next) {
              next.tabIndex = -1;
              next.focus();
            }
          }),
        ),
      );
  };
  container.replaceChildren(make("p", { role: "status" }, t("loading")));
  await again();
  return () => rows;
}

const heading = (key, hint, ...actions) =>
  [
    make("h2", {}, t(key)),
    hint ? make("p", {}, t(hint)) : null,
    actions.length ? make("div", { class: "actions" }, ...actions) : null,
  ].filter(Boolean);

// A select above a list, which draws the list anew.
function chooser(id, label, words, value, change) {
  const select = make(
    "select",
    { id },
    ...words.map(word =>
      make("option", { value: word, selected: word === value }, word ? stateWord(word) : t("all")),
    ),
  );
  select.addEventListener("change", () => change(select.value).catch(complain));
  return make("div", { class: "choose" }, make("label", { for: id }, label), select);
}
