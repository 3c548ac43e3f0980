import API
import Database
import JSON
import Registry
import Values

/// A section of a patient summary: what is told, or why nothing is.
struct SummarySection: Sendable {
    struct Entry: Sendable {
        /// `Type/id`.
        let path: String
        let resource: [UInt8]
        /// One line of the narrative.
        let text: String
    }

    /// Where it is found, and what it is called.
    private struct Form: Sendable {
        let code: String
        let title: String
        let kind: ClinicalResource
        let record: RecordType
        var standing = RecordStore.Standing.valid
        let text: @Sendable (ClinicalRecord) -> [String?]
    }

    private let code: String
    private let title: String
    private(set) var entries: [Entry] = []
    private(set) var facilityIDs: [String] = []
    private var isWithheld = false
    /// More is recorded than a summary shows.
    private var isMore = false

    /// Newest ones that a section shows.
    private static let limit = 50

    private static let forms = [
        Form(code: "11450-4", title: "Problems", kind: ConditionResource.kind, record: .diagnosis) {
            [$0["display"] ?? $0["code"], $0["status"]]
        },
        Form(
            code: "10160-0", title: "Medications", kind: MedicationRequestResource.kind,
            record: .prescription, standing: .active
        ) { [$0["medication_name"] ?? $0["medication_code"], $0["dose"], $0["frequency"]] },
        Form(
            code: "30954-2", title: "Results", kind: ObservationResource.kind, record: .labResult
        ) { [$0["test_name"] ?? $0["test_code"], $0["result_value"], $0["unit"]] },
        Form(code: "8716-3", title: "Vital signs", kind: ObservationResource.kind, record: .vital) {
            [$0["name"], $0["value"], $0["unit"]]
        },
    ]

    static let kinds = [
        ConditionResource.kind, MedicationRequestResource.kind, ObservationResource.kind,
    ]

    static func all(
        of details: PatientDetails, _ charts: PatientCharts, _ context: Context,
        in tx: borrowing Transaction
    ) throws -> [SummarySection] {
        var sections = try forms.map { try SummarySection($0, charts, in: tx) }
        let results = forms.firstIndex { $0.record == .labResult } ?? 0
        // Beside results that are withheld it would look like all of them.
        if !sections[results].isWithheld, context.client.mayRead(.observation),
            let group = BloodGroupObservation(of: details)
        {
            sections[results].entries.append(
                Entry(
                    path: "Observation/" + group.id, resource: group.json,
                    text: "Blood group: " + group.name))
        }
        sections.insert(try SummarySection(allergiesOf: details, context), at: 1)
        return sections
    }

    private init(
        _ form: Form, _ charts: PatientCharts, in tx: borrowing Transaction
    ) throws {
        code = form.code
        title = form.title
        guard let chart = charts.chart(form.kind.type), chart.opened.contains(form.record) else {
            isWithheld = true
            return
        }
        let (lines, isMore) = try RecordStore.page(
            RecordStore.Query(type: form.record, standing: form.standing, limit: Self.limit),
            of: chart.people, in: tx)
        self.isMore = isMore
        for line in lines {
            var record = try ClinicalRecord(line, of: chart.healthID)
            record.showsEncounter = false
            record.showsDiagnoses = chart.opensDiagnoses
            guard form.kind.shows(record) else { continue }
            facilityIDs.append(line.facilityID)
            entries.append(Entry(record, as: form.kind, form.text(record)))
        }
    }

    private init(allergiesOf details: PatientDetails, _ context: Context) throws {
        code = "48765-2"
        title = "Allergies and intolerances"
        guard context.client.mayRead(.allergyIntolerance) else {
            isWithheld = true
            return
        }
        entries = try AllergyIntoleranceResource.all(of: details).map {
            Entry(path: "AllergyIntolerance/" + $0.id, resource: $0.json, text: $0.words)
        }
    }

    // MARK: Writing

    func write(below request: FHIRRequest, to json: inout JSONWriter) {
        json.member("title", title)
        json.concept("code", [(FHIRSystem.loinc, code)], text: title)
        json.member("text") { json in
            json.member("status", "generated")
            json.member(
                "div", "<div xmlns=\"http://www.w3.org/1999/xhtml\">\(narrative)</div>")
        }
        json.memberArrayUnlessEmpty("entry") { json in
            for entry in entries {
                json.element { json in json.member("reference", request.url(entry.path)) }
            }
        }
        if entries.isEmpty {
            json.concept(
                "emptyReason",
                [
                    (
                        "http://terminology.hl7.org/CodeSystem/list-empty-reason",
                        isWithheld ? "withheld" : "unavailable"
                    )
                ])
        }
    }

    private var narrative: String {
        if isWithheld {
            return "<p>Withheld: the patient's consent or this client's scopes do not cover it.</p>"
        }
        if entries.isEmpty { return "<p>Nothing is recorded here.</p>" }
        let list = entries.map { "<li>\($0.text.escapedXHTML)</li>" }.joined()
        let remark = isMore ? "<p>The newest are shown; there are more.</p>" : ""
        return "<ul>\(list)</ul>" + remark
    }
}

extension SummarySection.Entry {
    fileprivate init(_ record: ClinicalRecord, as kind: ClinicalResource, _ parts: [String?]) {
        let words = parts.compactMap(\.self)
        let day = record.line.occurredAt.map { [String($0.shown.rfc3339.prefix(10))] } ?? []
        self.init(
            path: kind.type.rawValue + "/" + record.id, resource: kind.json(record),
            text: (words.isEmpty ? ["Without a name"] : words + day).joined(separator: " · "))
    }
}
