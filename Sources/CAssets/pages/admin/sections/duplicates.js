async function showDuplicates(view, id) {
  const filters = { state: "open", order: "certainty", band: "", facility_id: "", older_than_days: "" };
  const figures = make("div"),
    queue = make("section", { "aria-label": t("cases") }),
    last = make("div", { class: "last" }),
    place = make("p", { role: "status", id: "case-place", class: "muted" }),
    card = make("section", { class: "card", tabindex: "-1", "aria-labelledby": "case-place" });
  session.decisions ??= [];
  let review, shown, form, turn, counting;

  const drawQueue = () => drawCases(queue, review, go);
  const drawLast = text => {
    const decision = session.decisions.at(-1);
    last.replaceChildren(
      make("p", { role: "status" }, text ?? decision?.text() ?? ""),
      decision ? shortcut("u", t("undoLast"), undo, {}) : "",
    );
  };

  // Shows the case that is looked at; nothing can be decided until it is there.
  const show = async (moveFocus = true) => {
    const mine = (turn = {});
    shown = form = null;
    card.replaceChildren(make("p", { class: "muted" }, t("loading")));
    if (moveFocus) card.focus();
    drawQueue();
    try {
      if (!review.row && review.cursor) await review.more();
      review.at = Math.min(review.at, Math.max(0, review.rows.length - 1));
      const row = review.row;
      if (!row) return nothing();
      const one = await review.read(row);
      if (mine !== turn || !view.isConnected) return;
      if (filters.state === "open" && row.id !== id && one.state !== "open") {
        review.drop(row);
        return await show(moveFocus);
      }
      shown = one;
      place.textContent = placeText(review, one, filters.state);
      card.replaceChildren(duplicateCard(one, acts));
      if (await review.look()) drawQueue();
    } catch (error) {
      if (mine === turn) complain(error);
    }
  };
  const nothing = () => {
    place.textContent = "";
    card.replaceChildren(make("p", { class: "empty" }, t("noDuplicates")));
  };
  const go = at => {
    if (at < 0 || at >= review.rows.length) {
      card.focus();
      return tell(t(at < 0 ? "firstCase" : "lastCase"));
    }
    $("alert").textContent = $("notice").textContent = "";
    review.at = at;
    return show();
  };

  const decide = async (verb, body, text) => {
    const decision = review.decide(shown, verb, { ...body, version: shown.version });
    decision.text = text;
    session.decisions.push(decision);
    if (session.decisions.length > 100) session.decisions.shift();
    $("alert").textContent = $("notice").textContent = "";
    drawLast();
    const next = show();
    try {
      await decision.sent;
    } catch (error) {
      session.decisions = session.decisions.filter(other => other !== decision);
      comeBack(decision.row, error);
    }
    await next;
    count();
  };
  // Somebody else was first, or something changed, or the server was not to be reached.
  const comeBack = (row, error) => {
    const state = error.body?.case_state;
    if (!state || state === "open") review.putBack(row);
    drawLast();
    drawQueue();
    if (state === "open") complain(t("caseChanged", pairText(row)));
    else complain(state ? t("caseDecided", pairText(row), stateWord(state), error.body.decided_by) : error);
    if (!shown && review.row) return show();
  };
  const undo = async () => {
    const decision = session.decisions.pop();
    if (!decision) return tell(t("nothingToUndo"));
    if (filters.state !== "open") {
      await call("POST", "/duplicates/" + encodeURIComponent(decision.id) + "/undo", {});
      return await redraw();
    }
    const sent = review.undo(decision);
    drawLast(t("undoneCase", pairText(decision.row)));
    const next = show();
    try {
      await sent;
    } catch (error) {
      review.drop(decision.row);
      await show();
      complain(error);
    }
    await next;
    count();
  };

  // The figures follow when nothing was decided for a while.
  const count = () => {
    clearTimeout(counting);
    counting = setTimeout(() => view.isConnected && drawFigures(figures).catch(complain), 2000);
  };
  const note = () => card.querySelector("textarea")?.value.trim() || undefined;
  const dismissed = one => decide("dismiss", { note: note() }, () => t("dismissedCase", pairText(one)));
  const closeForm = () => {
    form.remove();
    form = null;
    card.focus();
  };
  const acts = {
    step: by => go(review.at + by),
    dismiss: () => shown?.state === "open" && dismissed(shown),
    // Asks who stays only where that is not clear; another key confirms.
    merge: () => {
      if (shown?.state !== "open" || form) return;
      const people = shown.patients;
      const merge = survivor => {
        const other = people.find(person => person.health_id !== survivor).health_id;
        return decide("merge", { survivor, reason: note() }, () => t("mergedCase", survivor, other));
      };
      form = mergeForm(shown, merge, closeForm);
      card.querySelector(".decide").after(form);
      (form.querySelector("input:checked") ? form.querySelector("button") : form.querySelector("input")).focus();
    },
    undo: async () => {
      await call("POST", "/duplicates/" + encodeURIComponent(shown.id) + "/undo", {});
      tell(t("done", t("undo")));
      review.drop(review.row);
      await show();
    },
  };
  listenForKeys(view, { j: () => acts.step(1), k: () => acts.step(-1), m: acts.merge, d: acts.dismiss, u: undo });

  const redraw = async () => {
    review = session.review = new Review(filters.state === "open" ? filters : { state: filters.state });
    queue.replaceChildren(make("p", { role: "status" }, t("loading")));
    await review.load();
    if (id) await putFirst(review, id);
    drawLast();
    await Promise.all([show(false), drawFigures(figures)]);
  };
  const change = () => {
    id = null;
    return redraw();
  };
  view.append(
    ...heading("duplicates", "duplicatesHint"),
    figures,
    await caseFilters(filters, change),
    make("div", { class: "actions" }, button(t("refresh"), redraw), shortcut("?", t("shortcuts"), keyHelp, {}), last),
    make("div", { class: "review" }, queue, make("div", {}, place, card)),
    mergeHistory(),
  );
  await redraw();
}

