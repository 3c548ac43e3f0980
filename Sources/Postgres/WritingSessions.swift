import Database

/// The connection on which a writer works, made again whenever it was lost.
///
/// `@unchecked Sendable`: used by the writer's thread alone.
final class WritingSessions: @unchecked Sendable {
    private let hosts: HostList
    private let ledger: StaticString
    private var session: PostgresSession?

    init(_ hosts: HostList, ledger: StaticString) {
        self.hosts = hosts
        self.ledger = ledger
    }

    func close() {
        session?.connection.close()
        session = nil
    }

    /// Begins a transaction that nobody else's can run beside: its snapshot is taken once all before it are
    /// durable, since LOCK takes none of its own (PostgreSQL 15, § 13.3.1).
    func begin() throws(DatabaseError) -> PostgresSession {
        if let session, !session.connection.isClosed {
            do throws(DatabaseError) {
                try begin(on: session)
                return session
            } catch .unavailable {
                // The server has ended it since the last group. Nothing has been asked of it.
            }
        }
        close()
        let session = PostgresSession(try hosts.connect())
        self.session = session
        try begin(on: session)
        return session
    }

    private func begin(on session: PostgresSession) throws(DatabaseError) {
        session.beginTransaction()
        try session.connection.begin(.readWrite)
        try session.connection.run("LOCK TABLE write_turn IN EXCLUSIVE MODE")
        try session.beginSharedReads()
    }

    enum Settlement: Sendable {
        case committed, undone
    }

    /// Whether the transaction that ended the ledger so was committed. Taking a turn waits until its own
    /// connection is gone, however long the server still works on it.
    ///
    /// - Throws: what keeps it from being found out now.
    func settle(_ end: LedgerEnd) throws(DatabaseError) -> Settlement {
        close()
        let session = try begin()
        defer { session.connection.rollback() }
        let query = try session.start(ledger, [.integer(end.number)])
        defer { query.end() }
        guard try query.next() else { return .undone }
        return unsafe Array(query.bytes(0)) == end.hash ? .committed : .undone
    }
}
