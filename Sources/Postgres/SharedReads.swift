import Database

/// What bodies that run side by side have asked for, and the answers: what one transaction reads is the same for
/// all of them, until it changes something.
final class SharedReads {
    /// Texts are compared by their bytes: `String` takes é in one letter and in two for the same.
    private struct Question: Hashable {
        /// Of the SQL, which identifies a `StaticString`.
        let address: UInt
        let bindings: [SQLValue]

        init(_ sql: StaticString, _ bindings: [SQLValue]) {
            address = unsafe UInt(bitPattern: sql.utf8Start)
            self.bindings = bindings.map {
                if case .text(let text) = $0 { .utf8(Array(text.utf8)) } else { $0 }
            }
        }
    }

    private var answers: [Question: Answer] = [:]
    /// Those that are still to be waited for.
    private var outstanding: [Answer] = []
    /// What the bodies of the last group asked for without values of their own, such as the end of the audit log.
    private var usual: [StaticString] = []
    private static let maximumUsual = 4

    /// Asks for what is the same for every group.
    func begin(on connection: Connection) throws(DatabaseError) {
        forget()
        let likely = usual
        usual = []
        for sql in likely { _ = try ask(sql, [], on: connection) }
    }

    func forget() {
        answers.removeAll(keepingCapacity: true)
        outstanding.removeAll(keepingCapacity: true)
    }

    /// The answer, at its first row; one that is still on its way, too.
    ///
    /// - Parameter sql: of a read.
    func answer(to sql: StaticString, _ bindings: [SQLValue]) -> Answer? {
        let isUsual =
            bindings.isEmpty && usual.count < Self.maximumUsual
            && !usual.contains { unsafe $0.utf8Start == sql.utf8Start }
        if isUsual { usual.append(sql) }
        guard !answers.isEmpty else { return nil }
        return answers[Question(sql, bindings)]
    }

    /// Leaves with whatever is waited for next.
    func ask(
        _ sql: StaticString, _ bindings: [SQLValue], on connection: Connection
    ) throws(DatabaseError) -> Answer {
        let answer = try connection.ask(sql, bindings)
        answer.isKept = true
        answers[Question(sql, bindings)] = answer
        outstanding.append(answer)
        return answer
    }

    /// Waits for all that was asked.
    ///
    /// - Throws: why one of them failed, and with it the transaction.
    func collect(on connection: Connection) throws(DatabaseError) {
        defer { outstanding.removeAll(keepingCapacity: true) }
        for answer in outstanding { try connection.collect(answer) }
    }
}
