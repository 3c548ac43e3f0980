package import HTTP
import Registry
import Database
import Synchronization
import Values

extension Service {
    /// - Throws: what keeps the database from being written, or soon will.
    package func probe() async throws { try await readiness.probe(at: clock.now()) }

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
                "opescare_write_repeats_total",
                "Transactions run twice because a write failed after a change that it was to make last.",
                "counter", Int64(database.repeats)
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
                "opescare_codes_sent_total", "One-time codes that the code hook took.", "counter",
                codeCounters.succeeded
            ),
            (
                "opescare_code_failures_total", "One-time codes that the code hook did not take.",
                "counter", codeCounters.failed
            ),
            (
                "opescare_start_time_seconds", "When this process started, Unix time.", "gauge",
                startedAt.seconds
            ),
        ]
        gauges += connectionGauges()
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

    private typealias Gauge = (name: String, help: String, type: String, value: Int64)

    /// Of a database that is reached over connections, which other servers write too.
    private func connectionGauges() -> [Gauge] {
        guard let connections = storage.connectionStatistics else { return [] }
        let database = writer.statistics
        return [
            (
                "opescare_database_connections_total", "Connections made to the database.",
                "counter", Int64(connections.opened)
            ),
            (
                "opescare_database_outages_total", "Times that no host of the database would do.",
                "counter", Int64(connections.outages)
            ),
            (
                "opescare_database_superseded_total",
                "Connections given up since another host had been promoted.", "counter",
                Int64(connections.superseded)
            ),
            (
                "opescare_database_round_trips_total",
                "Times that a connection waited for an answer.",
                "counter", Int64(connections.roundTrips)
            ),
            (
                "opescare_database_timeline",
                "The timeline of the primary, one more after each promotion; 0 where it is not told.",
                "gauge", Int64(connections.timeline)
            ),
            (
                "opescare_database_turn_milliseconds_total",
                "Time that groups of writes waited for their turn among servers.", "counter",
                Int64(clamping: database.turnNanoseconds / 1_000_000)
            ),
            (
                "opescare_database_commit_milliseconds_total", "Time spent in COMMIT.", "counter",
                Int64(clamping: database.commitNanoseconds / 1_000_000)
            ),
            (
                "opescare_database_doubts_committed_total",
                "Unanswered COMMITs that were found to have taken place.", "counter",
                Int64(database.doubtsCommitted)
            ),
            (
                "opescare_database_doubts_undone_total",
                "Unanswered COMMITs that were found not to have taken place.", "counter",
                Int64(database.doubtsUndone)
            ),
            (
                "opescare_database_doubts_open_total",
                "Unanswered COMMITs of which nothing was found out in time.", "counter",
                Int64(database.doubtsOpen)
            ),
            (
                "opescare_database_duties", "Whether this server does what one does for all.",
                "gauge", duties.wereOurs ? 1 : 0
            ),
        ]
    }
}
