import Foundation
import HTTP
import Identity
import JSON
import Registry
import Values

extension WidgetRoutes {
    /// Rows of each kind.
    private static let rowLimit = 10

    private static let sections:
        [(name: String, type: RecordType, standing: RecordStore.Standing)] = [
            ("active_medications", .prescription, .active),
            ("medication_alerts", .prescription, .alert),
            ("recent_lab_results", .labResult, .valid), ("recent_visits", .encounter, .valid),
        ]

    /// The record of the patient whom the client's server named, as far as consent covers it.
    @Sendable static func getWidgetSummary(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await context.read(auditing: .read) { tx, entry in
            let session = try WidgetSessions.current(
                context.client.id, at: context.now, auditing: &entry, in: tx)
            let found = try WidgetSessions.patient(of: session, auditing: &entry, in: tx)
            guard session.showsRecord, let found else {
                throw Problem(
                    .invalidScope,
                    "This session shows no record: the client's server did not open it for a named "
                        + "patient.")
            }
            let types = try WidgetSessions.covered(
                of: found.patient.id, by: session, at: context.now, in: tx
            ).intersection(session.terms.coverage.types)
            guard !types.isEmpty else {
                throw Problem(.consentRequired, "The patient's consent is asked for first.")
            }
            let people = try entry.addMerged(of: found.patient.id, in: tx)
            let patient = try PatientStore.merged(found.patient, of: people, in: tx)
            let allergies = try EmergencyFacts(patient).allergies
            var lists: [(name: String, lines: [RecordStore.Line])] = []
            var names: [String: String] = [:]
            for section in sections where types.contains(section.type) {
                let query = RecordStore.Query(
                    type: section.type, standing: section.standing, limit: rowLimit)
                let lines = try RecordStore.list(query, of: people, in: tx)
                for line in lines where names[line.facilityID] == nil {
                    names[line.facilityID] = try FacilityStore.find(line.facilityID, in: tx)?.name
                }
                lists.append((section.name, lines))
            }
            return try .object { json in
                json.member("health_id", found.healthID)
                json.member("full_name", patient.displayName)
                json.member("date_of_birth", patient.dateOfBirth.description)
                json.member("age", patient.dateOfBirth.age(at: context.now))
                json.member("sex", patient.sex?.rawValue)
                json.member("blood_group", patient.bloodType)
                json.member("allergies", allergies)
                for section in sections {
                    let lines = lists.first { $0.name == section.name }?.lines ?? []
                    try json.memberArray(section.name) { json in
                        for line in lines {
                            let content = try JSONDocument(line.content, limits: .stored).root
                            json.element { json in
                                json.outline(line, content, at: names[line.facilityID])
                            }
                        }
                    }
                }
                json.member(
                    "withheld",
                    sections.map(\.name).filter { name in
                        !lists.contains { $0.name == name }
                    })
                json.member("retrieved_at", context.now.rfc3339)
            }
        }
    }
}

extension JSONWriter {
    /// A record in a line; no notes.
    fileprivate mutating func outline(
        _ line: RecordStore.Line, _ content: JSONValue, at facility: String?
    ) {
        let names: [String] =
            switch line.type {
            case .prescription:
                [
                    "medication_name", "dose", "frequency", "route", "alert_type", "severity",
                    "message",
                ]
            case .labResult:
                ["test_name", "result_value", "unit", "reference_range", "flag_level"]
            default: ["encounter_type", "chief_complaint", "status"]
            }
        for name in names { member(name, content[name]?.string) }
        if line.type == .labResult {
            let flagged = content["flagged"]?.bool
            member("flagged", flagged)
            let flag = FlagLevel(
                level: content["flag_level"]?.string, flagged: flagged,
                interpretation: content["interpretation"]?.string)
            member("flag", flag?.rawValue)
        }
        member("date", line.occurredAt.map { String($0.rfc3339.prefix(10)) })
        member("facility_name", facility)
    }
}

extension BirthDate {
    /// In whole years; of a date that is not known to the day, at most so many.
    fileprivate func age(at now: Timestamp) -> Int {
        let today = now.day(in: .gmt)
        let isBefore = (today.month, today.day) < (date.month, date.day)
        return max(0, today.year - date.year - (isBefore ? 1 : 0))
    }
}
