import JSON
import Registry
import Values

/// A laboratory's reports, kept as the result that their conclusion is (contract, FHIR § 3, read backwards).
enum DiagnosticReportWriting {
    static func draft(_ resource: SentResource, of facilityID: String) throws -> RecordDraft.Read {
        var body = RecordBody(resource)
        body.status([
            "registered", "partial", "preliminary", "final", "amended", "corrected", "appended",
            "cancelled", "unknown",
        ])
        let categories = resource["category"].map { Array($0.elements.prefix(20)) } ?? []
        if !categories.isEmpty, !categories.flatMap(\.codings).contains(where: { $0.code == "LAB" })
        {
            body.refuse("category", "must be LAB: other reports are not kept")
        }
        body.number("external_lab_order_id", "lab", of: facilityID)
        body.time([
            ("effectiveDateTime", resource["effectiveDateTime"]),
            ("effectivePeriod.start", resource["effectivePeriod"]?["start"]),
        ])
        ObservationWriting.readTest(&body)
        body.text(
            "result_value",
            resource["conclusion"]?.string ?? resource["conclusionCode"]?.first?.conceptText,
            at: "conclusion")
        return try body.draft(.labResult)
    }
}
