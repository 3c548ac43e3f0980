import JSON
import Registry
import Values

/// Visits (contract, FHIR § 3, read backwards).
enum EncounterWriting {
    static func draft(_ resource: SentResource, of facilityID: String) throws -> RecordDraft.Read {
        var body = RecordBody(resource)
        body.status([
            "planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled",
            "unknown",
        ])
        body.number("external_encounter_id", "encounter", of: facilityID)
        let period = resource["period"]
        body.time([("period.start", period?["start"])])
        if let end = period?["end"]?.string {
            guard let time = SentTime(end) else {
                throw Refusal.validation(
                    "Encounter.period.end", "must be a dateTime such as 2026-06-01T08:00:00Z")
            }
            body.text("ended_at", time.moment?.rfc3339, at: "period.end")
        }
        guard let code = resource["class"]?["code"]?.string else {
            throw Refusal.validation("Encounter.class", "is required")
        }
        let isUnknown = resource["class"]?["system"]?.string == FHIRSystem.nullFlavor
        body.text(
            "encounter_type",
            resource["type"]?.first?.conceptText ?? (isUnknown ? nil : code), at: "type")
        body.text("chief_complaint", resource["reasonCode"]?.first?.conceptText, at: "reasonCode")
        return try body.draft(.encounter)
    }
}
