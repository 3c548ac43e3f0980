package import Database

/// A session with a server: statements, transactions and their outcome. It blocks, so it belongs on a thread
/// of its own, and is used by one at a time.
///
/// Nothing is ever asked again, and nothing waits without a deadline. Once anything is wrong with the
/// connection it is closed and stays so: every call throws the first reason, and a new connection is made
/// by `HostList`.
package final class Connection {
    package enum TransactionKind: Sendable {
        case readWrite, readOnly
    }

    private let channel: Channel
    private let pipeline: Pipeline
    private let limits: ConnectionLimits
    private let wanted: TargetSession
    package let canceller: Canceller
    /// How long an answer may take from here on.
    package var answerTimeout: Duration
    /// Why it is closed.
    private var ended: DatabaseError?
    /// Of the host when it was connected to; 0 where it is not told.
    var timeline: Int64 = 0
    /// What it has learnt with the other connections to the same hosts, and how it finds out whether another
    /// host was promoted while this one does not answer.
    var siblings: (state: HostState, hasNewer: (_ timeline: Int64) -> Bool)?
    /// Whether a statement of the transaction failed that nobody had waited for.
    private(set) var hasFailedLate = false

    /// By address of the SQL, which identifies a `StaticString` without reading it.
    private var byAddress: [UInt: PreparedStatement] = [:]
    /// By text, for equal literals at several addresses.
    private var byText: [String: PreparedStatement] = [:]
    private var lastName = 0

    /// Takes a session that is ready for its first statement.
    init(
        _ channel: Channel, _ pipeline: Pipeline, _ limits: ConnectionLimits,
        _ wanted: TargetSession, _ canceller: Canceller
    ) {
        self.channel = channel
        self.pipeline = pipeline
        self.limits = limits
        self.wanted = wanted
        self.canceller = canceller
        answerTimeout = limits.answer
    }

    deinit { close() }

    package var isClosed: Bool { ended != nil }

    /// Whether the server is in a transaction, as of its last answer.
    package var isInTransaction: Bool { pipeline.status != .idle }

    /// Says goodbye and closes; harmless when it is closed. A transaction that is open is undone.
    package func close() {
        guard ended == nil else { return }
        pipeline.output.begin("X")
        pipeline.output.end()
        channel.flush(&pipeline.output)
        _ = close(for: .unavailable(reason: "the connection is closed"))
    }

    /// Closes at once: nothing that is still in the socket will be read.
    private func close(for reason: DatabaseError) -> DatabaseError {
        if ended == nil {
            ended = reason
            channel.close()
            canceller.close()
            pipeline.abandon(reason)
        }
        return ended ?? reason
    }

    private func requireOpen() throws(DatabaseError) {
        if let ended { throw ended }
        if canceller.isCancelled {
            throw close(for: .unavailable(reason: "the connection was cancelled"))
        }
    }
}

// MARK: Statements

extension Connection {
    /// The statement's rows, all of them, for `Row` to read.
    ///
    /// Outside a transaction it commits by itself: when the connection is lost, whether it did is not known.
    package func query(
        _ sql: StaticString, _ bindings: [SQLValue] = []
    ) throws(DatabaseError) -> Answer {
        let answer = try ask(sql, bindings)
        try collect(answer)
        return answer
    }

    /// How many rows the statement changed.
    @discardableResult
    package func execute(
        _ sql: StaticString, _ bindings: [SQLValue] = []
    ) throws(DatabaseError) -> Int { try query(sql, bindings).run() }

    /// A statement whose answer nobody wants. It leaves with the next that is waited for, and should it fail
    /// so does that: nothing behind it in the same transaction is carried out.
    package func run(_ sql: StaticString, _ bindings: [SQLValue] = []) throws(DatabaseError) {
        let statement = try transactional(sql)
        try pipeline.execute(statement, bindings, nil)
        try relieve()
    }

    /// One statement with many rows of values, in one flight; how many rows each changed.
    package func runAll(
        _ sql: StaticString, _ rows: [[SQLValue]]
    ) throws(DatabaseError) -> [Int] {
        guard !rows.isEmpty else { return [] }
        let statement = try transactional(sql)
        let answer = answer(to: statement, executions: rows.count)
        for row in rows {
            try pipeline.execute(statement, row, answer)
            try relieve()
        }
        try collect(answer)
        return answer.counts
    }

    /// Sends a read now whose answer is wanted later: see `collect`.
    package func ahead(
        _ sql: StaticString, _ bindings: [SQLValue] = []
    ) throws(DatabaseError) -> Answer {
        let answer = try ask(sql, bindings)
        pipeline.sync()
        // What the socket does not take goes with the next wait.
        channel.flush(&pipeline.output)
        return answer
    }

    /// Waits for the answer.
    ///
    /// - Throws: why the statement failed, or one before it that nobody waited for.
    package func collect(_ answer: Answer) throws(DatabaseError) {
        if !pipeline.isSettled(answer) {
            if let ended { throw ended }
            pipeline.sync()
            try pump(until: Deadline(after: answerTimeout)) { pipeline.isSettled(answer) }
        }
        try throwDeferredError()
        if let failure = answer.failure { throw dropping(failure) }
    }

    /// Runs statements of a migration, each prepared for this once.
    package func runScript(_ statements: [String]) throws(DatabaseError) {
        for text in statements {
            try requireOpen()
            let statement = makeStatement(text)
            pipeline.prepare(statement)
            let answer = answer(to: statement)
            try pipeline.execute(statement, [], answer)
            try collect(answer)
        }
    }

    /// Waits for a lock of the session's own, which ends with it, for as long as its holder needs.
    package func lockSession(_ number: Int64) throws(DatabaseError) {
        let pause = answerTimeout
        answerTimeout = .seconds(600)
        defer { answerTimeout = pause }
        try runScript(["SET lock_timeout = 0", "SET statement_timeout = 0"])
        _ = try query("SELECT pg_advisory_lock(?)", [.integer(number)])
    }

