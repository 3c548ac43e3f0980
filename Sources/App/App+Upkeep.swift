import SQLite

extension App {
    /// Work that outlives requests: the audit log's index by patient, and forgetting old events.
    ///
    /// - Returns: the task, to cancel when the server drains.
    package func startUpkeep() -> Task<Void, Never> {
        Task { [self] in
            do {
                let indexer = AuditIndexer(
                    writer: writer, reader: try Reader(path: configuration.databasePath))
                let retention = WebhookRetention(writer: writer)
                var nextRetention = Clock.system.now()
                while !Task.isCancelled {
                    let now = Clock.system.now()
                    if now >= nextRetention {
                        nextRetention = now.adding(seconds: 60)
                        do {
                            try await retention.run(at: now)
                        } catch {
                            // What is old enough today is so tomorrow.
                            log.event(
                                "webhook_retention_delayed", level: "error",
                                [("cause", "\(error)")], at: now)
                        }
                    }
                    do {
                        try await indexer.run()
                    } catch {
                        // The log itself is whole; the index catches up once the cause is gone.
                        log.event(
                            "audit_index_delayed", level: "error", [("cause", "\(error)")],
                            at: Clock.system.now())
                    }
                    try await Task.sleep(for: .seconds(2))
                }
            } catch is CancellationError {
                return
            } catch {
                log.event(
                    "upkeep_stopped", level: "error", [("cause", "\(error)")],
                    at: Clock.system.now())
            }
        }
    }
}
