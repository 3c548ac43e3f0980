// The record of a session that the client's server opened for a named patient.
async function showRecord() {
  if (!session.shows_record) {
    show("access_granted", t("granted"), make("p", {}, t("grantedNext")));
    return;
  }
  const record = await call("GET", "/summary");
  healthId = record.health_id;
  const facts = [
    ["name", said(record.full_name)],
    ["age", String(record.age)],
    ["sex", record.sex ? t(record.sex) : t("unknown")],
    ["healthId", code(record.health_id)],
    ["bloodGroup", record.blood_group ? code(record.blood_group) : t("unknown")],
    ["allergies", record.allergies.length ? said(record.allergies.join(", ")) : t("noneTold")],
  ];
  const lists = ["medication_alerts", "active_medications", "recent_lab_results", "recent_visits"];
  show(
    "access_granted",
    t("access_granted"),
    make("dl", { class: "facts" }, facts.map(([name, value]) =>
      make("div", {}, make("dt", {}, t(name)), make("dd", {}, value)))),
    lists.map(name => section(name, record)),
  );
}

function section(name, record) {
  const rows = record[name];
  const isWithheld = record.withheld.includes(name);
  return make(
    "section",
    { "aria-labelledby": name },
    make("h2", { id: name }, t(name)),
    rows.length
      ? make("ul", { class: "list" }, rows.map(row => make("li", {}, line(name, row), place(row))))
      : make("p", {}, t(isWithheld ? "notShared" : "emptyList")),
  );
}

// A level in words. One that nobody knows is shown as it was sent: it may be the alarming one.
function flag(row) {
  if (row.flag === "N" || (!row.flag && !row.flag_level)) return null;
  return make("span", { class: "flag bad" }, row.flag ? t("flag" + row.flag) : said(row.flag_level));
}

// A word that programs write, in the patient's language where we have it.
const known = word => {
  const key = "is_" + (word || "").toLowerCase().trim().replace(/[\s-]+/g, "_");
  return WORDS[language][key] ?? word;
};
const comma = () => (language === "ar" ? "، " : ", ");
const joined = (separator, ...texts) => said(texts.filter(Boolean).join(separator));
function line(name, row) {
  if (name === "recent_lab_results") {
    return [
      make("span", {}, joined(" ", row.test_name + ":", row.result_value, row.unit)),
      row.reference_range
        ? make("small", {}, t("normalRange", "\u2066" + row.reference_range + "\u2069"))
        : null,
      flag(row),
    ];
  }
  if (name === "medication_alerts")
    return [
      make("span", { class: "flag warn" }, joined(comma(), known(row.alert_type), known(row.severity))),
      make("span", {}, joined(": ", row.medication_name, row.message)),
    ];
  if (name === "active_medications")
    return make("span", {}, joined(", ", row.medication_name, row.dose, row.frequency, row.route));
  return make("span", {}, joined(": ", known(row.encounter_type), row.chief_complaint));
}

const place = row =>
  make(
    "small",
    {},
    row.date ? code(row.date) : t("undated"),
    row.facility_name ? [" · ", said(row.facility_name)] : null,
  );