    private func throwDeferredError() throws(DatabaseError) {
        guard let error = pipeline.takeDeferredError() else { return }
        hasFailedLate = true
        throw dropping(error)
    }

    /// A server that serves nobody now, such as one that has become read-only, is left at once.
    private func dropping(_ error: DatabaseError) -> DatabaseError {
        if case .unavailable = error { return close(for: error) }
        return error
    }

    /// The same as `query`, of a text that is made of a table's names.
    func query(made text: String, _ bindings: [SQLValue]) throws(DatabaseError) -> Answer {
        let answer = try ask(try prepared(text), bindings)
        try collect(answer)
        return answer
    }

    /// The same as `run`, of a text that is made of a table's names.
    func run(made text: String, _ bindings: [SQLValue]) throws(DatabaseError) {
        try pipeline.execute(try prepared(text), bindings, nil)
        try relieve()
    }

    private func ask(
        _ sql: StaticString, _ bindings: [SQLValue]
    ) throws(DatabaseError) -> Answer { try ask(try transactional(sql), bindings) }

    private func ask(
        _ statement: PreparedStatement, _ bindings: [SQLValue]
    ) throws(DatabaseError) -> Answer {
        let answer = answer(to: statement)
        try pipeline.execute(statement, bindings, answer)
        try relieve()
        return answer
    }

    private func answer(to statement: PreparedStatement, executions: Int = 1) -> Answer {
        Answer(
            statement, executions: executions, batch: pipeline.syncsSent,
            byteLimit: limits.resultBytes)
    }

    private func transactional(_ sql: StaticString) throws(DatabaseError) -> PreparedStatement {
        let statement = try prepared(sql)
        precondition(!statement.text.isControl, "transactions are the library's: \(sql)")
        return statement
    }

    /// The statement of that text, prepared when it is new or stale, which takes a round trip.
    private func prepared(_ sql: StaticString) throws(DatabaseError) -> PreparedStatement {
        try requireOpen()
        let address = unsafe UInt(bitPattern: sql.utf8Start)
        var statement = byAddress[address]
        if statement?.isStale != false {
            statement = try prepared(sql.description)
            byAddress[address] = statement
        }
        guard let statement else { preconditionFailure("a statement was prepared") }
        if let refusal = statement.refusal { throw refusal }
        return statement
    }

    private func prepared(_ text: String) throws(DatabaseError) -> PreparedStatement {
        try requireOpen()
        var statement = byText[text]
        if statement?.isStale != false { statement = try prepare(text, instead: statement) }
        guard let statement else { preconditionFailure("a statement was prepared") }
        if let refusal = statement.refusal { throw refusal }
        return statement
    }

    private func prepare(
        _ text: String, instead stale: PreparedStatement?
    ) throws(DatabaseError) -> PreparedStatement {
        let statement = makeStatement(text)
        pipeline.prepare(statement, closing: stale?.name)
        pipeline.sync()
        try pump(until: Deadline(after: answerTimeout)) { pipeline.isSettled }
        byText[text] = statement
        try throwDeferredError()
        return statement
    }

    private func makeStatement(_ text: String) -> PreparedStatement {
        lastName += 1
        return PreparedStatement(name: "s\(lastName)", text: StatementText(text))
    }

    /// Keeps what waits to be sent within bounds, and reads while it does so. Once it is sent nothing is waited
    /// for: before a Sync the server has no reason to say anything.
    private func relieve() throws(DatabaseError) {
        guard pipeline.output.count > limits.outputBytes else { return }
        let deadline = Deadline(after: answerTimeout)
        while true {
            channel.flush(&pipeline.output)
            guard pipeline.output.count > limits.outputBytes else { return }
            while try step() {}
            guard channel.wait(orToWrite: true, until: deadline) else {
                throw close(for: .unavailable(reason: "no answer in time"))
            }
            if case .ended = channel.receive(&pipeline.input) {
                throw close(for: .unavailable(reason: "the server has closed the connection"))
            }
        }
    }

    /// How long a host may be silent before it is asked whether another was promoted.
    private static let patience = Duration.milliseconds(500)

    /// Sends, and takes messages until `isDone`.
    private func pump(
        until deadline: Deadline, _ isDone: () -> Bool
    ) throws(DatabaseError) {
        siblings?.state.noteWait()
        while !isDone() {
            if try step() { continue }
            let patience =
                siblings == nil ? deadline : deadline.earlier(of: Deadline(after: Self.patience))
            switch channel.exchange(&pipeline.input, &pipeline.output, until: patience) {
            case .moved: continue
            case .timedOut:
                guard deadline.hasPassed else {
                    try requireNoNewer()
                    continue
                }
                throw close(for: .unavailable(reason: "no answer in time"))
            case .ended:
                throw close(for: .unavailable(reason: "the server has closed the connection"))
            }
        }
    }

    /// Leaves a host that does not answer and has been replaced.
    private func requireNoNewer() throws(DatabaseError) {
        guard let siblings, siblings.hasNewer(timeline) else { return }
        siblings.state.noteSuperseded()
        throw close(for: .unavailable(reason: "another host has been promoted"))
    }

    /// Takes one message; false when none has come.
    private func step() throws(DatabaseError) -> Bool {
        let hasStepped: Bool
        do {
            hasStepped = try pipeline.step()
        } catch {
            let reason = "the server does not keep to its protocol: \(error.reason)"
            throw close(for: .unavailable(reason: reason))
        }
        if let fatal = pipeline.fatalError { throw close(for: fatal) }
        return hasStepped
    }
}

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
