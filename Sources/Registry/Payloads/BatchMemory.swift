package import Database

/// What the bodies of one batch tell each other, so that it is not read again for each.
///
/// It knows of nothing that is not in the database: a batch forgets it at its end, and as soon as
/// anything of it is rolled back (`Transaction.batchState`).
///
/// `@unchecked Sendable`: it lives within one transaction, which one thread runs.
package final class BatchMemory: @unchecked Sendable {
    /// The last audit row.
    var auditHead: AuditStore.Head?
    package let newcomers = Newcomers()
    package let compared = ComparedPeople()
}

extension Transaction {
    package var memory: BatchMemory {
        if let memory = batchState as? BatchMemory { return memory }
        let memory = BatchMemory()
        batchState = memory
        return memory
    }
}
