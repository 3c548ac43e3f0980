import HTTP
import Identity
import JSON
import Registry
import Values

/// Patients, as published SDKs ask for them: Connect's answers under the SDK's names (contract, SDK § 2).
enum SDKPatientRoutes {
    static let all = [
        Route(
            .get, "/api/v1/sdk/patient/{id}", "getSDKPatient", scope: .sdk(.readRecords),
            getSDKPatient),
        Route(
            .get, "/api/v1/sdk/patients/{id}/summary", "getSDKPatientSummary",
            scope: .sdk(.readRecords), getSDKPatientSummary),
        Route(
            .get, "/api/v1/sdk/patients/{id}/encounters", "listSDKEncounters",
            scope: .sdk(.readRecords), listSDKEncounters),
    ]

    @Sendable static func getSDKPatient(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let purpose = query.purpose()
        try query.finish()
        return try await PatientRoutes.show(
            request.parameter("id") ?? "", purpose: purpose, context)
    }

    @Sendable static func getSDKPatientSummary(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await SummaryRoutes.summarise(request, context, allergies: "allergy_names") {
            json, patient, allergies in
            json.member("full_name", patient.displayName)
            json.memberArray("allergies") { json in
                for substance in allergies {
                    json.element { json in
                        json.member("substance", substance)
                        // Nobody tells how severe.
                        json.memberNull("severity")
                    }
                }
            }
            json.member("retrieved_at", context.now.rfc3339)
        }
    }

    /// Visits that were not cancelled or called a mistake. Their diagnoses need a consent of their own.
    @Sendable static func listSDKEncounters(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var page = try RecordPage(request, of: .encounter)
        page.query.standing = .valid
        return try await context.read(auditing: .read) { [page] tx, entry in
            entry.purpose = page.purpose ?? entry.purpose
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let client = context.client.clientID
            try ConsentStore.require(
                [.encounter], of: found.patient.id, by: client, at: context.now,
                auditing: &entry, in: tx)
            let showsDiagnoses = try ConsentStore.opens(
                [.diagnosis], of: found.patient.id, by: client, at: context.now,
                auditing: &entry, in: tx)
            try page.place?.require(of: found.patient.healthID)
            let people = try entry.addMerged(of: found.patient.id, in: tx)
            let (visits, isMore) = try RecordStore.page(page.query, of: people, in: tx)
            return try .object { json in
                json.member("health_id", found.healthID)
                if found.isViaMergedAlias { json.member("resolved_via_alias", true) }
                try json.memberArray("encounters") { json in
                    for visit in visits {
                        let content = try JSONDocument(visit.content, limits: .stored).root
                        let diagnoses =
                            showsDiagnoses
                            ? try RecordStore.diagnoses(of: visit, in: tx).compactMap(words) : []
                        json.element { json in
                            json.outline(visit, content)
                            json.member(
                                "diagnosis",
                                diagnoses.isEmpty ? nil : diagnoses.joined(separator: "; "))
                        }
                    }
                }
                // Of the whole page: a consent is the patient's.
                json.member("withheld", showsDiagnoses ? [] : ["diagnosis"])
                json.member("retrieved_at", context.now.rfc3339)
                json.member("next_cursor", isMore ? page.cursor(after: visits, of: found) : nil)
            }
        }
    }
    /// A diagnosis in words, or else by its code.
    private static func words(_ content: [UInt8]) throws -> String? {
        let diagnosis = try JSONDocument(content, limits: .stored).root
        return diagnosis["display"]?.string ?? diagnosis["code"]?.string
    }
}
