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

    let channel: Channel
    let pipeline: Pipeline
    private let limits: ConnectionLimits
    let wanted: TargetSession
    package let canceller: Canceller
    /// How long an answer may take from here on.
    package var answerTimeout: Duration
    /// Why it is closed.
    var ended: DatabaseError?
    /// Of the host when it was connected to; 0 where it is not told.
    var timeline: Int64 = 0
    /// What it has learnt with the other connections to the same hosts, and how it finds out whether another
    /// host was promoted while this one does not answer.
    var siblings: (state: HostState, hasNewer: (_ timeline: Int64) -> Bool)?
    /// Whether a statement of the transaction failed that nobody had waited for.
    var hasFailedLate = false

    /// By address of the SQL, which identifies a `StaticString` without reading it.
    private var byAddress: [UInt: PreparedStatement] = [:]
    /// By text, for equal literals at several addresses.
    var byText: [String: PreparedStatement] = [:]
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
    func close(for reason: DatabaseError) -> DatabaseError {
        if ended == nil {
            ended = reason
            channel.close()
            canceller.close()
            pipeline.abandon(reason)
        }
        return ended ?? reason
    }

    func requireOpen() throws(DatabaseError) {
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

    /// A statement whose answer is wanted later, by `collect`: it leaves with the next that is waited for.
    package func ask(
        _ sql: StaticString, _ bindings: [SQLValue] = []
    ) throws(DatabaseError) -> Answer { try ask(try transactional(sql), bindings) }

    /// Whether a statement is a SELECT by itself.
    func isRead(_ sql: StaticString) throws(DatabaseError) -> Bool {
        try prepared(sql).text.isRead
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

    func throwDeferredError() throws(DatabaseError) {
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
        _ statement: PreparedStatement, _ bindings: [SQLValue]
    ) throws(DatabaseError) -> Answer {
        let answer = answer(to: statement)
        try pipeline.execute(statement, bindings, answer)
        try relieve()
        return answer
    }

    func answer(to statement: PreparedStatement) -> Answer {
        Answer(statement, batch: pipeline.syncsSent, byteLimit: limits.resultBytes)
    }

    private func transactional(_ sql: StaticString) throws(DatabaseError) -> PreparedStatement {
        let statement = try prepared(sql)
        precondition(!statement.text.isControl, "transactions are the library's: \(sql)")
        return statement
    }

    /// The statement of that text, prepared when it is new or stale, which takes a round trip.
    func prepared(_ sql: StaticString) throws(DatabaseError) -> PreparedStatement {
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

    func makeStatement(_ text: String) -> PreparedStatement {
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
    func pump(
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
    func step() throws(DatabaseError) -> Bool {
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
