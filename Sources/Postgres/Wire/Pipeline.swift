internal import Database

/// What has been asked of the server and not been answered, and the state of the session: the protocol
/// after authentication, without a socket (PostgreSQL 15, chapter 55.2.3 and 55.2.4).
///
/// Statements go out in batches, each ended by one Sync. When one fails the server skips the rest of its
/// batch, so nothing runs after an error that nobody has seen.
final class Pipeline {
    enum TransactionStatus: UInt8 {
        case idle = 0x49  // I
        case open = 0x54  // T
        case failed = 0x45  // E
    }

    /// What the server answers next. Each may be interrupted by an error.
    private enum Step {
        /// ParseComplete, ParameterDescription, RowDescription or NoData.
        case prepare(PreparedStatement)
        /// BindComplete, DataRow …, CommandComplete. Without an answer no rows are kept.
        case execute(PreparedStatement, Answer?)
        /// CloseComplete.
        case close
        /// ReadyForQuery.
        case sync
    }

    var input: MessageReader
    var output = MessageWriter()
    private var steps: [Step] = []
    /// The step at hand, and how many of its messages have come.
    private var head = 0
    private var progress = 0

    private(set) var status = TransactionStatus.idle
    /// Batches ended by us, and answered by the server.
    private(set) var syncsSent = 0
    private var syncsDone = 0
    /// The statements behind the last Sync.
    private var unsyncedSteps = 0
    /// The batch that has failed, and why, until its ReadyForQuery.
    private var failed: (batch: Int, error: DatabaseError)?
    /// Why a statement failed that nobody waits for.
    private var deferredError: DatabaseError?
    /// The error with which the server has ended the connection.
    private(set) var fatalError: DatabaseError?
    /// What the server reports of itself: server_version, in_hot_standby …
    private(set) var parameters: [String: String]
    /// The notices that came while this is answered are kept.
    var watched: Answer?
    private(set) var notices: [ServerError] = []

    /// The values of one statement; PostgreSQL takes no more than a gigabyte.
    private static let bindBytes = 512 << 20
    private static let keptNotices = 16
    private static let keptParameters = 64

    init(input: MessageReader, parameters: [String: String] = [:]) {
        self.input = input
        self.parameters = parameters
    }

    /// Whether nothing is outstanding and no transaction open.
    var isIdle: Bool { head == steps.count && unsyncedSteps == 0 && status == .idle }

    /// Whether the batch that the answer belongs to is over, for better or worse.
    func isSettled(_ answer: Answer) -> Bool { syncsDone > answer.batch }
    var isSettled: Bool { syncsDone == syncsSent }

    /// Why a statement failed that nobody waited for; the next time it is nil.
    func takeDeferredError() -> DatabaseError? { deferredError.take() }
}

// MARK: Asking

extension Pipeline {
    func prepare(_ statement: PreparedStatement, closing stale: String? = nil) {
        // The server would skip it.
        if let failed, failed.batch == syncsSent { sync() }
        if let stale {
            output.begin("C")
            output.uint8(UInt8(ascii: "S"))
            output.string(stale)
            output.end()
            add(.close)
        }
        output.begin("P")
        output.string(statement.name)
        output.string(statement.text.sql)
        output.int16(0)
        output.end()
        output.begin("D")
        output.uint8(UInt8(ascii: "S"))
        output.string(statement.name)
        output.end()
        add(.prepare(statement))
    }

