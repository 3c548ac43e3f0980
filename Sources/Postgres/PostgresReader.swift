package import Database

/// One reading connection, made when it is first needed and again after it was lost. It blocks.
///
/// One caller at a time, as with every reader.
package final class PostgresReader: Reader {
    private let hosts: HostList
    /// `@unchecked Sendable`: used under the monitor alone.
    private struct State: @unchecked Sendable {
        var session: PostgresSession?
    }
    private let state = Monitor(State())

    init(_ hosts: HostList) { self.hosts = hosts }

    package func read<T>(_ body: (borrowing Transaction) throws -> T) throws -> T {
        try state.withLock { state in
            let session = try begin(&state)
            session.beginBody()
            session.unreadableCount = 0
            defer {
                session.batchState = nil
                session.connection.endReading()
            }
            return try body(Transaction(session))
        }
    }

    /// A transaction on the connection that there is, or on a new one: a server that was restarted since
    /// the last read is no reason to refuse this one.
    private func begin(_ state: inout State) throws(DatabaseError) -> PostgresSession {
        if let session = state.session {
            do throws(DatabaseError) {
                try session.connection.begin(.readOnly)
                return session
            } catch .unavailable {
                state.session = nil
            }
        }
        let session = PostgresSession(try hosts.connect())
        try session.connection.begin(.readOnly)
        state.session = session
        return session
    }
}
