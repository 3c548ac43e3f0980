import Database

extension QueuedWriter {
    /// The writer of this process. Writers of other processes and nodes take turns with it.
    ///
    /// Everything that waits when the thread wakes is one transaction, a group; each body has a savepoint of its
    /// own. A group that meets another transaction's changes runs again, body by body; a COMMIT whose outcome is
    /// not known is looked for in the audit log before anybody is told.
    ///
    /// - Parameter ledger: returns the hash of the numbered row that its parameter names.
    convenience init(_ hosts: HostList, ledger: StaticString) throws(DatabaseError) {
        let queue = WriteQueue(limit: 10_000)
        let loop = PostgresWriterLoop(WritingSessions(hosts, ledger: ledger), queue)
        try self.init(queue) { loop.run() }
    }
}