const placeText = (review, one, state) =>
  word("q_", one.certainty) +
  (state === "open" ? ", " + t("caseOf", number(review.at + 1), number(review.open)) : "");

// Keys work while something of the page has the focus, but for what is typed into, and can be turned off.
function listenForKeys(view, keys) {
  const onKey = event => {
    if (!view.isConnected) return $("main").removeEventListener("keydown", onKey);
    const run = { ...keys, "?": keyHelp }[event.key.toLowerCase()];
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (!run || !isPlain || !hasKeys() || event.target.closest("input, select, textarea, form")) return;
    event.preventDefault();
    Promise.resolve(run()).catch(complain);
  };
  $("main").addEventListener("keydown", onKey);
}

// A case that somebody has a link to.
async function putFirst(review, id) {
  const one = await get("/duplicates/" + encodeURIComponent(id));
  review.rows = [one, ...review.rows.filter(row => row.id !== id)];
}

const pairText = one => one.patients.map(person => person.health_id).join(" / ");
const hasKeys = () => storage.get("opescare-keys") !== "off";

// A button that a key presses too.
function shortcut(key, label, run, options) {
  const element = button(label, run, options);
  element.setAttribute("aria-keyshortcuts", key);
  element.append(" ", make("kbd", { "aria-hidden": "true" }, key));
  return element;
}

function keyHelp() {
  const isOn = make("input", { type: "checkbox", id: "keys-on", checked: hasKeys() });
  isOn.addEventListener("change", () => storage.set("opescare-keys", isOn.checked ? "on" : "off"));
  open(
    t("shortcuts"),
    make(
      "dl",
      { class: "keys" },
      ...["j", "k", "m", "d", "u", "?"].flatMap(key => [
        make("dt", {}, make("kbd", {}, key)),
        make("dd", {}, t("key_" + (key === "?" ? "help" : key))),
      ]),
    ),
    make("label", { for: "keys-on" }, isOn, " ", t("keysOn")),
    make(
      "div",
      { class: "actions" },
      make("button", {
        type: "button",
        class: "primary",
        autofocus: true,
        onclick: event => event.target.closest("dialog").close(),
      }, t("close")),
    ),
  );
}