    /// Binds and executes; see `Answer` for what comes back.
    ///
    /// - Throws: when a value is not of its parameter's type; nothing was sent of it.
    func execute(
        _ statement: PreparedStatement, _ bindings: [SQLValue], _ answer: Answer?
    ) throws(DatabaseError) {
        // The server would skip it.
        if let failed, failed.batch == syncsSent { return answer?.abandon(failed.error) ?? () }
        precondition(bindings.count == statement.parameters.count, "as many values as parameters")
        output.begin("B")
        output.uint8(0)
        output.string(statement.name)
        output.int16(1)
        output.int16(1)
        output.int16(bindings.count)
        for index in bindings.indices {
            let type = statement.parameters[index]
            guard output.value(bindings[index], as: type) else {
                output.cancel()
                throw .server(
                    sqlState: "42804",
                    message: "the value of parameter \(index + 1) is no \(type): "
                        + statement.text.sql)
            }
        }
        guard output.messageBytes <= Self.bindBytes else {
            output.cancel()
            throw .server(sqlState: "54000", message: "values of more than \(Self.bindBytes) bytes")
        }
        output.int16(1)
        output.int16(1)
        output.end()
        output.begin("E")
        output.uint8(0)
        output.int32(0)
        output.end()
        add(.execute(statement, answer))
    }

    /// Ends the batch, unless it is empty.
    func sync() {
        guard unsyncedSteps > 0 else { return }
        output.begin("S")
        output.end()
        steps.append(.sync)
        unsyncedSteps = 0
        syncsSent += 1
    }

    private func add(_ step: Step) {
        if head > 64, head * 2 > steps.count {
            steps.removeSubrange(..<head)
            head = 0
        }
        steps.append(step)
        unsyncedSteps += 1
    }
}

// MARK: Being answered

extension Pipeline {
    /// Takes one message; false when none has arrived.
    func step() throws(ProtocolViolation) -> Bool {
        guard fatalError == nil, let type = try input.next() else { return false }
        switch type {
        case UInt8(ascii: "N"): noteNotice(try ServerError(&input))
        case UInt8(ascii: "S"): try noteParameter()
        case UInt8(ascii: "A"): try skipNotification()
        case UInt8(ascii: "E"): try fail(try ServerError(&input))
        default: try advance(type)
        }
        return true
    }

    private func noteNotice(_ notice: ServerError) {
        guard head < steps.count, case .execute(_, let answer?) = steps[head], answer === watched,
            notices.count < Self.keptNotices
        else { return }
        notices.append(notice)
    }

    /// What was said while `answer` was being worked on; forgets it.
    func takeNotices() -> [ServerError] {
        defer { notices = [] }
        return notices
    }

    private func noteParameter() throws(ProtocolViolation) {
        let name = try input.string()
        let value = try input.string()
        try input.requireEnd()
        guard parameters[name] != nil || parameters.count < Self.keptParameters else {
            throw ProtocolViolation("more parameters than a server has")
        }
        parameters[name] = value
        guard parameters["client_encoding"] ?? "UTF8" == "UTF8" else {
            throw ProtocolViolation("another client_encoding than UTF8")
        }
    }

    private func skipNotification() throws(ProtocolViolation) {
        _ = try input.int32()
        _ = try input.string()
        _ = try input.string()
        try input.requireEnd()
    }

    private func fail(_ error: ServerError) throws(ProtocolViolation) {
        let reason = error.databaseError
        if error.isFatal {
            fatalError = reason
            return abandon(reason)
        }
        guard head < steps.count, failed == nil else {
            throw ProtocolViolation("an error that answers nothing: \(error.sqlState)")
        }
        failed = (syncsDone, reason)
        switch steps[head] {
        case .execute(let statement, let answer):
            if error.isOfStalePlan { statement.isStale = true }
            if answer == nil { deferredError = deferredError ?? reason }
        case .prepare, .close, .sync: deferredError = deferredError ?? reason
        }
        while head < steps.count {
            if case .sync = steps[head] { break }
            abandon(steps[head], reason)
            head += 1
        }
        progress = 0
    }

    private func abandon(_ step: Step, _ reason: DatabaseError) {
        switch step {
        case .prepare(let statement): statement.isStale = true
        case .execute(_, let answer): answer?.abandon(reason)
        case .close, .sync: break
        }
    }

