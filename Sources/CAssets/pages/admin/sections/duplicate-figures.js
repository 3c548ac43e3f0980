// What waits and what was decided, small above the list.
async function drawFigures(container) {
  const all = await get("/duplicates/statistics");
  const sum = age => all.open.certain[age] + all.open.possible[age];
  // Of very many only the last decisions are counted.
  const counted = value => (all.is_partial ? "≥ " : "") + number(value);
  const half = all.median_seconds === null ? "–" : lasted(all.median_seconds);
  const figures = [
    [t("openNow"), number(all.open.total), t("certainOf", number(all.open.certain.total))],
    ...["today", "week", "month", "older"].map(age => [t("age_" + age), number(sum(age))]),
    [t("merged30"), counted(all.merged)],
    [t("dismissed30"), counted(all.dismissed)],
    [t("undone30"), counted(all.undone)],
    [t("median"), half],
  ];
  const isOpen = container.querySelector("details")?.open;
  container.replaceChildren(
    make(
      "dl",
      { class: "figures" },
      ...figures.map(([label, value, more]) =>
        make("div", {}, make("dt", {}, label), make("dd", {}, value, more ? make("small", {}, " " + more) : "")),
      ),
    ),
    make(
      "details",
      { open: isOpen },
      make("summary", {}, t("deciders")),
      table(
        t("deciders"),
        [
          { label: t("by"), cell: row => isolated(row.decided_by) },
          { label: stateWord("merged"), number: true, cell: row => number(row.merged) },
          { label: stateWord("dismissed"), number: true, cell: row => number(row.dismissed) },
          { label: t("undoneOf"), number: true, cell: row => number(row.undone) },
        ],
        all.deciders,
        t("noDecisions"),
      ),
    ),
  );
}

// A time in its largest unit: "3 hours".
function largest(seconds) {
  const size = Math.abs(seconds);
  if (size < 90) return [seconds, "second"];
  if (size < 5400) return [seconds / 60, "minute"];
  if (size < 172800) return [seconds / 3600, "hour"];
  return [seconds / 86400, "day"];
}
function lasted(seconds) {
  const [value, unit] = largest(seconds);
  return Math.round(value).toLocaleString(language, { style: "unit", unit, unitDisplay: "long" });
}
function ago(text) {
  const [value, unit] = largest((new Date(text) - Date.now()) / 1000);
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.round(value), unit);
  return make("time", { datetime: text, title: whenText(text) }, words);
}
