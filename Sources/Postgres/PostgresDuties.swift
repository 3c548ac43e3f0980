import Database
import Synchronization

/// A lock of a session's own: who has it does what one node does for all, until its connection ends. Another
/// takes over within seconds; what was under way may then be done twice, never left undone.
final class PostgresDuties: Duties {
    private let hosts: HostList
    /// `@unchecked Sendable`: used under the monitor alone.
    private struct State: @unchecked Sendable {
        var connection: Connection?
        var areOurs = false
        var isClosed = false
    }
    private let state = Monitor(State())
    private let isLastOurs = Atomic(false)
    /// Of pg_try_advisory_lock: "opesduty".
    static let lockNumber: Int64 = 0x6F70_6573_6475_7479

    init(_ hosts: HostList) { self.hosts = hosts }

    func areOurs() -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            do throws(DatabaseError) {
                try look(&state)
            } catch {
                // With the connection went the lock; the next look makes a new one.
                state.connection?.close()
                state.connection = nil
                state.areOurs = false
            }
            isLastOurs.store(state.areOurs, ordering: .relaxed)
            return state.areOurs
        }
    }

    var wereOurs: Bool { isLastOurs.load(ordering: .relaxed) }

    private func look(_ state: inout State) throws(DatabaseError) {
        let connection: Connection
        if let known = state.connection {
            connection = known
        } else {
            connection = try hosts.connect()
            state.connection = connection
        }
        if state.areOurs {
            _ = try connection.query("SELECT 1")
            return
        }
        let answer = try connection.query(
            "SELECT pg_try_advisory_lock(?)", [.integer(Self.lockNumber)])
        state.areOurs = try answer.next() && Row(answer).bool(0)
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.areOurs = false
            state.connection?.close()
            state.connection = nil
        }
    }
}
