import API
import App
import Database
import Foundation
import HTTP
import Registry
import TestSupport
import Testing
import Values

/// What is not moved, and why.
@Suite(.enabled(if: TestDatabase.isAvailable))
struct MoveRefusalTests {
    let app: TestApp
    let database: TestDatabase

    init() throws {
        app = try TestApp(isOnPostgres: false)
        database = try TestDatabase()
    }

    private struct Stopped: Error {}

    private func end(_ folder: String) throws -> MoveEnd {
        try MoveEnd(Configuration(environment: .sandbox, dataFolder: folder))
    }

    private var onPostgres: MoveEnd {
        get throws {
            var configuration = Configuration(environment: .sandbox, dataFolder: "/nonexistent")
            configuration.database = database.url
            return try MoveEnd(configuration)
        }
    }

    /// Why it is refused, of which a part must be in its words; the target stays as it was.
    private func expectRefusal(
        _ part: String, from: MoveEnd? = nil, to: MoveEnd? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        do {
            _ = try Mover(
                from: from ?? end(app.folder), to: to ?? onPostgres, at: TestApp.start
            ).run()
            Issue.record("it was moved", sourceLocation: location)
        } catch {
            #expect("\(error)".contains(part), "\(error)", sourceLocation: location)
        }
        guard to == nil else { return }
        let storage = try onPostgres.configuration.openStorage()
        let count = try storage.openReader().read { tx in
            try tx.first("SELECT COUNT(*) FROM patients") { $0.int(0) }
        }
        #expect(count == 0, sourceLocation: location)
    }

    private func write(_ body: @escaping @Sendable (borrowing Transaction) throws -> Void) throws {
        try app.app.writer.writeBlocking(body)
    }

    @Test func aServedFolderIsNotMoved() throws {
        let lock = try FileLock(path: app.folder + "/opescare.lock")
        try expectRefusal("stop it first")
        _ = consume lock
    }

    /// One server is on duty and another is not: each is found.
    @Test(arguments: [false, true]) func aServedDatabaseIsNotMoved(_ isOnDuty: Bool) throws {
        let served = try TestApp(isOnPostgres: true)
        if !isOnDuty { served.app.duties.close() }
        let to = app.folder + "-new"
        defer { try? FileManager.default.removeItem(atPath: to) }
        let from = try MoveEnd(served.app.configuration)
        try expectRefusal("a server runs on this database", from: from, to: try end(to))
    }

    @Test func anythingThatIsThereIsNotOverwritten() throws {
        let writer = try onPostgres.configuration.openStorage().openWriter()
        try writer.writeBlocking { tx in
            try tx.run("UPDATE authorization_epoch SET value = 1 WHERE id = 1")
        }
        writer.close()
        try expectRefusal("is not empty: it has rows in authorization_epoch")
        let other = try TestApp(isOnPostgres: false)
        try expectRefusal("is not empty", from: try onPostgres, to: try end(other.folder))
        let folder = app.folder + "-other"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder + "/photos", withIntermediateDirectories: true)
        try expectRefusal("is not empty: it has photos", from: try onPostgres, to: try end(folder))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["photos"])
    }

    @Test func whatIsOfNoVersionOrAnotherIsNotMoved() throws {
        try expectRefusal("There is no registry", from: try end("/nonexistent"))
        try write { tx in try tx.run("DELETE FROM schema_migrations") }
        try expectRefusal("is older than this program")
    }

    @Test func aTableThatSomebodyChangedIsNotMoved() throws {
        try write { tx in try tx.run("ALTER TABLE clinics ADD COLUMN note TEXT") }
        try expectRefusal("The table clinics of")
    }

    @Test(arguments: [
        ("Fou\0da", "U+0000 in last_name"), ("\0", "U+0000 in last_name"),
    ])
    func textThatCannotBeStoredIsNamed(_ name: String, _ part: String) throws {
        try write { tx in
            try tx.run("UPDATE patients SET last_name = ? WHERE id = 1", [.text(name)])
        }
        try expectRefusal("patients 1 has a \(part)")
    }

    @Test func textThatIsNoUTF8IsNamed() throws {
        for bytes: [UInt8] in [[0xC3], [0x61, 0xFF], [0xED, 0xA0, 0x80], [0xC0, 0x80]] {
            try write { tx in
                try tx.run("UPDATE patients SET last_name = ? WHERE id = 1", [.utf8(bytes)])
            }
            try expectRefusal("patients 1 has bytes that are no UTF-8 in last_name")
        }
    }

    @Test func aBrokenChainIsNotMoved() async throws {
        _ = await app.send(.get, "/api/v1/connect/auth/whoami", token: try await app.token())
        try write { tx in
            try tx.run("DROP TRIGGER audit_log_is_append_only_update")
            try tx.run("UPDATE audit_log SET principal = 'nobody' WHERE seq = 1")
        }
        try expectRefusal("is broken at row 1")
    }

    /// Stopped in the middle, and the source is another by then, or it is another's.
    @Test func aMixtureOfTwoIsNotMade() throws {
        let mover = try Mover(from: end(app.folder), to: onPostgres, at: TestApp.start) {
            if $0.phase == .copying { throw Stopped() }
        }
        #expect(throws: Stopped.self) { try mover.run() }
        let other = try TestApp(isOnPostgres: false)
        try expectRefusal("is another database or has changed", from: try end(other.folder))
        try write { tx in try tx.run("UPDATE patients SET updated_at = updated_at + 1") }
        try expectRefusal("is another database or has changed")
        try write { tx in try tx.run("UPDATE patients SET updated_at = updated_at - 1") }
        _ = try Mover(from: end(app.folder), to: onPostgres, at: TestApp.start).run()
        // What has not finished is no source either.
        let half = try onPostgres.configuration.openStorage().openWriter()
        try half.writeBlocking { tx in
            try UnfinishedMove(source: "x", identity: [UInt8](repeating: 0, count: 32))
                .insert(at: TestApp.start, in: tx)
        }
        half.close()
        let to = app.folder + "-new"
        defer { try? FileManager.default.removeItem(atPath: to) }
        try expectRefusal("has not finished", from: try onPostgres, to: try end(to))
    }

    /// Whoever writes into the target meanwhile is found in the end.
    @Test func aTargetThatOthersChangeIsNotFinished() throws {
        let mover = try Mover(from: end(app.folder), to: onPostgres, at: TestApp.start) {
            if $0.phase == .comparing { throw Stopped() }
        }
        #expect(throws: Stopped.self) { try mover.run() }
        let other = try onPostgres.configuration.openStorage().openWriter()
        try other.writeBlocking { tx in
            try tx.run("UPDATE patients SET updated_at = 7 WHERE id = 1")
        }
        other.close()
        #expect(throws: MoveError.self) {
            try Mover(from: end(app.folder), to: onPostgres, at: TestApp.start).run()
        }
        let storage = try onPostgres.configuration.openStorage()
        #expect(try storage.openReader().read { try UnfinishedMove.find(in: $0) } != nil)
    }
}
