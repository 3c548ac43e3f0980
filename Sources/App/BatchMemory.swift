import SQLite

/// What the bodies of one batch tell each other, so that it is not read again for each.
///
/// It knows of nothing that is not in the database: a batch forgets it at its end, and as soon as
/// anything of it is rolled back (`Transaction.batchState`).
///
/// `@unchecked Sendable`: it lives within one transaction, which one thread runs.
final class BatchMemory: @unchecked Sendable {
    /// The last audit row.
    var auditHead: AuditStore.Head?
    let newcomers = Newcomers()
    let compared = ComparedPeople()
}

extension Transaction {
    var memory: BatchMemory {
        if let memory = batchState as? BatchMemory { return memory }
        let memory = BatchMemory()
        batchState = memory
        return memory
    }
}
