package import Database
package import Values

package enum StatisticsStore {
    package static func statistics(
        at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Statistics {
        var statistics = Statistics()
        statistics.counts = try counts(in: tx)
        try addAgents(to: &statistics, at: now, in: tx)
        statistics.hours = try buckets(24, of: 3_600, until: now, in: tx)
        statistics.days = try buckets(30, of: 86_400, until: now, in: tx)
        return statistics
    }

    private static func counts(in tx: borrowing Transaction) throws -> Statistics.Counts {
        var counts = Statistics.Counts()
        // Numbered without gaps, and never deleted: counting ten million would take a second.
        counts.patients =
            try tx.first("SELECT COALESCE(MAX(id), 0) FROM patients") { $0.int64(0) } ?? 0
        func count(_ sql: StaticString) throws -> Int { try tx.first(sql) { $0.int(0) } ?? 0 }
        counts.facilities = try count("SELECT COUNT(*) FROM facilities")
        counts.clients = try count("SELECT COUNT(*) FROM clients WHERE status = 'active'")
        counts.agents = try count("SELECT COUNT(*) FROM bridge_agents WHERE status = 'active'")
        counts.apiKeys = try count("SELECT COUNT(*) FROM api_keys WHERE status = 'active'")
        counts.openDuplicates = try DuplicateCaseStore.openCount(in: tx)
        counts.openContradictions = try IdentityContradictionStore.openCount(in: tx)
        counts.openEmergencyAccesses = try ConsentStore.openEmergencyCount(in: tx)
        (counts.quarantined, counts.fullQuarantines) = try QuarantineStore.openCounts(in: tx)
        let waiting = try PendingRecordStore.waiting(in: tx)
        counts.pendingRecords = waiting.count
        counts.oldestPendingRecord = waiting.oldest
        for (_, open) in try DeliveryStore.openCounts(in: tx) {
            counts.pendingDeliveries += open.pending
            counts.exhaustedDeliveries += open.exhausted
        }
        return counts
    }

    private static func addAgents(
        to statistics: inout Statistics, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        var counts: [String: Int] = [:]
        for agent in try BridgeAgentStore.all(in: tx) where agent.status == .active {
            let state = try BridgeAgentStateStore.find(agent.id, in: tx)
            counts[state?.liveness(at: now).rawValue ?? "never", default: 0] += 1
            // An agent may say up to 10^12, and there are few agents.
            statistics.queueDepth &+= state?.heartbeat.queueDepth ?? 0
        }
        let words = BridgeAgentState.Liveness.allCases.map(\.rawValue) + ["never"]
        statistics.agents = words.map { ($0, counts[$0] ?? 0) }
    }

    /// So many buckets of as many seconds, the last of which holds `now`.
    private static func buckets(
        _ count: Int64, of seconds: Int64, until now: Timestamp, in tx: borrowing Transaction
    ) throws -> [Statistics.Bucket] {
        let first = now.seconds / seconds - count + 1
        var buckets = (first..<(first + count)).map { index in
            Statistics.Bucket(start: Timestamp(seconds: index * seconds))
        }
        let start = buckets[0].start
        for (hour, counts) in try SyncBatchStore.hourly(
            agentID: nil, from: start, to: now, in: tx)
        {
            let index = Int(hour.seconds / seconds - first)
            guard buckets.indices.contains(index) else { continue }
            buckets[index].batches &+= counts.batches
            buckets[index].recordsSynced &+= counts.stored
            buckets[index].duplicates &+= counts.duplicates
            buckets[index].refused &+= counts.rejected
        }
        for (hour, counts) in try DeliveryCountStore.hourly(from: start, to: now, in: tx) {
            let index = Int(hour.seconds / seconds - first)
            guard buckets.indices.contains(index) else { continue }
            buckets[index].deliveries &+= counts.delivered
            buckets[index].deliveryFailures &+= counts.failed
        }
        var last = try AuditStore.last(before: start, in: tx)
        for index in buckets.indices {
            let end = try AuditStore.last(
                before: buckets[index].start.adding(seconds: seconds), in: tx)
            buckets[index].auditEntries = max(0, end - last)
            last = max(last, end)
        }
        return buckets
    }
}
