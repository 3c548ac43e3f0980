package import Database

/// What the bodies of one batch tell each other, so that it is not read again for each.
///
/// It knows of nothing that is not in the database: a batch forgets it at its end, and as soon as
/// anything of it is rolled back (`Transaction.batchState`).
///
/// `@unchecked Sendable`: it lives within one transaction, which one thread runs.
package final class BatchCache: LedgerState, @unchecked Sendable {
    /// The last audit row.
    var auditHead: AuditStore.Head?
    /// See `ClientStore.epoch`: each body of a batch asks for it.
    var authorizationEpoch: Int64?
    /// What later folders remember, by its type.
    private var slots: [ObjectIdentifier: AnyObject] = [:]

    package var ledgerEnd: LedgerEnd? {
        auditHead.map { LedgerEnd(number: $0.seq, hash: $0.hash) }
    }

    func slot<Value: AnyObject>(_ make: () -> Value) -> Value {
        let key = ObjectIdentifier(Value.self)
        if let known = slots[key] as? Value { return known }
        let value = make()
        slots[key] = value
        return value
    }
}

extension Transaction {
    package var memory: BatchCache {
        if let memory = batchState as? BatchCache { return memory }
        let memory = BatchCache()
        batchState = memory
        return memory
    }
}
