package import Database
package import Values

/// What administrators do with the public keys of clients, in the caller's transaction.
package enum ClientKeys {
    /// Where a client's keys come from.
    package enum Source: Sendable {
        /// A JWK set, as `ClientKeySet.json` writes it.
        case keys([UInt8])
        /// Where the client publishes one.
        case url(String)
    }

    /// - Throws: `Refusal` 404 `not_found`.
    package static func find(
        of clientID: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Source? {
        _ = try Clients.find(clientID, auditing: &entry, in: tx)
        return try ClientKeyStore.find(of: clientID, in: tx)
    }

    /// - Throws: `Refusal` 404 `not_found`.
    package static func find(
        of clientID: String, in tx: borrowing Transaction
    ) throws -> Source? {
        guard try ClientStore.find(clientID, in: tx) != nil else { throw Refusal.unknown("client") }
        return try ClientKeyStore.find(of: clientID, in: tx)
    }

    /// In place of those there were; `nil` for none. Tokens that were got with them last until their end.
    ///
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when the client is revoked.
    package static func replace(
        of clientID: String, by source: Source?, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws {
        let client = try Clients.find(clientID, auditing: &entry, in: tx)
        guard client.status != .revoked else { throw Refusal.revoked("client") }
        try ClientKeyStore.replace(of: clientID, by: source, at: origin.now, in: tx)
    }

    /// Whom an assertion may come from; `nil` for an unknown client.
    package static func holder(
        _ clientID: String, in tx: borrowing Transaction
    ) throws -> (client: Client, source: Source?)? {
        // Byte by byte: `==` of texts would take one spelling of a letter for another.
        guard let client = try ClientStore.find(clientID, in: tx),
            client.id.utf8.elementsEqual(clientID.utf8)
        else { return nil }
        return (client, try ClientKeyStore.find(of: clientID, in: tx))
    }

    /// Notes that an assertion got a token, until it would be refused as expired.
    ///
    /// - Returns: `false` when it got one before; nothing is changed then.
    package static func use(
        _ assertion: ClientAssertion, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        try ClientKeyStore.use(assertion, at: now, in: tx)
    }
}
