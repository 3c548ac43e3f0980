package import Database
import Synchronization
package import Values

/// Whether the database can be written, now and for a while.
package final class Readiness: Sendable {
    private let storage: any Storage
    private let writer: any Writer
    private let keys: SigningKeys
    /// What must be free.
    private let roomBytes: Int
    /// How many losses of the writer were seen, and when the last of them was.
    private let lossSeen = Mutex<(count: Int, at: Timestamp)>((0, Timestamp(milliseconds: 0)))
    /// When the disk was last seen to have room.
    private let roomSeenAt = Mutex<ContinuousClock.Instant?>(nil)

    /// Why this program may not go on with the database, until it is replaced.
    private let outdated = Mutex<DatabaseError?>(nil)

    package init(
        _ storage: any Storage, writer: any Writer, keys: SigningKeys, roomBytes: Int
    ) {
        self.storage = storage
        self.writer = writer
        self.keys = keys
        self.roomBytes = roomBytes
    }

    /// - Throws: what keeps the database from being written, or soon will.
    package func probe(at now: Timestamp) async throws {
        if let reason = outdated.withLock({ $0 }) { throw reason }
        try requireWrites(at: now)
        try await writer.append { [self] tx in
            try requireRoom()
            try keys.refresh(in: tx)
            try ClientStore.probe(in: tx)
        }
    }

    /// Says from now on that it is not ready, so that nobody sends requests here any more: a newer program has
    /// changed the schema. What still comes is answered.
    package func note(outdated reason: DatabaseError?) { outdated.withLock { $0 = reason } }

    /// How long a write that the file did not take is told of, since a smaller one may fit.
    private static let lossSeconds: Int64 = 10

    private func requireWrites(at now: Timestamp) throws {
        let statistics = writer.statistics
        guard let loss = statistics.lastLoss else { return }
        let seenAt = lossSeen.withLock { seen in
            if seen.count != statistics.losses { seen = (statistics.losses, now) }
            return seen.at
        }
        // A clock that is set back must not prolong it.
        guard !(seenAt...seenAt.adding(seconds: Self.lossSeconds)).contains(now) else { throw loss }
    }

    /// On the writer's thread, which may wait for a disk; once a second, since anybody may ask and
    /// the writes of others wait meanwhile.
    private func requireRoom() throws {
        let now = ContinuousClock.now
        let isFresh = roomSeenAt.withLock { seen in seen.map { now - $0 < .seconds(1) } ?? false }
        guard !isFresh else { return }
        try storage.requireRoom(bytes: roomBytes)
        roomSeenAt.withLock { $0 = now }
    }
}
