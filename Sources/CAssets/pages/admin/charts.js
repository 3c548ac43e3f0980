// Charts: bars with the same figures as a sentence and as a table.
function chart(title, buckets, value, style, kind) {
  const values = buckets.map(value),
    highest = Math.max(...values),
    total = values.reduce((sum, one) => sum + one, 0);
  const label = bucket => bucket.label ?? new Date(bucket.start).toLocaleString(language, style);
  const text = total
    ? t("chartText", title, number(total), label(buckets[values.indexOf(highest)]), number(highest))
    : t("chartNone", title);
  const width = Math.min(30, 300 / buckets.length);
  const bars = values.map((one, index) => {
    const height = highest ? Math.max(one ? 1.5 : 0, (one / highest) * 92) : 0;
    return make(
      "rect",
      {
        class: "bar " + (kind || ""),
        x: (index * width + 0.5).toFixed(2),
        y: (96 - height).toFixed(2),
        width: (width - 1).toFixed(2),
        height: height.toFixed(2),
      },
      make("title", {}, label(buckets[index]) + ": " + number(one)),
    );
  });
  const rows = buckets
    .map((bucket, index) => ({ label: label(bucket), value: values[index] }))
    .filter(row => row.value);
  return make(
    "figure",
    {},
    make("figcaption", {}, title, " – ", number(total)),
    make(
      "svg",
      { viewBox: "0 0 300 100", preserveAspectRatio: "none", role: "img", "aria-label": text },
      make("line", { x1: 0, x2: 300, y1: 96, y2: 96 }),
      ...bars,
    ),
    rows.length
      ? make(
          "details",
          {},
          make("summary", {}, t("figures")),
          make(
            "table",
            {},
            make(
              "thead",
              {},
              make(
                "tr",
                {},
                make("th", { scope: "col" }, t("time")),
                make("th", { scope: "col", class: "number" }, t("number")),
              ),
            ),
            make(
              "tbody",
              {},
              ...rows.map(row =>
                make(
                  "tr",
                  {},
                  make("th", { scope: "row" }, row.label),
                  make("td", { class: "number" }, number(row.value)),
                ),
              ),
            ),
          ),
        )
      : make("p", { class: "muted" }, text),
  );
}
