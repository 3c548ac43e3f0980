/// What a body that writes promises of itself.
package enum WriteOrder: Sendable {
    /// Nothing: whatever it throws, its changes are taken back.
    case any
    /// It throws, if at all, before it has changed anything.
    ///
    /// With SQLite this spares the savepoint, for which every page is copied before its first change
    /// and the copies are gone through at the end of each statement: of a batch of thousands that is
    /// most of the time. Where the promise is broken, the whole batch runs again with savepoints: slower,
    /// never wrong, and counted as `opescare_write_repeats_total`.
    case changesLast
    /// The same, and no body of this kind reads what another one changes, unless by `Transaction.batchState`: a
    /// read that leaves its row in the audit log.
    ///
    /// With PostgreSQL such bodies run side by side: each is left where it asks for something, and runs anew from
    /// its beginning once all of them have their answers, so many flights for all as one of them has statements.
    case sideBySide
}
