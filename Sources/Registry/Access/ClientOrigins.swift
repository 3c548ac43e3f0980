package import Database
import Values

/// Where a client's pages may show the widget, for administrators, in the caller's transaction.
package enum ClientOrigins {
    package static let maximumCount = 50
    package static let rule =
        "an origin is https://HOST[:PORT], such as https://portal.example.org, without a path; a "
        + "sandbox takes http on localhost too"

    /// An origin as a browser spells it; `nil` where no widget may stand.
    package static func read(
        _ text: String, in environment: Deployment.Environment
    ) -> String? {
        guard let origin = WebOrigin(text) else { return nil }
        let isGood = origin.isSecure || origin.isLoopback && environment == .sandbox
        return isGood ? origin.description : nil
    }

    /// - Throws: `Refusal` 404 `not_found`.
    package static func all(
        of clientID: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> [String] {
        entry.entity = "client/" + clientID.prefix(64)
        return try all(of: clientID, in: tx)
    }

    /// - Throws: `Refusal` 404 `not_found`.
    package static func all(of clientID: String, in tx: borrowing Transaction) throws -> [String] {
        guard try ClientStore.find(clientID, in: tx) != nil else { throw Refusal.unknown("client") }
        return try ClientOriginStore.all(of: clientID, in: tx)
    }

    /// In place of those there were, for open widget sessions too, from the next request on.
    ///
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when the client is revoked.
    package static func replace(
        of clientID: String, by origins: [String], from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws {
        let client = try Clients.find(clientID, auditing: &entry, in: tx)
        guard client.status != .revoked else { throw Refusal.revoked("client") }
        try ClientOriginStore.replace(of: clientID, by: origins, at: origin.now, in: tx)
    }
}
