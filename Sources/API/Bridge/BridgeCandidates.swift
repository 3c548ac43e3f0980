import HTTP
import Identity
import JSON
import Registry
import Values

/// Who those may have been all along whom an agent's file has registered as possible duplicates: for a person
/// at the facility to choose from (contract § 5).
extension BridgeRoutes {
    /// Registrations that one request asks about.
    private static let maximumRegistrations = 20

    /// Reads alone, and shows people: each of them learns of it by the audit row, and an agent asks about as
    /// many registrations a minute as a client makes dry runs.
    @Sendable static func listBridgeCandidates(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let facility = try facility(of: context.client, context)
        var body = try ObjectReader(request)
        try check(body, by: context.client, at: facility)
        let named = body.words("health_ids") ?? []
        let references = named.compactMap { PatientReference($0) }
        if !(1...maximumRegistrations).contains(named.count) {
            body.refuse("health_ids", "must be a list of 1 to \(maximumRegistrations) Health IDs")
        } else if references.count < named.count {
            body.refuse("health_ids", "must be Health IDs")
        }
        try body.finish()
        for _ in named { try DryRun.takePlace(context) }
        return try await context.read(auditing: .execute, .many) { tx, entry in
            let results = try references.map { reference in
                (
                    healthID: reference.text,
                    candidates: try OwnRegistration.candidates(
                        of: reference, for: context.client, limit: DryRun.limit, in: tx
                    ).map { ($0, try BlockingStore.address(of: $0.patient.id, in: tx)) }
                )
            }
            entry.entity = "facility/" + facility.id
            entry.batchPatientIDs = Set(
                results.flatMap { $0.candidates.map(\.0.patient.id) }
            ).sorted()
            return try .object { json in
                json.memberArray("results") { json in
                    for result in results {
                        json.element { json in
                            json.member("health_id", result.healthID)
                            json.memberArray("candidates") { json in
                                for (match, address) in result.candidates {
                                    json.element { $0.describe(match, in: address) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
