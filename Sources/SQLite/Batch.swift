import Database

/// One transaction of the writer with several bodies in it, each of which fails alone.
///
/// Life: fresh → `run` → `commit` or `rollback`.
final class Batch {
    private let connection: Connection
    /// Bodies that threw.
    private(set) var failures = 0
    /// Whether an append failed after a change, and all ran again.
    private(set) var isRepeated = false
    /// Why the file took no write of a body that failed.
    private(set) var loss: DatabaseError?

    init(connection: Connection) { self.connection = connection }

    /// Runs jobs until there are none, in `jobs` or by `more`, or `budget` nanoseconds have gone, and
    /// returns how many ran. `jobs` keeps them all, in case they must run again.
    ///
    /// - Throws: what has cost SQLite the whole transaction; no job is applied then.
    func run(
        _ jobs: inout [WriteJob], adding more: () -> [WriteJob], budget: UInt64
    ) throws(DatabaseError) -> Int {
        if let count = try attempt(&jobs, more, budget: budget, isCareful: false) { return count }
        // An append failed after a change, which only a rollback of everything takes back. Once
        // more from the start, now with a savepoint for everyone.
        isRepeated = true
        try connection.control("ROLLBACK")
        guard let count = try attempt(&jobs, more, budget: budget, isCareful: true) else {
            preconditionFailure("with savepoints every body can be undone")
        }
        return count
    }

    func commit() throws(DatabaseError) { try connection.control("COMMIT") }

    /// Leaves no transaction open, whatever has happened.
    func rollback() {
        connection.savepoint = .none
        guard !connection.isAutocommit else { return }
        // A rollback cannot fail with a transaction open; should it, the next BEGIN reports it.
        try? connection.control("ROLLBACK")
    }

    /// Nil when a body without savepoint has left changes behind it and failed.
    private func attempt(
        _ jobs: inout [WriteJob], _ more: () -> [WriteJob], budget: UInt64, isCareful: Bool
    ) throws(DatabaseError) -> Int? {
        try connection.control("BEGIN IMMEDIATE")
        connection.batchState = nil
        failures = 0
        let start = Clock.nanoseconds
        var count = 0
        while Clock.nanoseconds - start <= budget {
            if count == jobs.count { jobs += more() }
            if count == jobs.count { break }
            let job = jobs[count]
            guard try run(job, inSavepoint: isCareful || job.order == .any) else { return nil }
            count += 1
        }
        return count
    }

    /// Runs one body. False when it failed and its changes are still there.
    private func run(_ job: WriteJob, inSavepoint: Bool) throws(DatabaseError) -> Bool {
        connection.savepoint = inSavepoint ? .wanted : .none
        connection.isDirty = false
        connection.lastError = nil
        let before = connection.totalChanges
        var succeeded = job.run(Transaction(connection))
        // Disk full, I/O error, out of memory: SQLite may have rolled everything back.
        guard !connection.isAutocommit else {
            throw connection.lastError ?? .other(code: 0, message: "the transaction was lost")
        }
        if succeeded, connection.isDirty, connection.hasDeferredViolations {
            // Left alone it would fail the COMMIT, and everyone with it.
            job.fail(.constraint(.foreignKey, detail: "FOREIGN KEY constraint failed"))
            succeeded = false
        }
        let hasSavepoint = connection.savepoint == .open
        connection.savepoint = .none
        if succeeded {
            if hasSavepoint { try connection.control("RELEASE body") }
            return true
        }
        failures += 1
        if let error = connection.lastError, error.isOfFile { loss = error }
        connection.batchState = nil
        if hasSavepoint {
            try connection.control("ROLLBACK TO body")
            try connection.control("RELEASE body")
            return true
        }
        // Without a savepoint all is well as long as nothing was changed. The counter catches what
        // a failing statement may leave behind (ON CONFLICT FAIL).
        return !connection.isDirty && connection.totalChanges == before
    }
}
