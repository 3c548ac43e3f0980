import Database
import Glibc

/// The body of the writer's thread: take what waits, run it in groups, tell the callers.
///
/// `@unchecked Sendable`: built with its writer, then used by that one thread alone.
final class PostgresWriterLoop: @unchecked Sendable {
    private let sessions: WritingSessions
    private let queue: WriteQueue

    /// A group that is larger keeps the other nodes waiting for longer than it saves.
    private static let groupSize = 64
    /// How often a body runs that others get in the way of.
    private static let tries = 5
    /// How long an unanswered COMMIT is asked for, in milliseconds.
    private static let settleMilliseconds: UInt64 = 20_000

    init(_ sessions: WritingSessions, _ queue: WriteQueue) {
        self.sessions = sessions
        self.queue = queue
    }

    /// Returns once the queue is closed and empty.
    func run() {
        while true {
            var jobs = queue.take()[...]
            if jobs.isEmpty { break }
            while !jobs.isEmpty {
                runGroup(Array(jobs.prefix(Self.groupSize)))
                jobs = jobs.dropFirst(Self.groupSize)
            }
        }
        sessions.close()
    }

    private enum Outcome {
        case committed
        /// For this reason, or for those of the bodies.
        case undone(DatabaseError?)
        /// Another transaction was in the way: everything may do if it is run again.
        case conflict(DatabaseError)
        case inDoubt(LedgerEnd?, DatabaseError)
    }

    /// Runs all of them as one transaction, or each as one when others got in the way.
    private func runGroup(_ jobs: [WriteJob]) {
        let outcome = attempt(jobs)
        guard case .conflict = outcome else {
            conclude(outcome, jobs)
            return
        }
        for job in jobs { runAlone(job) }
    }

    private func runAlone(_ job: WriteJob) {
        var outcome = Outcome.conflict(.conflict(.serialization))
        for attempt in 0..<Self.tries {
            queue.note { $0.repeats += 1 }
            outcome = self.attempt([job])
            guard case .conflict(let reason) = outcome, reason != .conflict(.lockTimeout) else {
                break
            }
            // Apart from whom it met, by chance: milliseconds.
            usleep(.random(in: 500...4_000) << UInt32(attempt))
        }
        if case .conflict(.conflict(.lockTimeout)) = outcome { outcome = .undone(.busy) }
        conclude(outcome, [job])
    }

    // MARK: One transaction

    private func attempt(_ jobs: [WriteJob]) -> Outcome {
        do throws(DatabaseError) {
            let session = try sessions.begin()
            let outcome = run(jobs, on: session)
            if case .committed = outcome { return outcome }
            session.batchState = nil
            if case .inDoubt = outcome { return outcome }
            session.connection.rollback()
            return outcome
        } catch {
            return .undone(error)
        }
    }

    private func run(_ jobs: [WriteJob], on session: PostgresSession) -> Outcome {
        var end: LedgerEnd?
        do throws(DatabaseError) {
            if jobs.count == 1, let outcome = try runOnly(jobs[0], on: session) { return outcome }
            if jobs.count > 1, let conflict = try runTogether(jobs, until: &end, on: session) {
                return .conflict(conflict)
            }
            end = (session.batchState as? any LedgerState)?.ledgerEnd ?? end
            try commit(session)
            return .committed
        } catch .inDoubt(let reason) {
            return .inDoubt(end, .inDoubt(reason: reason))
        } catch .conflict(let conflict) {
            return .conflict(.conflict(conflict))
        } catch {
            let isOfOne = session.connection.hasFailedLate && jobs.count > 1
            return isOfOne ? .conflict(error) : .undone(error)
        }
    }

    /// Runs a body that is the whole transaction.
    ///
    /// - Returns: what becomes of the transaction, unless it is to be committed.
    private func runOnly(
        _ job: WriteJob, on session: PostgresSession
    ) throws(DatabaseError) -> Outcome? {
        session.beginBody()
        let hasSucceeded = job.run(Transaction(session))
        if let conflict = try conflict(on: session) { return .conflict(conflict) }
        if hasSucceeded, session.failure == nil { return nil }
        if hasSucceeded, let failure = session.failure { job.fail(failure) }
        queue.note { $0.failures += 1 }
        return .undone(nil)
    }

    /// - Parameter end: of the ledger so far: what is known of it goes with a body that fails.
    /// - Returns: the conflict that one of them met, after which the whole transaction is of no use.
    private func runTogether(
        _ jobs: [WriteJob], until end: inout LedgerEnd?, on session: PostgresSession
    ) throws(DatabaseError) -> DatabaseError? {
        let reads = jobs.filter { $0.order == .sideBySide }
        if let conflict = try runSideBySide(reads, on: session) { return conflict }
        end = (session.batchState as? any LedgerState)?.ledgerEnd
        for job in jobs where job.order != .sideBySide {
            if let conflict = try run(job, isMarked: job.order == .any, on: session) {
                return conflict
            }
            // It may be another's of the group: each by itself, it is its own.
            if session.connection.hasFailedLate {
                return session.failure ?? .conflict(.serialization)
            }
            end = (session.batchState as? any LedgerState)?.ledgerEnd ?? end
        }
        return nil
    }

    /// How often bodies are left and run anew, at most: one with more statements waits for each from there on.
    private static let flights = 6

