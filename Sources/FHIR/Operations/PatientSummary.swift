import API
import Database
import Foundation
import HTTP
import Identity
import JSON
import Registry
import Values

/// `Patient/{id}/$summary`: an International Patient Summary of what the caller may read (contract, FHIR
/// § 4).
struct PatientSummary: Sendable {
    private let request: FHIRRequest
    private let charts: PatientCharts
    private let patient: (id: String, resource: [UInt8])
    private let sections: [SummarySection]
    private let organizations: [(id: String, resource: [UInt8])]
    private let now: Timestamp
    /// Of what is no resource of the server's.
    private let device = "urn:uuid:" + UUID().uuidString.lowercased()

    static func response(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        // Nothing is asked beside the patient.
        _ = try SearchQuery(request, names: [], isOrdered: false)
        return try await context.read(auditing: .read) { tx, entry in
            let summary = try PatientSummary(request, context, auditing: &entry, in: tx)
            return request.answer(summary.document)
        }
    }

    private init(
        _ request: FHIRRequest, _ context: Context, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws {
        self.request = request
        now = context.now
        let found = try PatientStore.patient(
            named: request.http.parameter("id") ?? "", auditing: &entry, in: tx
        ).patient
        charts = try PatientCharts(
            of: found, SummarySection.kinds, context, auditing: &entry, in: tx)
        let (details, json) = try PatientReading.resource(found, charts.people, context, in: tx)
        patient = (found.healthID, json)
        sections = try SummarySection.all(of: details, charts, context, in: tx)
        organizations = try Set(sections.flatMap(\.facilityIDs)).sorted().compactMap { id in
            try FacilityStore.find(id, in: tx).map {
                ($0.id, try OrganizationResource.kind.json($0, request))
            }
        }
    }

    // MARK: Writing

    private var document: [UInt8] {
        let id = UUID().uuidString.lowercased()
        var json = JSONWriter(reserving: 64 * 1024)
        json.object { json in
            json.member("resourceType", "Bundle")
            json.member("id", id)
            json.member("meta") { json in json.instant("lastUpdated", now) }
            json.member("identifier") { json in
                json.member("system", "urn:ietf:rfc:3986")
                json.member("value", "urn:uuid:" + id)
            }
            json.member("type", "document")
            json.instant("timestamp", now)
            json.memberArray("entry") { json in writeEntries(to: &json) }
        }
        return json.finish()
    }

    private func writeEntries(to json: inout JSONWriter) {
        let composition = UUID().uuidString.lowercased()
        json.element { json in
            json.member("fullUrl", "urn:uuid:" + composition)
            json.member("resource") { json in writeComposition(composition, to: &json) }
        }
        writeEntry("Patient/" + patient.id, patient.resource, to: &json)
        for entry in sections.flatMap(\.entries) {
            writeEntry(entry.path, entry.resource, to: &json)
        }
        for (id, resource) in organizations {
            writeEntry("Organization/" + id, resource, to: &json)
        }
        json.element { json in
            json.member("fullUrl", device)
            json.member("resource") { json in
                json.member("resourceType", "Device")
                json.member("id", String(device.dropFirst("urn:uuid:".count)))
                json.memberArray("deviceName") { json in
                    json.element { json in
                        json.member("name", "OpesCare Connect server")
                        json.member("type", "user-friendly-name")
                    }
                }
            }
        }
    }

    private func writeEntry(_ path: String, _ resource: [UInt8], to json: inout JSONWriter) {
        json.element { json in
            json.member("fullUrl", request.url(path))
            json.member("resource", raw: resource)
        }
    }

    private func writeComposition(_ id: String, to json: inout JSONWriter) {
        json.member("resourceType", "Composition")
        json.member("id", id)
        json.member("status", "final")
        json.concept("type", [(FHIRSystem.loinc, "60591-5")], text: "Patient summary")
        json.member("subject") { json in
            json.member("reference", request.url("Patient/" + patient.id))
        }
        json.instant("date", now)
        json.memberArray("author") { json in
            json.element { json in json.member("reference", device) }
        }
        json.member("title", "Patient summary")
        json.memberArray("section") { json in
            for section in sections {
                json.element { json in section.write(below: request, to: &json) }
            }
        }
    }
}
