import SQLite
import Synchronization

extension App {
    /// Writes down who was heard of, then notices who was not.
    package func watchAgents(at now: Timestamp) async throws {
        try await usage.flush(to: writer)
        let attempts = webhookCounters.take()
        if attempts.succeeded + attempts.failed > 0 {
            try await writer.write { tx in
                try DeliveryCountStore.add(
                    delivered: attempts.succeeded, failed: attempts.failed, at: now, in: tx)
            }
        }
        try await BridgeWatch(writer: writer, listeningSince: startedAt).run(at: now)
        let counts = try await slowReader.run { reader in
            Result { try reader.read { tx in try QuarantineStore.openCounts(in: tx) } }
        }.get()
        quarantineCounts.withLock { $0 = counts }
    }

    /// Work that outlives requests: the audit log's index by patient, noticing silent agents, and
    /// forgetting what is old, records and memory.
    ///
    /// - Returns: the task, to cancel when the server drains.
    package func startUpkeep() -> Task<Void, Never> {
        Task { [self] in
            var indexer: AuditIndexer?
            let retention = WebhookRetention(writer: writer)
            var nextRetention = Clock.system.now()
            var memoryFloor: Int64 = 0
            while !Task.isCancelled {
                let now = Clock.system.now()
                if now >= nextRetention {
                    nextRetention = now.adding(seconds: 60)
                    memoryFloor = ProcessMemory.giveBack(above: memoryFloor)
                    do {
                        try await retention.run(at: now)
                        try await watchAgents(at: now)
                    } catch {
                        // What is old enough now is so in a minute.
                        log.event(
                            "upkeep_delayed", level: "error", [("cause", "\(error)")],
                            at: now)
                    }
                }
                do {
                    let current =
                        try indexer
                        ?? AuditIndexer(
                            writer: writer, reader: Reader(path: configuration.databasePath))
                    indexer = current
                    try await current.run()
                } catch {
                    // The log itself is whole; the index catches up once the cause is gone.
                    indexer = nil
                    log.event(
                        "audit_index_delayed", level: "error", [("cause", "\(error)")],
                        at: Clock.system.now())
                }
                // Cancelled is the only way that a sleep fails, and the loop looks for itself.
                try? await Task.sleep(for: .seconds(2))
            }
        }
    }
}
