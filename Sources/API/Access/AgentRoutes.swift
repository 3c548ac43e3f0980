package import HTTP
import JSON
import Registry
import Values

/// Bridge agents, for administrators (contract § 9).
package enum AgentRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/admin/agents", "listAgents", scope: .admin,
            query: ["status", "facility_id", "limit", "cursor"], listAgents),
        Route(.post, "/api/v1/admin/agents", "createAgent", scope: .admin, createAgent),
        Route(.get, "/api/v1/admin/agents/{id}", "showAgent", scope: .admin, showAgent),
        Route(.patch, "/api/v1/admin/agents/{id}", "updateAgent", scope: .admin, updateAgent),
        Route(
            .get, "/api/v1/admin/agents/{id}/batches", "listAgentBatches", scope: .admin,
            query: ["limit", "cursor"],
            listAgentBatches),
        Route(
            .post, "/api/v1/admin/agents/{id}/rotate", "rotateAgentKey", scope: .admin,
            rotateAgentKey),
        Route(.post, "/api/v1/admin/agents/{id}/suspend", "suspendAgent", scope: .admin) {
            try await setStatus(.suspended, $0, $1)
        },
        Route(.post, "/api/v1/admin/agents/{id}/resume", "resumeAgent", scope: .admin) {
            try await setStatus(.active, $0, $1)
        },
        Route(.post, "/api/v1/admin/agents/{id}/revoke", "revokeAgent", scope: .admin) {
            try await setStatus(.revoked, $0, $1)
        },
    ]

    // MARK: Reading

    @Sendable package static func listAgents(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.cursor(of: "agents")
        let status = query.choice("status", as: Client.Status.self)
        let facilityName = query.text("facility_id")
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            let found = try Agents.page(
                after: cursor, facilityName: facilityName, status: status, limit: limit + 1,
                auditing: &entry, in: tx)
            let day = try SyncBatchStore.counts(
                agentsFrom: found.first?.id ?? "", through: found.last?.id ?? "",
                since: context.now.adding(seconds: -86_400), in: tx)
            return try .page("agents", found, limit: limit, after: \.id) { json, agent in
                json.describe(agent)
                json.member(
                    "facility_name", try FacilityStore.find(agent.facilityID, in: tx)?.name)
                json.describe(
                    try BridgeAgentStateStore.find(agent.id, in: tx), at: context.now)
                json.describe(day[agent.id] ?? SyncCounts())
            }
        }
    }

    @Sendable package static func showAgent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let agent = try Agents.find(id, auditing: &entry, in: tx)
            let state = try BridgeAgentStateStore.find(id, in: tx)
            let day = try SyncBatchStore.counts(
                agentsFrom: id, through: id, since: context.now.adding(seconds: -86_400), in: tx)
            let end = try Agents.previousKeyEnd(of: agent, at: context.now, in: tx)
            return try .object { json in
                json.describe(agent)
                json.member("facility_name", try FacilityStore.find(agent.facilityID, in: tx)?.name)
                json.describe(state, at: context.now)
                json.describe(day[id] ?? SyncCounts())
                json.member("previous_key_expires_at", end?.rfc3339)
            }
        }
    }

    @Sendable package static func listAgentBatches(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var query = QueryParameters(request)
        let limit = query.limit()
        let place = query.place(in: "batches")
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            _ = try Agents.find(id, auditing: &entry, in: tx)
            try place?.require(of: id)
            let found = try SyncBatchStore.list(
                agentID: id, before: place?.numbers[0] ?? .max, limit: limit + 1, in: tx)
            return try .page(
                "batches", found, limit: limit,
                cursor: { ListCursor.text("batches", of: id, after: $0.seq) },
                { json, row in json.describe(row.batch) })
        }
    }

    // MARK: Changing

    @Sendable package static func createAgent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let id = body.identifier("agent_id") ?? BridgeAgent.newID(at: context.now)
        let name = body.name(id)
        let facilityName = body.requiredFacilityName()
        let rateLimit = body.rateLimit() ?? nil
        try body.finish()
        let key = context.app.secrets.issue(.agentKey)
        return try await context.write(auditing: .create) { tx, entry in
            let agent = try Agents.create(
                id, name: name, facilityName: facilityName, rateLimit: rateLimit, key: key,
                from: context.origin, auditing: &entry, in: tx)
            return try .object(.created) { json in
                json.describe(agent)
                json.member("agent_key", key.text)
            }.showingSecret
        }
    }

    @Sendable package static func updateAgent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(request)
        body.refuseEmpty("name", "rate_limit")
        let name = body.text("name")
        let rateLimit = body.rateLimit()
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let agent = try Agents.update(
                id, name: name, rateLimit: rateLimit, from: context.origin, auditing: &entry,
                in: tx)
            return try .object { $0.describe(agent) }
        }
    }

    /// A facility with bad internet gets a week to change the key.
    @Sendable package static func rotateAgentKey(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let overlapEnd = context.now.adding(hours: body.overlapHours(default: 168))
        try body.finish()
        let key = context.app.secrets.issue(.agentKey)
        return try await context.write(auditing: .update) { tx, entry in
            let agent = try Agents.rotate(
                id, to: key, overlapEnd: overlapEnd, from: context.origin, auditing: &entry,
                in: tx)
            return try .object { json in
                json.describe(agent)
                json.member("agent_key", key.text)
                json.member("previous_key_expires_at", overlapEnd.rfc3339)
            }.showingSecret
        }
    }

    private static func setStatus(
        _ status: Client.Status, _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.write(auditing: .update) { tx, entry in
            let agent = try Agents.setStatus(
                status, of: id, from: context.origin, auditing: &entry, in: tx)
            return try .object { $0.describe(agent) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ agent: BridgeAgent) {
        member("agent_id", agent.id)
        member("name", agent.name)
        member("status", agent.status.rawValue)
        member("facility_id", agent.facilityID)
        member("rate_limit", agent.rateLimit)
        member("created_at", agent.createdAt.rfc3339)
    }

    /// How it is doing; `never` before its first request.
    fileprivate mutating func describe(_ state: BridgeAgentState?, at now: Timestamp) {
        member("liveness", state?.liveness(at: now).rawValue ?? "never")
        member("last_seen_at", state?.lastSeenAt.rfc3339)
        member("last_heartbeat_at", state?.lastHeartbeatAt?.rfc3339)
        member("last_sync_at", state?.lastSyncAt?.rfc3339)
        member("failed_syncs", state?.failedSyncs ?? 0)
        member("queue_depth", state?.heartbeat.queueDepth)
        member("version", state?.heartbeat.version)
        member("hostname", state?.heartbeat.hostname)
    }

    fileprivate mutating func describe(_ day: SyncCounts) {
        member("last_24_hours") { json in
            json.member("batches", day.batches)
            json.member("records_synced", day.stored)
            json.member("duplicates", day.duplicates)
            json.member("rejected", day.rejected)
        }
    }

    fileprivate mutating func describe(_ batch: SyncBatch) {
        member("sync_id", batch.id)
        member("request_id", batch.requestID)
        member("status", batch.status)
        member("records", batch.recordCount)
        member("accepted", batch.accepted)
        member("duplicates", batch.duplicates)
        member("pending", batch.pending)
        member("rejected", batch.rejected)
        member("received_at", batch.receivedAt.rfc3339)
        member("duration_ms", Double(batch.duration / .microseconds(1)) / 1000)
    }
}
