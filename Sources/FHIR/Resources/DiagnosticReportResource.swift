import Registry
import JSON
import Values

/// A laboratory's report on one result, under the result's id (contract, FHIR § 3).
enum DiagnosticReportResource {
    static let kind = ClinicalResource(
        type: .diagnosticReport, records: [.labResult],
        parameters: [
            .date("DiagnosticReport.effective"),
            SearchParameter("status", .token) { record in
                [
                    .token(
                        system: "http://hl7.org/fhir/diagnostic-report-status",
                        code: status(of: record))
                ]
            },
            ObservationResource.code,
            SearchParameter("category", .token) { _ in
                [.token(system: categorySystem, code: "LAB")]
            },
        ],
        write: write)

    private static let categorySystem = "http://terminology.hl7.org/CodeSystem/v2-0074"
    private static let laboratory = JSONWriter.concepts(categorySystem, "LAB")

    /// A report has two words that a result has not.
    private static func status(of record: ClinicalRecord) -> String {
        let known = ObservationResource.status(of: record)
        guard ["preliminary", "amended"].contains(known) else { return known }
        return record["status"].flatMap { statuses[$0] } ?? known
    }

    private static let statuses = WordList<String>([
        ("partial", "partial,partiel"), ("appended", "appended"),
    ])

    @Sendable private static func write(_ record: ClinicalRecord, to json: inout JSONWriter) {
        record.writeHead(.diagnosticReport, numbers: "lab", to: &json)
        json.member("status", status(of: record))
        json.member("category", raw: laboratory)
        json.concept("code", ObservationResource.codings(of: record), text: record["test_name"])
        record.writeSubject(to: &json)
        record.writeEncounter(to: &json)
        record.writeTimesAndPerformer(to: &json)
        json.memberArray("result") { json in
            json.element { json in json.member("reference", "Observation/" + record.id) }
        }
        json.string("conclusion", record["interpretation"])
    }
}
