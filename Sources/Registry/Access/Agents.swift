package import Database
package import Values

/// What administrators do with bridge agents, in the caller's transaction. Whatever is refused is a
/// `Refusal`, and the entry names the agent by then.
package enum Agents {
    /// By id.
    package static func all(in tx: borrowing Transaction) throws -> [BridgeAgent] {
        try BridgeAgentStore.all(in: tx)
    }

    /// By id, from the one after `id` on; of one facility, by id or reference, in one status, or all.
    ///
    /// - Throws: `Refusal` 404 `facility_not_found`.
    package static func page(
        after id: String?, facilityName: String?, status: Client.Status?, limit: Int,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> [BridgeAgent] {
        let facility = try facilityName.map {
            try FacilityStore.named($0, auditing: &entry, in: tx)
        }
        entry.entity = "agents"
        return try BridgeAgentStore.page(
            after: id, facilityID: facility?.id, status: status, limit: limit, in: tx)
    }

    /// - Throws: `Refusal` 404 `not_found`.
    package static func find(
        _ id: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> BridgeAgent {
        entry.entity = "agent/" + id.prefix(64)
        guard let agent = try BridgeAgentStore.find(id, in: tx) else {
            throw Refusal.unknown("agent")
        }
        return agent
    }

    /// Until when the key before the last rotation still works, if it does.
    package static func previousKeyEnd(
        of agent: BridgeAgent, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Timestamp? {
        try BridgeAgentStore.key(of: agent.id, in: tx)?.retiringExpiresAt
            .flatMap { now < $0 ? $0 : nil }
    }

    /// - Parameter facilityName: the id or reference of the facility where it runs.
    /// - Throws: `Refusal` 404 `facility_not_found`, 409 `conflict` when the id is taken.
    package static func create(
        _ id: String, name: String, facilityName: String, rateLimit: Int?, key: SecretHash.Issued,
        from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> BridgeAgent {
        let facility = try FacilityStore.named(facilityName, auditing: &entry, in: tx)
        entry.entity = "agent/" + id
        let agent = BridgeAgent(
            id: id, name: name, facilityID: facility.id, status: .active, rateLimit: rateLimit,
            createdAt: origin.now)
        try BridgeAgentStore.insert(agent, keyHash: key.hash, in: tx)
        return agent
    }

    /// Changes what is given, from the next request on.
    ///
    /// - Parameter rateLimit: an inner `nil` is the server's default.
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is revoked.
    package static func update(
        _ id: String, name: String?, rateLimit: Int??, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> BridgeAgent {
        let old = try find(id, auditing: &entry, in: tx)
        guard old.status != .revoked else { throw Refusal.revoked("agent") }
        let agent = BridgeAgent(
            id: id, name: name ?? old.name, facilityID: old.facilityID, status: old.status,
            rateLimit: rateLimit ?? old.rateLimit, createdAt: old.createdAt)
        try BridgeAgentStore.update(agent, at: origin.now, in: tx)
        return agent
    }

    /// Gives it a new key; the old one works until `overlapEnd`.
    ///
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is revoked.
    package static func rotate(
        _ id: String, to key: SecretHash.Issued, overlapEnd: Timestamp,
        from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> BridgeAgent {
        let agent = try find(id, auditing: &entry, in: tx)
        let isDone = try BridgeAgentStore.rotateKey(
            of: id, to: key.hash, overlapEnd: overlapEnd, at: origin.now, in: tx)
        guard isDone else { throw Refusal.revoked("agent") }
        return agent
    }

    /// Suspends, resumes or revokes it.
    ///
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is revoked.
    package static func setStatus(
        _ status: Client.Status, of id: String, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> BridgeAgent {
        _ = try find(id, auditing: &entry, in: tx)
        guard try BridgeAgentStore.setStatus(status, of: id, at: origin.now, in: tx) else {
            throw Refusal.revoked("agent")
        }
        return try find(id, auditing: &entry, in: tx)
    }
}
