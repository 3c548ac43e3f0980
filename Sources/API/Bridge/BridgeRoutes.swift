import Foundation
package import HTTP
import JSON
package import Registry
import Values

/// What agents tell of themselves, and ask about themselves (contract § 6).
package enum BridgeRoutes {
    package static let all = [
        Route(
            .post, "/api/v1/bridge/heartbeat", "recordHeartbeat", scope: .agent, recordHeartbeat),
        Route(
            .get, "/api/v1/bridge/status", "showBridgeStatus", scope: .agent, showBridgeStatus),
        Route(
            .post, "/api/v1/bridge/candidates", "listBridgeCandidates", scope: .agent,
            listBridgeCandidates),
    ]

    /// Every minute from every agent, and about nobody's data: no audit row.
    @Sendable static func recordHeartbeat(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let agent = context.client
        let facility = try facility(of: agent, context)
        var body = try ObjectReader(request)
        try check(body, by: agent, at: facility)
        let heartbeat = BridgeAgentState.Heartbeat(&body)
        try body.finish()
        return try await context.write(auditing: .none) { tx, _ in
            try BridgeAgentStateStore.hear(
                heartbeat, of: agent.id, at: facility.id, from: context.origin, in: tx)
            var json = JSONWriter()
            json.object { json in
                json.member("status", "ok")
                json.member("agent_id", agent.id)
                json.member("facility_id", facility.id)
                json.member("server_time", context.now.rfc3339)
                json.member("next_heartbeat_seconds", BridgeAgentState.heartbeatSeconds)
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    @Sendable package static func showBridgeStatus(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let agent = context.client
        let facility = try facility(of: agent, context)
        let zone = TimeZone(identifier: facility.timeZone) ?? .gmt
        let today = context.now.day(in: zone)
        return try await context.read(auditing: .read) { tx, entry in
            entry.entity = "bridge_agent/" + agent.id
            var state =
                try BridgeAgentStateStore.find(agent.id, in: tx)
                ?? BridgeAgentState(agentID: agent.id, at: context.now)
            // This very request is a sign of life.
            state.hear(at: context.now)
            // What it sends in vain is not kept any more.
            let isFull = try QuarantineStore.room(of: facility.id, in: tx).isFull
            let liveness = isFull ? .degraded : state.liveness(at: context.now)
            let counts = try SyncBatchStore.counts(
                agentID: agent.id, from: today.start(in: zone), to: context.now, in: tx)
            var json = JSONWriter()
            json.object { json in
                json.member("agent_id", agent.id)
                json.member("facility_id", facility.id)
                json.member("status", liveness.rawValue)
                json.member("last_sync_at", state.lastSyncAt?.rfc3339)
                json.member("last_heartbeat_at", state.lastHeartbeatAt?.rfc3339)
                json.member("records_synced_today", counts.stored)
                json.member("queue_depth", state.heartbeat.queueDepth ?? 0)
                json.member("version", state.heartbeat.version)
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    // MARK: Who and where

    /// The facility that an agent writes for.
    package static func facility(of agent: Principal, _ context: Context) throws -> Facility {
        guard let id = agent.facilityID,
            let facility = try context.facility(id)
        else { preconditionFailure("An agent belongs to a facility (foreign key).") }
        return facility
    }

    /// - Throws: `Problem` 403 when the body names another agent or another facility.
    package static func check(_ body: ObjectReader, by agent: Principal, at facility: Facility)
        throws
    {
        var body = body
        if let named = body.scalar("agent_id"), named != agent.id {
            throw Problem(
                .facilityForbidden, "agent_id must be the one in X-Bridge-Agent-ID.")
        }
        for named in body.facilities()
        where !facility.isNamed(named) {
            throw Problem(
                .facilityForbidden,
                "This key is for facility \(facility.id)"
                    + (facility.reference.map { " (\($0))" } ?? "")
                    + ": correct facility_id.")
        }
        try body.finish()
    }
}

extension BridgeAgentState.Heartbeat {
    /// Complaints gather in `body`.
    package init(_ body: inout ObjectReader) {
        self.init()
        version = body.text("version", "agent_version", maximum: 64)
        hostname = body.text("hostname", "host")
        environment = body.text("environment", maximum: 64)
        queueDepth = body.integer(
            "queue_depth", "queued", "pending_records", in: 0...1_000_000_000_000)
        capabilities = body.words("capabilities")
        switch body.text("status", maximum: 64)?.lowercased() {
        case "degraded", "failing", "error", "failed": isFailing = true
        case "ok", "online", "healthy", "running": isFailing = false
        default: isFailing = nil
        }
    }
}