    /// Runs bodies that do not change what another one reads. Each is left where it asks for something; what all of
    /// them ask for is one flight, with the turn where that is new; then they begin anew.
    ///
    /// - Returns: the conflict that one of them met, or left behind.
    private func runSideBySide(
        _ jobs: [WriteJob], on session: PostgresSession
    ) throws(DatabaseError) -> DatabaseError? {
        var waiting = jobs
        var flight = 0
        while !waiting.isEmpty {
            flight += 1
            var left: [WriteJob] = []
            for job in waiting {
                session.beginBody(sideBySide: flight <= Self.flights)
                let hasSucceeded = job.run(Transaction(session))
                if session.isSuspended {
                    left.append(job)
                } else if let conflict = try outcome(hasSucceeded, on: session) {
                    return conflict
                }
            }
            do {
                try session.collectSharedReads()
            } catch {
                // Whose it was shows when each runs by itself.
                guard session.connection.isClosed else { return error }
                throw error
            }
            waiting = left
        }
        // Whoever comes now may change what was read.
        session.endSharedReads()
        return nil
    }

    /// The conflict that the body met, after which its transaction is of no use.
    ///
    /// - Throws: why the connection is.
    private func conflict(
        on session: PostgresSession
    ) throws(DatabaseError) -> DatabaseError? {
        if case .conflict = session.failure { return session.failure }
        guard session.connection.isClosed else { return nil }
        throw session.failure ?? .unavailable(reason: "the connection was lost")
    }

    /// What became of a body without a savepoint.
    private func outcome(
        _ hasSucceeded: Bool, on session: PostgresSession
    ) throws(DatabaseError) -> DatabaseError? {
        if let conflict = try conflict(on: session) { return conflict }
        if hasSucceeded, session.failure == nil { return nil }
        guard session.failure == nil, !session.isDirty else {
            return session.failure ?? .conflict(.serialization)
        }
        queue.note { $0.failures += 1 }
        return nil
    }

    /// Runs one body within a savepoint of its own, to which it returns when it fails. One that fails, if at
    /// all, before it has changed anything is spared that; where it does not keep to it, each body of the
    /// group is run by itself.
    ///
    /// - Returns: the conflict that it met, after which the whole transaction is of no use.
    private func run(
        _ job: WriteJob, isMarked: Bool, on session: PostgresSession
    ) throws(DatabaseError) -> DatabaseError? {
        if isMarked { try session.connection.savepoint() }
        session.beginBody()
        let hasSucceeded = job.run(Transaction(session))
        guard isMarked else { return try outcome(hasSucceeded, on: session) }
        if let conflict = try conflict(on: session) { return conflict }
        if hasSucceeded, session.failure == nil {
            try session.connection.releaseSavepoint()
            return nil
        }
        // After a failed statement PostgreSQL runs no other, whatever the body made of it.
        if hasSucceeded, let failure = session.failure { job.fail(failure) }
        session.batchState = nil
        session.endSharedReads()
        try session.connection.rollbackToSavepoint()
        queue.note { $0.failures += 1 }
        return nil
    }

    private func commit(_ session: PostgresSession) throws(DatabaseError) {
        let start = Deadline(after: .zero)
        try session.connection.commit()
        let nanoseconds = start.nanosecondsAgo
        queue.note { statistics in
            statistics.commitNanoseconds += nanoseconds
            statistics.turnNanoseconds += session.turnNanoseconds
        }
    }

    // MARK: What is told

    private func conclude(_ outcome: Outcome, _ jobs: [WriteJob]) {
        switch outcome {
        case .committed: tell(jobs, nil)
        // Noted where they failed.
        case .undone(nil): for job in jobs { job.finish(nil) }
        case .undone(let error?), .conflict(let error): tell(jobs, error)
        case .inDoubt(let end?, let error): tell(jobs, settle(end, error))
        // Nothing numbered was written: whoever asked may ask again.
        case .inDoubt(nil, let error): tell(jobs, error)
        }
    }

    /// What has come of a COMMIT that nobody answered: nil when it is durable.
    private func settle(_ end: LedgerEnd, _ doubt: DatabaseError) -> DatabaseError? {
        switch settlement(of: end) {
        case .committed?:
            queue.note { $0.doubtsCommitted += 1 }
            return nil
        case .undone?:
            queue.note { $0.doubtsUndone += 1 }
            return .unavailable(reason: "the transaction was undone")
        case nil:
            queue.note { $0.doubtsOpen += 1 }
            return doubt
        }
    }

    /// Nil when it cannot be found out in time.
    private func settlement(of end: LedgerEnd) -> WritingSessions.Settlement? {
        var wait: UInt32 = 50_000
        var waited: UInt64 = 0
        while true {
            do throws(DatabaseError) {
                return try sessions.settle(end)
            } catch {
                guard waited < Self.settleMilliseconds else { return nil }
            }
            usleep(wait)
            waited += UInt64(wait / 1000)
            wait = min(wait * 2, 1_000_000)
        }
    }

    private func tell(_ jobs: [WriteJob], _ error: DatabaseError?) {
        queue.note { statistics in
            statistics.batches += error == nil ? 1 : 0
            statistics.writes += error == nil ? jobs.count : 0
            statistics.failures += error == nil ? 0 : jobs.count
            statistics.largestBatch = max(statistics.largestBatch, jobs.count)
            // What is over with a failover needs no telling afterwards: a probe writes, and shows it.
            if error == .full {
                statistics.losses += 1
                statistics.lastLoss = error
            }
        }
        for job in jobs { job.finish(error) }
    }
}
