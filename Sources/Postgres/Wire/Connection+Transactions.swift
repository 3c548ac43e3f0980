package import Database

// MARK: Transactions

extension Connection {
    /// All that `control` runs.
    private static let control: [StaticString] = [
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE",
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "COMMIT", "ROLLBACK", "SAVEPOINT body", "RELEASE SAVEPOINT body",
        "ROLLBACK TO SAVEPOINT body",
    ]

    /// Prepares what transactions are made of: within a failed one it would be too late.
    func prepareControl(until deadline: Deadline) throws(DatabaseError) {
        for sql in Self.control {
            let statement = makeStatement(sql.description)
            pipeline.prepare(statement)
            byText[statement.text.sql] = statement
        }
        pipeline.sync()
        try pump(until: deadline) { pipeline.isSettled }
        try throwDeferredError()
    }

    private func control(_ sql: StaticString) throws(DatabaseError) {
        try pipeline.execute(try prepared(sql), [], nil)
    }

    /// The same, with an answer to wait for.
    private func answeredControl(_ sql: StaticString) throws(DatabaseError) -> Answer {
        let statement = try prepared(sql)
        let answer = answer(to: statement)
        try pipeline.execute(statement, [], answer)
        return answer
    }

    /// Begins a transaction that sees one moment (REPEATABLE READ); it leaves with its first statement.
    ///
    /// - Throws: `DatabaseError.unavailable` when the server has ended the connection meanwhile, or serves no
    ///   more what it was chosen for.
    package func begin(_ kind: TransactionKind) throws(DatabaseError) {
        try requireOpen()
        try takeUnasked()
        if !pipeline.isSettled {
            // How the last one ended is still on its way.
            try pump(until: Deadline(after: answerTimeout)) { pipeline.isSettled }
        }
        guard pipeline.isIdle else {
            throw close(for: .unavailable(reason: "the session is in a transaction already"))
        }
        guard wanted.isServed(by: pipeline.parameters) else {
            throw close(for: .unavailable(reason: "the server is not \(wanted.rawValue) any more"))
        }
        if let newest = siblings?.state.timeline, timeline != 0, timeline < newest {
            throw close(for: .unavailable(reason: "another host has been promoted"))
        }
        hasFailedLate = false
        switch kind {
        case .readWrite: try control("BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE")
        case .readOnly: try control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
    }

    /// Looks at what the server has said between requests: notices, changed parameters, its farewell.
    private func takeUnasked() throws(DatabaseError) {
        let deadline = Deadline(after: answerTimeout)
        while !deadline.hasPassed {
            while try step() {}
            switch channel.receive(&pipeline.input) {
            case .bytes: continue
            case .blocked: return
            case .ended:
                throw close(for: .unavailable(reason: "the server has closed the connection"))
            }
        }
        throw close(for: .unavailable(reason: "the server does not stop talking"))
    }

    /// Commits; returns once it is durable.
    ///
    /// - Throws: `DatabaseError.inDoubt` when nobody knows: it must not be repeated before that is settled.
    ///   Any other error: the transaction is undone, or still to be rolled back.
    package func commit() throws(DatabaseError) {
        try requireOpen()
        try throwDeferredError()
        guard canceller.beginCommit() else {
            throw close(for: .unavailable(reason: "the connection was cancelled"))
        }
        defer { canceller.endCommit() }
        let commit = try answeredControl("COMMIT")
        pipeline.watched = commit
        defer { pipeline.watched = nil }
        do {
            try collect(commit)
        } catch {
            // Its CommandComplete is the promise; that the connection ends behind it changes nothing.
            guard commit.isComplete, commit.failure == nil else {
                throw pipeline.isSettled(commit) ? error : .inDoubt(reason: error.description)
            }
            if commit.tag != "COMMIT" { throw error }
        }
        try check(commit, pipeline.takeNotices())
    }

    private func check(
        _ commit: Answer, _ notices: [ServerError]
    ) throws(DatabaseError) {
        if let notice = notices.first(where: { $0.sqlState == "25P01" }) {
            throw .server(sqlState: notice.sqlState, message: notice.message)
        }
        guard commit.tag == "COMMIT" else {
            throw .server(sqlState: "25P02", message: "the transaction had failed and is undone")
        }
        // Synchronous replication was not waited for (01000), since somebody asked to stop (57014, 57P01).
        let doubt = notices.first { $0.sqlState == "01000" || $0.sqlState.hasPrefix("57") }
        if let doubt { throw .inDoubt(reason: doubt.sentence) }
        guard isClosed || pipeline.status == .idle else {
            let reason = "the session is in a transaction after COMMIT"
            throw .inDoubt(reason: close(for: .unavailable(reason: reason)).description)
        }
    }

    /// Undoes the transaction. Should that fail the connection is closed, which undoes it too.
    package func rollback() {
        guard ended == nil else { return }
        do throws(DatabaseError) {
            // What failed makes the server skip the rest of its batch.
            pipeline.sync()
            let rollback = try answeredControl("ROLLBACK")
            pipeline.sync()
            try pump(until: Deadline(after: answerTimeout)) { pipeline.isSettled }
            _ = pipeline.takeDeferredError()
            guard rollback.failure == nil, pipeline.status == .idle else {
                throw .unavailable(reason: "ROLLBACK has failed")
            }
        } catch {
            _ = close(for: error)
        }
    }

    /// Ends a transaction that has changed nothing, without waiting for the server's word.
    package func endReading() {
        guard ended == nil, pipeline.isSettled, pipeline.status == .open else { return rollback() }
        do throws(DatabaseError) {
            try control("ROLLBACK")
            pipeline.sync()
            channel.flush(&pipeline.output)
        } catch {
            _ = close(for: error)
        }
    }

    /// Marks where `rollbackToSavepoint` returns to. There is one at a time.
    package func savepoint() throws(DatabaseError) { try control("SAVEPOINT body") }

    package func releaseSavepoint() throws(DatabaseError) { try control("RELEASE SAVEPOINT body") }

    /// Undoes what was done since the savepoint, and forgets what failed of it.
    package func rollbackToSavepoint() throws(DatabaseError) {
        pipeline.sync()
        try requireOpen()
        try pump(until: Deadline(after: answerTimeout)) { pipeline.isSettled }
        _ = pipeline.takeDeferredError()
        try control("ROLLBACK TO SAVEPOINT body")
    }
}
