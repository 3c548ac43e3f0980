package import API
import Registry
import Database
import Synchronization
package import Values

extension Service {
    /// Writes down who was heard of, then notices who was not.
    package func watchAgents(at now: Timestamp) async throws {
        try await writeCounts(at: now)
        try await BridgeWatch(writer: writer, listeningSince: startedAt).run(at: now)
    }

    /// What this server counts by itself.
    private func writeCounts(at now: Timestamp) async throws {
        try await usage.flush(to: writer)
        try await writeRefusals(at: now)
        let attempts = webhookCounters.take()
        if attempts.succeeded + attempts.failed > 0 {
            try await writer.write { tx in
                try DeliveryCountStore.add(
                    delivered: attempts.succeeded, failed: attempts.failed, at: now, in: tx)
            }
        }
        let counts = try await slowReader.run { reader in
            Result { try reader.read { tx in try QuarantineStore.openCounts(in: tx) } }
        }.get()
        quarantineCounts.withLock { $0 = counts }
    }

    /// Appointments of days that no list can show, which earlier versions took for the "no date" of
    /// some systems, get the nearest one that it can.
    func repairDays() async {
        do {
            let isNeeded = try storage.openReader().read { tx in
                try AppointmentStore.hasDaysOutside(in: tx)
            }
            guard isNeeded else { return }
            let count = try await writer.write { tx in
                try AppointmentStore.repairDays(in: tx)
            }
            log.event(
                "appointments_repaired", level: "error", [("count", String(count))],
                at: Clock.system.now())
        } catch {
            // Until the next start they stay out of lists, and everything else is there.
            log.event(
                "repair_delayed", level: "error", [("cause", "\(error)")], at: Clock.system.now())
        }
    }

    /// Writes down how often strangers were refused, once a minute and before the end.
    package func writeRefusals(at now: Timestamp) async throws {
        let sums = refusals.take()
        let rows = sums.rows(at: now)
        guard !rows.isEmpty else { return }
        do {
            try await writer.write { tx in
                for entry in rows { try AuditStore.append(entry, in: tx) }
            }
        } catch {
            // A full disk: the sums are written a minute later.
            refusals.giveBack(sums)
            throw error
        }
    }

    /// As many a transaction: others write in between.
    private static let batch = 500

    /// Ends requests for consent that nobody answered in time, and tells whoever asked.
    package func expireConsents(at now: Timestamp) async throws {
        var count = Self.batch
        while count == Self.batch {
            count = try await writer.write { tx in
                let expired = try ConsentRequests.expire(limit: Self.batch, at: now, in: tx)
                for one in expired {
                    let requestID = Identifier.make("req_", at: now)
                    try EventStore.append(
                        .consentExpired, about: one, requestID: requestID, at: now, in: tx)
                    var entry = AuditEntry(
                        recordedAt: now, requestID: requestID, principal: "system",
                        operation: "expireConsents", action: .update)
                    _ = try PatientStore.named(one.healthID, auditing: &entry, in: tx)
                    entry.purpose = "consent \(one.id)"
                    try AuditStore.append(entry, in: tx)
                }
                return expired.count
            }
        }
    }

    /// Removes exports that nobody may fetch any more, with their files.
    package func expireExports(at now: Timestamp) async throws {
        let ids = try await writer.write { tx in try FHIRExportStore.expire(at: now, in: tx) }
        for id in ids { exports.removeFiles(of: id) }
    }

    /// Forgets widget sessions and their codes a day after their end.
    func forgetWidgetSessions(at now: Timestamp) async throws {
        var count = Self.batch
        while count == Self.batch {
            count = try await writer.write { tx in
                try WidgetSessions.prune(at: now, limit: Self.batch, in: tx)
            }
        }
    }

    /// What one server does for all that share the database.
    private func forgetWhatIsOld(
        at now: Timestamp, _ retention: WebhookRetention
    ) async throws {
        try await retention.run(at: now)
        try await BridgeWatch(writer: writer, listeningSince: startedAt).run(at: now)
        try await expireConsents(at: now)
        try await forgetWidgetSessions(at: now)
        try await expireExports(at: now)
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
            if duties.areOurs() { await repairDays() }
            while !Task.isCancelled {
                let now = Clock.system.now()
                for row in UnreadableRows.take() {
                    log.event("row_unreadable", level: "error", [("row", row)], at: now)
                }
                if now >= nextRetention {
                    nextRetention = now.adding(seconds: 60)
                    memoryFloor = ProcessMemory.giveBack(above: memoryFloor)
                    noticeNewerSchema(at: now)
                    do {
                        try await writeCounts(at: now)
                        if duties.areOurs() { try await forgetWhatIsOld(at: now, retention) }
                    } catch {
                        // What is old enough now is so in a minute.
                        log.event(
                            "upkeep_delayed", level: "error", [("cause", "\(error)")],
                            at: now)
                    }
                }
                if duties.areOurs() { indexer = await keepIndex(indexer) }
                // Cancelled is the only way that a sleep fails, and the loop looks for itself.
                try? await Task.sleep(for: .seconds(2))
            }
        }
    }

    /// A newer program may have migrated the database of several servers: this one then drains.
    package func noticeNewerSchema(at now: Timestamp) {
        guard storage.readsWait else { return }
        do {
            _ = try Schema.isCurrent(storage)
            readiness.note(outdated: nil)
        } catch let error as DatabaseError {
            // What cannot be asked now may be in a minute.
            guard case .migration(let reason) = error else { return }
            readiness.note(outdated: error)
            log.event("schema_newer", level: "error", [("cause", reason)], at: now)
        } catch {}
    }

    /// Brings the index of the audit log up to it.
    ///
    /// - Returns: what goes on with it the next time.
    private func keepIndex(_ indexer: AuditIndexer?) async -> AuditIndexer? {
        do {
            let indexer =
                try indexer ?? AuditIndexer(writer: writer, reader: storage.openReader())
            try await indexer.run()
            return indexer
        } catch {
            // The log itself is whole; the index catches up once the cause is gone.
            log.event(
                "audit_index_delayed", level: "error", [("cause", "\(error)")],
                at: Clock.system.now())
            return nil
        }
    }
}
