package import Database
package import Values

/// How agents are doing.
package enum BridgeAgentStateStore {
    private static func state(_ row: borrowing Row) throws -> BridgeAgentState {
        var heartbeat = BridgeAgentState.Heartbeat()
        heartbeat.version = row.textOrNil(7)
        heartbeat.hostname = row.textOrNil(8)
        heartbeat.environment = row.textOrNil(9)
        heartbeat.queueDepth = row.intOrNil(10)
        heartbeat.capabilities = row.textOrNil(11)?.split(separator: " ").map(String.init)
        return BridgeAgentState(
            agentID: row.text(0),
            liveness: BridgeAgentState.Liveness(rawValue: row.text(1)) ?? .offline,
            lastSeenAt: Timestamp(milliseconds: row.int64(2)),
            lastHeartbeatAt: row.int64OrNil(3).map { Timestamp(milliseconds: $0) },
            lastSyncAt: row.int64OrNil(4).map { Timestamp(milliseconds: $0) },
            failedSyncs: row.int(5), isFailing: row.bool(6), heartbeat: heartbeat)
    }

    /// `nil` before its first request.
    package static func find(
        _ agentID: String, in tx: borrowing Transaction
    ) throws -> BridgeAgentState? {
        try tx.first(
            """
            SELECT agent_id, liveness, last_seen_at, last_heartbeat_at, last_sync_at, failed_syncs,
                is_failing, version, hostname, environment, queue_depth, capabilities
            FROM bridge_agent_states WHERE agent_id = ?
            """, [.text(agentID)], state)
    }

    /// Agents last heard of before a moment that do not count as offline yet.
    package static func silent(
        since time: Timestamp, limit: Int, in tx: borrowing Transaction
    ) throws -> [BridgeAgentState] {
        try tx.all(
            """
            SELECT agent_id, liveness, last_seen_at, last_heartbeat_at, last_sync_at, failed_syncs,
                is_failing, version, hostname, environment, queue_depth, capabilities
            FROM bridge_agent_states
            WHERE last_seen_at < ? AND liveness <> 'offline' ORDER BY agent_id LIMIT ?
            """, [.integer(time.milliseconds), .int(limit)], state)
    }

    package static func store(
        _ state: BridgeAgentState, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO bridge_agent_states (agent_id, liveness, last_seen_at, last_heartbeat_at,
                last_sync_at, failed_syncs, is_failing, version, hostname, environment, queue_depth,
                capabilities)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (agent_id) DO UPDATE SET
                liveness = excluded.liveness, last_seen_at = excluded.last_seen_at,
                last_heartbeat_at = excluded.last_heartbeat_at,
                last_sync_at = excluded.last_sync_at, failed_syncs = excluded.failed_syncs,
                is_failing = excluded.is_failing, version = excluded.version,
                hostname = excluded.hostname, environment = excluded.environment,
                queue_depth = excluded.queue_depth, capabilities = excluded.capabilities
            """,
            [
                .text(state.agentID), .text(state.liveness.rawValue),
                .integer(state.lastSeenAt.milliseconds),
                .optional(state.lastHeartbeatAt?.milliseconds),
                .optional(state.lastSyncAt?.milliseconds), .int(state.failedSyncs),
                .bool(state.isFailing), .optional(state.heartbeat.version),
                .optional(state.heartbeat.hostname), .optional(state.heartbeat.environment),
                .optional(state.heartbeat.queueDepth),
                .optional(state.heartbeat.capabilities?.joined(separator: " ")),
            ])
    }

    package static func hear(
        _ heartbeat: BridgeAgentState.Heartbeat, of agentID: String, at facilityID: String,
        from origin: Origin, in tx: borrowing Transaction
    ) throws {
        var state =
            try find(agentID, in: tx) ?? BridgeAgentState(agentID: agentID, at: origin.now)
        if state.hear(heartbeat, at: origin.now) {
            let data = [("agent_id", agentID), ("facility_id", facilityID)]
            try EventStore.append(
                Event(.bridgeSyncFailed, patientID: nil, data: data), from: origin, in: tx)
        }
        try store(state, in: tx)
    }

    package static func finishBatch(
        _ batch: SyncBatch, from origin: Origin, in tx: borrowing Transaction
    ) throws {
        var state =
            try find(batch.agentID, in: tx)
            ?? BridgeAgentState(agentID: batch.agentID, at: origin.now)
        if state.finishBatch(accepted: batch.accepted, at: origin.now) {
            let data = [
                ("agent_id", batch.agentID), ("facility_id", batch.facilityID),
                ("sync_id", batch.id),
            ]
            try EventStore.append(
                Event(.bridgeSyncFailed, patientID: nil, data: data), from: origin, in: tx)
        }
        try store(state, in: tx)
    }

    /// It sent something, whatever came of it.
    ///
    /// - Returns: `false` when there is no such agent.
    @discardableResult
    package static func markSeen(
        _ agentID: String, at time: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        guard try BridgeAgentStore.find(agentID, in: tx) != nil else { return false }
        var state = try find(agentID, in: tx) ?? BridgeAgentState(agentID: agentID, at: time)
        state.hear(at: time)
        try store(state, in: tx)
        return true
    }
}
