package import HTTP
import Registry
import Database
import Synchronization
import Values

extension Service {
    /// - Throws: what keeps the database from being written, or soon will.
    package func probe() async throws {
        try requireWrites(at: clock.now())
        try await writer.append { [self] tx in
            try requireRoom()
            try tokens.refreshKeys(in: tx)
            // SQLite writes nothing for an update that changes nothing: there, and back again.
            try tx.execute("UPDATE authorization_epoch SET value = value + 1 WHERE id = 1")
            try tx.execute("UPDATE authorization_epoch SET value = value - 1 WHERE id = 1")
        }
    }

    /// How long a write that the file did not take is told of, since a smaller one may fit.
    private static let lossSeconds: Int64 = 10

    private func requireWrites(at now: Timestamp) throws {
        let statistics = writer.statistics
        guard let loss = statistics.lastLoss else { return }
        let seenAt = lossSeen.withLock { seen in
            if seen.count != statistics.losses { seen = (statistics.losses, now) }
            return seen.at
        }
        // A clock that is set back must not prolong it.
        guard !(seenAt...seenAt.adding(seconds: Self.lossSeconds)).contains(now) else { throw loss }
    }

    /// On the writer's thread, which may wait for a disk; once a second, since anybody may ask and
    /// the writes of others wait meanwhile.
    private func requireRoom() throws {
        let now = ContinuousClock.now
        let isFresh = roomSeenAt.withLock { seen in seen.map { now - $0 < .seconds(1) } ?? false }
        guard !isFresh else { return }
        try storage.requireRoom(bytes: configuration.roomBytes)
        roomSeenAt.withLock { $0 = now }
    }

    /// The server's counters, given by the program that runs one.
    package func setServerStatistics(_ read: @escaping @Sendable () -> ServerStatistics) {
        serverStatistics.withLock { $0 = read }
    }

    func metricsText() -> String {
        let database = writer.statistics
        var gauges: [(name: String, help: String, type: String, value: Int64)] = [
            ("opescare_writes_total", "Durable writes.", "counter", Int64(database.writes)),
            (
                "opescare_commits_total", "Transactions that the writes shared.", "counter",
                Int64(database.batches)
            ),
            (
                "opescare_write_failures_total", "Writes that failed.", "counter",
                Int64(database.failures)
            ),
            (
                "opescare_write_queue_depth", "Writes waiting for a commit.", "gauge",
                Int64(database.queueDepth)
            ),
            (
                "opescare_webhook_deliveries_total", "Webhook attempts that were answered 2xx.",
                "counter", webhookCounters.succeeded
            ),
            (
                "opescare_webhook_failures_total", "Webhook attempts that failed.", "counter",
                webhookCounters.failed
            ),
            (
                "opescare_start_time_seconds", "When this process started, Unix time.", "gauge",
                startedAt.seconds
            ),
        ]
        if let quarantine = quarantineCounts.withLock({ $0 }) {
            gauges += [
                (
                    "opescare_quarantine_open", "Refused records that wait for a decision.",
                    "gauge", Int64(quarantine.open)
                ),
                (
                    "opescare_quarantine_full", "Facilities whose quarantine takes no more.",
                    "gauge", Int64(quarantine.full)
                ),
            ]
        }
        if let bytes = ProcessMemory.residentBytes {
            gauges.append(
                (
                    "process_resident_memory_bytes", "Memory that the process holds.", "gauge",
                    bytes
                ))
        }
        if let server = serverStatistics.withLock({ $0 })?() {
            gauges += [
                (
                    "opescare_connections_open", "Connections open now.", "gauge",
                    Int64(server.open)
                ),
                (
                    "opescare_connections_total", "Connections accepted.", "counter",
                    Int64(server.accepted)
                ),
            ]
        }
        return metrics.text(gauges: gauges)
    }
}
