import Database
import Foundation
import Testing

@testable import Postgres

/// What went wrong, or what a server did.
enum Trouble {
    /// A connection to a server that keeps to the protocol, but for what `change` says.
    static func open(
        _ change: (inout Emulator) -> Void = { _ in }
    ) throws -> (FakeServer, Postgres.Connection) {
        var emulator = Emulator()
        change(&emulator)
        let server = FakeServer { [emulator] in emulator.serve($0) }
        return (server, try server.connect())
    }

    static func error(_ body: () throws -> Void) -> DatabaseError? {
        do {
            try body()
            return nil
        } catch {
            return error as? DatabaseError
        }
    }

    static func isUnavailable(_ error: DatabaseError?, _ words: String = "") -> Bool {
        guard case .unavailable(let reason)? = error else { return false }
        return words.isEmpty || reason.contains(words)
    }

    static func isInDoubt(_ error: DatabaseError?) -> Bool {
        if case .inDoubt? = error { true } else { false }
    }

}
