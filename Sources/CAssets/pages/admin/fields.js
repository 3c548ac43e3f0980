const present = fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
const rateField = (value, hint = "rateHint") => ({
  name: "rate_limit",
  label: t("rateLimit"),
  hint: t(hint),
  type: "number",
  min: 0,
  value: value ?? "",
});
const rateText = value =>
  value === null || value === undefined ? t("serverDefault") : value === 0 ? t("unlimited") : number(value);
const overlapField = hours => ({
  name: "overlap_hours",
  label: t("overlap"),
  hint: t("overlapHint"),
  type: "number",
  min: 0,
  value: hours,
  required: true,
});
async function facilityField() {
  const page = await get("/facilities", { limit: 500 });
  const field = { name: "facility_id", label: t("facility"), required: true };
  if (page.next_cursor) return { ...field, hint: t("facilityHint") };
  return {
    ...field,
    options: [
      { value: "", label: t("chooseFacility") },
      ...page.facilities.map(facility => ({
        value: facility.id,
        label:
          isolated(facility.name) + (facility.reference ? " (" + isolated(facility.reference) + ")" : ""),
      })),
    ],
  };
}
