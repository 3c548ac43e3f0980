package import Database
package import Values

/// Notices agents that have fallen silent, and forgets what is old. What it concludes is in the
/// database: a restart neither repeats nor misses it.
package struct BridgeWatch: Sendable {
    private static let batch = 500

    private let writer: any Writer
    /// Since when this server listens.
    private let start: Timestamp

    package init(writer: any Writer, listeningSince start: Timestamp) {
        self.writer = writer
        self.start = start
    }

    package func run(at now: Timestamp) async throws {
        var isMore = start.adding(seconds: BridgeAgentState.silenceSeconds) < now
        while isMore {
            isMore = try await writer.write { [start] tx in
                let silent = try BridgeAgentStateStore.silent(
                    since: now.adding(seconds: -BridgeAgentState.silenceSeconds),
                    limit: Self.batch, in: tx)
                for state in silent {
                    try Self.conclude(state, at: now, listeningSince: start, in: tx)
                }
                return silent.count == Self.batch
            }
        }
        var count = 1
        while count > 0 {
            count = try await writer.write { tx in
                try QuarantineStore.prune(at: now, limit: Self.batch, in: tx)
                    + SyncBatchStore.prune(at: now, limit: Self.batch, in: tx)
            }
        }
    }

    private static func conclude(
        _ silent: BridgeAgentState, at now: Timestamp, listeningSince start: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        var state = silent
        guard state.fallSilent(at: now, listeningSince: start) else { return }
        try BridgeAgentStateStore.store(state, in: tx)
        // Nobody expects to hear from an agent that may not call.
        guard let agent = try BridgeAgentStore.find(state.agentID, in: tx),
            agent.status == .active
        else { return }
        let origin = Origin(
            facilityID: agent.facilityID, clientID: "agent:" + agent.id,
            requestID: Identifier.make("req_", at: now), now: now)
        try EventStore.append(
            Event(
                .bridgeOffline, patientID: nil,
                data: [
                    ("agent_id", agent.id), ("facility_id", agent.facilityID),
                    ("last_seen_at", state.lastSeenAt.rfc3339),
                ]), from: origin, in: tx)
    }
}
