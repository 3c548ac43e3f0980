import API
import Database
import Identity
import JSON
import Registry
import Values

/// Who looked at a patient's data, and what else was done with it (contract, FHIR § 3; IHE BALP).
enum AuditEventResource {
    struct Event: Sendable {
        let seq: Int64
        let entry: AuditEntry
        /// Under which id the search named them.
        let healthID: String?
    }

    /// A client with the `system/` scope alone reads them: it contains what other clients do.
    static let kind = ListedResource<Event>(
        type: .auditEvent, scopes: [],
        parameters: [
            SearchParameter("date", .date) { SearchValue.moment($0.entry.recordedAt) },
            SearchParameter("action", .token) {
                [.token(system: actionSystem, code: $0.entry.action.rawValue)]
            },
            SearchParameter("outcome", .token) {
                [.token(system: outcomeSystem, code: outcome(of: $0.entry))]
            },
        ],
        walked: SearchDeclaration.patient, required: ["patient", "subject"],
        id: { id(of: $0.seq) }, changedAt: { $0.entry.recordedAt },
        walk: { query, context, entry, tx, body in
            guard let named = try query.patient() else { return }
            let patient = try PatientStore.patient(named: named, auditing: &entry, in: tx).patient
            let people = try entry.addMerged(of: patient.id, in: tx)
            var before: Int64?
            repeat {
                let page = try AuditStore.search(
                    AuditStore.Filter(), patientIDs: people, before: before, limit: 1000, in: tx)
                for (seq, row) in page.rows {
                    try body(Event(seq: seq, entry: row, healthID: patient.healthID))
                }
                before = page.next
            } while before != nil
        },
        find: { id, _, entry, tx in
            guard let seq = seq(in: id),
                let (_, row) = try AuditStore.oldest(
                    AuditStore.Filter(), after: seq - 1, through: seq, in: tx
                ).rows.first
            else { return nil }
            // What was done with nobody's data is the administrators' to read.
            guard row.patientID != nil || !row.batchPatientIDs.isEmpty else { return nil }
            let patient = try row.patientID.flatMap {
                try PatientStore.survivor(withID: $0, in: tx)
            }
            entry.show(patient)
            return Event(seq: seq, entry: row, healthID: patient?.healthID)
        },
        write: write)

    private static let actionSystem = "http://hl7.org/fhir/audit-event-action"
    private static let outcomeSystem = "http://hl7.org/fhir/audit-event-outcome"

    /// Twelve digits, so that ids sort by age.
    private static func id(of seq: Int64) -> String {
        let digits = String(max(seq, 0))
        return "audit-" + String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
    }

    private static func seq(in id: String) -> Int64? {
        let digits = id.utf8.dropFirst(6)
        guard id.hasPrefix("audit-"), (12...18).contains(digits.count),
            digits.allSatisfy({ (48...57).contains($0) }), let seq = Int64(Substring(digits)),
            seq > 0
        else { return nil }
        return seq
    }

    private static func outcome(of entry: AuditEntry) -> String {
        if entry.outcome == AuditEntry.success { return "0" }
        return entry.status >= 500 ? "8" : "4"
    }

    @Sendable private static func write(
        _ event: Event, _ request: FHIRRequest, to json: inout JSONWriter
    ) {
        let entry = event.entry
        json.member("type") { json in
            json.member("system", "http://terminology.hl7.org/CodeSystem/audit-event-type")
            json.member("code", "rest")
        }
        json.memberArray("subtype") { json in
            json.coding("http://hl7.org/fhir/restful-interaction", interaction(of: entry))
            json.coding(FHIRSystem.base + "/operation", entry.operation)
        }
        json.member("action", entry.action.rawValue)
        json.instant("recorded", entry.recordedAt)
        json.member("outcome", outcome(of: entry))
        if entry.outcome != AuditEntry.success { json.string("outcomeDesc", entry.outcome) }
        json.concepts("purposeOfEvent", text: entry.purpose)
        json.memberArray("agent") { json in writeAgents(of: entry, to: &json) }
        json.member("source") { json in
            json.member("observer") { json in json.member("display", "OpesCare Connect server") }
        }
        json.memberArray("entity") { json in writeEntities(of: event, to: &json) }
    }

    private static let operations = Set(FHIRRoutes.operations.map(\.operation))

    private static func interaction(of entry: AuditEntry) -> String {
        if operations.contains(entry.operation) { return "operation" }
        return switch entry.action {
        case .create: "create"
        case .read:
            entry.operation.hasPrefix("read") || entry.operation.hasPrefix("get")
                ? "read" : "search-type"
        case .update: "update"
        case .delete: "delete"
        case .execute: "operation"
        }
    }

    private static let agentTypes = "http://dicom.nema.org/resources/ontology/DCM"

    private static func writeAgents(of entry: AuditEntry, to json: inout JSONWriter) {
        json.element { json in
            json.concept("type", [(agentTypes, "110153")])
            json.member("who") { json in
                json.member("identifier") { json in
                    json.member("system", FHIRSystem.base + "/principal")
                    json.member("value", entry.principal)
                }
                json.string("display", entry.principal)
            }
            json.member("requestor", true)
            if let address = entry.address?.fhirString {
                json.member("network") { json in
                    json.member("address", address)
                    json.member("type", "2")
                }
            }
        }
        if let person = entry.actingUser?.fhirString {
            json.element { json in
                json.concept(
                    "type",
                    [
                        (
                            "http://terminology.hl7.org/CodeSystem/extra-security-role-type",
                            "humanuser"
                        )
                    ])
                json.member("who") { json in json.member("display", person) }
                json.member("requestor", false)
            }
        }
        json.element { json in
            json.concept("type", [(agentTypes, "110152")])
            json.member("who") { json in json.member("display", "OpesCare Connect server") }
            json.member("requestor", false)
        }
    }

    private static func writeEntities(of event: Event, to json: inout JSONWriter) {
        let types = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
        if let healthID = event.healthID {
            json.element { json in
                json.reference("what", .patient, healthID)
                json.member("type") { json in
                    json.member("system", types)
                    json.member("code", "1")
                }
                json.member("role") { json in
                    json.member("system", "http://terminology.hl7.org/CodeSystem/object-role")
                    json.member("code", "1")
                }
            }
        }
        json.element { json in
            json.member("what") { json in
                json.member("identifier") { json in
                    json.member("system", FHIRSystem.base + "/request-id")
                    json.member("value", event.entry.requestID.fhirString ?? "unknown")
                }
            }
            json.member("type") { json in
                json.member(
                    "system", "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType")
                json.member("code", "XrequestId")
            }
            json.string("name", event.entry.entity)
        }
    }
}
