import HTTP
import Identity
import JSON
import Registry
import Values

/// What `resolvePatient` would answer, with who else might be meant: for a clerk to choose from. Nothing is
/// stored but the audit row of everybody who is shown (contract § 5).
package enum DryRun {
    /// Most that are shown.
    static let limit = 5
    /// Requests of one client a minute: whoever tries names out sees people.
    private static let perMinute = 60

    /// Counts what shows people, by whichever door they are looked for.
    ///
    /// - Throws: `Problem` 429.
    package static func takePlace(_ context: Context) throws {
        try context.app.limiter.take(
            context.client.key + " dry_run", perMinute: perMinute, at: context.now)
    }

    static func answer(
        _ query: ResolveQuery, _ context: Context
    ) async throws -> HTTPResponse {
        guard context.client.scopes.contains(.patientMatch) else {
            throw Problem(
                .invalidScope, "A dry_run shows who might be meant: it needs patient:match.")
        }
        try takePlace(context)
        return try await context.read(auditing: .execute, .many) { tx, entry in
            entry.purpose = query.purpose ?? entry.purpose
            let (found, alike) = try PatientStore.match(
                query, by: context.client, at: context.now, limit: limit, in: tx)
            if let found {
                try entry.name(found.patient, named: found.namedID ?? found.patient.id, in: tx)
            } else {
                entry.name(alike.map(\.patient))
            }
            let candidates = try alike.map {
                (match: $0, address: try BlockingStore.address(of: $0.patient.id, in: tx))
            }
            return try .object { json in
                json.describe(found, alike.count)
                json.memberArray("candidates") { json in
                    for candidate in candidates {
                        json.element { $0.describe(candidate.match, in: candidate.address) }
                    }
                }
                if !query.claims.warnings.isEmpty {
                    json.member("warnings", query.claims.warnings)
                }
            }
        }
    }
}

extension JSONWriter {
    /// - Parameter alike: how many look like whoever would be registered.
    fileprivate mutating func describe(_ found: Resolution?, _ alike: Int) {
        member("dry_run", true)
        member("status", found == nil ? "created" : "found")
        member("health_id", found?.healthID)
        if found?.isMismatch == true { member("demographics_mismatch", true) }
        if let found { member("patient") { json in json.summarise(found.patient) } }
        let decision = found?.decision ?? (alike > 0 ? .possibleDuplicate : .none)
        member("match") { json in
            json.member("decision", decision.rawValue)
            json.member("candidates", found?.candidates ?? alike)
            if let reasons = found?.reasons, !reasons.isEmpty { json.member("reasons", reasons) }
        }
        member(
            "next_action",
            found?.nextAction
                ?? (alike > 0 ? "store_health_id_pending_review" : "store_health_id"))
    }

    mutating func describe(_ match: BlockingStore.NearMatch, in address: Address) {
        list(match.patient)
        member("place", address.city ?? address.district)
        member("band", match.band == .certain ? "certain" : "possible")
        // Three digits are more than the odds can tell.
        member("probability", (match.probability * 1000).rounded() / 1000)
        member("fields", raw: Array(match.comparison.explanation.utf8))
    }
}
