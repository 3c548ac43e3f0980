package import HTTP
import JSON
import Registry
import Values

/// Figures for administrators (contract § 9).
package enum StatisticsRoutes {
    package static let all = [
        Route(.get, "/api/v1/admin/stats", "showStatistics", scope: .admin, showStatistics)
    ]

    @Sendable package static func showStatistics(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await context.read(auditing: .read, .many) { tx, entry in
            entry.entity = "statistics"
            let statistics = try StatisticsStore.statistics(at: context.now, in: tx)
            return try .object { json in
                json.member("generated_at", context.now.rfc3339)
                json.member("version", Version.current)
                json.member("environment", context.app.configuration.environment.rawValue)
                json.member("started_at", context.app.startedAt.rfc3339)
                json.member("counts") { $0.describe(statistics.counts) }
                json.member("agents") { json in
                    for (word, count) in statistics.agents { json.member(word, count) }
                }
                json.member("queue_depth", statistics.queueDepth)
                json.member("last_24_hours") { $0.describe(statistics.hours, "hours") }
                json.member("last_30_days") { $0.describe(statistics.days, "days") }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ counts: Statistics.Counts) {
        member("patients", counts.patients)
        member("facilities", counts.facilities)
        member("clients", counts.clients)
        member("agents", counts.agents)
        member("api_keys", counts.apiKeys)
        member("open_duplicates", counts.openDuplicates)
        member("open_contradictions", counts.openContradictions)
        member("open_emergency_accesses", counts.openEmergencyAccesses)
        member("quarantined", counts.quarantined)
        member("full_quarantines", counts.fullQuarantines)
        member("pending_records", counts.pendingRecords)
        member("oldest_pending_record", counts.oldestPendingRecord?.rfc3339)
        member("pending_deliveries", counts.pendingDeliveries)
        member("exhausted_deliveries", counts.exhaustedDeliveries)
    }

    /// The sums, then each bucket.
    fileprivate mutating func describe(_ buckets: [Statistics.Bucket], _ name: String) {
        var sum = Statistics.Bucket(start: Timestamp(milliseconds: 0))
        for bucket in buckets { sum.add(bucket) }
        describe(sum)
        memberArray(name) { json in
            for bucket in buckets {
                json.element { json in
                    json.member("start", bucket.start.rfc3339)
                    json.describe(bucket)
                }
            }
        }
    }

    private mutating func describe(_ bucket: Statistics.Bucket) {
        member("batches", bucket.batches)
        member("records_synced", bucket.recordsSynced)
        member("duplicates", bucket.duplicates)
        member("refused", bucket.refused)
        member("audit_entries", bucket.auditEntries)
        member("deliveries", bucket.deliveries)
        member("delivery_failures", bucket.deliveryFailures)
    }
}