async function caseFilters(filters, change) {
  const facilities = await facilityField();
  const fields = [
    ["state", t("state"), ["open", "merged", "dismissed", "closed"].map(value => [value, stateWord(value)])],
    ["order", t("order"), ["certainty", "age"].map(value => [value, word("o_", value)])],
    ["band", t("certainty"), [["", t("all")], ...["certain", "possible"].map(value => [value, word("b_", value)])]],
    ["older_than_days", t("waitsFor"), [["", t("all")], ...["1", "7", "30"].map(days => [days, t("days_" + days)])]],
    [
      "facility_id",
      t("facility"),
      facilities.options?.map(({ value, label }) => [value, value ? label : t("all")]),
    ],
  ];
  const row = make("div", { class: "row filters" });
  for (const [name, label, options] of fields) {
    const field = options
      ? make("select", { id: "cases-" + name }, ...options.map(([value, text]) => make("option", { value }, text)))
      : make("input", { id: "cases-" + name, autocomplete: "off", spellcheck: "false" });
    field.addEventListener("change", () => {
      filters[name] = field.value.trim();
      for (const other of row.querySelectorAll("select, input"))
        other.disabled = filters.state !== "open" && other.id !== "cases-state";
      $("alert").textContent = "";
      change().catch(complain);
    });
    row.append(make("div", {}, make("label", { for: field.id }, label), field));
  }
  return row;
}

// The list: how sure it is, what differs, and how long it has waited.
function drawCases(queue, review, go) {
  const focused = [...queue.querySelectorAll("button")].indexOf(document.activeElement);
  const items = review.rows.map((row, place) =>
    make(
      "li",
      {},
      make(
        "button",
        { type: "button", "aria-current": place === review.at ? "true" : undefined, onclick: () => go(place) },
        make("strong", {}, word("q_", row.certainty)),
        make("span", {}, differencesText(row)),
        make(
          "span",
          { class: "muted" },
          ago(row.created_at),
          row.facility_name ? " · " + isolated(row.facility_name) : "",
        ),
        ...row.patients.map(person => make("span", { class: "muted" }, person.health_id)),
      ),
    ),
  );
  const rows = make("ol", { class: "queue" }, ...items);
  const more = async () => {
    await review.more();
    drawCases(queue, review, go);
  };
  queue.replaceChildren(
    items.length ? rows : make("p", { class: "empty" }, t("noDuplicates")),
    review.cursor ? button(t("more"), more) : "",
  );
  const current = rows.querySelector("[aria-current]");
  if (current) rows.scrollTop = current.offsetTop - rows.clientHeight / 3;
  if (focused >= 0) [...queue.querySelectorAll("button")].at(Math.min(focused, items.length))?.focus();
}

const differencesText = row => {
  const fields = row.fields.filter(field => field.agreement !== "exact");
  return fields.length
    ? fields.map(field => t("forThing", word("f_", field.field), word("m_", field.agreement))).join(" · ")
    : t("allAgree");
};

// The list of merges, those without a case too; read when it is opened.
function mergeHistory() {
  const container = make("div");
  const details = make("details", {}, make("summary", {}, t("merges")), container);
  const redraw = () =>
    list(container, "/merges", "merges", {}, rows => table(t("merges"), mergeColumns(redraw), rows, t("noMerges")));
  details.addEventListener("toggle", () => {
    if (details.open && !container.firstChild) redraw().catch(complain);
  });
  return details;
}

const mergeColumns = redraw => [
  { label: t("survivor"), cell: row => row.survivor_health_id },
  { label: t("retired"), cell: row => row.retired_health_id },
  { label: t("state"), cell: row => badge(row.status) },
  { label: t("reason"), cell: row => (row.reason ? isolated(row.reason) : "–") },
  { label: t("when"), cell: row => when(row.merged_at) },
  { label: t("by"), cell: row => row.merged_by },
  {
    label: t("actions"),
    cell: row =>
      row.status === "merged"
        ? button(
            t("undo"),
            async () => {
              if (!(await confirmThat(t("confirmUndo"), t("undo")))) return;
              await call("POST", "/merges/" + row.id + "/undo", {});
              await redraw();
              tell(t("done", t("undo")));
            },
            { of: row.retired_health_id, class: "danger" },
          )
        : "–",
  },
];
