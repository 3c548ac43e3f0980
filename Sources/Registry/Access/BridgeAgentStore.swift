package import Database
import Values

/// Bridge agents and their keys. Whatever ends a key's use raises the epoch, so that it holds from
/// the next request on.
package enum BridgeAgentStore {
    private static func agent(_ row: borrowing Row) throws -> BridgeAgent {
        BridgeAgent(
            id: row.text(0), name: row.text(1), facilityID: row.text(2),
            status: Client.Status(rawValue: row.text(3)) ?? .revoked, rateLimit: row.intOrNil(4),
            createdAt: Timestamp(milliseconds: row.int64(5)))
    }

    package static func find(_ id: String, in tx: borrowing Transaction) throws -> BridgeAgent? {
        try tx.first(
            """
            SELECT id, name, facility_id, status, rate_limit, created_at
            FROM bridge_agents WHERE id = ?
            """, [.text(id)], agent)
    }

    static func all(in tx: borrowing Transaction) throws -> [BridgeAgent] {
        try tx.all(
            """
            SELECT id, name, facility_id, status, rate_limit, created_at
            FROM bridge_agents ORDER BY id
            """, [], agent)
    }

    /// By id, from the one after `id` on; of one facility, in one status, or all.
    static func page(
        after id: String?, facilityID: String?, status: Client.Status?, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [BridgeAgent] {
        try tx.all(
            """
            SELECT id, name, facility_id, status, rate_limit, created_at FROM bridge_agents
            WHERE id > ?1 AND (CAST(?2 AS TEXT) IS NULL OR facility_id = ?2) AND (CAST(?3 AS TEXT) IS NULL OR status = ?3)
            ORDER BY id LIMIT ?4
            """,
            [
                .text(id ?? ""), .optional(facilityID), .optional(status?.rawValue), .int(limit),
            ], agent)
    }

    /// Changes name and rate limit, from the next request on.
    static func update(
        _ agent: BridgeAgent, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE bridge_agents SET name = ?, rate_limit = ?, updated_at = ?
            WHERE id = ? AND status <> 'revoked'
            """,
            [
                .text(agent.name), .optional(agent.rateLimit), .integer(now.milliseconds),
                .text(agent.id),
            ])
        try ClientStore.raiseEpoch(in: tx)
    }

    /// An agent with its key. An unknown id takes the same time as a known one: the row that would come
    /// before it is read in its place.
    package static func credentials(
        of id: String, in tx: borrowing Transaction
    ) throws -> (agent: BridgeAgent, key: ClientSecret)? {
        let read = { (row: borrowing Row) in
            (
                agent: try agent(row),
                key: ClientSecret(
                    hash: row.blob(6), retiringHash: row.blobOrNil(7),
                    retiringExpiresAt: row.int64OrNil(8).map { Timestamp(milliseconds: $0) })
            )
        }
        let found =
            try tx.first(
                """
                SELECT id, name, facility_id, status, rate_limit, created_at, key_hash,
                    retiring_key_hash, retiring_key_expires_at
                FROM bridge_agents WHERE id <= ? ORDER BY id DESC LIMIT 1
                """, [.text(id)], read)
            ?? tx.first(
                """
                SELECT id, name, facility_id, status, rate_limit, created_at, key_hash,
                    retiring_key_hash, retiring_key_expires_at
                FROM bridge_agents ORDER BY id LIMIT 1
                """, [], read)
        // Byte by byte: `==` of texts would take one spelling of a letter for another.
        return found?.agent.id.utf8.elementsEqual(id.utf8) == true ? found : nil
    }

    static func key(of id: String, in tx: borrowing Transaction) throws -> ClientSecret? {
        try tx.first(
            """
            SELECT key_hash, retiring_key_hash, retiring_key_expires_at
            FROM bridge_agents WHERE id = ?
            """, [.text(id)]
        ) { row in
            ClientSecret(
                hash: row.blob(0), retiringHash: row.blobOrNil(1),
                retiringExpiresAt: row.isNull(2) ? nil : Timestamp(milliseconds: row.int64(2)))
        }
    }

    /// - Throws: `Refusal` when there is such an id, `DatabaseError.constraint` when the facility is
    ///   unknown.
    static func insert(
        _ agent: BridgeAgent, keyHash: [UInt8], in tx: borrowing Transaction
    ) throws {
        try LookAlike.refuse(
            agent.id, "agent_id", of: "an agent", among: "SELECT id FROM bridge_agents", in: tx)
        try tx.run(
            """
            INSERT INTO bridge_agents (id, name, facility_id, key_hash, status, rate_limit,
                created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(agent.id), .text(agent.name), .text(agent.facilityID), .blob(keyHash),
                .text(agent.status.rawValue), .optional(agent.rateLimit),
                .integer(agent.createdAt.milliseconds), .integer(agent.createdAt.milliseconds),
            ])
    }

    /// The old key keeps working until `overlapEnd`: a facility with bad internet takes its time.
    ///
    /// - Returns: `false` when there is no such agent, or it is revoked.
    static func rotateKey(
        of id: String, to hash: [UInt8], overlapEnd: Timestamp, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        let changed = try tx.execute(
            """
            UPDATE bridge_agents
            SET retiring_key_hash = key_hash, retiring_key_expires_at = ?, key_hash = ?,
                updated_at = ?
            WHERE id = ? AND status <> 'revoked'
            """,
            [
                .integer(overlapEnd.milliseconds), .blob(hash), .integer(now.milliseconds),
                .text(id),
            ])
        try ClientStore.raiseEpoch(in: tx)
        return changed == 1
    }

    /// A revoked agent stays revoked.
    ///
    /// - Returns: `false` when there is no such agent, or it is revoked.
    static func setStatus(
        _ status: Client.Status, of id: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        let changed = try tx.execute(
            """
            UPDATE bridge_agents SET status = ?, updated_at = ?
            WHERE id = ? AND status <> 'revoked'
            """, [.text(status.rawValue), .integer(now.milliseconds), .text(id)])
        try ClientStore.raiseEpoch(in: tx)
        return changed == 1
    }
}