    /// The connection is lost: nothing will be answered.
    func abandon(_ reason: DatabaseError) {
        while head < steps.count {
            abandon(steps[head], reason)
            head += 1
        }
    }

    private func advance(_ type: UInt8) throws(ProtocolViolation) {
        guard head < steps.count else { throw unexpected(type) }
        switch steps[head] {
        case .execute(let statement, let answer): try execute(type, statement, answer)
        case .prepare(let statement): try prepare(type, statement)
        case .close:
            guard type == UInt8(ascii: "3") else { throw unexpected(type) }
            try finish()
        case .sync:
            guard type == UInt8(ascii: "Z") else { throw unexpected(type) }
            guard let status = TransactionStatus(rawValue: try input.uint8()) else {
                throw ProtocolViolation("an unknown transaction status")
            }
            self.status = status
            syncsDone += 1
            failed = nil
            try finish()
        }
    }

    private func unexpected(_ type: UInt8) -> ProtocolViolation {
        ProtocolViolation("a message \(MessageReader.name(type)) that nothing asked for")
    }

    /// The step at hand is over.
    private func finish() throws(ProtocolViolation) {
        try input.requireEnd()
        progress = 0
        head += 1
        if head == steps.count {
            steps.removeAll(keepingCapacity: true)
            head = 0
        }
    }

    private func execute(
        _ type: UInt8, _ statement: PreparedStatement, _ answer: Answer?
    ) throws(ProtocolViolation) {
        switch (type, progress) {
        case (UInt8(ascii: "2"), 0):
            try input.requireEnd()
            progress = 1
        case (UInt8(ascii: "D"), 1) where !statement.columns.isEmpty:
            try answer?.append(&input)
        case (UInt8(ascii: "C"), 1):
            let tag = try CommandTag(try input.string())
            try answer?.complete(tag)
            try finish()
        default: throw unexpected(type)
        }
    }

    private func prepare(
        _ type: UInt8, _ statement: PreparedStatement
    ) throws(ProtocolViolation) {
        switch (type, progress) {
        case (UInt8(ascii: "1"), 0):
            try input.requireEnd()
            progress = 1
        case (UInt8(ascii: "t"), 1):
            statement.parameters = try describeParameters(of: statement)
            progress = 2
        case (UInt8(ascii: "T"), 2):
            statement.columns = try describeColumns(of: statement)
            try finish()
        case (UInt8(ascii: "n"), 2): try finish()
        default: throw unexpected(type)
        }
    }

    private func describeParameters(
        of statement: PreparedStatement
    ) throws(ProtocolViolation) -> [ValueType] {
        let count = try input.uint16()
        guard count == statement.text.parameterCount else {
            throw ProtocolViolation("another number of parameters")
        }
        var types: [ValueType] = []
        for index in 0..<count {
            types.append(type(try input.int32(), of: "parameter \(index + 1)", in: statement))
        }
        try input.requireEnd()
        return types
    }

    private func describeColumns(
        of statement: PreparedStatement
    ) throws(ProtocolViolation) -> [ValueType] {
        var types: [ValueType] = []
        for _ in 0..<(try input.uint16()) {
            let name = try input.string()
            // The table's OID and the column's number.
            try input.skip(6)
            types.append(type(try input.int32(), of: "column \(name)", in: statement))
            // The type's size and modifier, and a format that is decided by Bind.
            try input.skip(8)
        }
        try input.requireEnd()
        return types
    }

    /// A type that is not among ours makes the statement unusable.
    private func type(_ oid: Int32, of what: String, in statement: PreparedStatement) -> ValueType {
        if let type = ValueType(rawValue: oid) { return type }
        statement.refusal = .server(
            sqlState: "0A000",
            message: "\(what) is \(ValueType.describe(oid)), which needs a CAST to bigint, text, "
                + "bytea or double precision: \(statement.text.sql)")
        return .bytea
    }
}
