/// How much a body reads, for the engine to choose where it runs; without one, a list.
///
/// It changes how long the answer takes and who waits meanwhile, never what is in it.
package enum ReadExtent: Sendable {
    /// A few rows, found by their keys.
    ///
    /// With SQLite, on the writer's connection, in the batch of the audit row: a reading connection
    /// forgets its pages whenever anything was committed, which under load is between any two
    /// requests, and the writer's stay warm. In return the writes of others wait for the body.
    ///
    /// With PostgreSQL too: what the bodies of a batch ask for goes there and back together.
    case few
    /// The same, and an event, which the body appends as its last step: always on the writer's connection.
    case fewAndEvent
    /// So many rows that an event loop would be kept from its other requests.
    ///
    /// On a thread beside the event loops, one body after another.
    case many
}

/// What a body that writes promises of itself; what it spares an engine says `WriteOrder`.
package enum ChangeOrder: Sendable {
    /// Nothing: whatever it throws, its changes are taken back.
    case any
    /// It throws, if at all, before it has changed anything.
    case changesLast
}
